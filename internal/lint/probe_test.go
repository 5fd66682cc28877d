package lint

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

const modified = "Mon, 02 Mar 2026 10:00:00 GMT"

// server answers for one feed as it should, but for one fault.
type server struct {
	fault string
	base  string
	asked int
}

// is reports whether the server is to have a fault.
func (s *server) is(fault string) bool { return s.fault == fault }

func (s *server) body(path string) []byte {
	text := strings.ReplaceAll(goodAtom, "https://harbour.example/f.atom", s.base+path)
	switch {
	case s.is("changes once") && s.asked > 7:
		text = strings.Replace(text, "</title>", " again</title>", 1)
	case s.is("other each time"):
		text = strings.Replace(text, "</title>", " "+strconv.Itoa(1000+s.asked)+"</title>", 1)
	}
	if s.is("changing ids") {
		text = strings.ReplaceAll(text, "urn:x:1", "urn:x:1-"+strconv.Itoa(s.asked))
	}
	links := `<link rel="current" href="` + s.base + `/f"/><a:archive xmlns:a="http://purl.org/syndication/history/1.0"/>`
	switch path {
	case "/f":
		links = `<link rel="prev-archive" href="` + s.base + `/2"/>`
	case "/2":
		links += `<link rel="prev-archive" href="` + s.base + `/1"/>`
	case "/1":
		if s.is("loop") {
			links += `<link rel="prev-archive" href="` + s.base + `/2"/>`
		}
	}
	if s.is("no fh:archive") {
		links = strings.ReplaceAll(links, "archive xmlns", "nothing xmlns")
	}
	if s.is("other current") {
		links = strings.ReplaceAll(links, `"`+s.base+`/f"`, `"`+s.base+`/g"`)
	}
	return []byte(strings.Replace(text, "<author>", links+"<author>", 1))
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked++
	if r.URL.Path == "/1" && s.is("broken chain") {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if s.is("any method") {
			return
		}
		if !s.is("no Allow") {
			w.Header().Set("Allow", "GET, HEAD")
		}
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, tag := s.body(r.URL.Path), `"plain`+r.URL.Path+`"`
	if s.is("changes once") && s.asked > 7 {
		tag = `"plain` + r.URL.Path + `?again"`
	}
	h := w.Header()
	accept := r.Header.Get("Accept-Encoding")
	if accept == "gzip" || s.is("always gzip") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(body)
		if s.is("broken gzip") {
			b.Reset()
		}
		z.Close()
		body = b.Bytes()
		h.Set("Content-Encoding", "gzip")
		if !s.is("one tag") {
			tag = `"gzip` + r.URL.Path + `"`
		}
	}
	s.headers(h, r, tag)
	if r.Method == http.MethodHead && s.is("HEAD otherwise") {
		h.Set("ETag", `"head"`)
	}
	if s.answered(w, r, h.Get("ETag"), accept) {
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}

// headers are those of the 200.
func (s *server) headers(h http.Header, r *http.Request, tag string) {
	switch {
	case s.is("no ETag"):
		tag = ""
	case s.is("weak ETag"):
		tag = "W/" + tag
	case s.is("random ETag"):
		tag = `"` + strconv.Itoa(s.asked) + `"`
	case s.is("query variant"):
		tag = strings.Replace(tag, "/", r.URL.RawQuery, 1)
	}
	if tag != "" {
		h.Set("ETag", tag)
	}
	h.Set("Content-Type", "application/atom+xml")
	if !s.is("no Vary") {
		h.Set("Vary", "Accept-Encoding, A-IM")
	}
	if !s.is("no max-age") {
		h.Set("Cache-Control", "max-age=300")
	}
	if s.is("immutable") && r.URL.Path != "/f" {
		h.Set("Cache-Control", "max-age=300, immutable")
	}
	switch {
	case s.is("later than Date"):
		h.Set("Last-Modified", "Mon, 02 Mar 2093 10:00:00 GMT")
	case !s.is("no Last-Modified"):
		h.Set("Last-Modified", modified)
	}
}

// answered deals with conditions and ranges.
func (s *server) answered(w http.ResponseWriter, r *http.Request, tag, accept string) bool {
	h := w.Header()
	match := r.Header.Get("If-None-Match")
	if s.is("226 always") && r.Header.Get("A-IM") != "" {
		w.WriteHeader(http.StatusIMUsed)
		return true
	}
	if s.is("exact tags") && match != tag && match != "" {
		return false
	}
	known := match == "*" || strings.Contains(match, strings.TrimPrefix(tag, "W/")) && tag != ""
	known = known || s.is("any coding") && strings.Contains(match, `"gzip/`)
	if match != "" && !known && !(s.is("date beside tag") && r.Header.Get("If-Modified-Since") == modified) {
		return false
	}
	since := r.Header.Get("If-Modified-Since")
	if match == "" && (since == "" || since != h.Get("Last-Modified") && !s.is("any date")) {
		if s.is("bad range") && r.Header.Get("Range") != "" {
			w.WriteHeader(http.StatusPartialContent)
			w.Write([]byte("0123456789"))
			return true
		}
		return false
	}
	if s.is("never 304") || s.is("HEAD never 304") && r.Method == http.MethodHead {
		return false
	}
	if s.is("bare 304") {
		h.Del("ETag")
		h.Del("Cache-Control")
	}
	if s.is("304 without Vary") {
		h.Del("Vary")
	}
	h.Del("Content-Type")
	h.Del("Content-Encoding")
	w.WriteHeader(http.StatusNotModified)
	return true
}

// probeOf probes a server that has a fault.
func probeOf(t *testing.T, fault string) Report {
	t.Helper()
	s := &server{fault: fault}
	web := httptest.NewServer(s)
	defer web.Close()
	s.base = web.URL
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	r, err := Probe(t.Context(), client, "test", web.URL+"/f")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestProbe holds a server that has one fault against the lines that must find it.
func TestProbe(t *testing.T) {
	for _, test := range []struct {
		fault  string
		lines  []string
		result Result
	}{
		{"", nil, Fault},
		{"", nil, Doubt},
		{"changes once", nil, Fault},
		{"changes once", nil, Doubt},
		{"other each time", []string{"etag"}, Fault},
		{"no ETag", []string{"etag", "archive-caching"}, Doubt},
		{"weak ETag", []string{"etag"}, Doubt},
		{"random ETag", []string{"etag", "if-none-match", "methods"}, Fault},
		{"one tag", []string{"etag"}, Fault},
		{"no Vary", []string{"vary"}, Fault},
		{"304 without Vary", []string{"vary"}, Fault},
		{"bare 304", []string{"not-modified"}, Fault},
		{"exact tags", []string{"if-none-match"}, Fault},
		{"date beside tag", []string{"if-none-match"}, Fault},
		{"HEAD never 304", []string{"if-none-match"}, Fault},
		{"never 304", []string{"if-none-match", "if-modified-since"}, Fault},
		{"later than Date", []string{"if-modified-since"}, Fault},
		{"any date", []string{"if-modified-since"}, Fault},
		{"no Last-Modified", []string{"if-modified-since"}, Doubt},
		{"any coding", []string{"etag-coding"}, Fault},
		{"always gzip", []string{"well-formed", "accept-encoding"}, Fault},
		{"broken gzip", []string{"accept-encoding"}, Fault},
		{"HEAD otherwise", []string{"if-none-match", "methods"}, Fault},
		{"no Allow", []string{"methods"}, Fault},
		{"any method", []string{"methods"}, Doubt},
		{"bad range", []string{"ranges"}, Fault},
		{"no max-age", []string{"freshness"}, Doubt},
		{"query variant", []string{"freshness"}, Doubt},
		{"226 always", []string{"delta-asked", "delta-fields", "delta-caching"}, Fault},
		{"no fh:archive", []string{"archive-links"}, Fault},
		{"other current", []string{"archive-links"}, Fault},
		{"changing ids", []string{"etag", "ids-stay"}, Fault},
		{"immutable", []string{"archive-caching"}, Doubt},
		{"loop", []string{"archive-chain"}, Fault},
		{"broken chain", []string{"archive-chain"}, Fault},
	} {
		r := probeOf(t, test.fault)
		if got := broken(r, test.result); !slices.Equal(got, test.lines) {
			t.Errorf("%q: %s in lines %v, want %v: %q", test.fault, test.result, got, test.lines, wrong(r))
		}
	}
}

// TestProbeLooks holds the probe to looking at every line of HTTP and archives that applies.
func TestProbeLooks(t *testing.T) {
	r := probeOf(t, "")
	got := broken(r, OK)
	for _, want := range []string{"media-type", "etag", "vary", "not-modified", "if-none-match", "if-modified-since", "etag-coding", "accept-encoding", "methods", "ranges", "freshness", "delta-asked", "archive-links", "archive-caching", "archive-chain"} {
		if !slices.Contains(got, want) {
			t.Errorf("line %s was not looked at", want)
		}
	}
}

func TestProbeNobody(t *testing.T) {
	web := httptest.NewServer(http.NotFoundHandler())
	address := web.URL + "/f"
	_, err := Probe(t.Context(), web.Client(), "test", address)
	if news.KindOf(err) != news.Unreachable || !strings.Contains(err.Error(), "404") {
		t.Errorf("a 404: %v", err)
	}
	web.Close()
	if _, err = Probe(t.Context(), web.Client(), "test", address); news.KindOf(err) != news.Unreachable {
		t.Errorf("nobody there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Probe(ctx, web.Client(), "test", address); err == nil {
		t.Error("a context that ended gives no error")
	}
}
