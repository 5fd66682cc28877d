package fetch

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// encoders compress in each coding that servers may use.
var encoders = map[string]func(io.Writer) io.WriteCloser{
	"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
	"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 0) },
	"zstd": func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			panic(err) // the options are at fault
		}
		return z
	},
}

func encode(t testing.TB, coding string, doc []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := encoders[coding](&out)
	if _, err := w.Write(doc); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// coded serves bytes as being in a coding. Connections are closed after a body of no known length
// unless it says how long it is.
func coded(t *testing.T, coding string, body []byte) string {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Encoding"] = []string{coding}
		_, _ = w.Write(body)
	})
}

// sampleDoc is a document that compresses as feeds do.
func sampleDoc(size int) []byte {
	var doc bytes.Buffer
	for i := 0; doc.Len() < size; i++ {
		fmt.Fprintf(&doc, "<item><title>Bridge %d closed</title><guid>%x</guid></item>\n", i, i*i*i)
	}
	return doc.Bytes()[:size]
}

func TestFetchDecodes(t *testing.T) {
	doc := sampleDoc(300_000)
	c := client(t, Options{})
	for stated, coding := range map[string]string{
		"gzip": "gzip", "x-gzip": "gzip", "GZIP": "gzip", "identity, gzip": "gzip", "br": "br",
		" zstd ": "zstd",
	} {
		url := coded(t, stated, encode(t, coding, doc))
		for range 2 { // with a new decoder and with one that was used before
			resp, err := c.Fetch(t.Context(), news.Request{URL: url})
			if err != nil || !bytes.Equal(resp.Document.Body, doc) {
				t.Errorf("%s: %d bytes, %v", stated, len(resp.Document.Body), err)
			}
		}
	}
	for _, stated := range []string{"identity", ""} {
		resp, err := c.Fetch(t.Context(), news.Request{URL: coded(t, stated, doc)})
		if err != nil || !bytes.Equal(resp.Document.Body, doc) {
			t.Errorf("%q: %d bytes, %v", stated, len(resp.Document.Body), err)
		}
	}
}

// wraps are the codings that a body may really be in, one inside the other as written.
var wraps = map[string]func(t testing.TB, doc []byte) []byte{
	"":     func(_ testing.TB, doc []byte) []byte { return doc },
	"gzip": func(t testing.TB, doc []byte) []byte { return encode(t, "gzip", doc) },
	"br":   func(t testing.TB, doc []byte) []byte { return encode(t, "br", doc) },
	"zstd": func(t testing.TB, doc []byte) []byte { return encode(t, "zstd", doc) },
	"deflate": func(t testing.TB, doc []byte) []byte {
		var out bytes.Buffer
		w := zlib.NewWriter(&out)
		_, _ = w.Write(doc)
		_ = w.Close()
		return out.Bytes()
	},
	"deflate, bare": func(t testing.TB, doc []byte) []byte {
		var out bytes.Buffer
		w, _ := flate.NewWriter(&out, 6)
		_, _ = w.Write(doc)
		_ = w.Close()
		return out.Bytes()
	},
	"gzip, gzip": func(t testing.TB, doc []byte) []byte {
		return encode(t, "gzip", encode(t, "gzip", doc))
	},
	"br, gzip": func(t testing.TB, doc []byte) []byte {
		return encode(t, "gzip", encode(t, "br", doc))
	},
}

