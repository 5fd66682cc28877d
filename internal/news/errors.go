package news

import (
	"errors"
	"fmt"
	"net/http"
)

// Kind classes an error by what the one who meets it can do about it.
type Kind int

// The kinds of error. Whatever carries none of them is Internal.
const (
	Internal    Kind = iota // a fault of ours or of the machine
	Invalid                 // the input is wrong: the message says where and what to do
	NotFound                // no such article, topic, source or file
	Gone                    // it was there and has been taken back
	TooLarge                // more than we agreed to read
	Unreachable             // the network or the other server failed: try again later
	Refused                 // the other side, or a rule of ours, says no
	Busy                    // somebody else is at it
)

// ErrUnwritable is in the chain of every error of a store that could not write: its disk is full,
// or it is read-only. It says nothing about what was to be stored, which can be offered again.
var ErrUnwritable = errors.New("nothing can be stored at the moment")

var kindNames = [...]string{
	"internal", "invalid", "not found", "gone", "too large", "unreachable", "refused", "busy",
}

// statuses are the kinds' HTTP statuses (RFC 9110, section 15).
var statuses = [...]int{
	Internal:    http.StatusInternalServerError,
	Invalid:     http.StatusBadRequest,
	NotFound:    http.StatusNotFound,
	Gone:        http.StatusGone,
	TooLarge:    http.StatusRequestEntityTooLarge,
	Unreachable: http.StatusBadGateway,
	Refused:     http.StatusForbidden,
	Busy:        http.StatusServiceUnavailable,
}

// HTTPStatus is what an error of the kind is answered with, as one of ours if it is unknown.
func (k Kind) HTTPStatus() int {
	if k < 0 || int(k) >= len(statuses) {
		return http.StatusInternalServerError
	}
	return statuses[k]
}

// String names the kind in lower case.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", int(k))
	}
	return kindNames[k]
}

// Error is an error with its kind. Its text is the wrapped error's alone: callers wrap it as
// "fetch URL: …", and the kind travels along.
type Error struct {
	Kind Kind
	Err  error
}

// Error returns the wrapped error's text.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the wrapped error.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an error of a kind, its text formatted as by fmt.Errorf (with %w).
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// KindOf finds the outermost kind that an error carries, Internal if it carries none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
