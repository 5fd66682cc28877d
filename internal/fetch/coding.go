package fetch

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// codings are what servers may compress documents with.
const codings = "gzip, br, zstd"

// maxZstdWindow is what a recipient has to have memory for (RFC 9659).
const maxZstdWindow = 8 << 20

// coding is the one that a body is in, in lower case, empty if there is none. Several, one inside
// the other, come out as a list, which no decoder knows.
func coding(header http.Header) string {
	var names []string
	for name := range strings.SplitSeq(strings.Join(header["Content-Encoding"], ","), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" && name != "identity" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// decoders undo codings. They are used again and again: a new one costs more than most documents.
// The zero value is ready for use.
type decoders struct {
	gzip, brotli, zstd sync.Pool
}

// errUnknownCoding is for a coding that was not asked for.
var errUnknownCoding = fmt.Errorf("the coding was not asked for: that is %s", codings)

// open gives a reader of what body decodes to. The caller calls done when it has read enough.
func (d *decoders) open(coding string, body io.Reader) (r io.Reader, done func(), err error) {
	switch coding {
	case "":
		return body, func() {}, nil
	case "gzip", "x-gzip":
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
	}
	return nil, func() {}, errUnknownCoding
}

// nothing is a reader at its end.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }
