package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// desk is a folder source under test, with a clock of its own.
type desk struct {
	t      *testing.T
	src    news.Source
	now    time.Time
	reader *Reader
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, now: noon}
	d.src = news.Source{ID: "inbox", Kind: news.KindFolder, Path: t.TempDir()}
	d.reader = New(newstest.Logger(t), nil, func() time.Time { return d.now })
	return d
}

func (d *desk) path(name string) string { return filepath.Join(d.src.Path, name) }

// write makes a file that was last changed so long ago.
func (d *desk) write(name, text string, ago time.Duration) {
	d.t.Helper()
	write(d.t, d.path(name), text, d.now.Add(-ago))
}

// sweep reads the folder and gives the texts that it yields, as "name:text", and the faults.
func (d *desk) sweep() (reading news.Reading, texts, faults string) {
	d.t.Helper()
	reading, err := d.reader.Read(d.t.Context(), d.src, news.Validators{})
	if err != nil {
		d.t.Fatal(err)
	}
	var list []string
	for _, doc := range reading.Documents {
		list = append(list, doc.Name+":"+string(doc.Body))
		if doc.Source != "inbox" || doc.URL != "" || doc.Time.IsZero() {
			d.t.Errorf("document %+v", doc)
		}
	}
	return reading, strings.Join(list, " "), d.text(reading.Faults)
}

func (d *desk) text(faults []error) string {
	var list []string
	for _, fault := range faults {
		list = append(list, strings.ReplaceAll(fault.Error(), d.src.Path, "DIR"))
	}
	return strings.Join(list, "\n")
}

// want sweeps and compares the texts; there must be no faults.
func (d *desk) want(texts string) news.Reading {
	d.t.Helper()
	reading, got, faults := d.sweep()
	if got != texts || faults != "" {
		d.t.Errorf("sweep yields %q with faults %q, want %q", got, faults, texts)
	}
	return reading
}

func TestFolderNames(t *testing.T) {
	d := newDesk(t)
	for _, name := range []string{
		"a.txt", "B.MD", "c.html", "d.HTM", "sub/e.txt", "sub/deep/f g.txt",
		".hidden.txt", ".git/x.txt", "~$lock.txt", "#draft.txt", "#draft.txt#", "a.txt~",
		".a.txt.swp", "a.swp", "a.txt.part", "a.txt.tmp", "a.crdownload", "a.pdf", "README",
	} {
		d.write(name, "x", time.Hour)
	}
	d.want("B.MD:x a.txt:x c.html:x d.HTM:x sub/deep/f g.txt:x sub/e.txt:x")
}

func TestFolderYieldsAgainUntilKept(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "one", time.Hour)
	d.want("a.txt:one")
	again := d.want("a.txt:one") // it could not be stored
	d.reader.Keep(d.src, again)
	d.want("")

	d.write("a.txt", "two", 30*time.Minute)
	d.reader.Keep(d.src, d.want("a.txt:two"))
	d.want("")

	d.write("a.txt", "six", 29*time.Minute) // the same size
	d.write("b.txt", "new", time.Hour)
	both := d.want("b.txt:new a.txt:six")
	both.Documents = both.Documents[:1]
	d.reader.Keep(d.src, both) // the other could not be stored
	d.want("a.txt:six")
}

func TestFolderKeepOfAnOlderVersion(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "one", time.Hour)
	old := d.want("a.txt:one")
	d.write("a.txt", "two", time.Minute)
	d.want("a.txt:two")
	d.reader.Keep(d.src, old)
	d.want("a.txt:two")
}

func TestFolderForgetsWhatIsGone(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "one", time.Hour)
	d.reader.Keep(d.src, d.want("a.txt:one"))
	if err := os.Rename(d.path("a.txt"), d.path("b.txt")); err != nil {
		t.Fatal(err)
	}
	d.reader.Keep(d.src, d.want("b.txt:one"))
	if err := os.Rename(d.path("b.txt"), d.path("a.txt")); err != nil {
		t.Fatal(err)
	}
	d.want("a.txt:one")
}

func TestFolderForget(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "one", time.Hour)
	d.reader.Keep(d.src, d.want("a.txt:one"))
	d.reader.Forget(d.src)
	d.want("a.txt:one")
}

func TestFolderLeavesFilesThatAreBeingWritten(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "o", 0)
	d.write("b.txt", "settled", settle)
	reading := d.want("b.txt:settled")
	if reading.Later != 1 {
		t.Errorf("%d files for later, want 1", reading.Later)
	}
	d.reader.Keep(d.src, reading)
	d.now = d.now.Add(time.Second)
	d.write("a.txt", "on", 0) // still going on
	d.want("")
	d.now = d.now.Add(settle)
	if reading := d.want("a.txt:on"); reading.Later != 0 {
		t.Errorf("%d files for later, want 0", reading.Later)
	}
}

func TestFolderTakesFilesFromTheFuture(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "x", -48*time.Hour) // a clock was wrong
	d.want("")
	d.now = d.now.Add(settle) // it has been the same so long
	d.want("a.txt:x")
}

