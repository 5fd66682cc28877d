package serve

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// benchEdition has 25 KB in gzip and 160 KB in plain bytes.
func benchEdition() *news.Edition {
	e := sampleEdition(news.FeedKey{Topic: "border"}, news.RSS, "r7", newstest.Start, "gzip")
	e.Representations[0].Body = bytes.Repeat([]byte{0x1f, 0x8b, 'x', 'y', 'z'}, 5_000)
	e.Representations[1].Body = bytes.Repeat([]byte("<item/>\n"), 20_000)
	return e
}

// benchQuestions are what readers ask: with the current tag, and without any.
var benchQuestions = map[int]http.Header{
	http.StatusNotModified: {
		"Accept-Encoding": {"gzip, deflate, br"},
		"User-Agent":      {"Example Reader/1.0"},
		"If-None-Match":   {`"r7-gzip"`},
	},
	http.StatusOK: {
		"Accept-Encoding": {"gzip, deflate, br"},
		"User-Agent":      {"Example Reader/1.0"},
	},
}

// bare writes what our handler would answer to a question, the way anybody would write it, and
// looks at nothing.
func bare(status int) http.Handler {
	e := benchEdition()
	body := e.Representations[0].Body
	length := strconv.Itoa(len(body))
	modified := e.Modified.Format(http.TimeFormat)
	link := feedLinks(sampleSettings().Site, e.Key, e.Format)[0]
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Delta-Base, Delta-Cut, ETag, IM, Link, Retry-After")
		h.Set("Cache-Control", "max-age=900, stale-while-revalidate=300, stale-if-error=86400")
		h.Set("ETag", `"r7-gzip"`)
		h.Set("Last-Modified", modified)
		h.Set("Vary", "Accept-Encoding, A-IM")
		if status == http.StatusNotModified {
			w.WriteHeader(status)
			return
		}
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", length)
		h.Set("Content-Type", "application/rss+xml; charset=utf-8")
		h.Set("Link", link)
		h.Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body)
	})
}

// ours is the whole public handler.
func ours() http.Handler {
	s := newShelf()
	s.put(benchEdition())
	return Public(quiet(), s, s, sampleSettings())
}

// TestBareWritesTheSame keeps the comparison fair: same status, same headers, same bytes.
func TestBareWritesTheSame(t *testing.T) {
	for status, header := range benchQuestions {
		var answers []string
		for _, h := range []http.Handler{ours(), bare(status)} {
			ts := httptest.NewServer(h)
			defer ts.Close()
			answers = append(answers, string(newClient(t, ts, header).first))
		}
		if answers[0] != answers[1] {
			t.Errorf("%d: ours %.400q, bare %.400q", status, answers[0], answers[1])
		}
		if want := fmt.Sprintf("HTTP/1.1 %d ", status); answers[0][:len(want)] != want {
			t.Errorf("ours is %.40q, want %s", answers[0], want)
		}
	}
}

// BenchmarkBesideBare compares in one run, a hundred requests to one and a hundred to the other
// in turn, over loopback with four keep-alive connections. "mean-rate" is ours as a part of bare's
// over the whole run; "median-rate" is that of the middle pair of turns, which one stall of a busy
// machine does not move.
func BenchmarkBesideBare(b *testing.B) {
	for status, header := range benchQuestions {
		b.Run(strconv.Itoa(status), func(b *testing.B) {
			var clients [2][4]*client
			for i, h := range []http.Handler{ours(), bare(status)} {
				ts := httptest.NewUnstartedServer(nil)
				ts.Config = NewServer(quiet(), h)
				ts.Start()
				defer ts.Close()
				for j := range clients[i] {
					clients[i][j] = newClient(b, ts, header)
				}
			}
			var total [2]time.Duration
			var rates []float64
			for b.Loop() {
				var took [2]time.Duration
				for turn := range 2 {
					i := (turn + len(rates)) % 2 // neither is always the first
					start := time.Now()
					var all sync.WaitGroup
					for _, c := range clients[i] {
						all.Go(func() { c.ask(b, 25) })
					}
					all.Wait()
					took[i] = time.Since(start)
					total[i] += took[i]
				}
				rates = append(rates, took[1].Seconds()/took[0].Seconds())
			}
			slices.Sort(rates)
			requests := float64(len(rates) * 100)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(total[0].Nanoseconds())/requests, "ours-ns/req")
			b.ReportMetric(float64(total[1].Nanoseconds())/requests, "bare-ns/req")
			b.ReportMetric(total[1].Seconds()/total[0].Seconds(), "mean-rate")
			b.ReportMetric(rates[len(rates)/2], "median-rate")
		})
	}
}

// BenchmarkHandler is the handler alone: no connection, and a writer that keeps nothing.
func BenchmarkHandler(b *testing.B) {
	for status, header := range benchQuestions {
		for name, h := range map[string]http.Handler{"ours": ours(), "bare": bare(status)} {
			b.Run(fmt.Sprintf("%d/%s", status, name), func(b *testing.B) {
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet,
					"/feeds/border.rss", nil)
				r.Header = header
				b.ReportAllocs()
				for b.Loop() {
					h.ServeHTTP(&sink{header: make(http.Header)}, r)
				}
			})
		}
	}
}

// BenchmarkArticlePage reads an article and sends its page, which was made before.
func BenchmarkArticlePage(b *testing.B) {
	s := filledShelf()
	h := Public(quiet(), s, s, sampleSettings())
	path := news.ArticlePath(newstest.Entry(2).ID)
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&sink{header: make(http.Header)}, r)
	}
}

// client is one keep-alive connection that costs little: it asks the same again and again, and
// counts on answers of the same length.
type client struct {
	conn     net.Conn
	read     *bufio.Reader
	question []byte
	first    []byte // answer, its Date blanked
}

// newClient connects, asks once with http.ReadResponse looking on, and keeps the raw answer.
func newClient(t testing.TB, ts *httptest.Server, header http.Header) *client {
	t.Helper()
	conn, err := net.Dial(ts.Listener.Addr().Network(), ts.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	var question bytes.Buffer
	question.WriteString("GET /feeds/border.rss HTTP/1.1\r\nHost: localhost\r\n")
	if err := header.Write(&question); err != nil {
		t.Fatal(err)
	}
	question.WriteString("\r\n")
	c := &client{conn: conn, question: question.Bytes()}
	if _, err := conn.Write(c.question); err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	c.read = bufio.NewReaderSize(conn, 32<<10)
	res, err := http.ReadResponse(bufio.NewReader(io.TeeReader(c.read, &raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	date := []byte(res.Header.Get("Date"))
	c.first = bytes.Replace(raw.Bytes(), date, bytes.Repeat([]byte("-"), len(date)), 1)
	return c
}

// ask asks n times.
func (c *client) ask(t testing.TB, n int) {
	for range n {
		if _, err := c.conn.Write(c.question); err != nil {
			t.Error(err)
			return
		}
		if _, err := c.read.Discard(len(c.first)); err != nil {
			t.Error(err)
			return
		}
	}
}
