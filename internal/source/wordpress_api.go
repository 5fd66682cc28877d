package source

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

const (
	wpPosts     = 50 // a page, if the site allows that many
	wpFewPosts  = 10 // a page, as WordPress does by itself
	wpFirst     = 4  // pages at first contact: the newest posts; what is older stays unread
	wpMostPages = 20 // pages at one look; the next goes on from there

	// staleAfter is how long the API's validators are sent back without its giving a list.
	staleAfter = 8 * 24 * time.Hour

	// wpOverlap is how far a look reaches back before what the last one has read. WordPress
	// compares local times, in which an hour comes twice when summer time ends; the rest is for
	// clocks that differ and for posts that were being saved.
	wpOverlap = 70 * time.Minute

	wpRelation = "https://api.w.org/"
	jsonTypes  = "application/json, */*;q=0.1"
	pageTypes  = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
)

// api reads what is new from the API, wherever the site has it.
func (w *wordpress) api(ctx context.Context) error {
	tried := w.mark.Root
	var first error
	if tried != "" {
		if first = w.list(ctx, tried); !mayBeElsewhere(first) {
			return first
		}
	}
	roots, err := w.roots(ctx)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if root == tried {
			continue
		}
		if err := w.list(ctx, root); !mayBeElsewhere(err) {
			return err
		} else if first == nil {
			first = err
		}
	}
	return first
}

// mayBeElsewhere reports whether an answer may have come from something other than the API.
func mayBeElsewhere(err error) bool {
	shut, isClosed := errors.AsType[*closedError](err)
	return isClosed && !shut.final
}

// roots finds where the API may be: where the site says, or else in the two usual places.
func (w *wordpress) roots(ctx context.Context) ([]string, error) {
	resp, err := w.fetcher.Fetch(ctx, news.Request{
		URL: w.mark.Site, Accept: pageTypes, Allow: w.src.Allow,
	})
	w.heard(resp)
	barred := resp.Status == 0 && news.KindOf(err) == news.Refused // by a rule of our own
	if err != nil && (barred || !mayBeElsewhere(apiFault(resp, err))) {
		return nil, err
	}
	at := cmp.Or(resp.Document.URL, w.mark.Site)
	if root := linkedRoot(resp.Header["Link"]); root != "" {
		return []string{absolute(at, root)}, nil
	}
	if root := pageRoot(resp.Document.Body); err == nil && root != "" {
		return []string{absolute(at, root)}, nil
	}
	return []string{w.mark.Site + "wp-json/", w.mark.Site + "?rest_route=/"}, nil
}

func absolute(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

var apiLink = regexp.MustCompile(
	`<([^<>]+)>\s*(?:;[^,;<]*)*;\s*rel="?https://api\.w\.org/"?`)

// linkedRoot finds the API's address in Link fields (RFC 8288).
func linkedRoot(fields []string) string {
	for _, field := range fields {
		if m := apiLink.FindStringSubmatch(field); m != nil {
			return strings.TrimSpace(m[1])
		}
	}
	return ""
}

// pageRoot finds the API's address in a link element of a page.
func pageRoot(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), 1<<20)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			attr := func(name string) string {
				for _, a := range token.Attr {
					if a.Key == name {
						return strings.TrimSpace(a.Val)
					}
				}
				return ""
			}
			if token.Data == "link" && attr("rel") == wpRelation && attr("href") != "" {
				return attr("href")
			}
		}
	}
}

// heard notes what an answer says of the server.
func (w *wordpress) heard(resp news.Response) {
	w.reading.Status = resp.Status
	w.reading.RetryAfter = max(w.reading.RetryAfter, resp.RetryAfter)
}

