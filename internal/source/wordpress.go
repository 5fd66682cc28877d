package source

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// reopen is how long the API of a site that has closed it is left alone.
const reopen = 24 * time.Hour

// wpMark is what a WordPress source remembers from one look to the next. It only counts once it
// has been stored, after the articles: whatever goes wrong in between, they are read once more.
type wpMark struct {
	Site    string    `json:"site"`            // of the configuration: another one begins anew
	Root    string    `json:"root,omitempty"`  // of the API
	PerPage int       `json:"per,omitempty"`   // posts a page, if not as many as we would like
	After   time.Time `json:"after,omitzero"`  // every post last modified until then has been read
	Page    int       `json:"page,omitempty"`  // to go on with, if there was too much for one look
	Newest  time.Time `json:"newest,omitzero"` // what After becomes once all pages have been read
	Sum     string    `json:"sum,omitempty"`   // of what the last look brought
	// What the first page of the last look was asked by, and what it gave to ask again with:
	Asked string          `json:"asked,omitempty"`
	Tags  news.Validators `json:"tags,omitzero"`
	Got   time.Time       `json:"got,omitzero"` // when it gave them
	// While the API is closed:
	Closed time.Time       `json:"closed,omitzero"` // when that was last seen
	Why    string          `json:"why,omitempty"`
	Feed   string          `json:"feed,omitempty"` // what is read instead
	Given  news.Validators `json:"given,omitzero"` // by the feed, to ask again with
}

// readMark reads what validators gave. A mark of another site, or none, is an empty one.
func readMark(text, site string) wpMark {
	var m wpMark
	if json.Unmarshal([]byte(text), &m) != nil || m.Site != site {
		return wpMark{Site: site}
	}
	return m
}

// forget forgets what the first page gave to ask again with.
func (m *wpMark) forget() { m.Asked, m.Tags, m.Got = "", news.Validators{}, time.Time{} }

// same reports whether a look brought what the one before had brought.
func (m *wpMark) same(before *wpMark) bool {
	return m.Sum != "" && m.Sum == before.Sum && m.Root == before.Root &&
		m.After.Equal(before.After) && m.PerPage == before.PerPage && m.Page == before.Page &&
		before.Closed.IsZero()
}

func (m *wpMark) validators() news.Validators {
	text, err := json.Marshal(m)
	if err != nil {
		return news.Validators{} // the year is past 9999: begin anew
	}
	return news.Validators{Mark: string(text)}
}

// wordpress is one look at a WordPress site.
type wordpress struct {
	*Reader
	src     news.Source
	last    news.Validators
	mark    wpMark
	reading news.Reading // as far as it has come
}

// wordpress reads what is new from a WordPress site's API; while that is closed, the site's feed.
func (r *Reader) wordpress(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	site, err := wpSite(src)
	if err != nil {
		return news.Reading{Validators: last}, err
	}
	w := &wordpress{Reader: r, src: src, last: last, mark: readMark(last.Mark, site)}
	w.reading.Validators = last
	wasClosed := w.mark.Closed
	if !wasClosed.IsZero() && r.now().Sub(wasClosed).Abs() < reopen {
		return w.feedInstead(ctx)
	}
	err = w.api(ctx)
	shut, isClosed := errors.AsType[*closedError](err)
	switch {
	case isClosed:
		w.mark.Closed, w.mark.Why, w.mark.Root = r.now().UTC().Truncate(time.Second), shut.Error(), ""
		// Asked without condition, the feed answers in full and this is sure to be remembered.
		w.mark.Given = news.Validators{}
		reading, err := w.feedInstead(ctx)
		if err == nil && wasClosed.IsZero() {
			r.log.Warn("wordpress api closed, its feed is read", "source", src.ID, "reason", shut)
		}
		return reading, err
	case err != nil:
		return w.reading, err
	case !wasClosed.IsZero():
		r.log.Info("wordpress api open again", "source", src.ID, "root", w.mark.Root)
	}
	return w.reading, nil
}

