package site

import (
	"testing"

	"github.com/teletipo/teletipo/internal/newstest"
)

func TestOwned(t *testing.T) {
	for _, c := range []struct {
		link, home string
		want       bool
	}{
		{"https://paper.example/a", "https://paper.example/feed", true},
		{"https://www.paper.example/a", "http://feeds.paper.example/rss.xml", true},
		{"https://paper.com.mx/a", "https://rss.paper.com.mx/", true},
		{"https://paper.com.mx/a", "https://other.com.mx/feed", false}, // com.mx is a suffix
		{"https://paper.example/a", "https://paper.example.evil.test/feed", false},
		{"https://paper.example/a", "https://evilpaper.example/feed", false},
		{"https://paper.example/a", "https://evil.test/feed?u=https://paper.example/", false},
		{"https://paper.example/a", "https://paper.example@evil.test/feed", false},
		{"https://ana.blogspot.com/a", "https://bob.blogspot.com/feed", false}, // private part
		{"https://ana.blogspot.com/a", "https://ana.blogspot.com/feeds/posts/default", true},
		{"https://ana.blogspot.mx/a", "https://bob.blogspot.mx/feed", false},
		{"https://ana.github.io/a", "https://bob.github.io/feed", false},
		{"https://ana.substack.com/p/a", "https://bob.substack.com/feed", false},
		{"https://www.ana.wordpress.com/a", "https://ana.wordpress.com/feed/", true},
		{"https://www.gob.mx/sre/prensa/a", "https://www.gob.mx/sre/archivo/prensa", true},
		{"https://www.gob.mx/sre/prensa/a", "https://www.gob.mx/presidencia/archivo/prensa", false},
		{"https://www.gob.mx/sre/prensa/a", "https://www.gob.mx/feed", false}, // of everybody
		{"https://embamex.sre.gob.mx/a", "https://www.gob.mx/sre", false},
		{"https://www.gov.uk/government/a", "https://www.gov.uk/government/x.atom", true},
		{"https://medium.com/@ana/a", "https://medium.com/feed/@ana", true},
		{"https://medium.com/@ana/a", "https://medium.com/feed/@bob", false},
		{"https://ana.medium.com/a", "https://medium.com/feed/@ana", false},
		{"https://sites.google.com/view/ana/a", "https://sites.google.com/view/bob/f", false},
		{"https://sites.google.com/view/ana/a", "https://sites.google.com/view/ana", true},
		{"https://social.test/@ana/1", "https://social.test/@ana.rss", true},
		{"https://social.test/@ana/1", "https://social.test/@bob.rss", false},
		{"https://uni.test/~ana/a", "https://uni.test/~bob/feed.xml", false},
		{"https://uni.test/~ana/a", "https://uni.test/feed.xml", true}, // the host's own feed
		{"https://uni.test/news/a", "https://uni.test/~bob/feed.xml", false},
		{"http://127.0.0.1:4000/a", "http://127.0.0.1:4000/feed", true},
		{"http://127.0.0.1:4000/a", "http://127.0.0.1:5000/feed", false},
		{"http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/feed", true},
		{"http://localhost:4000/a", "http://localhost:5000/feed", false},
		{"https://paper.example:8443/a", "https://paper.example/feed", true},
		{"https://PAPER.example./a", "https://paper.example/feed", true},
		{"https://paper.example/a", "paper.example", true},
		{"https://medium.com/@ana/a", "medium.com/@ana", true},
		{"https://paper.example/a", "", false},
		{"", "https://paper.example/feed", false},
		{"https://com.mx/a", "https://com.mx/", false},
	} {
		if got := Owned(c.link, c.home); got != c.want {
			t.Errorf("%s is owned by %s: %t, want %t", c.link, c.home, got, c.want)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://a.paper.example/x", "https://b.paper.example/y", true},
		{"https://www.gob.mx/sre/x", "https://www.gob.mx/sep/y", false},
		{"https://www.gob.mx/", "https://www.gob.mx/", false},
		{"", "", false},
	} {
		if got := Same(c.a, c.b); got != c.want {
			t.Errorf("%s and %s are one site: %t, want %t", c.a, c.b, got, c.want)
		}
	}
}

// FuzzOf: whatever the address, a site has its own address, unless many share it.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{"https://a.b.co.uk/@x/y", "medium.com/feed", "//", "http://[::1]:9/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		newstest.InProportion(t, address, func(text string) { Of(text).Has(text) })
		s := Of(address)
		if s.Domain != "" && !s.Common && !s.Has(address) {
			t.Errorf("%q is of site %+v, which does not have it", address, s)
		}
	})
}
