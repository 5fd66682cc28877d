package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
)

// scheme is how a feed names its items: what guids and links it gives them, and what titles.
type scheme struct {
	guids, links string
	titles       string
	dated        bool
	long         bool // texts that are enough to tell
}

func anyScheme() *rapid.Generator[scheme] {
	return rapid.Custom(func(rt *rapid.T) scheme {
		pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, name) }
		s := scheme{
			guids: pick("guids", "own", "one", "none", "few", "by position", "new at each look", "link"),
			links: pick("links", "own", "one", "none", "fragments", "by position", "new at each look"),
			dated: rapid.Bool().Draw(rt, "dated"),
			long:  rapid.Bool().Draw(rt, "long"),
		}
		s.titles = "own"
		if s.guids == "own" && s.links == "own" {
			s.titles = pick("titles", "own", "few") // else a title is all that tells stories apart
		}
		moving := s.links == "one" || s.links == "by position"
		if moving && s.guids != "own" && s.guids != "new at each look" {
			s.long = true // else nothing tells that names are used anew
		}
		return s
	})
}

// name is a guid or link of a kind: of a story, at a place of a document, at a look.
func (s scheme) name(kind string, story, at, look int) string {
	switch kind {
	case "own":
		return fmt.Sprint(story)
	case "one":
		return "0"
	case "few":
		return fmt.Sprint("f", story%2)
	case "fragments":
		return fmt.Sprint("0#", story)
	case "by position":
		return fmt.Sprint("p", at)
	case "new at each look":
		return fmt.Sprint("n", look, "-", story)
	}
	return ""
}

// identified reports whether an edited text can still be told to be that of the same story.
func (s scheme) identified() bool {
	switch {
	case s.guids == "own", s.links == "own":
		return true
	case s.links == "fragments" && (s.guids == "none" || s.guids == "link"):
		return true
	}
	return false
}

// entry is a story as it stands in a document.
func (s scheme) entry(story, version, at, look int, now time.Time) entry {
	e := entry{guid: s.name(s.guids, story, at, look)}
	if link := s.name(s.links, story, at, look); link != "" {
		e.link = "https://wire.example/" + link
	}
	if s.guids == "link" {
		e.guid = e.link
	}
	e.title = fmt.Sprintf("%s%[2]d headline%[2]d", ordinals[story], story)
	if s.titles == "few" {
		e.title = ordinals[story%2]
	}
	e.text = fmt.Sprintf("Text %s.", ordinals[story])
	if s.long {
		var words []string
		for i := range 30 {
			words = append(words, ordinals[(story+1)*(i+2)%len(ordinals)]+fmt.Sprint(story))
		}
		e.text = strings.Join(words, " ") + "."
	}
	if version > 0 {
		e.text += fmt.Sprintf(" Version %d.", version)
	}
	if s.dated {
		e.date = now.Add(-time.Duration(story) * time.Hour)
	}
	return e
}

var ordinals = []string{
	"alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett",
	"kilo", "lima", "mike",
}

// TestFeedsOfAnyNames polls feeds whose guids and links are shared, move and change in many ways.
// Each story is one article, under one id, and no story's text is ever written over another's.
func TestFeedsOfAnyNames(t *testing.T) {
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		m := openMorgue(t, mkdirIn(rt, parent))
		defer m.close()
		s := anyScheme().Draw(rt, "scheme")
		began := m.now
		ids, versions := map[int]news.ID{}, map[int]int{}
		for look := range rapid.IntRange(2, 6).Draw(rt, "looks") {
			var doc []entry
			for at, story := range rapid.SliceOfNDistinct(rapid.IntRange(0, 7), 1, 6, rapid.ID).
				Draw(rt, "stories") {
				_, known := ids[story]
				if known && s.identified() && rapid.IntRange(0, 3).Draw(rt, "edit") == 0 {
					versions[story]++
				}
				if !known {
					ids[story] = news.ID{}
				}
				doc = append(doc, s.entry(story, versions[story], at, look, began))
			}
			for range 2 {
				m.poll("wire", doc...)
				stands := m.saying(rt, func(content string) int {
					return slices.IndexFunc(ordinals, func(word string) bool {
						return strings.Contains(content, s.entry(slices.Index(ordinals, word), 0, 0, 0, began).text)
					})
				})
				for story, id := range ids {
					now := stands[story]
					if len(stands) != len(ids) || now.ID.IsZero() || !id.IsZero() && id != now.ID {
						rt.Fatalf("look %d: story %d was %s and is %s; %d articles of %d stories",
							look, story, id, now.ID, len(stands), len(ids))
					}
					if want := s.entry(story, versions[story], 0, 0, began).text; !strings.Contains(now.Content, want) {
						rt.Fatalf("look %d: story %d says %q, want %q", look, story, now.Content, want)
					}
					ids[story] = now.ID
				}
			}
		}
	})
}

