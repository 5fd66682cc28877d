package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/source"
)

// drawer is a folder source on a morgue.
type drawer struct {
	*morgue
	src news.Source
}

func newDrawer(t *testing.T) *drawer {
	t.Helper()
	d := &drawer{morgue: newMorgue(t)}
	d.src = news.Source{
		ID: "desk", Kind: news.KindFolder, Path: t.TempDir(), Rights: news.Full,
		OnRemove: news.WithdrawArticles,
	}
	d.restart()
	return d
}

// TestAFileUnderAnyNameIsOneArticle renames a file, copies it, and writes it in another encoding.
func TestAFileUnderAnyNameIsOneArticle(t *testing.T) {
	d := newDrawer(t)
	const text = "El río se llevó el puente\n\nEl río salió de su cauce el lunes y se llevó el puente " +
		"de San Pedro; más de cuarenta familias pasaron la noche en la escuela.\n"
	latin, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	only := func(title string) news.Entry {
		t.Helper()
		if faults := d.sweep(); faults != "" {
			t.Fatal(faults)
		}
		entries, err := d.store.Articles(news.Query{Limit: 9})
		if err != nil || len(entries) != 1 || entries[0].Status != news.Live || entries[0].Title != title {
			t.Fatalf("stored: %+v, %v", entries, err)
		}
		return entries[0]
	}
	d.write("puente.txt", text)
	first := only("El río se llevó el puente")
	d.write("copia.txt", latin)
	d.restart()
	only("El río se llevó el puente")
	d.remove("puente.txt")
	only("El río se llevó el puente")
	d.remove("copia.txt")
	d.write("nota.txt", text)
	only("El río se llevó el puente")
	d.write("nota.txt", strings.Replace(text, "el puente\n", "dos puentes\n", 1))
	d.write("vieja.txt", text)
	d.restart()
	if now := only("El río se llevó dos puentes"); now.ID != first.ID {
		t.Errorf("it is %s, and was %s", now.ID, first.ID)
	}
}

// restart forgets all that is not stored, as a new process does.
func (d *drawer) restart() {
	d.t.Helper()
	clock := func() time.Time { return d.now }
	log := newstest.Logger(d.t)
	rules, err := classify.Compile("test", nil, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	d.flow = ingest.New(ingest.Parts{
		Log: log, Reader: source.New(log, nil, clock), Archive: d.store,
		InForce: classify.Enforce(rules), Now: clock,
	})
}

func (d *drawer) write(name, text string) {
	d.t.Helper()
	path := filepath.Join(d.src.Path, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Chtimes(path, d.now, d.now); err != nil {
		d.t.Fatal(err)
	}
}

func (d *drawer) remove(name string) {
	d.t.Helper()
	if err := os.Remove(filepath.Join(d.src.Path, name)); err != nil {
		d.t.Fatal(err)
	}
}

// sweep sweeps every three seconds for a minute and gives the faults.
func (d *drawer) sweep() (faults string) {
	d.t.Helper()
	for range 20 {
		d.now = d.now.Add(3 * time.Second)
		report, err := d.flow.Once(d.t.Context(), d.src)
		if err != nil {
			faults += err.Error()
		}
		for _, fault := range report.Faults {
			faults += fault.Error()
		}
	}
	return faults
}

// live wants the titles of the articles that are not withdrawn, the newest first.
func (d *drawer) live(want ...string) {
	d.t.Helper()
	entries, err := d.store.Articles(news.Query{Limit: 100})
	if err != nil {
		d.t.Fatal(err)
	}
	var got []string
	for i := range entries {
		if entries[i].Status != news.Withdrawn {
			got = append(got, entries[i].Title)
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		d.t.Errorf("live are %q, want %q", got, want)
	}
}

func TestARemovedFileWithdrawsItsArticle(t *testing.T) {
	d := newDrawer(t)
	d.write("a.txt", "Alpha\n\nThe first of them.\n")
	d.write("b.md", "---\nid: bravo\n---\n# Bravo\n\nThe second.\n")
	d.write("c.txt", "Charlie\n\nThe third.\n")
	d.sweep()
	d.live("Charlie", "Bravo", "Alpha")
	d.remove("a.txt")
	if faults := d.sweep(); faults != "" {
		t.Error(faults)
	}
	d.live("Charlie", "Bravo")

	d.restart() // while it was down
	d.remove("b.md")
	d.sweep()
	d.live("Charlie")
	d.write("b.md", "---\nid: bravo\n---\n# Bravo\n\nThe second, changed.\n")
	d.sweep()
	d.live("Charlie") // withdrawn is withdrawn
}

func TestARemovedFileKeepsItsArticleUnlessToldOtherwise(t *testing.T) {
	d := newDrawer(t)
	d.src.OnRemove = news.KeepArticles
	d.write("a.txt", "Alpha\n\nThe first of them.\n")
	d.write("b.txt", "Bravo\n\nThe second.\n")
	d.sweep()
	d.remove("a.txt")
	d.sweep()
	d.live("Bravo", "Alpha")
}

func TestAFolderThatIsNotMountedWithdrawsNothing(t *testing.T) {
	d := newDrawer(t)
	d.write("a.txt", "Alpha\n\nThe first of them.\n")
	d.write("b.txt", "Bravo\n\nThe second.\n")
	d.sweep()
	away := d.src.Path + "-away"
	if err := os.Rename(d.src.Path, away); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(away) })
	if faults := d.sweep(); !strings.Contains(faults, "does not exist") {
		t.Errorf("faults %q", faults)
	}
	d.restart()
	if err := os.Mkdir(d.src.Path, 0o750); err != nil { // the bare mount point
		t.Fatal(err)
	}
	if faults := d.sweep(); strings.Count(faults, "no file any more") != 1 {
		t.Errorf("faults %q, want to be told once", faults)
	}
	d.live("Bravo", "Alpha")
}

func TestAFileThatSaysItIsWithdrawn(t *testing.T) {
	d := newDrawer(t)
	d.write("a.md", "---\ntitle: Alpha\n---\nThe first of them.\n")
	d.write("never.md", "---\nwithdrawn: true\n---\nNobody has seen this.\n")
	d.sweep()
	d.live("Alpha")
	d.write("a.md", "---\ntitle: Alpha\nwithdrawn: true\n---\nThe first of them.\n")
	if faults := d.sweep(); faults != "" {
		t.Error(faults)
	}
	d.live()
	d.write("a.md", "---\ntitle: Alpha\n---\nThe first of them.\n")
	d.write("never.md", "---\ntitle: Never\n---\nNow they see it.\n")
	d.sweep()
	d.live("Never")
}
