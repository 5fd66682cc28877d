package clean

import (
	"fmt"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	minYear   = 1990 // an earlier date is a program's zero, not a day of news
	maxFuture = 5    // years that the desk can mean to hold an article back
)

// undated reports whether an item states no date that can be true.
func undated(item news.Item) bool {
	return item.Published.Year() < minYear && item.Modified.Year() < minYear
}

// dates returns an item's time of publication and of its last change, whole seconds in UTC; the
// latter is zero if unstated.
//
// What is not stated, or cannot be true, is replaced by the time at which the item was seen: a
// year before 1990, and of others any future date. A future date of the desk's own is an embargo
// and kept, but a date beyond maxFuture years is a slip of the pen and an error. An article is
// never changed in the future, nor before it was published.
func dates(item news.Item, own bool, at time.Time) (published, modified time.Time, err error) {
	stated := item.Published
	if stated.Year() < minYear && !item.Modified.After(at) {
		stated = item.Modified
	}
	stated = stated.UTC().Truncate(time.Second)
	switch {
	case stated.Year() < minYear:
		published = at
	case !stated.After(at):
		published = stated
	case !own:
		published = at
	case stated.Year() > at.Year()+maxFuture:
		return published, modified, fmt.Errorf("published: the year %d is too far ahead: "+
			"an embargo ends within %d years", stated.Year(), maxFuture)
	default:
		published = stated
	}
	modified = item.Modified.UTC().Truncate(time.Second)
	if modified.After(at) {
		modified = at
	}
	if modified.Year() < minYear || !modified.After(published) {
		modified = time.Time{}
	}
	return published, modified, nil
}
