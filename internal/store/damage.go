package store

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/teletipo/teletipo/internal/news"
)

// damage is something in a file that can't be read: a value that is not what was stored, or a page
// that bbolt stumbles over. It travels as a panic to the attempt around it.
type damage struct {
	Bucket string // empty if unknown
	Key    string // empty if it is more than one value
	Why    string
	Remedy string
	Stack  []byte // where, if that is not told by the bucket
}

// Error names the article or the bucket, and the way out.
func (d *damage) Error() string {
	text := "the store is damaged"
	if d.Bucket != "" {
		text += ", bucket " + d.Bucket
	}
	if d.Key != "" {
		text += fmt.Sprintf(" key %x", d.Key)
	}
	if text += ": " + d.Why; d.Remedy == "" {
		return text + "; " + restore
	}
	return text + "; " + d.Remedy
}

// What helps: everything else of the file, and one article.
const (
	restore = "what is sound is served; to get back the rest stop the daemon and `teletipo restore " +
		"--force` a backup"
	withdrawIt = "`teletipo withdraw %s` takes it out for good, and a changed version from its " +
		"source replaces it"
)

// attempt runs f and makes an error of damage: of what f panics with, bbolt's assertions among it,
// and of a fault on the mapped pages, of a file that is cut off or a disk that fails. It holds for
// this goroutine only, so that every transaction has its own.
func attempt(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if cause := recover(); cause != nil {
			err = &news.Error{Kind: news.Internal, Err: damageOf(cause)}
		}
	}()
	return f()
}

func damageOf(cause any) *damage {
	if d, ok := cause.(*damage); ok {
		return d
	}
	return &damage{Why: fmt.Sprint(cause), Stack: debug.Stack()}
}

// isDamage returns the damage in an error, nil if it is another error.
func isDamage(err error) *damage {
	d, _ := errors.AsType[*damage](err)
	return d
}

func stackOf(err error) []byte {
	if d := isDamage(err); d != nil {
		return d.Stack
	}
	return nil
}