func TestFetchBelievesBytesOverLabels(t *testing.T) {
	docs := map[string][]byte{
		"rss":    append([]byte("<?xml version='1.0'?>\n<rss><channel>"), sampleDoc(20_000)...),
		"short":  []byte("<rss/>"),
		"json":   []byte(`{"version": "https://jsonfeed.org/version/1.1", "items": []}`),
		"posts":  []byte(`[{"id": 7, "title": {"rendered": "Bridge closed"}}]`),
		"mark":   []byte("\xef\xbb\xbf\r\n\r\n<feed>\xc3\xb1</feed>"),
		"latin1": []byte("<rss><channel><title>Ma\xf1ana</title></channel></rss>"),
		"utf-16": []byte("\xff\xfe<\x00r\x00s\x00s\x00/\x00>\x00"),
	}
	known := map[string][]string{ // what is really sent, and the labels that it is found under
		"":     {"", "gzip", "x-gzip", "br", "zstd", "deflate", "UTF-8", "none", "gzip, gzip", "sdch"},
		"gzip": {"gzip", "", "br", "zstd", "deflate", "UTF-8", "none", "gzip, gzip", "sdch", "x-gzip"},
		"zstd": {"zstd", "", "br", "gzip", "deflate", "binary"},
		"br":   {"br"}, "deflate, bare": {"deflate"},
		"deflate":    {"deflate", "", "br", "gzip", "utf8"},
		"gzip, gzip": {"gzip, gzip", "gzip", ""},
		"br, gzip":   {"br, gzip"},
	}
	c := client(t, Options{})
	for sent, labels := range known {
		for i, stated := range labels {
			for name, doc := range docs {
				url := coded(t, stated, wraps[sent](t, doc))
				resp, err := c.Fetch(t.Context(), news.Request{URL: url})
				if err != nil || !bytes.Equal(resp.Document.Body, doc) {
					t.Errorf("%s, %q stated as %q: %d bytes, %v",
						name, sent, stated, len(resp.Document.Body), err)
				}
				right := i == 0 || stated == "x-gzip" && sent == "gzip"
				if (resp.Note == "") != right {
					t.Errorf("%s, %q stated as %q: note %q", name, sent, stated, resp.Note)
				}
			}
		}
	}
	// bzip2 of <rss><channel/></rss>
	packed, err := hex.DecodeString("425a6839314159265359afb7dc800000021980000080052a45180020002" +
		"1a01a68201a69a0c4b4f0da5aa15123878bb9229c284857dbee4000")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Fetch(t.Context(), news.Request{URL: coded(t, "", packed)})
	if err != nil || string(resp.Document.Body) != "<rss><channel/></rss>" || resp.Note == "" {
		t.Errorf("bzip2: %q, %q, %v", resp.Document.Body, resp.Note, err)
	}
}

func TestFetchOfBrokenCodings(t *testing.T) {
	doc := sampleDoc(600_000) // more than a block of zstd
	c := client(t, Options{})
	for coding := range encoders {
		good := encode(t, coding, doc)
		broken := bytes.Clone(good)
		for i := len(broken) / 2; i < len(broken); i++ {
			broken[i] ^= 0x5a
		}
		for name, test := range map[string]struct {
			stated string
			body   []byte
			part   bool
			want   string
		}{
			"plain":     {coding, []byte(strings.Repeat("no coding ", 50)), false, "is not in the coding"},
			"truncated": {coding, good[:len(good)/2], true, "breaks off after "},
			"beginning": {coding, good[:3], false, "breaks off after 0 bytes: the coding " + `"` + coding},
			"broken":    {coding, broken, false, `"` + coding + `"`},
			"unknown":   {"sdch", []byte("\x00\x01\x02" + strings.Repeat("?", 99)), false, `the coding "sdch"`},
		} {
			resp, err := c.Fetch(t.Context(), news.Request{URL: coded(t, test.stated, test.body)})
			if err == nil {
				t.Errorf("%s, %s: no error", coding, name)
				continue
			}
			wantError(t, err, news.Unreachable, test.want)
			got := resp.Document.Body
			if resp.Partial != test.part || (len(got) > 0) != test.part || !bytes.HasPrefix(doc, got) {
				t.Errorf("%s, %s: partial %v, %d bytes", coding, name, resp.Partial, len(got))
			}
		}
		// A decoder that has met all this is as good as new.
		resp, err := c.Fetch(t.Context(), news.Request{URL: coded(t, coding, good)})
		if err != nil || !bytes.Equal(resp.Document.Body, doc) || resp.Note != "" {
			t.Errorf("%s after bad ones: %d bytes, %v", coding, len(resp.Document.Body), err)
		}
		// What comes after the end costs nothing.
		more := append(bytes.Clone(good), "\n<!-- cached 2026-11-02 -->\n"...)
		resp, err = c.Fetch(t.Context(), news.Request{URL: coded(t, coding, more)})
		if err != nil || !bytes.Equal(resp.Document.Body, doc) || resp.Note == "" {
			t.Errorf("%s and more: %d bytes, %q, %v", coding, len(resp.Document.Body), resp.Note, err)
		}
		resp, err = c.Fetch(t.Context(), news.Request{URL: coded(t, coding, nil)})
		if err != nil || len(resp.Document.Body) != 0 || resp.Note != "" {
			t.Errorf("%s of nothing: %q, %v", coding, resp.Document.Body, err)
		}
	}
}

