package extract

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// hostile are pages that make much of little; each is n parts long.
var hostile = map[string]func(n int) string{
	"one line":    func(n int) string { return "<p>" + strings.Repeat("word ", n) },
	"nested div":  func(n int) string { return strings.Repeat("<div>", n) + "x" },
	"nested b":    func(n int) string { return strings.Repeat("<b>", n) + "x" },
	"nested time": func(n int) string { return strings.Repeat("<time>1 May 2026 ", n) },
	"entities":    func(n int) string { return "<p>" + strings.Repeat("&amp;&notin;&#x41;", n) },
	"links":       func(n int) string { return strings.Repeat("<a href=/1>x</a>", n) },
	"headings":    func(n int) string { return strings.Repeat("<h1>Read more", n) },
	"cards": func(n int) string {
		return strings.Repeat("<div><h3><a href=/1>Some other article's title</a></h3></div>", n)
	},
	"formatting": func(n int) string {
		return strings.Repeat("<font size=1><b><i>", n/10) + strings.Repeat("<p>x</div>", n)
	},
	"tables":     func(n int) string { return strings.Repeat("<table><tr><td>", n) },
	"attributes": func(n int) string { return "<p " + strings.Repeat("a b=c ", n) + ">x" },
	"class":      func(n int) string { return "<div class='" + strings.Repeat("aB ", n) + "'><p>x" },
	"end tags":   func(n int) string { return strings.Repeat("<i>", 500) + strings.Repeat("</b></q>", n) },
	"title":      func(n int) string { return "<title>" + strings.Repeat("word ", n) + "</title><h1>word word word" },
	"json depth": func(n int) string { return "<script type=application/ld+json>" + strings.Repeat("[", n) },
	"json objects": func(n int) string {
		return "<script type=application/ld+json>[" + strings.Repeat(`{"@type":"Article"},`, n) + "{}]</script>"
	},
	"article body": func(n int) string {
		return `<script type=application/ld+json>{"@type":"Article","articleBody":"` + strings.Repeat("abc ", n) + `"}</script>` + strings.Repeat("<p>abc abc abc", n)
	},
	"images":   func(n int) string { return "<h1>x</h1>" + strings.Repeat("<figure><img src=/1.jpg>", n) },
	"comments": func(n int) string { return strings.Repeat("<!--", n) },
	"dates":    func(n int) string { return "<h1>x</h1>" + strings.Repeat("<p>1/2/2026 ", n) },
	"lines":    func(n int) string { return "<div>" + strings.Repeat("x<br>", n) },
	"names":    func(n int) string { return strings.Repeat("<span class=author>", n) + "Ana Ruiz" },
}

func hostilePage(page string) news.Document {
	return news.Document{URL: "https://site.example/", MediaType: "text/html", Body: []byte(page)}
}

// Whatever a page holds, what reading it costs is in proportion to its size, up to the budget.
func TestHostile(t *testing.T) {
	const parts = 48 << 20 // bytes that as many elements as pages may have cost at most
	for name, input := range hostile {
		t.Run(name, func(t *testing.T) {
			newstest.ProportionalBut(t, parts, input, func(in string) {
				if name == "links" || name == "cards" || name == "lines" {
					Listing(hostilePage(in))
				}
				Article(hostilePage(in))
			})
		})
	}
}

// ruled is a page with a rule whose selectors find nearly everything.
func ruled(page string) news.Document {
	doc := hostilePage(page)
	doc.Rule = news.PageRule{
		Items: "div, p, li, a, b, h1, time, span, td", Link: "a", Title: "* + *", Date: "time ~ *",
		Summary: ":nth-child(2)", Image: "img:last-child", Author: ".author",
	}
	return doc
}

// So does what selectors cost that find nearly everything.
func TestHostileToSelectors(t *testing.T) {
	for _, name := range []string{"nested div", "links", "cards"} {
		newstest.ProportionalBut(t, 48<<20, hostile[name], func(in string) { Listing(ruled(in)) })
	}
}

// A page that is too large is refused before anything is made of it.
func TestTooLarge(t *testing.T) {
	for _, page := range []string{
		strings.Repeat("word ", maxBytes/5+1), strings.Repeat("<a href=/1>x</a>", 100_000),
	} {
		if _, err := Article(hostilePage(page)); news.KindOf(err) != news.TooLarge {
			t.Errorf("%.20s: %v", page, err)
		}
		if _, err := Listing(hostilePage(page)); news.KindOf(err) != news.TooLarge {
			t.Errorf("%.20s: %v", page, err)
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, input := range hostile {
		n := 1
		for len(input(2*n)) < maxBytes {
			n *= 2
		}
		doc := hostilePage(input(n))
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(doc.Body)))
			for b.Loop() {
				Article(doc)
				Listing(doc)
				Listing(ruled(string(doc.Body)))
			}
		})
	}
}

func FuzzArticle(f *testing.F) {
	for _, input := range hostile {
		f.Add(input(5))
	}
	f.Fuzz(func(t *testing.T, page string) {
		item, err := Article(hostilePage(page))
		if err == nil && item.Title == "" && item.Content == "" {
			t.Error("an article of nothing")
		}
		list, err := Listing(hostilePage(page))
		if err == nil && len(list.Items) > maxItems {
			t.Errorf("%d items", len(list.Items))
		}
		for _, item := range list.Items {
			if item.Title == "" || item.URL == "" {
				t.Errorf("%+v", item)
			}
		}
		Next(hostilePage(page))
		SavedFrom([]byte(page))
		if len(item.Content) > 8*len(page)+1000 {
			t.Errorf("%d bytes of content from %d", len(item.Content), len(page))
		}
	})
}
