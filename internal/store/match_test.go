package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/teletipo/teletipo/internal/news"
)

// said is what items say in these tests: a title and a text by the first letter. Small letters say
// little, capital ones enough to tell.
var said = map[byte][2]string{
	'f': {"Weather", "<p>Sunny.</p>"},
	'g': {"River gauge reads four metres", "<p>Water keeps rising.</p>"},
	'F': {"River takes bridge", flood},
	'L': {"River takes bridge", floodLater},
	'S': {"Teachers strike", strike},
	'R': {"Both found alive", floodAnew},
}

// item makes an item of what is told in words: guid, link, what it says, and days after the start,
// or "-" for one without a date. A link may have a fragment.
func item(words string, edits ...edit) news.Candidate {
	f := strings.Fields(words)
	says, days := said[f[2][0]], 0
	c := piece(f[0], append([]edit{titled(says[0]), text(says[1]), func(c *news.Candidate) {
		a := &c.Article
		page, anchor, _ := strings.Cut(f[1], "#")
		a.URL, a.Anchor, a.Summary = "https://wire.example/"+page, anchor, ""
		if f[1] == "-" {
			a.URL = ""
		}
		if len(f) > 3 && f[3] == "-" {
			a.Undated = true
			a.Published = start
		} else if len(f) > 3 {
			_, err := fmt.Sscan(f[3], &days)
			if err != nil {
				panic(err)
			}
			a.Published = start.Add(time.Duration(days) * 24 * time.Hour)
		}
	}}, edits...)...)
	c.Article.Fingerprint = fmt.Sprint(c.Article.Title, c.Article.Content, news.LinkKey(c.Article.URL))
	return c
}

func recording(name string) edit {
	return func(c *news.Candidate) {
		c.Article.Media = []news.Media{{URL: "https://wire.example/" + name, Type: "audio/mpeg"}}
	}
}

// filedAs makes an item a file of the desk's.
func filedAs(source string) edit {
	return func(c *news.Candidate) {
		c.Article.Source, c.Article.Own, c.Article.URL, c.Nameless = source, true, "", true
	}
}

// doc is a document of items.
func doc(all ...string) (list []news.Candidate) {
	for _, words := range all {
		list = append(list, item(words))
	}
	return list
}

