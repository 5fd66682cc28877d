package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"sync"
	"time"

	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/signals"
)

// Pages asks for an article's own page, conditionally if there are validators.
type Pages interface {
	Page(
		ctx context.Context, src news.Source, address string, last news.Validators,
	) (news.Response, error)
}

// Items reads what a stored article was made of; the error is NotFound or Gone if there is none.
type Items interface {
	Item(id news.ID) (news.Item, error)
}

// How many pages of articles one look asks for at most, and for how long, where the site wants
// pauses; and when one is asked for again: while its article is young, and no more often.
const (
	maxPages = 30
	lookTime = 5 * time.Minute
	youth    = 48 * time.Hour
	reask    = 3 * time.Hour
)

// asked remembers when pages were asked for whose article is not stored, or not changed by it, so
// that they are not asked for at every look.
type asked struct {
	mu   sync.Mutex
	when map[string]time.Time
}

// recently reports whether a page was asked for of late, and notes that it is if not.
func (a *asked) recently(address string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, ok := a.when[address]; ok && now.Sub(at) < reask {
		return true
	}
	const most = 20_000
	if a.when == nil || len(a.when) >= most {
		a.when = map[string]time.Time{}
	}
	a.when[address] = now
	return false
}

// forget has a page asked for at the next look.
func (a *asked) forget(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.when, address)
}

// follow takes the text of items from their own pages: of those whose page was never read, or of
// which the listing or feed says something else now, and of young ones from time to time. The
// others stay as they are stored. What is beyond a look's share is left out, and counted.
func (f *Flow) follow(
	ctx context.Context, src news.Source, items []news.Item, report *news.Report,
) []news.Item {
	switch {
	case src.Kind == news.KindPage && f.items != nil && (!src.Follow || f.pages == nil):
		return f.asHanded(src, items)
	case !src.Follow || f.pages == nil:
		return items
	}
	w := following{
		f: f, ctx: ctx, src: src, report: report, left: maxPages, until: f.now().Add(lookTime),
	}
	followed := make([]news.Item, 0, len(items))
	for _, item := range items {
		if got, ok := w.item(item); ok {
			followed = append(followed, got)
		}
	}
	return followed
}

// asHanded returns items of a listing whose pages are not read: those whose page a person has
// handed in as they are stored.
func (f *Flow) asHanded(src news.Source, items []news.Item) []news.Item {
	kept := make([]news.Item, len(items))
	for i, item := range items {
		kept[i] = item
		article, _, err := f.cleaner.Clean(item, src, f.now())
		if err != nil {
			continue
		}
		if stored, err := f.items.Item(article.ID); err == nil && stored.Page != nil {
			kept[i] = stored
		}
	}
	return kept
}

// following is one look's way through the pages of its items.
type following struct {
	f      *Flow
	ctx    context.Context
	src    news.Source
	report *news.Report
	left   int // pages that may still be asked for
	until  time.Time
	ended  bool // the site wants to be left alone
	retry  bool // the page that was asked for last may come if it is asked for again
}

// item returns what to make of an item; false if it is to be left out for now, or for good.
func (w *following) item(item news.Item) (news.Item, bool) {
	named := item
	named.Title = cmp.Or(item.Title, item.URL) // that of its page is not known yet
	article, _, err := w.f.cleaner.Clean(named, w.src, w.f.now())
	if err != nil || article.URL == "" || item.Withdrawn {
		return item, true // it is refused, or stands alone
	}
	stated := statedHash(item)
	changed := item.Modified
	if w.src.Kind == news.KindSitemap {
		item.Modified = time.Time{} // of the page with all that is around the article
	}
	stored, err := w.f.items.Item(article.ID)
	isStored := err == nil
	have := isStored && stored.Page != nil
	if have && stored.Page.Stated == stated {
		young := w.f.now().Sub(cmp.Or(stored.Published, stored.Page.Asked)) < youth
		if !young || w.f.now().Sub(stored.Page.Asked) < reask {
			return stored, true
		}
	}
	if !have {
		stored = item
	}
	if w.left == 0 || w.ended || w.f.now().After(w.until) {
		if !have || w.src.Kind == news.KindSitemap { // which says once what has changed
			w.report.Later++
		}
		return stored, have
	}
	if w.f.asked.recently(article.URL, w.f.now()) {
		return stored, isStored // else there was no page
	}
	w.left--
	got, ok := w.ask(item, stored, article.URL, stated)
	if !ok && w.retry && w.f.now().Sub(changed) < youth { // nothing is known of it but its address
		w.f.asked.forget(article.URL)
		w.report.Later++
	}
	return got, ok
}

// ask asks for the page of an item.
func (w *following) ask(
	item, stored news.Item, address string, stated uint64,
) (news.Item, bool) {
	var last news.Validators
	w.retry = false
	if stored.Page != nil {
		last = stored.Page.Validators
	}
	resp, err := w.f.pages.Page(w.ctx, w.src, address, last)
	if err == nil && resp.NotModified {
		stored.Page.Stated, stored.Page.Asked = stated, w.f.now().UTC()
		stored.Signals = signals.Union(stored.Signals, resp.Document.Signals)
		return stored, true
	}
	w.report.Bytes += int64(len(resp.Document.Body))
	var page news.Item
	if err == nil {
		resp.Document.Lang = w.src.Lang
		page, err = extract.Article(resp.Document)
	}
	switch kind := news.KindOf(err); {
	case err == nil:
		page.Signals = signals.Union(item.Signals, resp.Document.Signals)
		return merged(w.src, item, page, &news.PageMark{
			Validators: resp.Validators, Stated: stated, Asked: w.f.now().UTC(),
		}), true
	case kind == news.NotFound || kind == news.Gone:
		w.report.Faults = append(w.report.Faults, err)
		return item, stored.Page != nil && item.Title != "" // a listing may be ahead of its pages
	case stored.Title == "" && kind == news.Invalid:
		return item, false // a sitemap has more than articles
	case kind == news.Busy || resp.RetryAfter > 0 || resp.Challenge != "":
		w.ended = true
	}
	w.retry = news.KindOf(err) == news.Unreachable || w.ended
	w.report.Faults = append(w.report.Faults, err)
	return stored, stored.Title != "" // as the listing or feed has it
}

// merged is an item with the text of its page. Of a feed's item only that is taken which the feed
// does not state.
func merged(src news.Source, item, page news.Item, mark *news.PageMark) news.Item {
	if src.Kind == news.KindPage || src.Kind == news.KindSitemap {
		item, page = page, item
		item.GUID = page.GUID // of the listing, which stays
	} else {
		item.Content, item.Base = page.Content, page.Base
	}
	item.Page = mark
	item.Signals = signals.Union(item.Signals, page.Signals)
	item.Title = cmp.Or(item.Title, page.Title)
	item.Summary = cmp.Or(item.Summary, page.Summary)
	item.Lang = cmp.Or(item.Lang, page.Lang)
	item.Published = cmp.Or(item.Published, page.Published)
	item.Modified = cmp.Or(item.Modified, page.Modified)
	if len(item.Authors) == 0 {
		item.Authors = page.Authors
	}
	if len(item.Tags) == 0 {
		item.Tags = page.Tags
	}
	if len(item.Media) == 0 {
		item.Media = page.Media
	}
	return item
}

// statedHash hashes what a listing or feed says of an article.
func statedHash(item news.Item) uint64 {
	item.Origin.Updated = time.Time{} // of the feed, not of the item
	text, err := json.Marshal(item)
	if err != nil {
		return 0
	}
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:]) | 1
}
