package fetch

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// codings are what servers may compress documents with.
const codings = "gzip, br, zstd"

const (
	maxZstdWindow = 8 << 20 // what a recipient has to have memory for (RFC 9659)
	maxLayers     = 3       // codings one inside the other that are undone
	headLen       = 512     // bytes of a body that tell its coding
)

// statedCodings lists the codings that a body is said to be in, the innermost first (RFC 9110,
// section 8.4), by their usual names.
func statedCodings(header http.Header) []string {
	var names []string
	for name := range strings.SplitSeq(strings.Join(header["Content-Encoding"], ","), ",") {
		name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "x-")
		if name != "" && name != "identity" {
			names = append(names, name)
		}
	}
	return names
}

// codingOf names the coding that the beginning of a body shows it to be in, empty if it shows
// none: br has no mark, and deflate only with the frame of zlib around it.
func codingOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 0x08}):
		return "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}),
		len(head) > 3 && head[0]&0xf0 == 0x50 && bytes.Equal(head[1:4], []byte{0x2a, 0x4d, 0x18}):
		return "zstd"
	case len(head) > 1 && head[0] == 0x78 && strings.IndexByte("\x01\x5e\x9c\xda", head[1]) >= 0:
		return "deflate"
	case len(head) > 9 && string(head[:3]) == "BZh" && string(head[4:10]) == "1AY&SY":
		return "bzip2"
	}
	return ""
}

// isPlain reports whether a body begins as a feed or a page does, in whatever charset, so that no
// coding is left to undo. What is compressed has control characters among its first bytes.
func isPlain(head []byte) bool {
	text := bytes.ReplaceAll(head, []byte{0}, nil) // of UTF-16
	for _, mark := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} {
		text = bytes.TrimPrefix(text, []byte(mark))
	}
	isControl := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", r) }
	text = bytes.TrimSpace(text)
	return len(text) > 0 && bytes.IndexByte([]byte("<{["), text[0]) >= 0 &&
		bytes.IndexFunc(text, isControl) < 0
}

// decoders undo codings. They are used again and again: a new one costs more than most documents.
// The zero value is ready for use.
type decoders struct {
	gzip, brotli, zstd sync.Pool
}

// errUnknownCoding is for a coding that was not asked for.
var errUnknownCoding = fmt.Errorf("the coding was not asked for: that is %s", codings)

// decoded is a body whose codings are undone as it is read.
type decoded struct {
	io.Reader
	stated []string
	undone []string // the outermost first
	done   []func()
}

// open undoes the codings of a body: those that its bytes show, whatever is stated, and of those
// that show nothing the stated ones. No layer decodes to more than the limit, beyond which there
// is errTooMuch. The caller closes it when it has read enough, after an error too.
func (d *decoders) open(stated []string, body io.Reader, limit int64) (*decoded, error) {
	layer := bufio.NewReader(body)
	out := &decoded{Reader: layer, stated: stated}
	for left := slices.Clone(stated); ; {
		head, _ := layer.Peek(headLen) // an error comes again when it is read
		coding := codingOf(head)
		if len(head) == 0 || coding == "" && isPlain(head) {
			return out, nil
		}
		if n := len(left); n > 0 && (coding == "" || coding == left[n-1]) {
			coding, left = left[n-1], left[:n-1]
		}
		if coding == "" {
			return out, nil // what it is then, package parse says
		}
		if len(out.undone) == maxLayers {
			return out, fmt.Errorf("more than %d codings, one inside the other", maxLayers)
		}
		r, done, err := d.decoder(coding, head, layer)
		out.done = append(out.done, done)
		if err != nil {
			return out, err
		}
		out.undone = append(out.undone, coding)
		layer = bufio.NewReader(&capped{r, limit})
		out.Reader = layer
	}
}

// close lets go of the body.
func (d *decoded) close() {
	for _, done := range d.done {
		done()
	}
}

// wrong says what is wrong with the stated codings, nothing if they are right.
func (d *decoded) wrong() string {
	stated := slices.Clone(d.stated)
	slices.Reverse(stated)
	list := func(names []string) string { return strings.Join(names, ", ") }
	switch {
	case slices.Equal(stated, d.undone):
		return ""
	case len(stated) == 0:
		return fmt.Sprintf("the document is in the coding %q and the server does not say so",
			list(d.undone))
	case len(d.undone) == 0:
		return fmt.Sprintf("the document is not in the coding %.40q that the server states, nor in "+
			"any other", list(stated))
	}
	return fmt.Sprintf("the document is not in the coding %.40q that the server states but in %q",
		list(stated), list(d.undone))
}

// decoder returns a reader of what a body that begins with head decodes to.
func (d *decoders) decoder(
	coding string, head []byte, body io.Reader,
) (r io.Reader, done func(), err error) {
	switch coding {
	case "gzip":
		z, ok := d.gzip.Get().(*gzip.Reader)
		if !ok {
			z = new(gzip.Reader)
		}
		err = z.Reset(body)
		return z, func() {
			_ = z.Reset(nothing{}) // lets go of the body; that there is nothing to read is meant
			d.gzip.Put(z)
		}, err
	case "br":
		b, ok := d.brotli.Get().(*brotli.Reader)
		if !ok {
			b = new(brotli.Reader)
		}
		err = b.Reset(body)
		return b, func() {
			_ = b.Reset(nothing{}) // never an error
			d.brotli.Put(b)
		}, err
	case "zstd":
		z, ok := d.zstd.Get().(*zstd.Decoder)
		if !ok {
			// One at a time decodes in the reading goroutine and leaves none behind.
			z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
				zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecodeBuffersBelow(0))
			if err != nil {
				return nil, func() {}, err
			}
		}
		err = z.Reset(body)
		return z, func() {
			_ = z.Reset(nil) // lets go of the body
			d.zstd.Put(z)
		}, err
	case "deflate":
		// Half of all servers send what RFC 9110, section 8.4.1.2, says, the other half bare data.
		if len(head) > 1 && head[0]&0xf == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			r, err = zlib.NewReader(body)
			return r, func() {}, err
		}
		return flate.NewReader(body), func() {}, nil
	case "bzip2":
		return bzip2.NewReader(body), func() {}, nil
	}
	return nil, func() {}, errUnknownCoding
}

// isTrailing reports whether a decoder's error says that its data are whole, and something else
// comes after them: a cache's comment, a line end of PHP.
func isTrailing(err error) bool {
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, zstd.ErrMagicMismatch) ||
		err != nil && err.Error() == "brotli: excessive input" // which has no name
}

// capped is a reader that gives no more than so many bytes and one.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, errTooMuch
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	c.left -= int64(n)
	return n, err
}

// nothing is a reader at its end.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
