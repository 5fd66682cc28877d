package ingest

import (
	"runtime/debug"

	"github.com/teletipo/teletipo/internal/news"
)

// guard does something for a source, and makes an error of a panic: a fault of the program in what
// one source says is dealt with like a fault of that source. The log gets the stack.
func (f *Flow) guard(source, what string, do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			f.log.Error("panicked", "source", source, "in", what, "panic", cause,
				"stack", string(debug.Stack()))
			err = news.Errorf(news.Invalid, "%s: the program has a fault that this brings out: %v; "+
				"please report it with what the log says", what, cause)
		}
	}()
	return do()
}

// name is what a document is called in messages: its address may be a secret.
func name(doc news.Document) string {
	if doc.Name != "" {
		return doc.Name
	}
	return "its document"
}
