package main

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/newstest"
)

// The commands that are given an address find the best way to read it, and say how.
func TestTheBestWayIsFound(t *testing.T) {
	site := newstest.Web(t, `-- /blog --

<html><head><title>A blog</title></head><body>Hello</body></html>
-- /blog/feed --

<rss version="2.0"><channel><title>A</title><item><title>The only post of the blog</title><link>/blog/1</link><guid>1</guid></item></channel></rss>
`)
	_, flags := setUp(t, web(t))
	tried := "tried      " + site.URL + "/blog: a page\n"
	found := "found      feed " + site.URL + "/blog/feed: a feed is where sites have one\n"
	for _, command := range [][]string{{"sources", "test"}, {"ingest"}, {"sources", "add"}} {
		args := append(command, site.URL+"/blog", "--allow", "127.0.0.0/8")
		out, err := teletipo(t, append(args, flags...)...)
		if err != nil || !strings.Contains(out, tried) || !strings.Contains(out, found) {
			t.Errorf("%v: %v\n%s", command, err, out)
		}
	}
	if stored, err := teletipo(t, append([]string{"articles"}, flags...)...); err != nil ||
		!strings.Contains(stored, "The only post of the blog") {
		t.Errorf("%v\n%s", err, stored)
	}
	// Where nothing is found nothing is added, and all that was tried is told.
	site.Remove("/blog/feed")
	_, other := setUp(t, web(t))
	out, err := teletipo(t, append([]string{"sources", "add", site.URL + "/blog", "--allow", "127.0.0.0/8"}, other...)...)
	if err == nil || !strings.Contains(err.Error(), "not added") ||
		!strings.Contains(out, "tried      "+site.URL+"/wp-sitemap.xml: ") || strings.Contains(out, "found ") {
		t.Errorf("%v\n%s", err, out)
	}
}
