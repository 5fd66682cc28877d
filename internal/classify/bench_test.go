package classify_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// article3KB is an English article of 3 KB made of examples and of sentences about nothing in
// particular. If it is wanted it has those that topics take, else only near misses, and fewer.
func article3KB(list []news.Topic, wanted bool) (news.Article, []news.Passage) {
	var sentences []string
	for _, t := range list {
		examples := t.Reject
		if wanted {
			examples = append(t.Match[:len(t.Match):len(t.Match)], t.Reject...)
		}
		for _, e := range examples {
			if e.Lang == "en" {
				sentences = append(sentences, e.Title+". "+e.Text)
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(sentences), func(i, j int) {
		sentences[i], sentences[j] = sentences[j], sentences[i]
	})
	a := news.Article{Lang: "en", Title: sentences[0], Summary: sentences[1]}
	var text []news.Passage
	for size, i := 0, 2; size < 3000; i++ {
		p := "It rained all day, and nobody of the council came to see what the water had left."
		if wanted || i%3 == 0 {
			p = sentences[i%len(sentences)] + " " + p
		}
		text, size = append(text, news.Passage{Text: p}), size+len(p)
	}
	return a, text
}

// manyTopics makes topics of 40 terms of one to three words, the first made of words that occur
// in every article. Most have a parent, some are combinations or limited by language.
func manyTopics(n int) []news.Topic {
	random := rand.New(rand.NewPCG(3, 4))
	syllables := []string{"ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te"}
	common := strings.Fields("rained all day nobody council came see what water had left judges over")
	list := make([]news.Topic, n)
	for i := range list {
		seen := map[string]bool{}
		list[i] = news.Topic{ID: fmt.Sprint("t", i), Threshold: 6, TitleWeight: 2}
		switch {
		case i%10 == 9: // the parent of the others of its ten
			list[i].Langs = []string{"en", "es"}
		case i%50 == 8:
			list[i].All = []string{fmt.Sprint("t", i-1), fmt.Sprint("t", i-2)}
			continue
		case i-i%10+9 < n:
			list[i].Parent = fmt.Sprint("t", i-i%10+9)
		}
		for len(list[i].Terms) < 40 {
			var words []string
			for range 1 + random.IntN(3) {
				if len(list[i].Terms) == 0 {
					words = append(words, common[random.IntN(len(common))])
					continue
				}
				var w strings.Builder
				for range 3 {
					w.WriteString(syllables[random.IntN(len(syllables))])
				}
				words = append(words, w.String())
			}
			if text := strings.Join(words, " "); !seen[text] {
				seen[text] = true
				list[i].Terms = append(list[i].Terms, news.Term{Text: text, Weight: 1})
			}
		}
	}
	return list
}

func BenchmarkPlace(b *testing.B) {
	ours := topics(b)
	for _, bench := range []struct {
		name   string
		topics []news.Topic
		wanted bool
	}{
		{"3 topics, placed in none", ours, false},
		{"3 topics, placed", ours, true},
		{"500 topics, placed in none", append(manyTopics(497), ours...), false},
		{"500 topics, placed", append(manyTopics(497), ours...), true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c, err := classify.New(bench.topics)
			if err != nil {
				b.Fatal(err)
			}
			a, text := article3KB(ours, bench.wanted)
			if got := len(c.Place(a, nil, text)); (got > 0) != bench.wanted {
				b.Fatalf("placed in %d topics", got)
			}
			size := len(a.Title) + len(a.Summary)
			for _, p := range text {
				size += len(p.Text)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				c.Place(a, nil, text)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	list := append(manyTopics(497), topics(b)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := classify.New(list); err != nil {
			b.Fatal(err)
		}
	}
}
