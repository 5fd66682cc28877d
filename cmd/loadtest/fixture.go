package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fixture serves feeds of made-up articles. Item k of feed n always has the same bytes; the
// newest of each feed is set for all of them at once, so that a round has as many new items as
// one asks for.
type fixture struct {
	feeds, items, hosts int
	addr                string
	docs                atomic.Pointer[[]served]
	setting             sync.Mutex
	full, same          atomic.Int64 // answers 200 and 304
	first, last         atomic.Int64 // Unix nanoseconds of the first request and the last answer
}

// served is one feed document as it is sent.
type served struct {
	zipped, etag, modified, mediaType string
	size                              int
}

// newestDate is when the newest item of number 0 was published, a round date so that documents
// are the same every day.
var newestDate = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// isLong says which feeds carry whole pages, one in ten; isAtom which are Atom, one in five.
func isLong(n int) bool { return n%10 == n/10%10 }
func isAtom(n int) bool { return n%5 == 4 }

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// item writes item k of feed n.
func (f *fixture) item(b, html *bytes.Buffer, n, k int) {
	c := chance(uint64(n)<<32 | uint64(k))
	c.next()
	site := fmt.Sprintf("http://%s/site/%d/", f.addr, n)
	title, author := c.title(), c.word()+" "+c.word()
	link := fmt.Sprintf("%s%d-%s", site, k, strings.ToLower(strings.ReplaceAll(title, " ", "-")))
	date := newestDate.Add(time.Duration(k) * 10 * time.Minute)
	html.Reset()
	size := 1250 + c.below(500)
	if isLong(n) {
		size = 20_000 + c.below(1600)
	}
	c.html(html, site, size)
	if isAtom(n) {
		at := date.Format(time.RFC3339)
		fmt.Fprintf(b, "<entry>\n<title>%s</title>\n<id>tag:loadtest.example,2026:%d.%d</id>\n"+
			"<link rel=\"alternate\" type=\"text/html\" href=\"%s\"/>\n<published>%s</published>\n"+
			"<updated>%s</updated>\n<author><name>%s</name></author>\n<category term=\"%s\"/>\n"+
			"<content type=\"html\">", title, n, k, link, at, at, author, c.word())
		xmlEscaper.WriteString(b, html.String())
		b.WriteString("</content>\n</entry>\n")
		return
	}
	fmt.Fprintf(b, "<item>\n<title>%s</title>\n<link>%s</link>\n"+
		"<guid isPermaLink=\"false\">loadtest-%d-%d</guid>\n<pubDate>%s</pubDate>\n"+
		"<dc:creator>%s</dc:creator>\n<category>%s</category>\n<description>",
		title, link, n, k, date.Format(time.RFC1123Z), author, c.word())
	if n%4 == 0 { // escaped HTML in the description and nowhere else
		xmlEscaper.WriteString(b, html.String())
		b.WriteString("</description>\n</item>\n")
		return
	}
	c.sentence(b, 10)
	b.WriteString("</description>\n<content:encoded><![CDATA[")
	b.Write(html.Bytes())
	b.WriteString("]]></content:encoded>\n</item>\n")
}

// document writes feed n with its newest item.
func (f *fixture) document(n, newest int) []byte {
	var b, html bytes.Buffer
	site := fmt.Sprintf("http://%s/site/%d/", f.addr, n)
	self := fmt.Sprintf("http://%s/feed/%d", f.addr, n)
	date := newestDate.Add(time.Duration(newest) * 10 * time.Minute)
	if isAtom(n) {
		fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"+
			"<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Feed %d</title>\n<id>%s</id>\n"+
			"<link rel=\"self\" href=\"%s\"/>\n<link rel=\"alternate\" href=\"%s\"/>\n"+
			"<updated>%s</updated>\n", n, self, self, site, date.Format(time.RFC3339))
	} else {
		fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "+
			"xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "+
			"xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "+
			"xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>Feed %d</title>\n"+
			"<link>%s</link>\n<description>Made up</description>\n<language>en</language>\n"+
			"<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"%s\"/>\n"+
			"<lastBuildDate>%s</lastBuildDate>\n", n, site, self, date.Format(time.RFC1123Z))
	}
	for k := newest; k > newest-f.items; k-- {
		f.item(&b, &html, n, k)
	}
	if isAtom(n) {
		b.WriteString("</feed>\n")
	} else {
		b.WriteString("</channel>\n</rss>\n")
	}
	return b.Bytes()
}

