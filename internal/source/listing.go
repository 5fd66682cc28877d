package source

import (
	"context"
	"encoding/json"

	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/signals"
)

// htmlTypes asks for pages first, and takes whatever else there is.
const htmlTypes = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

// maxListings is how many pages of a listing are read at the first look.
const maxListings = 5

// listingMark is what a page source remembers from one look to the next.
type listingMark struct {
	For string `json:"for"`           // the configured address: another one begins anew
	Sum string `json:"sum,omitempty"` // of the page that has been dealt with
}

func (m listingMark) text() string {
	text, err := json.Marshal(m)
	if err != nil {
		return "" // strings can't fail; if they did it would begin anew
	}
	return string(text)
}

// listing looks at a page that lists articles, and at the first look at those that it goes on with.
// A page that is the same byte for byte counts as not modified, whatever its server says.
func (r *Reader) listing(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	var mark listingMark
	if json.Unmarshal([]byte(last.Mark), &mark) != nil || mark.For != src.URL {
		mark, last = listingMark{For: src.URL}, news.Validators{}
	}
	first := last.Mark == ""
	send := last
	send.Mark = ""
	resp, err := r.sites.Fetch(ctx, news.Request{
		URL: src.URL, Validators: send, Accept: htmlTypes, Allow: src.Allow,
	})
	reading := readingOf(resp, last)
	if err != nil {
		return reading, err
	}
	reading.Validators = resp.Validators
	reading.Validators.Mark = mark.text()
	if resp.NotModified {
		return reading, nil
	}
	sum := bytesSum(resp.Document.Body)
	if reading.NotModified = sum == mark.Sum; reading.NotModified {
		return reading, nil
	}
	reading.Again.Mark = listingMark{For: src.URL}.text()
	reading.Validators.Mark = listingMark{For: src.URL, Sum: sum}.text()
	reading.Documents = []news.Document{asListing(resp.Document, src)}
	if first {
		r.goOn(ctx, src, &reading)
	}
	return reading, nil
}

func asListing(doc news.Document, src news.Source) news.Document {
	doc.Source, doc.MediaType, doc.Rule = src.ID, news.ListingPage, src.Rule
	return doc
}

// goOn reads the pages that a listing goes on with. They come before it, the oldest first. One that
// can't be read ends that: it is no failure of the source.
func (r *Reader) goOn(ctx context.Context, src news.Source, reading *news.Reading) {
	seen := map[string]bool{src.URL: true}
	for len(reading.Documents) < maxListings {
		next := extract.Next(reading.Documents[0])
		if next == "" || seen[next] {
			return
		}
		seen[next] = true
		resp, err := r.sites.Fetch(ctx, news.Request{
			URL: next, Accept: htmlTypes, Allow: src.Allow,
		})
		if err != nil {
			reading.Faults = append(reading.Faults, err)
			return
		}
		doc := asListing(resp.Document, src)
		if _, err := extract.Listing(doc); err != nil {
			reading.Faults = append(reading.Faults, err)
			return
		}
		reading.Documents = append([]news.Document{doc}, reading.Documents...)
	}
}

// Page asks for an article's own page, conditionally if there are validators.
func (r *Reader) Page(
	ctx context.Context, src news.Source, address string, last news.Validators,
) (news.Response, error) {
	resp, err := r.sites.Fetch(ctx, news.Request{
		URL: address, Validators: last, Accept: htmlTypes, Allow: src.Allow,
	})
	resp.Document.Source, resp.Document.MediaType = src.ID, news.ArticlePage
	resp.Document.Rule = src.Rule
	resp.Document.Signals = signals.Union(resp.Document.Signals,
		signals.OfPage(resp.Header, resp.Document.Body))
	return resp, err
}
