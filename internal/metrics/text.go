package metrics

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"
)

// MediaType is what Write writes (the Prometheus text format, version 0.0.4).
const MediaType = "text/plain; version=0.0.4; charset=utf-8"

// Type says how a metric's values move.
type Type string

// A counter only grows while the process runs; a gauge goes up and down.
const (
	Counter Type = "counter"
	Gauge   Type = "gauge"
)

// Family is a metric with all its samples. Its name and its labels' names are of letters, digits
// and underscores; a counter's name ends in _total.
type Family struct {
	Name    string
	Help    string
	Type    Type
	Samples []Sample
}

// Sample is one value of a metric. Labels are name, value, name, value.
type Sample struct {
	Labels []string
	Value  float64
}

// One makes a family of a single sample.
func One(name, help string, t Type, value float64, labels ...string) Family {
	return Family{name, help, t, []Sample{{labels, value}}}
}

// Add adds a sample.
func (f *Family) Add(value float64, labels ...string) {
	f.Samples = append(f.Samples, Sample{labels, value})
}

// Seconds is a time as metrics give it: seconds since 1970, 0 for none.
func Seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// Write writes families one after the other. Those without samples are left out.
func Write(w io.Writer, families []Family) error {
	b := bufio.NewWriter(w)
	for i := range families {
		f := &families[i]
		if len(f.Samples) == 0 {
			continue
		}
		b.WriteString("# HELP " + f.Name + " " + helpEscape.Replace(f.Help) + "\n")
		b.WriteString("# TYPE " + f.Name + " " + string(f.Type) + "\n")
		for _, s := range f.Samples {
			b.WriteString(f.Name)
			writeLabels(b, s.Labels)
			b.WriteByte(' ')
			b.WriteString(strconv.FormatFloat(s.Value, 'g', -1, 64))
			b.WriteByte('\n')
		}
	}
	return b.Flush() // which gives the first error of all
}

// What must be written differently in helps and in labels.
var (
	helpEscape  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func writeLabels(b *bufio.Writer, labels []string) {
	for i := 0; i+1 < len(labels); i += 2 {
		mark := byte(',')
		if i == 0 {
			mark = '{'
		}
		b.WriteByte(mark)
		value := strings.ToValidUTF8(labels[i+1], "\ufffd")
		b.WriteString(labels[i] + `="` + labelEscape.Replace(value) + `"`)
	}
	if len(labels) > 1 {
		b.WriteByte('}')
	}
}
