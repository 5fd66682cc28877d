package publish

import (
	"slices"
	"strconv"

	"github.com/teletipo/teletipo/internal/news"
)

// delta is what a feed's edition has that one of its earlier states had not.
type delta struct {
	representations []news.Representation // none if the whole edition is the answer
}

// Delta returns what a feed's edition has that the state base of the feed had not, or not like
// that: a document in each coding that the edition has, whose ETags are not set. It is false if
// that can't be told, or would not be shorter than the edition. It never renders.
func (p *Publisher) Delta(e *news.Edition, base uint64) ([]news.Representation, bool) {
	if base < e.Base || base >= e.Seq {
		return nil, false
	}
	s := p.series(e.Key, e.Format)
	if s == nil {
		return nil, false
	}
	current := s.current.Load()
	if current == nil || tag(current.edition) != tag(e) {
		return nil, false
	}
	name := s.name + tag(e) + strconv.FormatUint(base, 36)
	d, ok := p.deltas.get(name)
	if !ok {
		made, err, _ := p.flights.Do(name, func() (any, error) {
			return p.makeDelta(s, current, base, name)
		})
		if err != nil {
			p.log.Error("delta not made, the whole feed is served", "edition", s.name, "error", err)
			return nil, false
		}
		d = made.(*delta)
	}
	return d.in(e), len(d.representations) > 0
}

// in returns the representations in the codings that an edition has too.
func (d *delta) in(e *news.Edition) []news.Representation {
	var list []news.Representation
	for _, rep := range d.representations {
		if slices.ContainsFunc(e.Representations, func(other news.Representation) bool {
			return other.Coding == rep.Coding
		}) {
			list = append(list, rep)
		}
	}
	return list
}

// makeDelta makes and keeps a delta. Many states of a feed can be the base of the same one, and
// those share its bytes.
func (p *Publisher) makeDelta(s *series, current *issue, base uint64, name string) (*delta, error) {
	e := current.edition
	span, ok, err := p.store.Since(e.Key, base, e.Seq)
	if err != nil {
		return nil, err
	}
	none := &delta{}
	var chosen map[int]bool
	if ok {
		chosen, ok = since(current.known, base, span, e.Format, p.settings.Window.Least)
	}
	var doc, whole []byte
	if ok {
		if whole, err = p.bytes(s, current); err != nil {
			return nil, err
		}
		parts := current.layout.Parts(whole)
		doc = parts.Bytes(func(i int) bool { return chosen[i] })
	}
	if !ok || len(doc) >= len(whole) {
		p.deltas.put(name, none, 0)
		return none, nil
	}
	shared := "=" + e.Key.String() + "." + string(e.Format) + tag(e) + fingerprint(doc)
	d, ok := p.deltas.get(shared)
	if !ok {
		p.work <- struct{}{}
		defer func() { <-p.work }()
		list, err := p.coder.all(doc)
		if err != nil {
			return nil, err
		}
		d = &delta{list}
		p.deltas.put(shared, d, size(list))
	}
	p.deltas.put(name, d, 0)
	return d, nil
}

// tag is the tag of an edition's plain bytes.
func tag(e *news.Edition) string { return e.Representations[len(e.Representations)-1].ETag }

// size is how many bytes representations have.
func size(list []news.Representation) int {
	n := 0
	for _, rep := range list {
		n += len(rep.Body)
	}
	return n
}

// since chooses the parts that a feed's state base had not, or not like that. It is false if that
// can't be told of the span from there, or if there are none.
//
// What was withdrawn made room for as many entries at the window's end, that may be in it without
// having changed: at the end of all, and at the end of the fresh ones where backfill follows.
func since(
	pieces []known, base uint64, span news.Span, format news.Format, least int,
) (chosen map[int]bool, ok bool) {
	gone := len(span.Gone)
	if span.Left > 0 || gone > 0 && format != news.Atom {
		return nil, false
	}
	chosen, told := make(map[int]bool), make(map[news.ID]bool)
	for i, c := range pieces {
		rank, low := int(c.rank), int(c.low)
		pulled := rank >= 0 && (low < gone || rank < least && rank >= least-gone)
		if c.seq <= base && !pulled {
			continue
		}
		chosen[i] = true
		told[c.id] = c.rank < 0
	}
	for _, t := range span.Gone {
		if !told[t.ID] {
			return nil, false
		}
	}
	return chosen, len(chosen) > 0
}
