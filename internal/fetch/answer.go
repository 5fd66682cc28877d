package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// maxRetryAfter keeps an absurd number of seconds from overflowing a duration. How long a wait
// is worth obeying is for the scheduler to say.
const maxRetryAfter = 365 * 24 * time.Hour

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110, section 10.2.3); 0 if it
// asks for nothing that can be understood.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		wait := min(seconds, int64(maxRetryAfter/time.Second))
		return max(0, time.Duration(wait)*time.Second)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), maxRetryAfter)
}

// redirect gives the address that an answer points to, nil if it is no redirect.
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
			"fetch %s: the server answers %s but not where to", from.Redacted(), in.Status)
	}
	to, err := from.Parse(location)
	if err == nil {
		to, err = address(to.String())
	}
	if err != nil {
		return nil, news.Errorf(news.Unreachable,
			"fetch %s: redirected to what cannot be fetched: %w", from.Redacted(), err)
	}
	return to, nil
}

// refusal gives the error that a status stands for, nil if there is a document or a valid 304.
func refusal(target *url.URL, in *http.Response, sent news.Validators) error {
	status := in.StatusCode
	if status == http.StatusNotModified {
		if sent == (news.Validators{}) {
			return news.Errorf(news.Unreachable,
				"fetch %s: the server answers 304 Not Modified to a request without condition",
				target.Redacted())
		}
		return nil
	}
	if status >= 200 && status < 300 && status != http.StatusPartialContent {
		return nil
	}
	what := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
	if in.Header.Get("Cf-Mitigated") == "challenge" {
		what += " with a bot challenge"
	}
	return news.Errorf(kindOf(status), "fetch %s: the server answers %s", target.Redacted(), what)
}

// kindOf says what can be done about a status that brings no document.
func kindOf(status int) news.Kind {
	switch {
	case status == http.StatusNotFound:
		return news.NotFound
	case status == http.StatusGone:
		return news.Gone
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly,
		status == http.StatusTooManyRequests:
		return news.Unreachable
	case status >= 400 && status < 500:
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

// body reads a document up to the limit, which counts what comes out of decompression.
func (c *Client) body(ctx context.Context, target *url.URL, in *http.Response) ([]byte, error) {
	// The transport takes the header away when it has undone the one coding that it asks for.
	switch coding := strings.ToLower(in.Header.Get("Content-Encoding")); coding {
	case "br", "zstd", "deflate", "compress", "gzip", "x-gzip":
		return nil, news.Errorf(news.Unreachable,
			"fetch %s: the server sends the coding %q, which was not asked for",
			target.Redacted(), coding)
	}
	if in.ContentLength > c.maxBytes {
		return nil, c.tooLarge(target)
	}
	body, err := io.ReadAll(io.LimitReader(in.Body, c.maxBytes+1))
	switch {
	case int64(len(body)) > c.maxBytes:
		return nil, c.tooLarge(target)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, news.Errorf(news.Unreachable,
			"fetch %s: the document breaks off after %d bytes: %w", target.Redacted(), len(body), err)
	case err != nil:
		return nil, c.fault(ctx, target, err)
	}
	return body, nil
}

func (c *Client) tooLarge(target *url.URL) error {
	return news.Errorf(news.TooLarge, "fetch %s: the document is larger than the limit of %d bytes",
		target.Redacted(), c.maxBytes)
}
