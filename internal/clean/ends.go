package clean

import (
	"bytes"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// repeats is what is left out of an article because it is said elsewhere: its title, in a heading
// at its beginning, and the line that WordPress puts under it.
type repeats struct {
	title  string
	isMade bool // the title is to be made of what is said first
}

func repeatsOf(title string) repeats { return repeats{title: title, isMade: title == ""} }

// isTitle reports whether a heading at the beginning is the title.
func (r *repeats) isTitle(said []byte) bool {
	return len(said) > 0 && strings.EqualFold(string(said), r.title)
}

func (r *repeats) isFooter(said []byte) bool {
	if !bytes.HasPrefix(said, []byte("The post ")) && !bytes.HasPrefix(said, []byte("La entrada ")) {
		return false
	}
	for _, start := range footers(r.title) {
		if bytes.HasPrefix(said, []byte(start)) {
			return true
		}
	}
	return false
}

// endSaying ends a passage. Where no title is stated the first one makes it, so that a heading
// that has become the title is left out like any that repeats it.
func (w *writer) endSaying() {
	b := w.top()
	isHeading := b.name == "dt" || len(b.name) == 2 && b.name[0] == 'h' && b.name != "th"
	w.said.end(isHeading)
	if w.repeats.isMade && len(w.said.ends) > 0 {
		w.repeats = repeatsOf(headline(isHeading, string(w.said.passage(0))))
	}
}

// beginAtTop notes where a block at the top begins.
func (w *writer) beginAtTop() {
	w.flush()
	w.start, w.saidBefore = len(w.out), len(w.said.ends)
}

// endAtTop takes back the block that has just ended at the top if it only repeats the title, or
// is a footer.
func (w *writer) endAtTop(name string) {
	if name[0] == 'h' && w.start == 0 || name == "p" {
		var said []byte
		if n := len(w.said.ends); n > w.saidBefore {
			said = w.said.passage(n - 1)
		}
		if (name == "p" && w.repeats.isFooter(said) || name != "p" && w.repeats.isTitle(said)) &&
			!bytes.Contains(w.out[w.start:], []byte("<img ")) {
			w.out = w.out[:w.start]
			w.said.cut(w.saidBefore)
		}
	}
	w.lastEnd, w.saidAtEnd = len(w.out), len(w.said.ends)
}

// finish closes everything and returns what has been written, and what that says.
func (w *writer) finish() (string, []news.Passage) {
	w.closeTo(1)
	w.endLine()
	if w.full && w.lastEnd > textEnd/2 {
		w.out = w.out[:w.lastEnd]
		w.said.cut(w.saidAtEnd)
	}
	for string(w.tail(len(thematicBreak))) == thematicBreak {
		w.out = w.out[:len(w.out)-len(thematicBreak)]
	}
	return string(w.out), w.said.passages()
}