// saying reads all articles by what they say; it wants each to say something else.
func (m *morgue) saying(rt *rapid.T, what func(content string) int) map[int]news.Entry {
	entries, err := m.store.Articles(news.Query{Limit: 1000})
	if err != nil {
		rt.Fatal(err)
	}
	says := map[int]news.Entry{}
	for _, e := range entries {
		whole, err := m.store.Article(e.ID)
		if err != nil {
			rt.Fatal(err)
		}
		whole.Content = whole.Summary + " " + whole.Content
		at := what(whole.Content)
		if other, twice := says[at]; twice {
			rt.Fatalf("%s and %s both say %q", other.ID, e.ID, whole.Content)
		}
		says[at] = whole
	}
	return says
}

// TestRealFeedsKeepTheirItems polls a collection of feeds, which is no part of this repository: each
// whole, then one half of its items, then the other. Nothing changes, and only items that have guid
// and title in common are one article.
func TestRealFeedsKeepTheirItems(t *testing.T) {
	files, err := filepath.Glob("../../../shared/samples/feeds/*")
	if err != nil || len(files) == 0 {
		t.Skip("the collection is not here")
	}
	items, copies := 0, 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil || filepath.Ext(file) == ".jsonl" || len(body) > 500_000 {
			continue
		}
		m := openMorgue(t, t.TempDir())
		all := m.read(body)
		results := m.accept(all)
		names, ids := map[news.ID]string{}, map[string]news.ID{}
		for i, r := range results {
			a := &all[i].Article
			if name, met := names[r.ID]; met {
				copies++
				if name != a.GUID+" "+a.Title {
					t.Errorf("%s: %s and %s %s are one article", filepath.Base(file), name, a.GUID, a.Title)
				}
			}
			names[r.ID] = a.GUID + " " + a.Title
			ids[fmt.Sprint(a.GUID, a.Fingerprint, a.Anchor)] = r.ID
		}
		for half := range 2 {
			var some []news.Candidate
			for i, c := range m.read(body) {
				if i%2 == half {
					some = append(some, c)
				}
			}
			for i, r := range m.accept(some) {
				a := &some[i].Article
				if want := ids[fmt.Sprint(a.GUID, a.Fingerprint, a.Anchor)]; r.ID != want {
					t.Errorf("%s: %s is %s, was %s", filepath.Base(file), a.Title, r.ID, want)
				}
			}
		}
		items += len(all)
		m.close()
	}
	t.Logf("%d items, of which %d are copies of others in their document", items, copies)
}

// read makes candidates of a feed's items, the last first.
func (m *morgue) read(body []byte) (all []news.Candidate) {
	m.now = m.now.Add(15 * time.Minute)
	doc := news.Document{Source: "wire", URL: "https://wire.example/feed", Body: body}
	items, _, err := parse.Parse(doc)
	if err != nil {
		return nil
	}
	src := news.Source{ID: "wire", Kind: news.KindFeed, URL: doc.URL, Rights: news.Full}
	for _, item := range slices.Backward(items) {
		if article, _, err := clean.New().Clean(item, src, m.now); err == nil && !item.Withdrawn {
			all = append(all, news.Candidate{Item: item, Article: article})
		}
	}
	return all
}

func (m *morgue) accept(all []news.Candidate) []news.Result {
	m.t.Helper()
	results, err := m.store.Accept(m.t.Context(), all)
	if err != nil {
		m.t.Fatal(err)
	}
	return results
}
