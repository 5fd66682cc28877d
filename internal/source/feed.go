package source

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	// hold is how long an address must have moved for the new one to be asked directly.
	hold = 24 * time.Hour
	// recheck is after how long the configured address is asked again all the same.
	recheck = 7 * 24 * time.Hour
)

// feedTypes asks for feeds first, and takes whatever else there is.
const feedTypes = "application/atom+xml, application/rss+xml, application/feed+json, " +
	"application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"

// feedMark is what a feed source remembers from one look to the next. It only counts once it has
// been stored, after the articles.
type feedMark struct {
	For     string    `json:"for"`             // the configured address: another one begins anew
	Found   string    `json:"found,omitempty"` // the feed of the site that is configured
	Moved   string    `json:"moved,omitempty"` // where 301 and 308 have led of late
	Since   time.Time `json:"since,omitzero"`  // without a break
	Checked time.Time `json:"checked,omitzero"`
}

// readFeedMark reads what validators gave. A mark of another address, or none, is an empty one.
func readFeedMark(text, address string) feedMark {
	var m feedMark
	if json.Unmarshal([]byte(text), &m) != nil || m.For != address {
		return feedMark{For: address}
	}
	return m
}

// isMarkOf reports whether a mark is that of an address.
func isMarkOf(text, address string) bool {
	var m feedMark
	return json.Unmarshal([]byte(text), &m) == nil && m.For == address
}

// settled reports whether the feed has moved for so long that the new address is asked directly.
func (m *feedMark) settled(now time.Time) bool {
	return m.Moved != "" && now.Sub(m.Since) >= hold
}

// note notes where the address that is configured, or was found, leads at present.
func (m *feedMark) note(moved string, now time.Time) {
	if moved != m.Moved {
		m.Moved, m.Since = moved, now.UTC().Truncate(time.Second)
	}
	m.Checked = now.UTC().Truncate(time.Second)
	if moved == "" {
		m.Since, m.Checked = time.Time{}, time.Time{}
	}
}

// on puts the mark, and what a reader should know of it, on a reading.
func (m *feedMark) on(reading *news.Reading, src news.Source) {
	if text, err := json.Marshal(m); err == nil { // it fails past the year 9999: begin anew
		reading.Validators.Mark = string(text)
	}
	reading.Moved, reading.MovedSince = src.Shown(m.Moved), m.Since
	if m.Found != "" {
		reading.AddNote(fmt.Sprintf("%s is a page: its feed %s is read",
			src.Shown(m.For), src.Shown(m.Found)))
	}
}

// feedSource reads a feed from its server, or from a file if its address is one. If it is the
// address of a site, the site's feed is looked for and remembered. At the first look, older pages
// of the feed are read too, and come before it.
func (r *Reader) feedSource(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	name, isFile, err := localPath(cmp.Or(src.URL, src.Path))
	switch {
	case err != nil:
		return news.Reading{}, err
	case isFile && name == "":
		return news.Reading{}, news.Errorf(news.Invalid, "source %s: no address to read", src.ID)
	case isFile:
		return feedFile(src, name, last)
	}
	mark := readFeedMark(last.Mark, src.URL)
	if last.Mark != "" && !isMarkOf(last.Mark, src.URL) {
		last = news.Validators{} // another address gave them
	}
	first := last == (news.Validators{})
	reading, err := r.feedAt(ctx, src, last, &mark)
	if err == nil && first && len(reading.Documents) == 1 {
		if doc := reading.Documents[0]; isPage(doc.Body) {
			reading, err = r.discover(ctx, src, doc, &mark)
		}
	}
	if err != nil {
		reading.Validators = last
		return reading, err
	}
	if first && len(reading.Documents) == 1 {
		reading.Documents, reading.Faults = r.pages(ctx, src, reading.Documents[0])
	}
	mark.on(&reading, src)
	reading.Again.Mark = reading.Validators.Mark
	return reading, nil
}

// feedAt asks for a feed where it is to be found now, according to the mark, and corrects that.
func (r *Reader) feedAt(
	ctx context.Context, src news.Source, last news.Validators, mark *feedMark,
) (news.Reading, error) {
	now := r.now()
	send := last
	send.Mark = ""
	if mark.settled(now) {
		if now.Sub(mark.Checked) < recheck {
			src.URL = mark.Moved
			reading, moved, err := r.ask(ctx, src, send)
			if err == nil && moved != "" {
				mark.note(moved, now)
			}
			if !isAway(err) {
				return reading, err
			}
		}
		send = news.Validators{} // they belong to the new address
	}
	src.URL = cmp.Or(mark.Found, mark.For)
	reading, moved, err := r.ask(ctx, src, send)
	if err == nil {
		mark.note(moved, now)
		return reading, nil
	}
	if mark.Found == "" || !isAway(err) {
		return reading, err
	}
	// The feed that was found is no longer there: perhaps the site has another.
	src.URL = mark.For
	page, _, pageErr := r.ask(ctx, src, news.Validators{})
	if pageErr != nil || len(page.Documents) != 1 {
		return reading, err
	}
	*mark = feedMark{For: mark.For}
	if doc := page.Documents[0]; isPage(doc.Body) {
		return r.discover(ctx, src, doc, mark)
	}
	return page, nil
}

// isAway reports whether an error says that nothing is at an address any more.
func isAway(err error) bool {
	kind := news.KindOf(err)
	return err != nil && (kind == news.NotFound || kind == news.Gone)
}

// feed asks a server for a feed, at the address of the source and nowhere else.
func (r *Reader) feed(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	reading, _, err := r.ask(ctx, src, last)
	return reading, err
}

// ask makes one request for a feed, and tells where its address has moved for good. Of a document
// that breaks off the items that are whole are read, and all of it is asked for again next time.
func (r *Reader) ask(
	ctx context.Context, src news.Source, last news.Validators,
) (reading news.Reading, moved string, err error) {
	resp, err := r.fetcher.Fetch(ctx, news.Request{
		URL: src.URL, Validators: last, Accept: feedTypes, Delta: true, Allow: src.Allow,
	})
	reading = readingOf(resp, last)
	if resp.Partial && hasItem(resp.Document.Body) {
		reading.AddNote(err.Error())
		err = nil
	}
	if err != nil {
		return reading, "", err
	}
	if !resp.NotModified {
		resp.Document.Source = src.ID
		reading.Documents = []news.Document{resp.Document}
	}
	reading.Validators = resp.Validators
	return reading, resp.Moved, nil
}

// readingOf is what an answer says of its server, with the validators that hold if it has brought
// nothing.
func readingOf(resp news.Response, last news.Validators) news.Reading {
	reading := news.Reading{
		Validators:  last,
		Status:      resp.Status,
		NotModified: resp.NotModified,
		RetryAfter:  resp.RetryAfter,
		MaxAge:      resp.MaxAge,
		Challenged:  resp.Challenge != "",
	}
	reading.AddNote(resp.Note)
	return reading
}

// hasItem reports whether the beginning of a feed has a whole item in it.
func hasItem(body []byte) bool {
	if !isFeed(body) {
		return false
	}
	_, items, isJSON := bytes.Cut(body, []byte(`"items"`))
	return itemEnd.Match(body) || isJSON && bytes.IndexByte(items, '}') > 0
}
