package publish

import (
	"bytes"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// Names of content codings; the identity has none.
const (
	codingBrotli = "br"
	codingZstd   = "zstd"
	codingGzip   = "gzip"
)

// The effort of each coding: where more stops to pay, and for what somebody waits for.
const (
	gzipLevel       = 6
	brotliLevel     = 5
	brotliLevelFast = 2
)

// coder compresses. The same bytes give the same bytes, whoever compressed before.
type coder struct {
	flates sync.Pool
	// One of each is kept for the next use: it takes 12 MB.
	brotlis, fastBrotlis chan *brotli.Writer
	zstds, fastZstds     *zstd.Encoder
}

// zstdWindow is how far back the encoder that is kept refers, in bytes: it has as much memory. What
// is shorter gets the same bytes as with the level's own window of 8 MB.
const zstdWindow = 1 << 20

func newCoder() *coder {
	return &coder{
		brotlis: make(chan *brotli.Writer, 1), fastBrotlis: make(chan *brotli.Writer, 1),
		zstds:     newZstd(zstd.SpeedDefault, zstd.WithWindowSize(zstdWindow)),
		fastZstds: newZstd(zstd.SpeedFastest),
	}
}

// newZstd makes an encoder; its options are none that it can refuse.
func newZstd(level zstd.EncoderLevel, options ...zstd.EOption) *zstd.Encoder {
	z, err := zstd.NewWriter(nil, append(options, zstd.WithEncoderLevel(level),
		zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))...)
	if err != nil {
		panic(err)
	}
	return z
}

// gzip compresses. Its header has neither a time nor a name.
func (c *coder) gzip(doc []byte) ([]byte, error) {
	z, err := c.zip(doc, nil, nil)
	return z.body, err
}

// brotli compresses, fast or well.
func (c *coder) brotli(doc []byte, fast bool) ([]byte, error) {
	spare, level := c.brotlis, brotliLevel
	if fast {
		spare, level = c.fastBrotlis, brotliLevelFast
	}
	var z *brotli.Writer
	select {
	case z = <-spare:
	default:
		z = brotli.NewWriterLevel(nil, level)
	}
	defer func() {
		select {
		case spare <- z:
		default:
		}
	}()
	var b bytes.Buffer
	z.Reset(&b)
	if _, err := z.Write(doc); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

// zstd compresses, fast or well.
func (c *coder) zstd(doc []byte, fast bool) []byte {
	z := c.zstds
	switch {
	case fast:
		z = c.fastZstds
	case len(doc) >= zstdWindow:
		z = newZstd(zstd.SpeedDefault)
	}
	return bytes.Clone(z.EncodeAll(doc, nil))
}

// all puts a document that somebody waits for in every coding, without tags.
func (c *coder) all(doc []byte) ([]news.Representation, error) {
	zipped, err := c.gzip(doc)
	if err != nil {
		return nil, err
	}
	br, err := c.brotli(doc, true)
	if err != nil {
		return nil, err
	}
	list := []news.Representation{
		{Coding: codingBrotli, Body: br},
		{Coding: codingZstd, Body: c.zstd(doc, true)},
		{Coding: codingGzip, Body: zipped},
		{Body: doc},
	}
	for i := range list {
		list[i].Size = len(list[i].Body)
	}
	return list, nil
}

// unzip undoes gzip.
func unzip(zipped []byte, size int) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := b.ReadFrom(z); err != nil {
		return nil, err
	}
	return b.Bytes(), z.Close()
}
