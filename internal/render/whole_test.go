package render

import "github.com/teletipo/teletipo/internal/news"

// Render writes a feed in a format, whatever bytes its articles hold. Entries appear in the order
// given. A piece that could not be written is left out; the error is of the frame.
func (r *Renderer) Render(feed news.Feed, format news.Format) (*Document, error) {
	d, err := r.Draft(feed, format)
	if err != nil {
		return nil, err
	}
	doc := &Document{Format: format}
	if doc.Head, doc.End, err = d.Frame(); err != nil {
		return nil, err
	}
	doc.Pieces = d.Tombstones()
	for i := range feed.Entries {
		e := &feed.Entries[i]
		if body, err := d.Entry(e); err == nil {
			doc.Pieces = append(doc.Pieces, Piece{ID: e.ID, Seq: e.Seq, Body: body})
		}
	}
	return doc, nil
}