// feedInstead reads the site's feed. Its items have the guids that the API gives, so that going
// from one to the other makes no article twice.
func (w *wordpress) feedInstead(ctx context.Context) (news.Reading, error) {
	m := &w.mark
	addresses := []string{m.Feed}
	if m.Feed == "" {
		addresses = []string{m.Site + "feed/", m.Site + "?feed=rss2"}
	}
	src := w.src
	src.Kind = news.KindFeed
	var reading news.Reading
	var err error
	for _, src.URL = range addresses {
		reading, err = w.Reader.feed(ctx, src, m.Given)
		if err == nil && len(reading.Documents) == 1 && !isFeed(reading.Documents[0].Body) {
			err = news.Errorf(news.NotFound, "fetch %s: not a feed", news.Shown(src.URL))
			reading.Documents = nil
		}
		if news.KindOf(err) != news.NotFound {
			break
		}
	}
	reading.RetryAfter = max(reading.RetryAfter, w.reading.RetryAfter)
	if err != nil {
		reading.Validators = w.last
		return reading, fmt.Errorf("%w (the feed; the site's API is closed: %s)", err, m.Why)
	}
	m.Feed, m.Given = src.URL, reading.Validators
	reading.Validators = m.validators()
	reading.AddNote(fmt.Sprintf("the site's API is closed (%s): its feed %s is read instead; "+
		"the API is tried again after %s",
		m.Why, w.src.Shown(m.Feed), m.Closed.Add(reopen).Format(time.RFC3339)))
	return reading, nil
}

// wpSite is the address of a site, with a slash at its end, whether the source names its home
// page, its feed or its API.
func wpSite(src news.Source) (string, error) {
	u, err := url.Parse(src.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", news.Errorf(news.Invalid, "source %s: url %q: want the address of a WordPress "+
			"site that begins with http:// or https://", src.ID, news.Shown(src.URL))
	}
	u.RawQuery, u.Fragment, u.RawPath = "", "", ""
	u.Path, _, _ = strings.Cut(u.Path+"/", "/wp-json/")
	u.Path = strings.TrimRight(u.Path, "/")
	u.Path = strings.TrimRight(strings.TrimSuffix(u.Path, "/feed"), "/") + "/"
	return u.String(), nil
}

// closedError says why the API does not serve us. That is no failure while there is a feed.
type closedError struct {
	cause error
	// final: WordPress itself says so. Else something other than its API may have answered.
	final bool
}

func (e *closedError) Error() string { return e.cause.Error() }

func (e *closedError) Unwrap() error { return e.cause }

// apiError is how WordPress reports an error.
type apiError struct {
	code, message string
	status        int
}

func (e *apiError) Error() string {
	text := e.code
	if e.message != "" {
		text += fmt.Sprintf(" %q", e.message)
	}
	if e.status != 0 {
		text += fmt.Sprintf(" (status %d)", e.status)
	}
	return text
}

// readAPIError reads an error out of a body, nil if there is none: {code, message, data.status}.
func readAPIError(body []byte) *apiError {
	var fields, data map[string]json.RawMessage
	e := new(apiError)
	if json.Unmarshal(trimmed(body), &fields) != nil ||
		json.Unmarshal(fields["code"], &e.code) != nil || e.code == "" {
		return nil
	}
	_ = json.Unmarshal(fields["message"], &e.message) // whatever of these is missing or odd is
	_ = json.Unmarshal(fields["data"], &data)         // left out
	_ = json.Unmarshal(data["status"], &e.status)
	e.code, e.message = brief(e.code), brief(e.message)
	return e
}

// brief makes one short line of a text.
func brief(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s[:min(len(s), 2000)], "")), " ")
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return s
}

// apiFault says what came of asking the API: an error that may pass by itself stays one, any
// other means that the API is closed to us.
func apiFault(resp news.Response, err error) error {
	said := readAPIError(resp.Document.Body)
	if said != nil {
		err = fmt.Errorf("%w: %w", err, said)
	}
	switch kind := news.KindOf(err); {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		kind == news.Unreachable, kind == news.Internal, kind == news.Busy:
		return err
	}
	return &closedError{cause: err, final: said != nil && said.code != "rest_no_route"}
}

// notPosts is the error for an answer that is no list of posts.
func notPosts(resp news.Response) error {
	at := cmp.Or(news.Shown(resp.Document.URL), "the API")
	said := readAPIError(resp.Document.Body)
	switch {
	case said != nil && said.status >= 500:
		return news.Errorf(news.Unreachable, "fetch %s: the API answers %w", at, said)
	case said != nil:
		return &closedError{
			cause: news.Errorf(news.Refused, "fetch %s: the API answers %w", at, said),
			final: said.code != "rest_no_route",
		}
	}
	what := "something else than JSON"
	switch body := trimmed(resp.Document.Body); {
	case len(body) == 0:
		what = "nothing"
	case isPage(body):
		what = "an HTML page"
	case body[0] == '{':
		what = "JSON that is no list of posts"
	}
	return &closedError{cause: news.Errorf(news.Invalid,
		"fetch %s: the server answers %d with %s instead of posts", at, resp.Status, what)}
}
