package readers

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/newstest"
)

func TestFamily(t *testing.T) {
	for agent, want := range map[string]string{
		"newsboat/2.36 (Linux x86_64)":                                                                   "newsboat",
		"NewsReader/1.0 (+http://reader.example/fetcher; 42 subscribers)":                                "NewsReader",
		"Tiny Desk RSS/23.05-abc (https://desk.example/)":                                                "Tiny Desk RSS",
		"Blur Feed Fetcher - 17 subscribers - https://blur.example/site/1":                               "Blur Feed Fetcher",
		"Bin feed-id:1373711 - 142 subscribers":                                                          "Bin",
		"Mozilla/5.0 (compatible; Miniflux/2.2.4; +https://miniflux.example)":                            "Miniflux",
		"Mozilla/5.0 (compatible; oldreader.example; 3 subscribers; feed-id=77)":                         "oldreader.example",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                         "Firefox",
		"Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Thunderbird/128.1.0":                               "Thunderbird",
		"Mozilla/5.0 (Macintosh) AppleWebKit/605.1 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":   "Chrome",
		"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Indexer/2.1; +http://i.example)": "Indexer",
		"Mozilla/5.0":                        "Mozilla",
		"Go-http-client/1.1":                 "Go-http-client",
		"Reader 2.1":                         "Reader",
		"Reader v3":                          "Reader",
		"Reader vintage":                     "Reader vintage",
		"1Reader/2":                          "1Reader",
		"Lector de Señales/2.0":              "Lector de Señales",
		"":                                   nameless,
		"/":                                  nameless,
		"(others)":                           nameless,
		"Mozilla/5.0 (compatible; (others))": nameless,
		" \t\x01\xff":                        nameless,
		"a\x00b\nc":                          "a b c",
		strings.Repeat("x", 100_000):         strings.Repeat("x", maxName),
		strings.Repeat("ñ", 400):             strings.Repeat("ñ", maxName),
	} {
		if got := family(agent); got != want {
			t.Errorf("family(%.80q) = %q, want %q", agent, got, want)
		}
	}
}

// FuzzFamily: whatever comes in, the name is short, printable and never that of the others.
func FuzzFamily(f *testing.F) {
	f.Add("Mozilla/5.0 (compatible; X/1)")
	f.Add("a \xff 1")
	f.Fuzz(func(t *testing.T, agent string) {
		newstest.InProportion(t, agent, func(text string) { family(text); subscribers(text) })
		name := family(agent)
		if name == "" || name == Others || utf8.RuneCountInString(name) > maxName ||
			!utf8.ValidString(name) || strings.ContainsFunc(name, func(c rune) bool {
			return !unicode.IsPrint(c)
		}) {
			t.Errorf("family(%q) = %q", agent, name)
		}
		if n, ok := subscribers(agent); n < 0 || n > 999_999_999 || n > 0 && !ok {
			t.Errorf("subscribers(%q) = %d", agent, n)
		}
	})
}

func TestSubscribers(t *testing.T) {
	for agent, want := range map[string]int64{
		"X/1.0 (+http://x.example; 42 subscribers)": 42,
		"X/1.0 (1 subscriber)":                      1,
		"X/1.0 - 7 readers":                         7,
		"X/1.0 (0 subscribers)":                     0,
		"X/1.0":                                     -1,
		"X/1.0 ( subscribers)":                      -1,
		"X/1.0 (12345678901234567890 subscribers)":  -1,
		"X/1.0 (12,5 subscribers)":                  5,
	} {
		n, ok := subscribers(agent)
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("subscribers(%q) = %d, want %d", agent, n, want)
		}
	}
}
