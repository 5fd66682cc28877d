package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// mostDeaths is how often the process may die while it reads a document before that is put aside.
const mostDeaths = 2

// Journal remembers which documents are being read, so that one which ends the process, by its
// memory say, doesn't end it at every start. A document is a file of a folder, or all that another
// source has: its bytes differ from look to look. Articles that are pushed are none: nobody pushes
// them at every start.
//
// Each has a file in a directory for as long as it is read. A file survives the process, not a
// power cut, which says nothing about a document; so nothing is forced to the disk. One that the
// process died at is read alone from then on, and is free again once it has been read: so a second
// death is that document's and not its neighbours'. A nil Journal remembers nothing.
type Journal struct {
	log   *slog.Logger
	dir   string
	now   func() time.Time
	alone chan struct{} // held by a document that the process died at before

	mu    sync.Mutex
	known map[string]deadly // by the name of its file: those that the process died at
}

// deadly is a document that is being read, or at which the process died.
type deadly struct {
	Source string    `json:"source"`
	Name   string    `json:"name,omitempty"` // of a file; empty for the source as a whole
	Deaths int       `json:"deaths,omitempty"`
	Last   time.Time `json:"last,omitzero"` // when it was begun that time
	Begun  bool      `json:"begun,omitempty"`
}

// OpenJournal reads what was being read when the last process ended.
func OpenJournal(log *slog.Logger, dir string, now func() time.Time) (*Journal, error) {
	j := &Journal{
		log: log, dir: dir, now: now, alone: make(chan struct{}, 1), known: map[string]deadly{},
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, news.Errorf(news.Internal, "journal: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, news.Errorf(news.Internal, "journal: %w", err)
	}
	for _, e := range entries {
		j.recall(e.Name())
	}
	return j, nil
}

// recall takes up the file of a document.
func (j *Journal) recall(file string) {
	var d deadly
	text, err := os.ReadFile(filepath.Join(j.dir, file))
	if err != nil || json.Unmarshal(text, &d) != nil || d.Source == "" {
		_ = os.Remove(filepath.Join(j.dir, file)) // cut off by a power cut: it says nothing
		return
	}
	if d.Begun {
		d.Begun = false
		d.Deaths++
		j.write(file, d)
		facts := []any{"source", d.Source, "document", d.Name, "times", d.Deaths}
		if d.Deaths >= mostDeaths {
			j.log.Error("the process died again while it read this: it is put aside, "+
				"`teletipo sources retry` has it read once more", facts...)
		} else {
			j.log.Warn("the process died while it read this", facts...)
		}
	}
	j.known[file] = d
}

// begin notes that a document is being read, and returns what is to be called when it has been. A
// document that was put aside is Refused.
func (j *Journal) begin(ctx context.Context, source, name string) (done func(), err error) {
	if j == nil {
		return func() {}, nil
	}
	file := fileOf(source, name)
	j.mu.Lock()
	d, suspect := j.known[file]
	j.mu.Unlock()
	if d.Deaths >= mostDeaths {
		return nil, d.refusal()
	}
	release := func() {}
	if suspect {
		select {
		case j.alone <- struct{}{}:
			release = func() { <-j.alone }
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	j.write(file, deadly{
		Source: source, Name: name, Deaths: d.Deaths, Last: j.now().UTC(), Begun: true,
	})
	return func() {
		_ = os.Remove(filepath.Join(j.dir, file)) // else the next start believes in a death
		j.mu.Lock()
		delete(j.known, file)
		j.mu.Unlock()
		release()
	}, nil
}

// refused returns the refusal of a source that is put aside as a whole.
func (j *Journal) refused(source string) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if d := j.known[fileOf(source, "")]; d.Deaths >= mostDeaths {
		return d.refusal()
	}
	return nil
}

func (d *deadly) refusal() error {
	what := "source " + d.Source
	if d.Name != "" {
		what = d.Name
	}
	return news.Errorf(news.Refused, "%s is put aside: the process died %d times while it read it, "+
		"last on %s; look at it, then say `teletipo sources retry %s`",
		what, d.Deaths, d.Last.Format("2006-01-02 15:04 MST"), d.Source)
}

// Aside lists what of a source is put aside: names of files, or "" for all of it.
func (j *Journal) Aside(source string) (names []string) {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, d := range j.known {
		if d.Source == source && d.Deaths >= mostDeaths {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Retry has what of a source was put aside read once more, and returns how much that is. Another
// death puts it aside at once.
func (j *Journal) Retry(source string) (n int) {
	if j == nil {
		return 0
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for file, d := range j.known {
		if d.Source == source && d.Deaths >= mostDeaths {
			d.Deaths = mostDeaths - 1
			j.known[file] = d
			j.write(file, d)
			n++
		}
	}
	return n
}

// write notes a document. What can't be written is no reason not to read on.
func (j *Journal) write(file string, d deadly) {
	text, err := json.Marshal(d)
	if err == nil {
		err = os.WriteFile(filepath.Join(j.dir, file), text, 0o640)
	}
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		j.log.Debug("not noted what is being read", "source", d.Source, "error", err)
	}
}

// fileOf names the file of a document.
func fileOf(source, name string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{source, name}, "\x00")))
	return hex.EncodeToString(sum[:12])
}
