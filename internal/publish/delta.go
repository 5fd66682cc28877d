package publish

import "github.com/teletipo/teletipo/internal/news"

// Delta gives what a feed's edition has that the state base of the feed had not, or not like that:
// a document in each coding, whose ETags are not set. It is false if that can't be told, or would
// not be shorter than the edition.
func (p *Publisher) Delta(_ *news.Edition, _ uint64) ([]news.Representation, bool) {
	return nil, false
}

// Archive gives a closed archive document of a feed, counted from 1. The error is NotFound if there
// is none of that number.
func (p *Publisher) Archive(
	key news.FeedKey, format news.Format, number int,
) (*news.Edition, error) {
	return nil, news.Errorf(news.NotFound, "feed %s has no archive %d in %s", key, number, format)
}
