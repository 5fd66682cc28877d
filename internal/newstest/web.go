package newstest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Server is a fake web: one HTTP server on the loopback address whose pages come from a txtar
// archive. It is safe for concurrent use.
type Server struct {
	URL string // http://127.0.0.1:PORT, without a slash at its end

	t        testing.TB
	mu       sync.Mutex
	pages    map[string]page
	requests []Request
}

// Request is a request that a Server received.
type Request struct {
	Method string
	Path   string // with its query
	Header http.Header
}

type page struct {
	status int
	header http.Header
	body   string
}

// Web starts a fake web that ends with the test. Each file of the archive is a page, named by its
// path (and query, if a page shall answer only that one):
//
//	-- /feed.xml --
//	HTTP 200
//	Content-Type: application/rss+xml
//	ETag: "one"
//
//	<rss version="2.0">…
//
// The lines before the first blank one are the head; it may be left out where the body's first
// line does not look like one, and a page that begins with a blank line has none. A header with
// no value is not sent at all, not even by default. {{url}} stands for the server's URL. Requests
// that carry a page's ETag or Last-Modified back exactly as they were given are answered with
// 304; other paths with 404.
func Web(t testing.TB, archive string) *Server {
	t.Helper()
	s := &Server{t: t, pages: make(map[string]page)}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	parsed := txtar.Parse([]byte(archive))
	if len(parsed.Files) == 0 && strings.TrimSpace(archive) != "" {
		t.Fatal("fake web: no page in the archive: a page begins with a line -- /path --")
	}
	for _, f := range parsed.Files {
		if _, twice := s.pages[f.Name]; twice {
			t.Fatalf("fake web: two pages %s", f.Name)
		}
		s.Set(f.Name, string(f.Data))
	}
	return s
}

// WebFile starts a fake web from a txtar file.
func WebFile(t testing.TB, file string) *Server {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("fake web: %v", err)
	}
	return Web(t, string(data))
}

// Set puts a page, in the form that Web describes, in the place of the one at path, if any.
func (s *Server) Set(path, text string) {
	s.t.Helper()
	if !strings.HasPrefix(path, "/") {
		s.t.Fatalf("fake web: path %q does not begin with a slash", path)
	}
	p, err := parsePage(strings.ReplaceAll(text, "{{url}}", s.URL))
	if err != nil {
		s.t.Fatalf("fake web: %s: %v", path, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = p
}

// Remove takes a page away; its path answers 404 from now on.
func (s *Server) Remove(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pages, path)
}

// Requests lists what was asked for so far, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP answers from the pages. It is exported for tests that need the fake web without a
// network, as inside a testing/synctest bubble.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.RequestURI()
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, path, r.Header.Clone()})
	p, ok := s.pages[path]
	if !ok {
		p, ok = s.pages[r.URL.Path]
	}
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	for name, values := range p.header {
		w.Header()[name] = values
	}
	if p.status == http.StatusOK && p.unchanged(r.Header) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(p.body)) // the client may be gone, as some tests mean it to be
	}
}

// unchanged compares validators byte for byte, as strict servers do: a client that rewrites what
// it was given is to show in its test.
func (p page) unchanged(h http.Header) bool {
	if tags := h.Get("If-None-Match"); tags != "" {
		return tags == p.header.Get("ETag")
	}
	since := h.Get("If-Modified-Since")
	return since != "" && since == p.header.Get("Last-Modified")
}

var (
	statusLine = regexp.MustCompile(`^HTTP ([1-5][0-9][0-9])$`)
	headerLine = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9-]*):(?: (.*))?$`)
)

func parsePage(text string) (page, error) {
	p := page{status: http.StatusOK, header: make(http.Header), body: text}
	first, _, _ := strings.Cut(text, "\n")
	if first != "" && !statusLine.MatchString(first) && !headerLine.MatchString(first) {
		return p, nil
	}
	for number := 1; ; number++ {
		line, rest, found := strings.Cut(p.body, "\n")
		p.body = rest
		if line == "" {
			return p, nil
		}
		if m := statusLine.FindStringSubmatch(line); m != nil && number == 1 {
			p.status, _ = strconv.Atoi(m[1])
		} else if m := headerLine.FindStringSubmatch(line); m != nil {
			name := http.CanonicalHeaderKey(m[1])
			if m[2] == "" {
				p.header[name] = nil
			} else {
				p.header[name] = append(p.header[name], m[2])
			}
		} else {
			return p, fmt.Errorf("line %d of its head, %q, is no header: "+
				"a body that begins like one needs a blank line before it", number, line)
		}
		if !found {
			return p, nil
		}
	}
}