func TestFolderFileThatChangesWhileRead(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "whole", time.Hour)
	root, err := os.OpenRoot(d.src.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	info, err := root.Stat("a.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := &sweep{found: &walk{root: root}}
	if body, err := s.read("a.txt", "a.txt", info); err != nil || string(body) != "whole" {
		t.Fatalf("%q, %v", body, err)
	}
	d.write("a.txt", "whole and more", time.Hour)
	if _, err := s.read("a.txt", "a.txt", info); !errors.Is(err, errChanged) {
		t.Errorf("error %v, want %v", err, errChanged)
	}
}

func TestFolderFaults(t *testing.T) {
	d := newDesk(t)
	d.write("good.txt", "x", time.Hour)
	d.write("big.txt", "", time.Hour)
	if err := os.Truncate(d.path("big.txt"), maxFile+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(d.path("big.txt"), noon.Add(-time.Hour), noon.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "secret.txt")
	write(t, outside, "secret", noon.Add(-time.Hour))
	d.write("sub/inner.txt", "y", time.Hour)
	for name, target := range map[string]string{
		"out.txt": outside, "outdir": filepath.Dir(outside), "other.pdf": outside,
		"lost.txt": "nowhere", "sub/loop": "..", "link.txt": "good.txt", "circle.txt": "circle.txt",
	} {
		if err := os.Symlink(target, d.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	_, texts, faults := d.sweep()
	if texts != "good.txt:x link.txt:x sub/inner.txt:y" { // of one age, so by name
		t.Errorf("yields %q", texts)
	}
	for _, want := range []string{
		"read DIR/big.txt: the file is larger than the limit of 20000000 bytes",
		"read DIR/out.txt: the symbolic link is not followed: path escapes from parent",
		"read DIR/outdir: the symbolic link is not followed: path escapes from parent",
		"read DIR/lost.txt: the symbolic link leads to nothing",
		"read DIR/circle.txt: the symbolic link is not followed: ",
		"read DIR/sub/loop: the folder holds itself: the link is not followed",
	} {
		if !strings.Contains(faults, want) {
			t.Errorf("faults lack %q:\n%s", want, faults)
		}
	}
	if n := strings.Count(faults, "\n") + 1; n != 6 {
		t.Errorf("%d faults:\n%s", n, faults)
	}

	if _, _, again := d.sweep(); again != "" {
		t.Errorf("told again:\n%s", again)
	}
	if err := os.Chtimes(d.path("big.txt"), noon, noon.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, _, changed := d.sweep(); strings.Count(changed, "big.txt") != 1 {
		t.Errorf("the file changed and is as bad as before: %q", changed)
	}
	d.write("big.txt", "small now", time.Minute)
	if _, texts, _ := d.sweep(); !strings.Contains(texts, "big.txt:small now") {
		t.Errorf("yields %q", texts)
	}
	d.reader.Forget(d.src)
	_, _, all := d.sweep()
	if n := strings.Count(all, "\n") + 1; n != 5 || strings.Contains(all, "big.txt") {
		t.Errorf("told once more:\n%s", all)
	}
}

func TestFolderUnreadableFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is unreadable to root")
	}
	d := newDesk(t)
	d.write("a.txt", "x", time.Hour)
	if err := os.Chmod(d.path("a.txt"), 0); err != nil {
		t.Fatal(err)
	}
	_, texts, faults := d.sweep()
	if texts != "" || faults != "read DIR/a.txt: permission denied" {
		t.Errorf("yields %q, faults %q", texts, faults)
	}
	if err := os.Chmod(d.path("a.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.want("a.txt:x")
}

func TestFolderDepth(t *testing.T) {
	d := newDesk(t)
	deep := strings.Repeat("d/", maxDepth-1)
	d.write(deep+"last.txt", "x", time.Hour)
	d.write(deep+"e/beyond.txt", "x", time.Hour)
	_, texts, faults := d.sweep()
	want := "read DIR/" + deep + "e: the folder lies too deep: it is not read"
	if texts != deep+"last.txt:x" || faults != want {
		t.Errorf("yields %q, faults %q", texts, faults)
	}
}

func TestFolderInBatches(t *testing.T) {
	d := newDesk(t)
	half := strings.Repeat("x", maxBytes/2)
	for i := range 5 {
		d.write(fmt.Sprintf("%d.txt", i), half, time.Hour)
	}
	var total int
	for i := 0; ; i++ {
		reading, _, _ := d.sweep()
		n := len(reading.Documents)
		if n == 0 {
			break
		}
		total += n
		if n > 2 || i > 5 || reading.Later != 5-total {
			t.Fatalf("reading %d: %d documents, %d for later", i, n, reading.Later)
		}
		d.reader.Keep(d.src, reading)
	}
	if total != 5 {
		t.Errorf("%d documents in all", total)
	}
}

func TestFolderWithManyFiles(t *testing.T) {
	d := newDesk(t)
	for i := range maxFiles + 1 {
		d.write(fmt.Sprintf("%03d.txt", i), "x", time.Hour)
	}
	first, _, _ := d.sweep()
	if len(first.Documents) != maxFiles || first.Later != 1 {
		t.Errorf("%d documents, %d for later", len(first.Documents), first.Later)
	}
	d.reader.Keep(d.src, first)
	d.want("500.txt:x")
}

func TestFolderEndsWithItsContext(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "x", time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.reader.Read(ctx, d.src, news.Validators{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	d.want("a.txt:x")
}

func TestFolderThatMoves(t *testing.T) {
	d := newDesk(t)
	d.write("a.txt", "x", time.Hour)
	d.reader.Keep(d.src, d.want("a.txt:x"))
	d.src.Path = t.TempDir()
	d.write("a.txt", "x", time.Hour)
	d.want("a.txt:x")
}
