package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// format is the number of this form of the file.
const format = 1

// Head is what a backup says of itself at its beginning.
type Head struct {
	Format       int       `json:"format"`
	Program      string    `json:"program"`
	Time         time.Time `json:"time"`
	Installation news.ID   `json:"installation"`
	Schema       uint64    `json:"schema"`            // of teletipo.db
	Running      bool      `json:"running"`           // a daemon was
	Damage       []string  `json:"damage,omitempty"`  // of the store, as far as it was known
	Faults       string    `json:"faults,omitempty"`  // of the files, then others are in force
	Outside      []string  `json:"outside,omitempty"` // where the files of elsewhere/ were, in order
}

// Sums are what a backup says at its end.
type Sums struct {
	Parts []Sum `json:"parts"`
	// Sequence and Epoch are of the store.
	Sequence uint64 `json:"sequence"`
	Epoch    uint64 `json:"epoch"`
	// Moves says that the store that was backed up has begun a new epoch since, so that the backup
	// goes on with the old one.
	Moves bool `json:"moves"`
}

// Sum is a part's size and SHA-256.
type Sum struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Writer writes a backup.
type Writer struct {
	ctx  context.Context
	out  *counter
	zip  *zstd.Encoder
	tar  *tar.Writer
	time time.Time
	sums Sums
}

// NewWriter begins a backup. Exactly one of Close and Break must end it.
func NewWriter(ctx context.Context, w io.Writer, head Head) (*Writer, error) {
	out := &counter{to: w}
	if _, err := out.Write(headFrame(fresh)); err != nil {
		return nil, err
	}
	zip, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, err
	}
	head.Format = format
	b := &Writer{
		ctx: ctx, out: out, zip: zip, tar: tar.NewWriter(&idling{ctx: ctx, to: zip}), time: head.Time,
	}
	return b, b.addJSON(headName, head)
}

const (
	headName = "backup.json"
	sumsName = "sums.json"
)

func (b *Writer) addJSON(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return b.Add(name, int64(len(text)), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// Add writes a part of a known size.
func (b *Writer) Add(name string, size int64, write func(w io.Writer) error) error {
	err := b.tar.WriteHeader(&tar.Header{Name: name, Size: size, Mode: 0o600, ModTime: b.time})
	if err != nil {
		return err
	}
	sum := sha256.New()
	if err := write(io.MultiWriter(b.tar, sum)); err != nil {
		return err
	}
	if err := b.tar.Flush(); err != nil {
		return fmt.Errorf("%s: %w", name, err) // its size was another
	}
	b.sums.Parts = append(b.sums.Parts, Sum{name, size, hex.EncodeToString(sum.Sum(nil))})
	return b.ctx.Err()
}

// Close ends the backup: it is whole. The parts' sums are known.
func (b *Writer) Close(sums Sums) error {
	sums.Parts = b.sums.Parts
	if err := b.addJSON(sumsName, sums); err != nil {
		return err
	}
	if err := b.tar.Close(); err != nil {
		return err
	}
	if err := b.zip.Close(); err != nil {
		return err
	}
	_, err := b.out.Write(endFrame(ending{Whole: true, Bytes: b.out.n}))
	return err
}

// Break ends a backup that can't become whole, and says why to whoever reads it.
func (b *Writer) Break(why error) {
	b.zip.Close()
	b.out.Write(endFrame(ending{Bytes: b.out.n, Kind: news.KindOf(why), Problem: why.Error()}))
}

// counter counts what is written.
type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// A backup rests twice as long as it works, so that it never takes more than a third of a processor
// and of the disk from those who store beside it, and never much at once.
const (
	idleEvery = 256 << 10 // bytes
	idleTimes = 2
	mostIdle  = time.Second
)

type idling struct {
	ctx   context.Context
	to    io.Writer
	n     int
	since time.Time
}

func (i *idling) Write(p []byte) (done int, err error) {
	for len(p) > 0 && err == nil {
		if i.since.IsZero() {
			i.since = time.Now()
		}
		var n int
		n, err = i.to.Write(p[:min(len(p), idleEvery-i.n)])
		done, p = done+n, p[n:]
		if i.n += n; i.n >= idleEvery && err == nil {
			select {
			case <-time.After(min(idleTimes*time.Since(i.since), mostIdle)):
			case <-i.ctx.Done():
				err = i.ctx.Err()
			}
			i.n, i.since = 0, time.Time{}
		}
	}
	return done, err
}
