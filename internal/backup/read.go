package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// Contents is what a backup says of itself.
type Contents struct {
	Head
	Sums
	Restored string // when it was, empty if it never was
	Bytes    int64  // of the file
}

// Reading is what is done with a backup while it is read. Both may be nil.
type Reading struct {
	Head func(Head) error
	// Part may leave some of a part unread.
	Part func(name string, size int64, r io.Reader) error
}

// mostJSON is how large the two lists of a backup may be.
const mostJSON = 16 << 20

// Read reads a whole backup and checks it against its sums. What a Reading did counts only if Read
// returns no error.
func Read(r io.Reader, do Reading) (*Contents, error) {
	tail := &Tail{}
	r = io.TeeReader(r, tail)
	c := &Contents{}
	var err error
	if c.Restored, err = readHead(r); err != nil {
		return nil, err
	}
	err = c.read(r, do)
	if own, is := errors.AsType[*ownError](err); is {
		return nil, own.error
	}
	io.Copy(io.Discard, r) // the end may say why
	if end := tail.Err(); end != nil {
		return nil, end
	}
	if err != nil {
		return nil, news.Errorf(news.Invalid, "the backup is damaged: %w; use another one, or save "+
			"what is sound of it: teletipo verify FILE --salvage DIR", err)
	}
	c.Bytes = tail.Bytes
	return c, nil
}

// ownError is an error of who reads, and not of the backup.
type ownError struct{ error }

func own(err error) error {
	if err == nil {
		return nil
	}
	return &ownError{err}
}

// read reads the archive.
func (c *Contents) read(r io.Reader, do Reading) error {
	unzip, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
	if err != nil {
		return err
	}
	defer unzip.Close()
	archive := tar.NewReader(unzip)
	var found []Sum
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return errors.New("its list of sums is missing")
		}
		if err != nil {
			return err
		}
		if header.Name == sumsName {
			if err := json.NewDecoder(io.LimitReader(archive, mostJSON)).Decode(&c.Sums); err != nil {
				return err
			}
			break
		}
		sum, err := c.part(archive, header, do)
		if err != nil {
			return err
		}
		found = append(found, sum)
	}
	if !slices.Equal(found, c.Parts) {
		return errors.New("its parts are not what its sums are of")
	}
	_, err = io.Copy(io.Discard, unzip)
	return err
}

// part reads a part and sums it up.
func (c *Contents) part(r io.Reader, header *tar.Header, do Reading) (Sum, error) {
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	switch {
	case header.Name == headName:
		if err := json.NewDecoder(io.LimitReader(r, mostJSON)).Decode(&c.Head); err != nil {
			return Sum{}, err
		}
		if do.Head != nil {
			if err := do.Head(c.Head); err != nil {
				return Sum{}, own(err)
			}
		}
	case c.Format == 0:
		return Sum{}, errors.New("it does not begin with what it is")
	case do.Part != nil:
		if err := do.Part(header.Name, header.Size, r); err != nil {
			return Sum{}, err
		}
	}
	_, err := io.Copy(io.Discard, r)
	return Sum{header.Name, header.Size, hex.EncodeToString(sum.Sum(nil))}, err
}