func TestFetchStopsCompressionBombs(t *testing.T) {
	bomb := make([]byte, 24<<20)
	for coding := range encoders {
		packed := encode(t, coding, bomb)
		url := coded(t, coding, packed)
		c := client(t, Options{MaxBytes: 1_000_000})
		used := newstest.Allocated(func() {
			resp, err := c.Fetch(t.Context(), news.Request{URL: url})
			wantError(t, err, news.TooLarge, "limit of 1000000 bytes")
			if len(resp.Document.Body) != 0 {
				t.Errorf("%s: %d bytes beside the error", coding, len(resp.Document.Body))
			}
		})
		if used > 16<<20 {
			t.Errorf("%s: %d bytes allocated for a limit of 1000000", coding, used)
		}
		// What is said of an error is bounded as well.
		url = serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write(packed)
		})
		resp, err := c.Fetch(t.Context(), news.Request{URL: url})
		wantError(t, err, news.NotFound)
		if len(resp.Document.Body) != maxSaid {
			t.Errorf("%s: %d bytes beside the error", coding, len(resp.Document.Body))
		}
	}
}

func TestFetchStopsBombsOfMemoryAndOfNothing(t *testing.T) {
	for name, test := range map[string]struct {
		coding string
		first  []byte
		then   []byte // again and again
		kind   news.Kind
		want   string
	}{
		// A frame of 1 GB whose window is all of it.
		"window": {
			"zstd",
			[]byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x40},
			nil,
			news.Unreachable, "exceeds configured limit",
		},
		// 23 MB of empty members, in gzip once more.
		"empty gzip in gzip": {
			"gzip", encode(t, "gzip", bytes.Repeat(encode(t, "gzip", nil), 1<<20)), nil,
			news.TooLarge, "limit of 100000 bytes",
		},
		// Members and frames with nothing in them, without end.
		"empty gzip": {"gzip", nil, encode(t, "gzip", nil), news.TooLarge, "limit of 100000 bytes"},
		"skipped zstd": {
			"zstd", nil,
			[]byte{0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4},
			news.TooLarge, "limit of 100000 bytes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", test.coding)
				_, err := w.Write(test.first)
				for chunk := bytes.Repeat(test.then, 100); len(chunk) > 0 && err == nil; {
					_, err = w.Write(chunk)
				}
			})
			c := client(t, Options{MaxBytes: 100_000})
			used := newstest.Allocated(func() {
				_, err := c.Fetch(t.Context(), news.Request{URL: url})
				wantError(t, err, test.kind, test.want)
			})
			if used > 64<<20 { // the window alone would be 1 GB
				t.Errorf("%d bytes allocated", used)
			}
		})
	}
}

func BenchmarkFetch(b *testing.B) {
	doc := sampleDoc(200_000)
	bodies := map[string][]byte{"plain": doc}
	for coding := range encoders {
		bodies[coding] = encode(b, coding, doc)
	}
	for _, name := range []string{"304", "plain", "gzip", "br", "zstd"} {
		b.Run(name, func(b *testing.B) {
			body := bodies[name]
			c, url := benchServer(b, func(w http.ResponseWriter, r *http.Request) {
				if name == "304" {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				if name != "plain" {
					w.Header().Set("Content-Encoding", name)
				}
				_, _ = w.Write(body)
			})
			req := news.Request{URL: url, Validators: news.Validators{ETag: `"1"`}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Fetch(b.Context(), req); err != nil {
					b.Fatal(err)
				}
			}
			if name != "304" {
				b.SetBytes(int64(len(doc)))
			}
		})
	}
}

func benchServer(b *testing.B, handler http.HandlerFunc) (c *Client, url string) {
	server := httptest.NewServer(handler)
	b.Cleanup(server.Close)
	c = New(slog.New(slog.DiscardHandler), Options{
		Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")},
	})
	b.Cleanup(c.Close)
	return c, server.URL
}
