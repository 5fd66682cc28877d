package parse

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

const wpAPI = "https://harbor.example/wp-json/wp/v2/posts?per_page=50"

func wpDoc(body string) news.Document {
	return news.Document{URL: wpAPI, MediaType: news.WordPressPosts, Body: []byte(body)}
}

func readTestdata(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestWordPress(t *testing.T) {
	items, faults, err := Parse(wpDoc(readTestdata(t, "wordpress/posts.json")))
	if err != nil {
		t.Fatal(err)
	}
	newstest.Golden(t, "wordpress/posts.json.golden", []byte(describe(items, faults)))
}

// TestWordPressFeedAndAPIAgree: whichever of the two a site is read by, a post is the same post.
func TestWordPressFeedAndAPIAgree(t *testing.T) {
	posts, _, err := Parse(wpDoc(readTestdata(t, "wordpress/posts.json")))
	if err != nil {
		t.Fatal(err)
	}
	feed, _, err := Parse(news.Document{
		URL: "https://harbor.example/feed/", Body: []byte(readTestdata(t, "wordpress/feed.xml")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(feed) != 2 || len(posts) < len(feed) {
		t.Fatalf("%d items in the feed and %d in the API, want 2 and more", len(feed), len(posts))
	}
	for i, want := range feed {
		got := posts[i]
		if got.GUID != want.GUID || got.URL != want.URL || !got.Published.Equal(want.Published) {
			t.Errorf("item %d: API %q %q %v, feed %q %q %v", i, got.GUID, got.URL, got.Published,
				want.GUID, want.URL, want.Published)
		}
		if fmt.Sprint(got.Tags) != fmt.Sprint(want.Tags) {
			t.Errorf("item %d: tags %q, in the feed %q", i, got.Tags, want.Tags)
		}
	}
}

func TestWordPressGUIDs(t *testing.T) {
	for _, c := range []struct{ url, post, want string }{
		{wpAPI, `{"id": 7, "guid": {"rendered": "tag:x"}}`, "tag:x"},
		{wpAPI, `{"id": 7, "guid": "tag:y"}`, "tag:y"},
		{wpAPI, `{"id": 7, "guid": {"rendered": "http://a.example/?a=1&#038;p=7"}}`, "http://a.example/?a=1&p=7"},
		{wpAPI, `{"id": 7}`, "https://harbor.example/?p=7"},
		{wpAPI, `{"id": "7", "guid": {"rendered": []}}`, "https://harbor.example/?p=7"},
		{"https://a.example/blog/wp-json/wp/v2/posts", `{"id": 7}`, "https://a.example/blog/?p=7"},
		{"https://a.example/blog/api/wp/v2/posts", `{"id": 7}`, "https://a.example/blog/?p=7"},
		{"https://a.example/?rest_route=/wp/v2/posts", `{"id": 7}`, "https://a.example/?p=7"},
		{"https://a.example/b/index.php?rest_route=/wp/v2/posts", `{"id": 7}`, "https://a.example/b/?p=7"},
		{"", `{"id": 7}`, ""},
		{wpAPI, `{}`, ""},
	} {
		doc := wpDoc("[" + c.post + "]")
		doc.URL = c.url
		items, faults, err := Parse(doc)
		if err != nil || len(faults) != 0 || len(items) != 1 {
			t.Errorf("%s: %d items, faults %v, %v", c.post, len(items), faults, err)
			continue
		}
		if items[0].GUID != c.want {
			t.Errorf("%s at %s: guid %q, want %q", c.post, c.url, items[0].GUID, c.want)
		}
	}
}

func TestWordPressHostile(t *testing.T) {
	nested := func(n int) string {
		return strings.Repeat(`{"rendered":`, n) + "1" + strings.Repeat("}", n)
	}
	deep := nested(900)
	for _, c := range []struct {
		name, body    string
		items, faults int
		want          string // part of the error or of the last fault
	}{
		{"no posts", `[]`, 0, 0, ""},
		{"a byte order mark", "\xef\xbb\xbf [{\"id\": 1}]", 1, 0, ""},
		{"invalid UTF-8", "[{\"title\": \"\xff\xfe\x00\"}]", 1, 0, ""},
		{"no posts in it", "[1, null, \"x\",\n [], {}]", 1, 4, "item 4 at 2:2: it is no post but []"},
		{"breaks off", `[{"id": 1}, {"id": 2}, {"id`, 2, 1, "after item 2: line 1, column"},
		{"breaks off between", `[{"id": 1},`, 1, 1, "after item 1"},
		{"goes on wrong", `[{"id": 1}}`, 1, 1, "after item 1"},
		{"wrong types", `[{"title": [], "content": {"rendered": {}}, "link": 3, "_embedded": [],
			"date_gmt": 12, "modified_gmt": {}, "guid": {"rendered": null}, "status": {}}]`, 1, 0, ""},
		{"endless embedding", `[{"title": ` + deep + `, "_embedded": {"author": ` + deep + `}}]`, 1, 0, ""},
		{"too deep", `[{"title": ` + nested(9000) + `}]`, -1, 0, "within each other"},
		{"too many", "[" + strings.Repeat("{},", maxFeedItems+5) + "{}]", -1, 0, "more than 10000 posts"},
		{"an object", `{"code": "rest_disabled"}`, -1, 0, "not a list of posts but"},
		{"a page", "<!doctype html><title>Hola</title>", -1, 0, `an HTML page with the title "Hola"`},
		{"nothing", "", -1, 0, "an empty document"},
	} {
		t.Run(c.name, func(t *testing.T) {
			items, faults, err := Parse(wpDoc(c.body))
			if c.items < 0 {
				if kind := news.KindOf(err); kind != news.Invalid && kind != news.TooLarge || !strings.Contains(err.Error(), c.want) ||
					!strings.Contains(err.Error(), wpAPI) {
					t.Errorf("error %v, want one with %q and the address", err, c.want)
				}
				return
			}
			if err != nil || len(items) != c.items || len(faults) != c.faults {
				t.Fatalf("%d items, faults %v, %v; want %d and %d", len(items), faults, err, c.items, c.faults)
			}
			if c.faults > 0 && !strings.Contains(faults[c.faults-1].Error(), c.want) {
				t.Errorf("fault %v, want %q", faults[c.faults-1], c.want)
			}
		})
	}
}

// TestOnlyTheReaderSaysWordPress: a JSON document is a list of posts only if our reader says so.
func TestOnlyTheReaderSaysWordPress(t *testing.T) {
	doc := wpDoc(`[{"id": 1}]`)
	doc.MediaType = "application/json"
	if items, _, err := Parse(doc); err == nil {
		t.Errorf("%d items of a plain JSON document, want an error", len(items))
	}
}

func FuzzWordPress(f *testing.F) {
	body, err := os.ReadFile("testdata/wordpress/posts.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	for _, s := range []string{
		`[{"id":1,"title":{"rendered":"x"},"_embedded":{"wp:term":[[{"name":"a"}]]}}]`,
		`[{"content":{"protected":true}},{"status":"draft"},{}]`, `[{"guid":"&#038;"},`, `{"code":"x"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		inProportion(t, wpDoc(string(body)))
		items, faults, err := Parse(wpDoc(string(body)))
		if err != nil && len(items)+len(faults) > 0 {
			t.Errorf("items or faults beside the error %v", err)
		}
		for _, item := range items {
			if item.Origin.ID != "https://harbor.example/" {
				t.Errorf("origin %+v", item.Origin)
			}
			for _, a := range item.Authors {
				if a.Name == "" {
					t.Error("an author without a name")
				}
			}
			for _, m := range item.Media {
				if m.URL == "" {
					t.Error("media without an address")
				}
			}
		}
	})
}
