package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// How much room a body gets while it is not known how long it is. What a server states is no
// reason to set aside much memory.
const (
	usualRoom = 32 << 10
	mostRoom  = 1 << 20
)

// errTooMuch is for a body that goes on beyond the limit.
var errTooMuch = errors.New("too much")

// body reads a document up to the limit, which counts what comes out of decompression. Beside an
// error there is what could be read, up to the limit as well. Cancel ends the exchange.
func (c *Client) body(
	ctx context.Context, cancel func(), target *url.URL, in *http.Response, limit int64,
) ([]byte, error) {
	raw := newIntake(in.Body, limit, cancel)
	stated := coding(in.Header)
	r, done, err := c.decoders.open(stated, raw)
	defer done()
	var doc bytes.Buffer
	if err == nil {
		room := int64(usualRoom)
		if stated == "" && in.ContentLength >= 0 {
			room = min(in.ContentLength, mostRoom) + bytes.MinRead
		}
		doc.Grow(int(room))
		_, err = doc.ReadFrom(io.LimitReader(r, limit+1))
	}
	n := int64(doc.Len())
	switch {
	case n > limit, errors.Is(raw.err, errTooMuch):
		doc.Truncate(int(min(n, limit)))
		return doc.Bytes(), tooLarge(target, limit)
	case err == nil, raw.n == 0 && raw.err == io.EOF: // no bytes are nothing in every coding
		return doc.Bytes(), nil
	case errors.Is(raw.err, io.ErrUnexpectedEOF):
		err = news.Errorf(news.Unreachable, "fetch %s: the document breaks off after %d bytes: %w",
			shown(target), n, raw.err)
	case raw.err != nil && raw.err != io.EOF:
		err = c.fault(ctx, target, raw.err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = news.Errorf(news.Unreachable,
			"fetch %s: the document breaks off after %d bytes: the coding %q is not complete",
			shown(target), n, stated)
	case errors.Is(err, errUnknownCoding):
		err = news.Errorf(news.Unreachable, "fetch %s: the server sends the coding %.40q: %w",
			shown(target), stated, err)
	default:
		err = news.Errorf(news.Unreachable,
			"fetch %s: the document is not in the coding %q that the server states: %w",
			shown(target), stated, err)
	}
	return doc.Bytes(), err
}

func tooLarge(target *url.URL, limit int64) error {
	return news.Errorf(news.TooLarge,
		"fetch %s: the document is larger than the limit of %d bytes", shown(target), limit)
}

// intake is a body as it comes from the network: so much of it, and never with too long a wait
// from one part to the next.
type intake struct {
	body    io.Reader
	limit   int64
	n       int64 // bytes so far
	err     error // what the network said last, or errTooMuch
	timer   *time.Timer
	stalled atomic.Bool
}

func newIntake(body io.Reader, limit int64, cancel func()) *intake {
	t := &intake{body: body, limit: limit}
	t.timer = time.AfterFunc(stallTimeout, func() {
		t.stalled.Store(true)
		cancel() // ends the Read that waits, which tells why
	})
	t.timer.Stop() // until there is a Read
	return t
}

// Read gives the next part of the body. Whatever error there was, there is again.
func (t *intake) Read(p []byte) (int, error) {
	if t.err != nil {
		return 0, t.err
	}
	t.timer.Reset(stallTimeout)
	n, err := t.body.Read(p)
	t.timer.Stop()
	t.n += int64(n)
	switch {
	case t.n > t.limit:
		err = errTooMuch
	case err != nil && err != io.EOF && t.stalled.Load():
		err = &stall{after: t.n}
	}
	t.err = err
	return n, err
}

// stall is the error of a server that stops in the middle of a body.
type stall struct {
	after int64 // bytes, as they were sent
}

func (s *stall) Error() string {
	return fmt.Sprintf("the document stops after %d bytes and nothing comes for %s",
		s.after, stallTimeout)
}
