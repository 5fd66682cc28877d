package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// How often is told of progress, and how wide the bar is.
const (
	redrawEvery = 100 * time.Millisecond
	lineEvery   = 10 * time.Second
	barWidth    = 24
)

// erase goes to the beginning of a terminal's line and empties it.
const erase = "\r\x1b[K"

// Bar tells how many of a number of steps are done. It is for one goroutine.
type Bar struct {
	w        io.Writer
	terminal bool
	label    string
	total    int
	now      func() time.Time
	start    time.Time
	told     time.Time // when it last wrote
	done     int
	shown    bool // a bar stands on the terminal's line
	closed   bool
}

// New makes a bar of total steps. On a terminal it draws itself; elsewhere it writes a line every
// ten seconds, so that short commands write none. Fewer than two steps are no progress to tell.
func New(w io.Writer, terminal bool, label string, total int, now func() time.Time) *Bar {
	start := now()
	return &Bar{
		w: w, terminal: terminal, label: label, total: total, now: now, start: start, told: start,
	}
}

// Terminal reports whether a writer is a terminal (or another device that a person may look at).
func Terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Step tells that one more step is done.
func (b *Bar) Step() {
	b.done++
	b.tell()
}

// Reach tells how many steps are done, of how many as far as is known now.
func (b *Bar) Reach(done, total int) {
	b.done, b.total = done, total
	b.tell()
}

// Around runs print, which may write lines to the same terminal, with the bar out of the way.
func (b *Bar) Around(print func()) {
	b.clear()
	print()
}

// Close takes the bar away. Where there is no terminal it writes a last line if it wrote others.
// Closing it again does nothing.
func (b *Bar) Close() {
	b.clear()
	if !b.terminal && !b.closed && b.told.After(b.start) {
		fmt.Fprintf(b.w, "%s: %d of %d in %s\n", b.label, b.done, b.total,
			b.now().Sub(b.start).Round(time.Second))
	}
	b.closed = true
}

// tell draws or writes how far it has come, if it is time to.
func (b *Bar) tell() {
	now := b.now()
	pause := lineEvery
	if b.terminal {
		pause = redrawEvery
	}
	if b.total < 2 || now.Sub(b.told) < pause {
		return
	}
	b.told = now
	if b.terminal {
		fmt.Fprint(b.w, erase+b.label+" "+b.bar()+" "+b.figures(now))
		b.shown = true
		return
	}
	fmt.Fprintf(b.w, "%s: %s\n", b.label, b.figures(now))
}

func (b *Bar) clear() {
	if b.shown {
		fmt.Fprint(b.w, erase)
		b.shown = false
	}
}

// bar draws what is done as a share of the whole.
func (b *Bar) bar() string {
	full := min(barWidth, barWidth*b.done/b.total)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "]"
}

// figures are what is done, the rate so far, and what is left at that rate.
func (b *Bar) figures(now time.Time) string {
	text := fmt.Sprintf("%d of %d", b.done, b.total)
	spent := now.Sub(b.start)
	if spent <= 0 || b.done == 0 {
		return text
	}
	rate := float64(b.done) / spent.Seconds()
	left := time.Duration(float64(b.total-b.done) / rate * float64(time.Second))
	return fmt.Sprintf("%s, %s, %s left", text, speed(rate), max(0, left).Round(time.Second))
}

// speed writes a rate in the unit that makes it a figure above 1.
func speed(rate float64) string {
	switch {
	case rate >= 10:
		return fmt.Sprintf("%.0f/s", rate)
	case rate >= 1:
		return fmt.Sprintf("%.1f/s", rate)
	default:
		return fmt.Sprintf("%.1f/min", rate*60)
	}
}
