package extract

import (
	"fmt"
	"html"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/teletipo/teletipo/internal/news"
)

const listed = "https://gob.example/presidencia/archivo/prensa"

// TestListings reads pages that list articles. Each file says what its page is like, what is to be
// found, and by which rule if there is one.
func TestListings(t *testing.T) {
	files, err := filepath.Glob("testdata/listings/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			parts := map[string]string{}
			for _, part := range pagesOf(t, file) {
				parts[part.Name] = string(part.Data)
			}
			doc := news.Document{URL: listed, Body: []byte(parts["page.html"]), Rule: ruleOf(parts["rule"])}
			list, err := Listing(doc)
			if err != nil {
				t.Fatal(err, list.Outline)
			}
			if diff := cmp.Diff(spaceless(parts["want"]), spaceless(shownList(list, Next(doc)))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// spaceless is a text without the spaces at the ends of its lines.
func spaceless(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func ruleOf(text string) (r news.PageRule) {
	fields := map[string]*string{
		"items": &r.Items, "link": &r.Link, "title": &r.Title, "date": &r.Date, "summary": &r.Summary,
		"image": &r.Image, "author": &r.Author, "content": &r.Content,
	}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			*fields[key] = value
		}
	}
	return r
}

func shownList(list List, next string) string {
	var b strings.Builder
	b.WriteString(list.How + "\n")
	for _, item := range list.Items {
		image := ""
		for _, m := range item.Media {
			image = strings.TrimPrefix(m.URL, "https://gob.example")
		}
		address := strings.TrimPrefix(item.URL, "https://gob.example")
		address = strings.TrimPrefix(address, "/presidencia/archivo")
		fmt.Fprintf(&b, "%s | %s | %s | %s | %s\n", item.Published.Format(time.DateOnly),
			html.UnescapeString(item.Title), address, image, html.UnescapeString(item.Summary))
	}
	if next != "" {
		b.WriteString("next " + next)
	}
	return b.String()
}

// A list that is there and empty is no error; one that is gone is, and so is a wall in its place.
func TestListingEmptyOrGone(t *testing.T) {
	rule := news.PageRule{Items: "ul.wire > li"}
	for _, test := range []struct {
		name, page string
		rule       news.PageRule
		want       news.Kind // Internal for no error
		says       string
	}{
		{"empty", `<ul class="wire"></ul>`, rule, news.Internal, ""},
		{
			"gone", `<div class="lines"><div><a href="/1">A new design of the page</a></div></div>`, rule,
			news.Invalid, "has the page changed? It has 1 × div.lines > div",
		},
		{"no titles", `<ul class="wire"><li>x</li></ul>`, rule, news.Invalid, "none has a link and a title"},
		{"nothing found", `<h1>Noticias</h1><p>No hay publicaciones</p>`, news.PageRule{}, news.Internal, ""},
		{
			"no list", `<h1>About us</h1><p>We have made this paper since 1912, and we like it.</p>`,
			news.PageRule{},
			news.Invalid, "no list of articles",
		},
		{
			"error", `<title>503 Service Unavailable</title><h1>Service Unavailable</h1>`,
			news.PageRule{},
			news.Unreachable, "a page of an error",
		},
		{"test", `<title>Challenge Validation</title>`, news.PageRule{}, news.Refused, "a test for people"},
	} {
		list, err := Listing(news.Document{URL: listed, Body: []byte(test.page), Rule: test.rule})
		switch {
		case len(list.Items) > 0:
			t.Errorf("%s: %v", test.name, list.Items)
		case test.want == news.Internal && err != nil,
			test.want != news.Internal && (err == nil || news.KindOf(err) != test.want ||
				!strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: %v (%v), want %q", test.name, err, news.KindOf(err), test.says)
		}
	}
}

func TestSteps(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/listings/selectors.txtar")
	if err != nil {
		t.Fatal(err)
	}
	list, err := Listing(news.Document{
		URL: listed, Body: archive.Files[2].Data, Rule: ruleOf(string(archive.Files[1].Data)),
	})
	if err != nil || len(list.Steps) != 7 {
		t.Fatal(list.Steps, err)
	}
	if s := list.Steps[0]; s.Key != "items" || s.Elements != 3 {
		t.Errorf("%+v", s)
	}
	for _, s := range list.Steps {
		if s.Key == "title" && (s.Elements != 3 || s.First[0] != "Short one") ||
			s.Key == "author" && s.Elements != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// A rule finds the text where the page's form would not.
func TestContentRule(t *testing.T) {
	const page = `<html lang="en"><title>The wall of words</title><div class="x"><p>One sentence that is ` +
		`long enough to count as a paragraph of an article, and then some more of it.</p></div>` +
		`<div class="story">The river rose by two metres in the night, the mayor of the town said today. ` +
		`<p>Nobody was hurt, and the school is open again.</p></div>`
	doc := news.Document{URL: listed, Body: []byte(page), Rule: news.PageRule{Content: ".story"}}
	item, err := Article(doc)
	if err == nil && (!strings.Contains(item.Content, "two metres") || strings.Contains(item.Content, "One sentence")) {
		t.Error(item.Content)
	}
	if err != nil {
		t.Error(err)
	}
	doc.Rule.Content = "#body"
	if _, err := Article(doc); err == nil || !strings.Contains(err.Error(), `content: nothing on the page matches "#body"`) {
		t.Error(err)
	}
}

// Another site, or its own home page, is never what a page is called.
func TestCanonicalOfAPage(t *testing.T) {
	for stated, want := range map[string]string{
		"https://gob.example/a":        "https://gob.example/a",
		"/a":                           "https://gob.example/a",
		"https://www.gob.example/a":    "https://www.gob.example/a",
		"https://other.example/a":      listed,
		"https://gob.example/":         listed,
		"https://gob.example":          listed,
		"javascript:alert(1)":          listed,
		"":                             listed,
		"https://gob.example/%zz":      listed,
		"https://gob.example.evil.org": listed,
	} {
		page := `<link rel="canonical" href="` + stated + `"><title>The wall of words and water</title>` +
			`<article><p>The river rose by two metres in the night, the mayor of the town said today, and ` +
			`forty families left their houses for the school on the hill. Nobody was hurt, and nobody will ` +
			`go back before the weekend, when the rain is to end.</p><p>It was the highest water since 1974.</p></article>`
		item, err := Article(news.Document{URL: listed, Body: []byte(page)})
		if err != nil || item.URL != want {
			t.Errorf("%q: %q, %v, want %q", stated, item.URL, err, want)
		}
	}
}
