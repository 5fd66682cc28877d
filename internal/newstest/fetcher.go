package newstest

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Fetcher asks over HTTP, as plainly as the contract of source.Fetcher lets it.
type Fetcher struct {
	Bare bool // tell neither header fields nor what a server says of errors
}

// Fetch asks once, and follows redirects. For 429 it tells to wait an hour.
func (f Fetcher) Fetch(ctx context.Context, req news.Request) (news.Response, error) {
	out, err := http.NewRequestWithContext(ctx, http.MethodGet, req.URL, http.NoBody)
	if err != nil {
		return news.Response{}, news.Errorf(news.Invalid, "fetch %s: %w", req.URL, err)
	}
	if req.Validators.ETag != "" {
		out.Header.Set("If-None-Match", req.Validators.ETag)
	}
	in, err := http.DefaultClient.Do(out)
	if err != nil {
		return news.Response{}, news.Errorf(news.Unreachable, "fetch %s: %w", req.URL, err)
	}
	defer in.Body.Close()
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return news.Response{}, news.Errorf(news.Unreachable, "fetch %s: %w", req.URL, err)
	}
	resp := news.Response{
		Status: in.StatusCode, NotModified: in.StatusCode == http.StatusNotModified,
		Validators: news.Validators{ETag: in.Header.Get("ETag")},
		Document: news.Document{
			URL: in.Request.URL.String(), MediaType: in.Header.Get("Content-Type"), Body: body,
		},
	}
	if !f.Bare {
		resp.Header = in.Header
	}
	if in.StatusCode == http.StatusTooManyRequests {
		resp.RetryAfter = time.Hour
	}
	if in.StatusCode < 400 {
		return resp, nil
	}
	if f.Bare {
		resp.Document.Body = nil
	}
	return resp, news.Errorf(kindOf(in.StatusCode), "fetch %s: the server answers %s",
		req.URL, in.Status)
}

// kindOf is the kind of error that a status is.
func kindOf(status int) news.Kind {
	switch {
	case status == http.StatusNotFound:
		return news.NotFound
	case status == http.StatusGone:
		return news.Gone
	case status < 500 && status != http.StatusTooManyRequests:
		return news.Refused
	}
	return news.Unreachable
}
