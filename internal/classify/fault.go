package classify

import (
	"cmp"
	"fmt"

	"github.com/teletipo/teletipo/internal/news"
)

// Fault is something in a topic that cannot be used.
type Fault struct {
	Topic   string
	Where   string // file:line:column of a term, word, rule or example; empty for anything else
	Message string
}

// Error says where, else in which topic, and what.
func (f *Fault) Error() string {
	return fmt.Sprintf("%s: %s", cmp.Or(f.Where, "topic "+f.Topic), f.Message)
}

// Check returns everything that New would refuse about topics, or if there is nothing, the examples
// that they do not place as they say.
func Check(topics []news.Topic) []*Fault {
	b := newBuilder()
	b.add(topics)
	if len(b.faults) > 0 {
		return b.faults
	}
	c, err := New(topics)
	if err != nil {
		return nil // New refuses what is in b.faults
	}
	return c.checkExamples(topics)
}

// besides says in brackets where something else stands.
func besides(where string) string {
	if where == "" {
		return ""
	}
	return " (" + where + ")"
}
