package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/teletipo/teletipo/internal/boilerplate"
)

// loadWords reads what is taken out of items' texts, to which the files in the data directory's
// boilerplate add.
func (l *loader) loadWords() {
	l.cfg.Words = boilerplate.BuiltIn()
	dir := filepath.Join(l.cfg.Data, "boilerplate")
	if _, err := os.Stat(dir); l.cfg.Data == "" || errors.Is(err, fs.ErrNotExist) {
		return
	}
	words, err := boilerplate.Load(os.DirFS(dir))
	if wrong, ok := errors.AsType[*boilerplate.FileError](err); ok {
		l.faults = append(l.faults, Fault{
			File: filepath.Join(dir, wrong.Name), Line: wrong.Line, Column: 1, Message: wrong.Message,
		})
	} else if err != nil {
		l.faults = append(l.faults, Fault{File: dir, Message: reason(err)})
	}
	l.cfg.Words = words
}
