package clean

import "bytes"

// rows is what the writer knows of the table that is open; there is no table in another.
type rows struct {
	waiting       []byte // empty cells that wait with their row
	wait          int    // how many they are
	cells, widest int    // that have been written in this row, and in any
}

// begin takes note of a start tag that has been written.
func (r *rows) begin(w *writer, name string) {
	switch name {
	case "table":
		r.cells, r.widest = 0, 0
	case "tr":
		w.out = append(w.out, r.waiting...)
		r.cells = r.wait
		r.forget()
	case "td", "th":
		r.cells++
	}
	r.widest = max(r.widest, r.cells)
}

// forget forgets the cells of a row that is not written.
func (r *rows) forget() { r.waiting, r.wait = r.waiting[:0], 0 }

// leaveOut takes note of a block that has nothing in it. A cell that is empty holds its place in
// the row all the same; in a row that has not begun it waits with the row.
func (r *rows) leaveOut(w *writer, b *block) {
	if b.name == "tr" {
		r.forget()
	}
	if b.name != "td" && b.name != "th" || b.isStray {
		return
	}
	if w.full = w.full || len(w.out)+len(r.waiting) > textEnd; w.full {
		return
	}
	if w.top().written {
		w.markup("<", b.name, b.attrs, "></", b.name, ">")
		r.cells++
		r.widest = max(r.widest, r.cells)
		return
	}
	for _, s := range []string{"<", b.name, b.attrs, "></", b.name, ">"} {
		r.waiting = append(r.waiting, s...)
	}
	r.wait++
}

// widen gives a table whose rows have turned out to have one cell each a second one: it would be
// taken for one that only lays out a page when it is cleaned again.
func (r *rows) widen(w *writer) {
	const endOfRow = "</tr>"
	i := bytes.LastIndex(w.out, []byte(endOfRow))
	switch {
	case r.widest > 1:
	case r.widest == 0: // there is only a caption
		w.markup("<tbody><tr><td></td><td></td></tr></tbody>")
	case i >= 0:
		rest := string(w.out[i:])
		w.out = append(append(w.out[:i], "<td></td>"...), rest...)
	}
}
