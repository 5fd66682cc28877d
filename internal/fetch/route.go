package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// errCookieWall is for a way that only those who keep cookies get to the end of.
var errCookieWall = errors.New(
	"a cookie wall: the server redirects again and again until a cookie that it sets comes back")

const (
	maxRedirects = 10
	maxAddress   = 8000 // bytes; RFC 9110, section 4.1, asks for that much
	maxShown     = 300  // bytes of an address that errors show
)

// address checks that a URL can be fetched at all.
func address(raw string) (*url.URL, error) {
	if len(raw) > maxAddress {
		return nil, news.Errorf(news.Invalid, "fetch an address of %d bytes, more than %d",
			len(raw), maxAddress)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, news.Errorf(news.Invalid, "fetch %s: not an address: %w",
			news.Shown(raw), untold(err))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, news.Errorf(news.Invalid,
			"fetch %q: want an address that begins with http:// or https://", shown(u))
	}
	if u.Hostname() == "" {
		return nil, news.Errorf(news.Invalid, "fetch %q: the address names no host", shown(u))
	}
	u.Fragment = ""
	return u, nil
}

// shown is an address for an error or a log: without what may be secret, and not too long.
func shown(u *url.URL) string { return clip(news.Shown(u.String())) }

// untold is what is wrong with an address, without the address.
func untold(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok && wrapped.Op == "parse" {
		if _, quotes := errors.AsType[url.EscapeError](err); quotes {
			return errors.New("it has a percent sign that escapes nothing")
		}
		return errors.New("it can't be read as one")
	}
	return err
}

// clip shortens a text that another server may have made long.
func clip(text string) string {
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}

// redirect returns the address that an answer points to, nil if it is no redirect.
func redirect(from *url.URL, in *http.Response) (*url.URL, error) {
	switch in.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return nil, nil
	}
	location := in.Header.Get("Location")
	if location == "" {
		return nil, news.Errorf(news.Unreachable,
			"fetch %s: the server answers %s but not where to", shown(from), status(in.StatusCode))
	}
	to, err := from.Parse(location)
	if err == nil {
		to, err = address(to.String())
	}
	if err != nil {
		return nil, news.Errorf(news.Unreachable,
			"fetch %s: redirected to what cannot be fetched: %w", shown(from), brief(untold(err)))
	}
	return to, nil
}

// status is a status by number and name; servers' own names for them are not worth repeating.
func status(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

// route is the way that redirects have taken for one document.
type route struct {
	steps     []*url.URL // every address that was asked, in order
	permanent bool       // all redirects so far
	cookies   bool       // an answer on the way set a cookie
}

func newRoute(start *url.URL) *route {
	return &route{steps: []*url.URL{start}, permanent: true}
}

// follow takes the next step, and gives an error for one too many or one that was taken before.
func (r *route) follow(code int, next *url.URL) error {
	first := r.steps[0]
	same := func(step *url.URL) bool { return step.String() == next.String() }
	i := slices.IndexFunc(r.steps, same)
	if r.cookies && (i >= 0 || len(r.steps) > maxRedirects) {
		return news.Errorf(news.Refused, "fetch %s: %w: %s",
			shown(first), errCookieWall, circle(append(slices.Clone(r.steps[max(i, 0):]), next)))
	}
	if i >= 0 {
		return news.Errorf(news.Unreachable, "fetch %s: redirects go round in a circle: %s",
			shown(first), circle(append(slices.Clone(r.steps[i:]), next)))
	}
	if len(r.steps) > maxRedirects {
		return news.Errorf(news.Unreachable, "fetch %s: more than %d redirects, the last to %s",
			shown(first), maxRedirects, shown(next))
	}
	if code != http.StatusMovedPermanently && code != http.StatusPermanentRedirect ||
		r.steps[len(r.steps)-1].Scheme == "https" && next.Scheme == "http" {
		r.permanent = false // nobody is to forget for good that a server spoke TLS
	}
	r.steps = append(r.steps, next)
	return nil
}

// circle shows the steps of a circle, of a long one those at its ends.
func circle(steps []*url.URL) string {
	var names []string
	for i, step := range steps {
		switch {
		case i < 3 || i >= len(steps)-2:
			names = append(names, shown(step))
		case i == 3:
			names = append(names, "…")
		}
	}
	return strings.Join(names, " → ")
}

// moved is where the document has moved for good, empty if it has not. Of an address with a name
// and password nothing is said: they do not go along to another.
func (r *route) moved() string {
	if len(r.steps) == 1 || !r.permanent || r.steps[0].User != nil {
		return ""
	}
	return public(r.steps[len(r.steps)-1])
}