// set makes every feed anew, with the same newest item.
func (f *fixture) set(newest int) {
	f.setting.Lock()
	defer f.setting.Unlock()
	docs := make([]served, f.feeds)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := int(next.Add(1)) - 1; n < f.feeds; n = int(next.Add(1)) - 1 {
				docs[n] = pack(f.document(n, newest), n, newest)
			}
		})
	}
	workers.Wait()
	f.docs.Store(&docs)
}

func pack(doc []byte, n, newest int) served {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(doc)
	w.Close()
	h := fnv.New64a()
	h.Write(doc)
	mediaType := "application/rss+xml; charset=utf-8"
	if isAtom(n) {
		mediaType = "application/atom+xml; charset=utf-8"
	}
	date := newestDate.Add(time.Duration(newest) * 10 * time.Minute)
	return served{
		zipped: zipped.String(), size: len(doc), mediaType: mediaType,
		etag: fmt.Sprintf(`"%d-%x"`, n, h.Sum64()), modified: date.Format(http.TimeFormat),
	}
}

func (f *fixture) feed(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	docs := *f.docs.Load()
	if err != nil || n < 0 || n >= len(docs) {
		http.NotFound(w, r)
		return
	}
	f.first.CompareAndSwap(0, time.Now().UnixNano())
	defer func() { f.last.Store(time.Now().UnixNano()) }()
	doc, h := &docs[n], w.Header()
	h.Set("ETag", doc.etag)
	h.Set("Last-Modified", doc.modified)
	h.Set("Vary", "Accept-Encoding")
	match := r.Header.Get("If-None-Match")
	if match == doc.etag || match == "" && r.Header.Get("If-Modified-Since") == doc.modified {
		f.same.Add(1)
		w.WriteHeader(http.StatusNotModified)
		return
	}
	f.full.Add(1)
	h.Set("Content-Type", doc.mediaType)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(doc.zipped)))
		io.WriteString(w, doc.zipped)
		return
	}
	h.Set("Content-Length", strconv.Itoa(doc.size))
	if plain, err := gzip.NewReader(strings.NewReader(doc.zipped)); err == nil {
		io.Copy(w, plain)
	}
}

// opml lists the feeds, spread over the loopback addresses.
func (f *fixture) opml(w http.ResponseWriter, _ *http.Request) {
	_, port, _ := net.SplitHostPort(f.addr)
	io.WriteString(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n"+
		"<head><title>load</title></head>\n<body>\n")
	for n := range f.feeds {
		fmt.Fprintf(w, "<outline type=\"rss\" text=\"Feed %d\" xmlUrl=\"http://%s:%s/feed/%d\"/>\n",
			n, loopback(n%f.hosts), port, n)
	}
	io.WriteString(w, "</body>\n</opml>\n")
}

func loopback(i int) string { return fmt.Sprintf("127.0.%d.%d", i/250, 1+i%250) }

// tally is what the fixture has been asked.
type tally struct {
	Full, Same int64
	Seconds    float64 // from the first request to the last answer
	Size       int64   // of all documents, unpacked
	Zipped     int64
}

func (f *fixture) stats(w http.ResponseWriter, r *http.Request) {
	t := tally{Full: f.full.Load(), Same: f.same.Load()}
	t.Seconds = float64(f.last.Load()-f.first.Load()) / 1e9
	for _, doc := range *f.docs.Load() {
		t.Size += int64(doc.size)
		t.Zipped += int64(len(doc.zipped))
	}
	if r.URL.Query().Has("reset") {
		for _, n := range []*atomic.Int64{&f.full, &f.same, &f.first, &f.last} {
			n.Store(0)
		}
	}
	json.NewEncoder(w).Encode(t)
}

func (f *fixture) newest(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err != nil || n < f.items {
		http.Error(w, fmt.Sprintf("n must be a number from %d on", f.items), http.StatusBadRequest)
		return
	}
	f.set(n)
	runtime.GC()
}

// serve serves until a listener fails. It says so on ready once all addresses answer.
func (f *fixture) serve(ready io.Writer) error {
	f.set(f.items)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed/{n}", f.feed)
	mux.HandleFunc("GET /opml", f.opml)
	mux.HandleFunc("GET /stats", f.stats)
	mux.HandleFunc("GET /newest", f.newest)
	_, port, err := net.SplitHostPort(f.addr)
	if err != nil {
		return err
	}
	failed := make(chan error, f.hosts)
	for i := range f.hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(loopback(i), port))
		if err != nil {
			return err
		}
		go func() { failed <- http.Serve(l, mux) }()
	}
	fmt.Fprintln(ready, "ready")
	return <-failed
}
