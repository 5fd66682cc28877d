package backup

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// The frames around the archive: a magic number that zstd passes over, the length, and the payload.
const (
	headMagic = 0x184D2A5B
	endMagic  = 0x184D2A5E
	frameHead = 8
	headSize  = 64
	endSize   = 256

	title = "teletipo backup "
	fresh = "not restored"
)

// frame writes a frame whose payload is filled up with spaces.
func frame(magic uint32, payload []byte, size int) []byte {
	b := binary.LittleEndian.AppendUint32(nil, magic)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = append(b, payload...)
	return append(b, bytes.Repeat([]byte{' '}, size-len(payload))...)
}

// payload reads a frame, nil if it is none of that kind.
func payload(b []byte, magic uint32, size int) []byte {
	if len(b) != frameHead+size || binary.LittleEndian.Uint32(b) != magic ||
		binary.LittleEndian.Uint32(b[4:]) != uint32(size) {
		return nil
	}
	return bytes.TrimRight(b[frameHead:], " \n")
}

func headFrame(state string) []byte {
	return frame(headMagic, fmt.Appendf(nil, "%s%d\n%s", title, format, state), headSize)
}

// readHead reads the first frame, and returns when the backup was restored, as text, empty if it
// never was.
func readHead(r io.Reader) (restored string, err error) {
	b := make([]byte, frameHead+headSize)
	if _, err := io.ReadFull(r, b); err == io.EOF || err == io.ErrUnexpectedEOF {
		return "", news.Errorf(news.Invalid, "it is no backup of teletipo, or cut short after %d bytes",
			len(bytes.TrimRight(b, "\x00")))
	} else if err != nil {
		return "", err
	}
	name, state, _ := strings.Cut(string(payload(b, headMagic, headSize)), "\n")
	number, is := strings.CutPrefix(name, title)
	switch {
	case !is:
		return "", news.Errorf(news.Invalid,
			"it is no backup of teletipo: `teletipo backup FILE` makes one")
	case number != fmt.Sprint(format):
		return "", news.Errorf(news.Refused, "the backup has format %s, this program knows %d: "+
			"restore it with the newer teletipo that wrote it", number, format)
	case state == fresh:
		return "", nil
	}
	return strings.TrimPrefix(state, "restored "), nil
}

// IsBackup reports whether a file begins as a backup does.
func IsBackup(name string) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	b := make([]byte, frameHead+len(title))
	_, err = io.ReadFull(file, b)
	return err == nil && string(b[frameHead:]) == title
}

// MarkRestored notes in a backup's file that it was restored.
func MarkRestored(name string, now time.Time) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt(headFrame("restored "+now.UTC().Format(time.RFC3339)), 0)
	return cmp.Or(err, file.Sync(), file.Close())
}

// ending is what the last frame says.
type ending struct {
	Whole   bool      `json:"whole"`
	Bytes   int64     `json:"bytes"` // before it
	Kind    news.Kind `json:"kind,omitempty"`
	Problem string    `json:"problem,omitempty"` // why it was broken off
}

// mostProblem is how many bytes of a problem's text have room in the last frame, if each is written
// as one.
const mostProblem = 150

func endFrame(e ending) []byte {
	b, err := json.Marshal(e)
	for most := mostProblem; err == nil && len(b) > endSize; most /= 2 {
		e.Problem = strings.ToValidUTF8(e.Problem[:min(most, len(e.Problem))], "")
		b, err = json.Marshal(e)
	}
	return frame(endMagic, b, endSize)
}

// Tail looks at a backup that passes through Write, and tells at the end whether it was whole.
type Tail struct {
	last  []byte
	Bytes int64 // that have passed
}

// Write never fails.
func (t *Tail) Write(p []byte) (int, error) {
	const most = frameHead + endSize
	t.Bytes += int64(len(p))
	t.last = append(t.last, p[max(0, len(p)-most):]...)
	if more := len(t.last) - most; more > 0 {
		t.last = append(t.last[:0], t.last[more:]...)
	}
	return len(p), nil
}

// Err says what is wrong with what has passed, nil if it is whole.
func (t *Tail) Err() error {
	var e ending
	if text := payload(t.last, endMagic, endSize); text == nil || json.Unmarshal(text, &e) != nil {
		return news.Errorf(news.Invalid, "the backup is cut short, after %d bytes: make it again, or "+
			"use an older one", t.Bytes)
	}
	if !e.Whole {
		return news.Errorf(e.Kind, "the backup was broken off when it was made: %s", e.Problem)
	}
	if before := t.Bytes - int64(len(t.last)); e.Bytes != before {
		return news.Errorf(news.Invalid, "the backup is damaged: it has %d bytes of %d", before, e.Bytes)
	}
	return nil
}
