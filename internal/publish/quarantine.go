package publish

import (
	"slices"
	"sort"

	"github.com/teletipo/teletipo/internal/news"
)

// document renders and checks a feed. An article that makes this fail is left out and reported;
// the error is of a feed that fails even without articles.
func (p *Publisher) document(s *series, feed news.Feed) draft {
	d := p.try(feed, s.format)
	if d.err == nil {
		s.barred = nil
		return d
	}
	if empty := p.try(prefix(feed, 0), s.format); empty.err != nil {
		return empty
	}
	var barred []news.ID
	for d.err != nil {
		n := p.offender(feed, s.format)
		id := feed.Entries[n].ID
		if barred = append(barred, id); !slices.Contains(s.barred, id) {
			p.log.Error("article quarantined: it would spoil the feed", "edition", s.name,
				"article", id.String(), "error", d.err)
		}
		feed.Entries = slices.Delete(slices.Clone(feed.Entries), n, n+1)
		d = p.try(feed, s.format)
	}
	s.barred, d.barred = barred, barred
	return d
}

// offender finds the entry with which a failing feed begins to fail, by halves.
func (p *Publisher) offender(feed news.Feed, format news.Format) int {
	last := len(feed.Entries) - 1
	return sort.Search(last, func(n int) bool {
		return p.try(prefix(feed, n+1), format).err != nil
	})
}

// prefix is the feed with its first n entries.
func prefix(feed news.Feed, n int) news.Feed {
	feed.Entries = feed.Entries[:n:n]
	return feed
}

// try renders and checks a feed. A panic over one article must not take the others along.
func (p *Publisher) try(feed news.Feed, format news.Format) (d draft) {
	defer func() {
		if cause := recover(); cause != nil {
			d = draft{err: news.Errorf(news.Internal, "panic: %v", cause)}
		}
	}()
	d.doc, d.parts, d.err = p.write(feed, format)
	return d
}
