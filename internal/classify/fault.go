package classify

import (
	"cmp"
	"fmt"

	"github.com/teletipo/teletipo/internal/news"
)

// Fault is something in a topic that cannot be used.
type Fault struct {
	Topic   string
	Where   string // file:line:column of a term or word; empty for anything else
	Message string
}

// Error says where, else in which topic, and what.
func (f *Fault) Error() string {
	return fmt.Sprintf("%s: %s", cmp.Or(f.Where, "topic "+f.Topic), f.Message)
}

// Check gives everything that New would refuse about topics.
func Check(topics []news.Topic) []*Fault {
	b := newBuilder()
	b.add(topics)
	return b.faults
}

// besides says in brackets where something else stands.
func besides(where string) string {
	if where == "" {
		return ""
	}
	return " (" + where + ")"
}
