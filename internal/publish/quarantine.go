package publish

import (
	"slices"
	"sort"

	"github.com/teletipo/teletipo/internal/news"
)

// document renders and checks a feed. An article that makes this fail is left out and reported;
// the error is of a feed that fails even without articles.
func (p *Publisher) document(s *series, feed news.Feed) ([]byte, error) {
	doc, err := p.try(feed, s.format)
	if err == nil {
		s.barred = nil
		return doc, nil
	}
	if _, err := p.try(prefix(feed, 0), s.format); err != nil {
		return nil, err
	}
	var barred []news.ID
	for err != nil {
		n := p.offender(feed, s.format)
		id := feed.Entries[n].ID
		if barred = append(barred, id); !slices.Contains(s.barred, id) {
			p.log.Error("article quarantined: it would spoil the feed", "edition", s.name,
				"article", id.String(), "error", err)
		}
		feed.Entries = slices.Delete(slices.Clone(feed.Entries), n, n+1)
		doc, err = p.try(feed, s.format)
	}
	s.barred = barred
	return doc, nil
}

// offender finds the entry with which a failing feed begins to fail, by halves.
func (p *Publisher) offender(feed news.Feed, format news.Format) int {
	last := len(feed.Entries) - 1
	return sort.Search(last, func(n int) bool {
		_, err := p.try(prefix(feed, n+1), format)
		return err != nil
	})
}

// prefix is the feed with its first n entries.
func prefix(feed news.Feed, n int) news.Feed {
	feed.Entries = feed.Entries[:n:n]
	return feed
}

// try renders and checks a feed. A panic over one article must not take the others along.
func (p *Publisher) try(feed news.Feed, format news.Format) (doc []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = news.Errorf(news.Internal, "panic: %v", cause)
		}
	}()
	return p.write(feed, format)
}
