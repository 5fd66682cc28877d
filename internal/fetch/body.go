package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
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

// received is a body as far as it came.
type received struct {
	doc     []byte
	note    string // what is wrong with it, although it is whole
	partial bool   // it breaks off: what there is, is its beginning
}

// body reads a document up to the limit, which counts what comes out of decompression. Beside an
// error there is what could be read, up to the limit as well. Cancel ends the exchange.
func (c *Client) body(
	ctx context.Context, cancel func(), target *url.URL, in *http.Response, limit int64,
) (received, error) {
	raw := newIntake(in.Body, limit, cancel)
	stated := statedCodings(in.Header)
	r, err := c.decoders.open(stated, raw, limit)
	defer r.close()
	var doc bytes.Buffer
	if err == nil {
		room := int64(usualRoom)
		if len(r.undone) == 0 && in.ContentLength >= 0 {
			room = min(in.ContentLength, mostRoom) + bytes.MinRead
		}
		doc.Grow(int(room))
		_, err = doc.ReadFrom(io.LimitReader(r, limit+1))
	}
	got := received{doc: doc.Bytes(), note: r.wrong()}
	n := len(got.doc)
	switch coding := strings.Join(r.undone, ", "); {
	case int64(n) > limit, errors.Is(raw.err, errTooMuch), errors.Is(err, errTooMuch):
		got.doc = got.doc[:min(int64(n), limit)]
		return got, tooLarge(target, limit)
	case raw.n == 0 && raw.err == io.EOF: // no bytes are nothing in every coding
		return received{}, nil
	case err == nil:
		return got, nil
	case raw.err != nil && raw.err != io.EOF: // the network's, whatever a decoder made of it
		got.partial = n > 0
		if !errors.Is(raw.err, io.ErrUnexpectedEOF) {
			return got, c.fault(ctx, target, raw.err)
		}
		return got, breaksOff(target, n, raw.err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		got.partial = n > 0
		return got, breaksOff(target, n,
			fmt.Errorf("the coding %q is not complete", cmp.Or(coding, strings.Join(stated, ", "))))
	case n > 0 && isTrailing(err):
		got.note = fmt.Sprintf("more comes after the end of the coding %q", coding)
		return got, nil
	case errors.Is(err, errUnknownCoding):
		return got, news.Errorf(news.Unreachable, "fetch %s: the server sends the coding %.40q: %w",
			shown(target), strings.Join(stated, ", "), err)
	}
	return got, news.Errorf(news.Unreachable,
		"fetch %s: the document is not in the coding %q that the server states: %w",
		shown(target), strings.Join(stated, ", "), err)
}

func breaksOff(target *url.URL, after int, err error) error {
	return news.Errorf(news.Unreachable, "fetch %s: the document breaks off after %d bytes: %w",
		shown(target), after, err)
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

// Read returns the next part of the body. Whatever error there was, there is again.
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
