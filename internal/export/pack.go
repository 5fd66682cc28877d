package export

import (
	"bytes"
	"io"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// coding is how a file is compressed beside itself.
type coding struct {
	ending string
	open   func(io.Writer) (io.WriteCloser, error)
}

// codings are those that web servers look for. A static file is compressed once and sent often, so
// that more effort is worth it than for an edition; brotli's last levels cost a hundred times as
// much for a twentieth of the size.
var codings = []coding{
	{".gz", func(w io.Writer) (io.WriteCloser, error) {
		z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err == nil {
			z.ModTime = time.Unix(0, 0) // the zero time would be written as a date
		}
		return z, err
	}},
	{".br", func(w io.Writer) (io.WriteCloser, error) {
		return brotli.NewWriterLevel(w, 7), nil
	}},
	{".zst", func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
			zstd.WithEncoderConcurrency(1))
	}},
}

// pack compresses; the same bytes give the same bytes.
func (c coding) pack(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := c.open(&b)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}
