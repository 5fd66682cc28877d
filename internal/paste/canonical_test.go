package paste

import (
	"fmt"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

func TestCanonicalOnlyOfTheSameSite(t *testing.T) {
	const here = "https://www.news.example/a?x=1"
	for _, test := range []struct{ from, stated, want string }{
		{here, "https://www.news.example/a", "https://www.news.example/a"},
		{here, "https://m.news.example/a", "https://m.news.example/a"},
		{here, "/a", "/a"},
		{here, "//news.example/a", "//news.example/a"},
		{here, "https://other.example/a", here},
		{here, "https://news.example.evil.example/a", here},
		{here, "https://[bad", here},
		{here, "", here},
		{"https://one.co.uk/a", "https://two.co.uk/a", "https://one.co.uk/a"},
		{"http://192.0.2.1/a", "http://192.0.2.9/a", "http://192.0.2.1/a"},
		{"http://192.0.2.1:8080/a", "http://192.0.2.1/b", "http://192.0.2.1/b"},
		{"", "https://other.example/a", "https://other.example/a"}, // a file that somebody saved
		{"", "", ""},
	} {
		page := fmt.Sprintf("<html><head><title>T</title><link rel=canonical href=%q></head>"+
			"<body><p>Text</p></body></html>", test.stated)
		item := parsed(t, news.Document{Name: "a.html", URL: test.from, Body: []byte(page)})
		if item.URL != test.want {
			t.Errorf("a page of %q that says %q has the address %q, want %q",
				test.from, test.stated, item.URL, test.want)
		}
	}
}

func TestFrontMatterWithdrawn(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "false": false} {
		body := "---\ntitle: T\nwithdrawn: " + value + "\n---\nText\n"
		if item := parsed(t, news.Document{Name: "a.md", Body: []byte(body)}); item.Withdrawn != want {
			t.Errorf("withdrawn: %s is read as %v", value, item.Withdrawn)
		}
	}
	for _, value := range []string{"maybe", "'true'", "1", ""} {
		_, _, err := read(news.Document{
			Name: "a.md", Body: []byte("---\ntitle: T\nwithdrawn: " + value + "\n---\nText\n"),
		})
		if news.KindOf(err) != news.Invalid || !strings.Contains(err.Error(), "a.md:3:12: withdrawn: ") {
			t.Errorf("withdrawn: %s gives the error %v", value, err)
		}
	}
}
