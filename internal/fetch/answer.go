package fetch

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// longest keeps an absurd number of seconds from overflowing a duration. How long a wait is worth
// obeying is for the scheduler to say.
const longest = 365 * 24 * time.Hour

// seconds reads a number of seconds, not ok if it is none.
func seconds(text string) (d time.Duration, ok bool) {
	n, err := strconv.ParseInt(strings.Trim(strings.TrimSpace(text), `"`), 10, 64)
	if err != nil {
		return 0, false
	}
	return time.Duration(min(max(0, n), int64(longest/time.Second))) * time.Second, true
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110, section 10.2.3); 0 if it
// asks for nothing that can be understood.
func retryAfter(value string, now time.Time) time.Duration {
	if wait, ok := seconds(value); ok {
		return wait
	}
	at, err := http.ParseTime(strings.TrimSpace(value))
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), longest)
}

// maxAge is for how long from now an answer is fresh (RFC 9111, section 4.2), 0 if it is not or
// the server says nothing of it.
func maxAge(header http.Header, now time.Time) time.Duration {
	lifetime, stated := time.Duration(0), false
	for directive := range strings.SplitSeq(strings.Join(header["Cache-Control"], ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch strings.ToLower(name) {
		case "no-store", "no-cache":
			return 0
		case "max-age":
			if !stated { // the first counts if there are several
				lifetime, stated = seconds(value)
			}
		}
	}
	if !stated {
		expires, err := http.ParseTime(header.Get("Expires"))
		if err != nil {
			return 0
		}
		if date, err := http.ParseTime(header.Get("Date")); err == nil {
			now = date // their clock against their clock
		}
		lifetime = min(expires.Sub(now), longest)
	}
	age, _ := seconds(header.Get("Age")) // 0 if it came without a detour
	return max(0, lifetime-age)
}

// refusal returns the error that a status stands for, nil if there is a document or a valid 304.
func refusal(target *url.URL, in *http.Response, sent news.Validators) error {
	code := in.StatusCode
	if code == http.StatusNotModified {
		if sent.ETag == "" && sent.LastModified == "" {
			return news.Errorf(news.Unreachable,
				"fetch %s: the server answers 304 Not Modified to a request without condition",
				shown(target))
		}
		return nil
	}
	if code >= 200 && code < 300 && code != http.StatusPartialContent {
		return nil
	}
	return news.Errorf(kindOf(code), "fetch %s: the server answers %s", shown(target), status(code))
}

// isTooMuch reports whether a status says that its host has too much to do.
func isTooMuch(code int) bool {
	return code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable
}

// kindOf says what can be done about a status that brings no document.
func kindOf(code int) news.Kind {
	switch {
	case code == http.StatusNotFound:
		return news.NotFound
	case code == http.StatusGone:
		return news.Gone
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly,
		code == http.StatusTooManyRequests:
		return news.Unreachable
	case code >= 400 && code < 500:
		return news.Refused
	default:
		return news.Unreachable
	}
}

// validators are what to ask again with. A 304 need not repeat those that it confirms
// (RFC 9110, section 15.4.5).
func validators(in *http.Response, sent news.Validators) news.Validators {
	got := news.Validators{
		ETag:         in.Header.Get("ETag"),
		LastModified: in.Header.Get("Last-Modified"),
	}
	if in.StatusCode == http.StatusNotModified {
		got.ETag = cmp.Or(got.ETag, sent.ETag)
		got.LastModified = cmp.Or(got.LastModified, sent.LastModified)
	}
	return got
}