// sameArticles has a case for each row of the table in docs/identity.md: documents, and what comes of
// their items. Articles are called A, B, … in the order in which they are first met.
var sameArticles = map[string]struct {
	docs [][]news.Candidate
	want []string
}{
	"a new guid under the link": {
		[][]news.Candidate{doc("1 u F"), doc("2 u L"), doc("2 u L")},
		[]string{"accepted A", "updated A", "unchanged A"},
	},
	"a new link under the guid": {
		[][]news.Candidate{doc("1 u F"), doc("1 v L"), doc("1 v L")},
		[]string{"accepted A", "updated A", "unchanged A"},
	},
	"several items have one guid": {
		[][]news.Candidate{
			doc("0 u F", "0 v f"), doc("0 w S", "0 u L", "0 v f"), doc("0 u L"), doc("0 x R", "0 w S"),
		},
		[]string{
			"accepted A, accepted B", "accepted C, updated A, unchanged B", "unchanged A",
			"accepted D, unchanged C",
		},
	},
	"several items have one guid and one link": {
		[][]news.Candidate{
			doc("u u F", "u u S"), doc("u u R", "u u F", "u u S"), doc("u u L", "u u R"), doc("u u S"),
		},
		[]string{
			"accepted A, accepted B", "accepted C, unchanged A, unchanged B", "updated A, unchanged C",
			"unchanged B",
		},
	},
	"several items have one guid, link and title": {
		[][]news.Candidate{
			{item("u u F"), item("u u f", titled("River takes bridge"))},
			{item("u u f", titled("River takes bridge")), item("u u F")},
			{item("u u f", titled("River takes bridge"))},
		},
		[]string{"accepted A, accepted B", "unchanged B, unchanged A", "unchanged B"},
	},
	"links differ in nothing but their fragment": {
		[][]news.Candidate{doc("u#1 u#1 F"), doc("u#2 u#2 S", "u#1 u#1 F"), doc("u#2 u#2 R")},
		[]string{"accepted A", "accepted B, updated A", "updated B"},
	},
	"a guid comes to be shared": {
		[][]news.Candidate{doc("0 u F"), doc("0 v S", "0 u L"), doc("0 v S")},
		[]string{"accepted A", "accepted B, updated A", "unchanged B"},
	},
	"a guid is shared no more": {
		[][]news.Candidate{doc("0 u F", "0 v S"), doc("0 v S"), doc("0 w R"), doc("0 u L", "0 w R")},
		[]string{"accepted A, accepted B", "unchanged B", "accepted C", "updated A, unchanged C"},
	},
	"guids move from one item to the next": {
		[][]news.Candidate{doc("1 - F", "2 - S"), doc("1 - R", "2 - F", "3 - S"), doc("1 - F", "2 - S")},
		[]string{"accepted A, accepted B", "accepted C, unchanged A, unchanged B", "unchanged A, unchanged B"},
	},
	"one item twice in a document": {
		[][]news.Candidate{doc("1 u F", "1 v F"), doc("1 v F", "1 v L"), doc("1 v L")},
		[]string{"unchanged A, accepted A", "unchanged A, updated A", "unchanged A"},
	},
	"a new guid and a new link, within a week": {
		[][]news.Candidate{doc("1 u F"), doc("2 v F 5"), doc("3 w F"), doc("2 v L 5")},
		[]string{"accepted A", "unchanged A", "unchanged A", "updated A"},
	},
	"a new guid and a new link, later": {
		[][]news.Candidate{doc("1 u F"), doc("2 v F 8")},
		[]string{"accepted A", "accepted B"},
	},
	"a new guid and a new link, with a short text": {
		[][]news.Candidate{doc("1 u f"), doc("2 v f"), doc("3 w f 2")},
		[]string{"accepted A", "unchanged A", "accepted B"},
	},
	"a new guid and a new link, without a date": {
		[][]news.Candidate{doc("1 u F -"), doc("2 v F -"), doc("3 w F -")},
		[]string{"accepted A", "unchanged A", "unchanged A"},
	},
	"a new guid and a new link, and another recording": {
		[][]news.Candidate{{item("1 u F", recording("a"))}, {item("2 v F", recording("b"))}},
		[]string{"accepted A", "accepted B"},
	},
	"a new guid and a new link, beside the first": {
		[][]news.Candidate{doc("1 u F"), doc("1 u F", "2 v F 1"), doc("2 v F 1", "3 w F 2")},
		[]string{"accepted A", "unchanged A, accepted B", "unchanged B, accepted C"},
	},
	"a new guid and a new link, and a new text": {
		[][]news.Candidate{doc("1 u F"), doc("2 v L")},
		[]string{"accepted A", "accepted B"},
	},
	"another story under the guid alone": {
		[][]news.Candidate{doc("1 u F"), doc("1 v S"), doc("1 v S")},
		[]string{"accepted A", "accepted B", "unchanged B"},
	},
	"another story under the link alone": {
		[][]news.Candidate{doc("1 u F"), doc("2 u S"), doc("2 u S")},
		[]string{"accepted A", "accepted B", "unchanged B"},
	},
	"another story under both, and another date": {
		[][]news.Candidate{doc("1 u F"), doc("1 u S 1"), doc("1 u F"), doc("1 u R 2")},
		[]string{"accepted A", "accepted B", "unchanged A", "accepted C"},
	},
	"another story under both, and no date": {
		[][]news.Candidate{doc("1 u F -"), doc("1 u S -"), doc("1 u F -")},
		[]string{"accepted A", "accepted B", "unchanged A"},
	},
	"another story under both, at the same date": {
		[][]news.Candidate{doc("1 u F"), doc("1 u S")},
		[]string{"accepted A", "updated A"},
	},
	"a file under another name": {
		[][]news.Candidate{
			{item("a.txt - F -", filedAs("inbox"))},
			{item("b.txt - F -", filedAs("inbox"))},
			{item("b.txt - L -", filedAs("inbox"))},
		},
		[]string{"accepted A", "unchanged A", "updated A"},
	},
	"a file handed in both ways": {
		[][]news.Candidate{
			{item("/home/ana/a.txt - F -", filedAs("file"))},
			{item("a.txt - F -", filedAs("inbox"))},
			{item("a.txt - L -", filedAs("inbox"))},
			{item("/home/ana/a.txt - L -", filedAs("file"))},
			{item("/home/ana/a.txt - S -", filedAs("file"))},
		},
		[]string{"accepted A", "unchanged A", "updated A", "unchanged A", "updated A"},
	},
	"an old copy of a file": {
		[][]news.Candidate{
			{item("a.txt - F -", filedAs("inbox"))},
			{item("b.txt - F -", filedAs("inbox"))},
			{item("b.txt - L -", filedAs("inbox"))},
			{item("a.txt - F -", filedAs("inbox"))},
			{item("b.txt - L -", filedAs("inbox"))},
		},
		[]string{"accepted A", "unchanged A", "updated A", "unchanged A", "unchanged A"},
	},
	"a file with the text of another, and another date": {
		[][]news.Candidate{
			{item("a.txt - F 1", filedAs("inbox"))}, {item("b.txt - F 2", filedAs("inbox"))},
		},
		[]string{"accepted A", "accepted B"},
	},
	"a file in another folder": {
		[][]news.Candidate{
			{item("a.txt - F -", filedAs("inbox"))}, {item("a.txt - F -", filedAs("sports"))},
		},
		[]string{"accepted A", "accepted B"},
	},
}