// postsURL is the address of a page of posts, those modified last first.
func (w *wordpress) postsURL(root string, number int) string {
	u, err := url.Parse(root)
	if err != nil {
		return root // the fetcher says what is wrong with it
	}
	query := u.Query()
	if route := query.Get("rest_route"); route != "" {
		query.Set("rest_route", strings.TrimRight(route, "/")+"/wp/v2/posts")
	} else {
		u = u.JoinPath("wp/v2/posts")
	}
	query.Set("_embed", "author,wp:term,wp:featuredmedia")
	query.Set("orderby", "modified")
	query.Set("order", "desc")
	query.Set("per_page", strconv.Itoa(w.perPage()))
	if number > 1 {
		query.Set("page", strconv.Itoa(number))
	}
	if after := w.mark.After; !after.IsZero() {
		query.Set("modified_after", after.Add(-wpOverlap).UTC().Format(time.RFC3339))
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func (w *wordpress) perPage() int { return cmp.Or(w.mark.PerPage, wpPosts) }

// wpPage is a page of posts.
type wpPage struct {
	doc    news.Document
	posts  int
	newest time.Time // of the posts' times of change
	sound  bool      // it is whole
	same   bool      // the server says that nothing has changed in it
	total  int       // posts in the list, 0 if the server does not say
	pages  int       // in the list, 0 if the server does not say
}

// page asks for a page. Past the end of the list it is empty.
func (w *wordpress) page(ctx context.Context, root string, number int) (wpPage, error) {
	address := w.postsURL(root, number)
	req := news.Request{URL: address, Accept: jsonTypes, Allow: w.src.Allow}
	if m := &w.mark; number == 1 && address == m.Asked && w.now().Sub(m.Got).Abs() < staleAfter {
		req.Validators = m.Tags
	}
	resp, err := w.fetcher.Fetch(ctx, req)
	if number > 1 && resp.Status == http.StatusBadRequest {
		return wpPage{sound: true}, nil // rest_post_invalid_page_number
	}
	w.heard(resp)
	w.reading.AddNote(resp.Note)
	if resp.Partial && bytes.HasPrefix(trimmed(resp.Document.Body), []byte("[")) {
		w.reading.AddNote(err.Error()) // the posts that are whole are read; the page is not sound
		err = nil
	}
	tooMuch := resp.Status == http.StatusBadRequest || news.KindOf(err) == news.TooLarge
	switch {
	case err != nil && tooMuch && w.perPage() > wpFewPosts:
		return wpPage{}, errTooMuch
	case err != nil:
		return wpPage{}, apiFault(resp, err)
	case resp.NotModified:
		w.reading.MaxAge = max(w.reading.MaxAge, resp.MaxAge)
		return wpPage{same: true, sound: true}, nil
	case !bytes.HasPrefix(trimmed(resp.Document.Body), []byte("[")):
		return wpPage{}, notPosts(resp)
	}
	if number == 1 {
		w.mark.Asked, w.mark.Tags, w.mark.Got = address, resp.Validators, w.now().UTC()
		if resp.Validators == (news.Validators{}) {
			w.mark.forget()
		}
	}
	w.reading.MaxAge = max(w.reading.MaxAge, resp.MaxAge)
	p := wpPage{doc: resp.Document}
	p.doc.Source, p.doc.MediaType = w.src.ID, news.WordPressPosts
	p.total = firstNumber(resp.Header["X-Wp-Total"])
	p.pages = firstNumber(resp.Header["X-Wp-Totalpages"])
	p.count()
	return p, nil
}

// errTooMuch says that the site does not give so many posts at a time.
var errTooMuch = errors.New("too many posts for a page")

// firstNumber reads the first of a field's values, 0 if it is no number of anything.
func firstNumber(values []string) int {
	if len(values) == 0 {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(values[0]))
	if err != nil {
		return 0
	}
	return max(0, n)
}

// count looks at the page's posts, as far as it is sound.
func (p *wpPage) count() {
	dec := json.NewDecoder(bytes.NewReader(trimmed(p.doc.Body)))
	_, err := dec.Token() // the bracket
	for err == nil && dec.More() {
		var raw json.RawMessage
		if err = dec.Decode(&raw); err != nil {
			break
		}
		p.posts++
		var post struct {
			Date     any `json:"date_gmt"`
			Modified any `json:"modified_gmt"`
		}
		_ = json.Unmarshal(raw, &post) // what is no object has no dates
		for _, at := range []any{post.Modified, post.Date} {
			if t := wpTime(at); !t.IsZero() {
				if t.After(p.newest) {
					p.newest = t
				}
				break
			}
		}
	}
	if err == nil {
		_, err = dec.Token()
	}
	p.sound = err == nil
}

// wpTime reads a time of the API's: in UTC, though it does not say so.
func wpTime(value any) time.Time {
	text, _ := value.(string) // anything else is no time
	t, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(text, "Z"))
	if err != nil || t.Year() < 1990 {
		return time.Time{}
	}
	return t
}

// trimmed is a body without a byte order mark and white space around it.
func trimmed(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
}
