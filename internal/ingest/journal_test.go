package ingest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// life opens the journal as a process does at its start.
func life(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := OpenJournal(newstest.Logger(t), dir, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// dieAt begins to read documents and ends the process: it is never told that they have been read.
func dieAt(t *testing.T, dir string, documents ...[2]string) {
	t.Helper()
	j := life(t, dir)
	for _, d := range documents {
		if _, err := j.begin(t.Context(), d[0], d[1]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestJournal(t *testing.T) {
	dir := t.TempDir()
	dieAt(t, dir, [2]string{"feed", ""}, [2]string{"desk", "bad.md"}, [2]string{"desk", "good.md"})
	j := life(t, dir)
	if len(j.Aside("feed"))+len(j.Aside("desk")) > 0 {
		t.Error("put aside after one death")
	}
	done, err := j.begin(t.Context(), "desk", "good.md")
	if err != nil {
		t.Fatal(err)
	}
	done() // it was not to blame
	dieAt(t, dir, [2]string{"desk", "bad.md"}, [2]string{"other", ""})
	j = life(t, dir)
	if got := j.Aside("desk"); !slices.Equal(got, []string{"bad.md"}) {
		t.Errorf("put aside of the desk: %q", got)
	}
	if _, err := j.begin(t.Context(), "desk", "bad.md"); news.KindOf(err) != news.Refused ||
		!strings.Contains(err.Error(), "teletipo sources retry desk") {
		t.Errorf("begun again: %v", err)
	}
	dieAt(t, dir, [2]string{"feed", ""})
	j = life(t, dir)
	if err := j.refused("feed"); news.KindOf(err) != news.Refused {
		t.Errorf("the feed is not put aside: %v", err)
	}
	if j.refused("other") != nil || j.refused("desk") != nil {
		t.Error("a source is put aside for another, or for a file")
	}
	if n := j.Retry("feed"); n != 1 || j.refused("feed") != nil || life(t, dir).refused("feed") != nil {
		t.Errorf("retried %d, refused: %v", n, j.refused("feed"))
	}
	dieAt(t, dir, [2]string{"feed", ""})
	if life(t, dir).refused("feed") == nil {
		t.Error("not put aside at the next death after a retry")
	}
	if got := life(t, dir).Aside("desk"); !slices.Equal(got, []string{"bad.md"}) {
		t.Errorf("the desk's file is no longer put aside: %q", got)
	}
}

// Documents that the process died at are read one at a time: else one would be blamed for another.
func TestSuspectsAreReadAlone(t *testing.T) {
	dir := t.TempDir()
	dieAt(t, dir, [2]string{"a", ""}, [2]string{"b", ""})
	synctest.Test(t, func(t *testing.T) {
		j := life(t, dir)
		done, err := j.begin(t.Context(), "a", "")
		if err != nil {
			t.Fatal(err)
		}
		begun := make(chan func())
		go func() {
			done, err := j.begin(t.Context(), "b", "")
			if err != nil {
				t.Error(err)
			}
			begun <- done
		}()
		synctest.Wait()
		select {
		case <-begun:
			t.Error("two suspects are read at once")
		default:
		}
		if free, err := j.begin(t.Context(), "c", ""); err != nil {
			t.Error(err)
		} else {
			free()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := j.begin(ctx, "b", ""); err == nil {
			t.Error("begun beside another suspect")
		}
		done()
		(<-begun)()
	})
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

func TestJournalTakesDamage(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty": "", "half": `{"source": "a`, "list": "[]"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	life(t, dir)
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	var none *Journal
	done, err := none.begin(t.Context(), "a", "")
	if err != nil || none.refused("a") != nil || none.Aside("a") != nil || none.Retry("a") != 0 {
		t.Errorf("none refuses: %v", err)
	}
	done()
}

func TestARunOfASourceThatIsPutAside(t *testing.T) {
	dir := t.TempDir()
	dieAt(t, dir, [2]string{"s", ""})
	dieAt(t, dir, [2]string{"s", ""})
	w := &world{reading: news.Reading{Documents: []news.Document{text("a.txt", "Title\n\nText.")}}}
	f := flowOn(t, w)
	f.journal = life(t, dir)
	src := news.Source{ID: "s", Kind: news.KindFeed}
	if _, err := f.Run(t.Context(), src); news.KindOf(err) != news.Refused ||
		slices.Contains(w.calls, "read") || !strings.Contains(w.states["s"].Error, "put aside") {
		t.Errorf("%v, %q, %+v", err, w.calls, w.states["s"])
	}
	f.journal.Retry("s")
	if _, err := f.Run(t.Context(), src); err != nil || len(w.candidates) != 1 {
		t.Errorf("after a retry: %v, %d candidates", err, len(w.candidates))
	}
}
