package ingest

import (
	"os"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestAWordPressSiteMayBeReadEitherWay: what its API gives and what its feed gives are the same
// articles, under the same ids and links.
func TestAWordPressSiteMayBeReadEitherWay(t *testing.T) {
	src := news.Source{ID: "harbor", Kind: news.KindWordPress, URL: "https://harbor.example/"}
	take := func(name, url, mediaType string) map[news.ID]string {
		t.Helper()
		body, err := os.ReadFile("../parse/testdata/wordpress/" + name)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{}
		doc := news.Document{Source: src.ID, URL: url, MediaType: mediaType, Body: body, Time: noon}
		if _, err := flowOn(t, w).Take(t.Context(), src, doc); err != nil {
			t.Fatal(err)
		}
		links := map[news.ID]string{}
		for _, c := range w.candidates {
			links[c.Article.ID] = c.Article.URL
		}
		return links
	}
	feed := take("feed.xml", "https://harbor.example/feed/", "application/rss+xml")
	posts := take("posts.json", "https://harbor.example/wp-json/wp/v2/posts", news.WordPressPosts)
	if len(feed) != 2 {
		t.Fatalf("%d articles in the feed, want 2", len(feed))
	}
	for id, link := range feed {
		if posts[id] != link {
			t.Errorf("article %v, %s in the feed, is %q in the API", id, link, posts[id])
		}
	}
}
