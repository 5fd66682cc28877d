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

// is tells whether the server is to have a fault.
func (s *server) is(fault string) bool { return s.fault == fault }

func (s *server) body(path string) []byte {
	text := strings.ReplaceAll(goodAtom, "https://harbour.example/f.atom", s.base+path)
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
		lines  []int
		result Result
	}{
		{"", nil, Fault},
		{"", nil, Doubt},
		{"no ETag", []int{21, 37}, Fault},
		{"weak ETag", []int{21}, Doubt},
		{"random ETag", []int{21, 24, 28}, Fault},
		{"one tag", []int{21}, Fault},
		{"no Vary", []int{22}, Fault},
		{"304 without Vary", []int{22}, Fault},
		{"bare 304", []int{23}, Fault},
		{"exact tags", []int{24}, Fault},
		{"date beside tag", []int{24}, Fault},
		{"HEAD never 304", []int{24}, Fault},
		{"never 304", []int{24, 25}, Fault},
		{"later than Date", []int{25}, Fault},
		{"any date", []int{25}, Fault},
		{"no Last-Modified", []int{25}, Doubt},
		{"any coding", []int{26}, Fault},
		{"always gzip", []int{8, 27}, Fault},
		{"broken gzip", []int{27}, Fault},
		{"HEAD otherwise", []int{24, 28}, Fault},
		{"no Allow", []int{28}, Fault},
		{"any method", []int{28}, Doubt},
		{"bad range", []int{29}, Fault},
		{"no max-age", []int{30}, Fault},
		{"query variant", []int{30}, Doubt},
		{"226 always", []int{31, 32, 34}, Fault},
		{"no fh:archive", []int{36}, Fault},
		{"other current", []int{36}, Fault},
		{"immutable", []int{37}, Fault},
		{"loop", []int{39}, Fault},
		{"broken chain", []int{39}, Fault},
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
	for _, want := range []int{20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 36, 37, 39} {
		if !slices.Contains(got, want) {
			t.Errorf("line %d was not looked at", want)
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
