package classify

import (
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestNoAllocation holds that reading an article allocates nothing once a reading has grown.
func TestNoAllocation(t *testing.T) {
	c, err := New([]news.Topic{{
		ID: "t", Threshold: 9, TitleWeight: 2,
		Terms: []news.Term{{Text: "muro", Weight: 1}, {Text: "cruce fronterizo", Weight: 1}},
		Groups: []news.Group{
			{Name: "a", Words: []news.Word{{Text: "EU"}}},
			{Name: "b", Words: []news.Word{{Text: "México"}}},
		},
		Together: []news.Together{{All: []string{"a", "b"}, Weight: 1}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	a := news.Article{
		Lang: "es-MX", Title: "México y EU", Summary: "Sin muro, “más” cruces fronterizos…",
	}
	text := []news.Passage{
		{Heading: true, Text: "El muro"},
		{Text: strings.Repeat("México reclamó a EU. Nadie cruzó. ", 80)},
	}
	r := newMatcher(c)
	r.article(&a, nil, text)
	if len(r.hits) != 3 {
		t.Fatalf("found %d of the three terms and rules that are there", len(r.hits))
	}
	if n := testing.AllocsPerRun(100, func() { r.article(&a, nil, text) }); n != 0 {
		t.Errorf("%v allocations for each article: want none", n)
	}
}

// TestLimits holds the limits that the compact form of the rules has.
func TestLimits(t *testing.T) {
	groups := make([]news.Group, maxGroups+1)
	for i := range groups {
		groups[i].Name = strings.Repeat("g", i+1)
	}
	_, err := New([]news.Topic{{ID: "t", Threshold: 1, TitleWeight: 1, Groups: groups}})
	if err == nil || !strings.Contains(err.Error(), "65 groups") {
		t.Errorf("error is %v: want one about 65 groups", err)
	}
	many := news.Topic{ID: "t", Threshold: 1, TitleWeight: 1}
	for i := range maxLangs + 1 {
		lang := string([]byte{'a' + byte(i/26%26), 'a' + byte(i%26)})
		many.Terms = append(many.Terms, news.Term{Text: "border", Lang: lang, Weight: 1})
	}
	_, err = New([]news.Topic{many})
	if err == nil || !strings.Contains(err.Error(), "languages") {
		t.Errorf("error is %v: want one about languages", err)
	}
}
