package source

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/watch"
)

// TestReadyQuiet uploads a file with pauses that are shorter than what its folder waits for.
func TestReadyQuiet(t *testing.T) {
	d := newDesk(t)
	d.src.Ready = news.Ready{How: news.ReadyQuiet, Quiet: 30 * time.Second}
	for n := range 4 {
		d.write("a.txt", strings.Repeat("part ", n+1), 0)
		for range 9 { // a sweep every three seconds
			if reading := d.want(""); reading.Later != 1 {
				t.Fatalf("%d files for later, want 1", reading.Later)
			}
			d.now = d.now.Add(3 * time.Second)
		}
	}
	d.now = d.now.Add(3 * time.Second)
	d.want("a.txt:part part part part ")

	d.write("b.txt", "its clock is wrong", -time.Hour)
	d.want("a.txt:part part part part ")
	d.now = d.now.Add(30 * time.Second)
	d.want("a.txt:part part part part  b.txt:its clock is wrong")
}

// TestReadyMarker uploads a file with any pauses, and says with another when it is whole.
func TestReadyMarker(t *testing.T) {
	d := newDesk(t)
	d.src.Ready = news.Ready{How: news.ReadyMarker}
	d.write("sub/a.txt", "half", time.Hour)
	d.write("alone.txt.ok", "", time.Hour) // its file has gone
	reading := d.want("")
	if reading.Later != 1 || !strings.Contains(reading.Note, "a.txt.ok beside a.txt") {
		t.Errorf("%d for later, note %q", reading.Later, reading.Note)
	}
	d.write("sub/a.txt", "whole", time.Minute)
	d.write("sub/a.txt.ok", "", time.Minute)
	reading = d.want("sub/a.txt:whole")
	if d.reader.Keep(d.src, reading); reading.Note != "" {
		t.Errorf("note %q", reading.Note)
	}
	d.write("sub/a.txt", "whole, and ha", time.Second) // the marker is that of the version before
	d.want("")
	d.write("sub/a.txt", "whole, and half", time.Second)
	if err := os.Remove(d.path("sub/a.txt.ok")); err != nil {
		t.Fatal(err)
	}
	d.write("sub/a.txt.done", "", 0)
	d.want("sub/a.txt:whole, and half")
}

// TestReadyRename reads what is put in its place whole, and never what is written there.
func TestReadyRename(t *testing.T) {
	d := newDesk(t)
	d.src.Ready = news.Ready{How: news.ReadyRename}
	w := &folders{renamed: []string{d.src.Path}, inPlace: &d.reader.inPlace}
	happens := func(name string, op fsnotify.Op) {
		t.Helper()
		if w.matters(fsnotify.Event{Name: d.path(name), Op: op}) != watch.Change {
			t.Errorf("%s of %s does not matter", op, name)
		}
	}
	d.write("there.txt", "at the start", time.Hour)
	d.reader.Keep(d.src, d.want("there.txt:at the start"))

	d.write("a.txt", "renamed", time.Hour)
	happens("a.txt", fsnotify.Create)
	d.reader.Keep(d.src, d.want("a.txt:renamed"))

	d.write("b.txt", "half", 0)
	happens("b.txt", fsnotify.Create)
	happens("b.txt", fsnotify.Write)
	d.want("")
	d.now = d.now.Add(time.Hour) // it rests, and is still half
	_, texts, faults := d.sweep()
	if want := "read DIR/b.txt: it was written in its place, and source inbox has ready: rename: " +
		"write it under another name and rename it"; texts != "" || faults != want {
		t.Errorf("yields %q, says %q", texts, faults)
	}
	d.want("") // it is told once

	d.write("b.txt", "whole", time.Minute)
	happens("b.txt", fsnotify.Create)
	d.reader.Keep(d.src, d.want("b.txt:whole"))

	happens("a.txt", fsnotify.Rename) // and away
	happens("b.txt", fsnotify.Write)
	w.matters(fsnotify.Event{Name: d.src.Path + "-other/c.txt", Op: fsnotify.Write})
	if n := len(d.reader.inPlace.paths); n != 1 {
		t.Errorf("%d files are remembered, want 1", n)
	}
}

// TestMarkersAreNoticed has a sweep come early when a marker appears.
func TestMarkersAreNoticed(t *testing.T) {
	w := &folders{inPlace: &writes{}}
	for name, want := range map[string]bool{
		"/in/a.txt.ok": true, "/in/a.MD.done": true, "/in/a.pdf.ok": false, "/in/x.ok": false,
		"/in/.a.txt.ok": false,
	} {
		if got := w.matters(fsnotify.Event{Name: name, Op: fsnotify.Write}) == watch.Change; got != want {
			t.Errorf("%s: %t, want %t", name, got, want)
		}
	}
}
