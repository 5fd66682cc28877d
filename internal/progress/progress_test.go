package progress

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// clock is a time that moves only when it is told to.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

func TestOnATerminal(t *testing.T) {
	var out bytes.Buffer
	c := newClock()
	b := New(&out, true, "ingest", 4, c.now)
	b.Step() // at once: nothing to tell yet
	c.t = c.t.Add(2 * time.Second)
	b.Step()
	c.t = c.t.Add(50 * time.Millisecond)
	b.Step() // too soon to redraw
	b.Around(func() { fmt.Fprintln(&out, "a result") })
	b.Around(func() { fmt.Fprintln(&out, "another") })
	c.t = c.t.Add(1950 * time.Millisecond)
	b.Step()
	b.Close()
	const want = erase + "ingest [############............] 2 of 4, 1.0/s, 2s left" +
		erase + "a result\nanother\n" +
		erase + "ingest [########################] 4 of 4, 1.0/s, 0s left" + erase
	if got := out.String(); got != want {
		t.Errorf("wrote\n%q, want\n%q", got, want)
	}
}

func TestElsewhere(t *testing.T) {
	var out bytes.Buffer
	c := newClock()
	b := New(&out, false, "import", 300, c.now)
	for range 300 {
		c.t = c.t.Add(time.Second / 10)
		b.Step()
	}
	b.Close()
	b.Close()
	const want = "import: 100 of 300, 10/s, 20s left\n" +
		"import: 200 of 300, 10/s, 10s left\n" +
		"import: 300 of 300, 10/s, 0s left\n" +
		"import: 300 of 300 in 30s\n"
	if got := out.String(); got != want {
		t.Errorf("wrote\n%s, want\n%s", got, want)
	}
}

func TestShortAndSingleStepsSayNothing(t *testing.T) {
	for _, total := range []int{0, 1, 100} {
		var out bytes.Buffer
		c := newClock()
		b := New(&out, false, "x", total, c.now)
		if total < 2 {
			c.t = c.t.Add(time.Hour)
		}
		for range total {
			b.Step()
		}
		b.Close()
		if out.Len() > 0 {
			t.Errorf("%d steps: wrote %q", total, out.String())
		}
	}
}

func TestSpeed(t *testing.T) {
	for rate, want := range map[float64]string{240: "240/s", 2.5: "2.5/s", 0.05: "3.0/min"} {
		if got := speed(rate); got != want {
			t.Errorf("speed(%v) = %s, want %s", rate, got, want)
		}
	}
}

func TestTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if Terminal(&bytes.Buffer{}) || Terminal(file) {
		t.Error("a buffer or a file is taken for a terminal")
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if !Terminal(null) {
		t.Error("a character device is not recognised")
	}
}

// TestReach: of what is not known in advance it tells how much is known so far.
func TestReach(t *testing.T) {
	var out bytes.Buffer
	c := newClock()
	b := New(&out, false, "export", 0, c.now)
	for n := range 40 {
		c.t = c.t.Add(time.Second / 2)
		b.Reach(n+1, 2*n+10)
	}
	b.Close()
	const want = "export: 20 of 48, 2.0/s, 14s left\nexport: 40 of 88, 2.0/s, 24s left\nexport: 40 of 88 in 20s\n"
	if got := out.String(); got != want {
		t.Errorf("wrote\n%s, want\n%s", got, want)
	}
}
