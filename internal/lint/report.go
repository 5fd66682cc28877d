package lint

import (
	"fmt"
	"slices"
)

// Result is what became of a line of the checklist.
type Result string

// The results. A doubt is what a specification only advises against.
const (
	OK      Result = "ok"
	Fault   Result = "fault"
	Doubt   Result = "doubt"
	Skipped Result = "-" // it does not apply, or could not be looked at
)

// Line is one line of the checklist, judged.
type Line struct {
	Name     string    `json:"name"`
	Text     string    `json:"text"`
	Source   string    `json:"source"` // where it is said
	Result   Result    `json:"result"`
	Findings []Finding `json:"findings,omitempty"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Where   string `json:"where"` // "line 7, column 3", "items[2].id" or a request
	Message string `json:"message"`
	Doubt   bool   `json:"doubt,omitempty"`
}

// Report is a feed, judged line by line.
type Report struct {
	Name   string `json:"name"`
	Format Format `json:"format"`
	Lines  []Line `json:"lines"`
	Faults int    `json:"faults"` // findings that are no doubts
	Doubts int    `json:"doubts"`
}

// notes gathers what is found.
type notes struct {
	name   string
	format Format
	looked map[string]bool
	found  map[string][]Finding
}

// mostFindings bounds what is said about one line: a feed of a thousand items without dates need
// not be told so a thousand times.
const mostFindings = 5

func newNotes(name string) *notes {
	return &notes{name: name, looked: map[string]bool{}, found: map[string][]Finding{}}
}

// look says that lines apply and are being looked at.
func (n *notes) look(lines ...string) {
	for _, line := range lines {
		n.looked[line] = true
	}
}

// fault notes what breaks a line.
func (n *notes) fault(line string, where, format string, args ...any) {
	n.note(line, Finding{Where: where, Message: fmt.Sprintf(format, args...)})
}

// doubt notes what a line advises against.
func (n *notes) doubt(line string, where, format string, args ...any) {
	n.note(line, Finding{Where: where, Message: fmt.Sprintf(format, args...), Doubt: true})
}

func (n *notes) note(line string, f Finding) {
	n.look(line)
	if len(n.found[line]) < mostFindings && !slices.Contains(n.found[line], f) {
		n.found[line] = append(n.found[line], f)
	}
}

// report puts what was found into the order of the checklist.
func (n *notes) report() Report {
	r := Report{Name: n.name, Format: n.format}
	for _, item := range checklist {
		line := Line{Name: item.name, Text: item.text, Source: item.source, Result: Skipped}
		if n.looked[item.name] {
			line.Result = OK
		}
		for _, f := range n.found[item.name] {
			line.Findings = append(line.Findings, f)
			switch {
			case !f.Doubt:
				line.Result = Fault
				r.Faults++
			case line.Result != Fault:
				line.Result = Doubt
				r.Doubts++
			default:
				r.Doubts++
			}
		}
		r.Lines = append(r.Lines, line)
	}
	return r
}
