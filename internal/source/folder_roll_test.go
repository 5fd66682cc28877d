package source

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// present sweeps after a while, says that the reading is dealt with if asked to, and gives the
// names that count as present, or "-" if nothing is said of that.
func (d *desk) present(after time.Duration, kept bool) string {
	d.t.Helper()
	d.now = d.now.Add(after)
	reading, _, _ := d.sweep()
	if kept {
		d.reader.Keep(d.src, reading)
	}
	if reading.Present == nil {
		return "-"
	}
	return strings.Join(slices.Sorted(slices.Values(reading.Present)), " ")
}

func (d *desk) remove(name string) {
	d.t.Helper()
	if err := os.Remove(d.path(name)); err != nil {
		d.t.Fatal(err)
	}
}

// wantPresent compares steps of sweeps; each is told as dealt with.
func (d *desk) wantPresent(after time.Duration, want string) {
	d.t.Helper()
	if got := d.present(after, true); got != want {
		d.t.Errorf("present %q, want %q", got, want)
	}
}

func withdrawing(t *testing.T) *desk {
	d := newDesk(t)
	d.src.OnRemove = news.WithdrawArticles
	for _, name := range []string{"a.txt", "b.txt", "sub/c.txt"} {
		d.write(name, "x", time.Hour)
	}
	return d
}

func TestFolderTellsWhatIsPresentOnceSomethingMayBeGone(t *testing.T) {
	d := withdrawing(t)
	d.wantPresent(0, "-") // just begun: who knows
	d.wantPresent(goneAfter-1, "-")
	d.wantPresent(1, "a.txt b.txt sub/c.txt") // what went while nobody looked is not among them
	d.wantPresent(time.Hour, "-")             // dealt with
	d.remove("a.txt")
	d.wantPresent(time.Hour, "-") // missing for the first time, however long ago the last look was
	d.wantPresent(goneAfter-1, "-")
	d.wantPresent(1, "b.txt sub/c.txt")
	d.wantPresent(time.Second, "-")
}

func TestFolderForgivesAFileThatIsGoneForAMoment(t *testing.T) {
	d := withdrawing(t)
	d.wantPresent(0, "-")
	d.wantPresent(goneAfter, "a.txt b.txt sub/c.txt")
	d.remove("a.txt")
	d.wantPresent(goneAfter/2, "-")
	d.write("a.txt", "saved", 0)
	d.wantPresent(goneAfter/2, "-")
	d.wantPresent(goneAfter, "-")
}

func TestFolderTellsAgainUntilItIsDealtWith(t *testing.T) {
	d := withdrawing(t)
	d.wantPresent(0, "-")
	for range 3 { // the store could not be written
		if got := d.present(goneAfter, false); got != "a.txt b.txt sub/c.txt" {
			t.Errorf("present %q", got)
		}
	}
	d.wantPresent(time.Second, "a.txt b.txt sub/c.txt")
	d.wantPresent(time.Second, "-")
}

func TestFolderThatKeepsSaysNothing(t *testing.T) {
	d := withdrawing(t)
	d.src.OnRemove = news.KeepArticles
	d.wantPresent(0, "-")
	d.remove("a.txt")
	d.wantPresent(time.Hour, "-")
}

func TestFolderThatIsNotWholeSaysNothing(t *testing.T) {
	d := withdrawing(t)
	d.wantPresent(0, "-")
	if err := os.Symlink("nowhere", d.path("lost.txt")); err != nil { // or a folder that is not readable
		t.Fatal(err)
	}
	d.wantPresent(time.Hour, "-")
	d.remove("lost.txt")
	d.wantPresent(time.Second, "a.txt b.txt sub/c.txt")
}

func TestFolderThatIsMissingIsAnError(t *testing.T) {
	d := withdrawing(t)
	d.wantPresent(0, "-")
	if err := os.Rename(d.src.Path, d.src.Path+"-unmounted"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Rename(d.src.Path+"-unmounted", d.src.Path) })
	d.now = d.now.Add(time.Hour)
	reading, err := d.reader.Read(t.Context(), d.src, news.Validators{})
	if news.KindOf(err) != news.NotFound || reading.Present != nil {
		t.Errorf("present %q, error %v", reading.Present, err)
	}
}
