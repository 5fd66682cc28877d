package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with a file, or with a flag.
type Fault struct {
	File    string `json:"file"`             // its path, or the flag
	Line    int    `json:"line,omitempty"`   // 1 is the first; 0 if the fault is of the whole file
	Column  int    `json:"column,omitempty"` // in characters, 1 is the first; 0: anywhere
	Field   string `json:"field,omitempty"`  // as fetch.timeout or sources[2].url
	Message string `json:"message"`          // what is wrong and what to do
}

// String writes the fault as file:line:column: field: message.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	if f.Column > 0 {
		fmt.Fprintf(&b, ":%d", f.Column)
	}
	if f.Field != "" {
		b.WriteString(": " + f.Field)
	}
	b.WriteString(": " + f.Message)
	return b.String()
}

// Faults is everything wrong with a configuration, file by file. It is never empty when used as
// an error.
type Faults []Fault

// sort puts the faults of each file together, in the order of their lines; files stay in the
// order in which they first appear.
func (f Faults) sort() {
	order := make(map[string]int)
	for _, fault := range f {
		if _, seen := order[fault.File]; !seen {
			order[fault.File] = len(order)
		}
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(order[a.File], order[b.File]),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
}

// Error lists the faults, one on each line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