func TestSameArticles(t *testing.T) {
	for name, test := range sameArticles {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			letters := map[news.ID]string{}
			for i, doc := range test.docs {
				s.clock.step(15 * time.Minute)
				want := test.want[i]
				for range 2 {
					var got []string
					results := s.accept(doc...)
					for _, r := range results {
						if _, met := letters[r.ID]; !met {
							letters[r.ID] = string(rune('A' + len(letters)))
						}
						got = append(got, string(r.Outcome)+" "+letters[r.ID])
					}
					if diff := cmp.Diff(want, strings.Join(got, ", ")); diff != "" {
						t.Errorf("document %d: (-want +got)\n%s", i, diff)
					}
					want = strings.NewReplacer("accepted", "unchanged", "updated", "unchanged").Replace(want)
				}
			}
		})
	}
}

// TestNewNamesAtEachLook polls, for a month, an aggregator that gives an undated article a new guid
// and a new link at each look: it stays one, and at most one change a day keeps its names.
func TestNewNamesAtEachLook(t *testing.T) {
	s := newStore(t)
	var first news.ID
	for look := range 30 * 12 {
		c := item(fmt.Sprintf("n%d u%d F -", look, look), dated(s.clock.now()))
		r := s.accept(c)[0]
		if look == 0 {
			first = r.ID
		} else if r.ID != first || r.Outcome != news.Unchanged {
			t.Fatalf("look %d: it is %s %s (%s), want %s", look, r.Outcome, r.ID, r.Reason, first)
		}
		s.clock.step(2 * time.Hour)
	}
	if n := sequence(s); n > 32 {
		t.Errorf("%d changes in 30 days", n)
	}
}

// TestWordsOfStories holds the words that stories are hashed by against those that are compared.
func TestWordsOfStories(t *testing.T) {
	for _, content := range []string{
		"", "<p></p>", flood, "<p>El río&nbsp;— «crecido» — se llevó&#32;2 puentes</p><p>A&amp;B</p>", "a<br>b",
		"ÉXITO &lt;b&gt; tail",
	} {
		got, n := appendWords(nil, content)
		want := words(untagged(content))
		if diff := cmp.Diff(want, strings.Fields(string(got)), cmpopts.EquateEmpty()); diff != "" || n != len(want) {
			t.Errorf("%q: %d words (-want +got)\n%s", content, n, diff)
		}
	}
}
