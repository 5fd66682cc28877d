package extract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/teletipo/teletipo/internal/news"
)

var (
	worst = flag.Bool("worst", false, "list the pages of the tuning half by their score")
	show  = flag.String("show", "", "show what is missing and too much in a page of the tuning half")
)

// sample is a page with the text that a person marked as its article.
type sample struct {
	key  string
	Body string `json:"articleBody"`
	URL  string `json:"url"`
	page string
}

func samples(t testing.TB) []sample {
	dir := filepath.Join("..", "..", "..", "shared", "samples", "extraction")
	data, err := os.ReadFile(filepath.Join(dir, "ground-truth.json"))
	if err != nil {
		t.Skip("no sample pages here")
	}
	var all map[string]sample
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	var list []sample
	for _, key := range slices.Sorted(maps.Keys(all)) {
		s := all[key]
		s.key = key
		zipped, err := os.ReadFile(filepath.Join(dir, "html", key+".html.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(page) {
			enc, _, _ := charset.DetermineEncoding(page, "text/html")
			if page, err = enc.NewDecoder().Bytes(page); err != nil {
				t.Fatal(err)
			}
		}
		s.page = string(page)
		list = append(list, s)
	}
	return list
}

// agreement is how much of a page's text was found, and how much of what was found is of it.
type agreement struct{ precision, recall float64 }

var word = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// shingles counts a text's runs of four words.
func shingles(text string) map[string]int {
	words := word.FindAllString(text, -1)
	counts := map[string]int{}
	for i := range max(len(words)-3, min(len(words), 1)) {
		counts[strings.Join(words[i:min(i+4, len(words))], " ")]++
	}
	return counts
}

func agree(want, got string) agreement {
	w, g := shingles(want), shingles(got)
	common, wanted, found := 0, 0, 0
	for s, n := range w {
		wanted += n
		common += min(n, g[s])
	}
	for _, n := range g {
		found += n
	}
	share := func(whole int) float64 {
		switch {
		case wanted == 0 && found == 0:
			return 1
		case whole == 0:
			return 0
		}
		return float64(common) / float64(whole)
	}
	return agreement{share(found), share(wanted)}
}

// f1 is made of the averages of precision and recall over pages, as the sample's own scorer does.
func f1(pages []agreement) (f, precision, recall float64) {
	for _, p := range pages {
		precision += p.precision / float64(len(pages))
		recall += p.recall / float64(len(pages))
	}
	return 2 * precision * recall / (precision + recall), precision, recall
}

// interval is what 95 of 100 draws of the pages lie between.
func interval(pages []agreement) (low, high float64) {
	rnd := rand.New(rand.NewPCG(1, 2))
	draws := make([]float64, 1000)
	for i := range draws {
		drawn := make([]agreement, len(pages))
		for j := range drawn {
			drawn[j] = pages[rnd.IntN(len(pages))]
		}
		draws[i], _, _ = f1(drawn)
	}
	slices.Sort(draws)
	return draws[25], draws[974]
}

// The text of pages that others have marked is found: F1 of shingles of four words, as the sample's
// own scorer has it. Rules are made by looking at every second page, the tuning half; nobody looks
// at the others, whose figure is what to expect elsewhere.
func TestSamples(t *testing.T) {
	var halves [2][]agreement
	for i, s := range samples(t) {
		got, err := textOf(s)
		if err != nil {
			t.Errorf("%s: %v", s.URL, err)
		}
		a := agree(s.Body, got)
		halves[i%2] = append(halves[i%2], a)
		if i%2 == 0 && *worst && min(a.precision, a.recall) < .985 {
			t.Logf("%s P %.3f R %.3f  %s", s.key[:6], a.precision, a.recall, s.URL)
		}
		if i%2 == 0 && *show != "" && strings.HasPrefix(s.key, *show) {
			diff(t, s.Body, got)
		}
	}
	for i, pages := range append(halves[:], slices.Concat(halves[:]...)) {
		f, p, r := f1(pages)
		low, high := interval(pages)
		t.Logf("%-8s %d pages: F1 %.3f (%.3f–%.3f) precision %.3f recall %.3f",
			[]string{"tuning", "held out", "all"}[i], len(pages), f, low, high, p, r)
		if f < .97 {
			t.Errorf("F1 %.3f, want .970", f)
		}
	}
}

// diff lists lines with a mark before those that the other text lacks.
func diff(t testing.TB, want, got string) {
	in := func(line, text string) bool {
		l, all := shingles(line), shingles(text)
		n := 0
		for s := range l {
			if all[s] > 0 {
				n++
			}
		}
		return n*2 > len(l) || len(word.FindAllString(line, -1)) < 4 && strings.Contains(text, line)
	}
	for line := range strings.SplitSeq(got, "\n") {
		if !in(line, want) {
			t.Logf("+ %.200s", line)
		}
	}
	for line := range strings.SplitSeq(want, "\n") {
		if !in(line, got) {
			t.Logf("- %.200s", line)
		}
	}
}

func textOf(s sample) (string, error) {
	p, err := parsePage(s.page)
	if err != nil {
		return "", err
	}
	m := p.readMeta()
	title := p.titleOf(m)
	f, err := p.text(title, m.story.body, news.PageRule{})
	if err != nil {
		return "", err
	}
	if err := p.refuse(m, title, f); err != nil {
		return "", err
	}
	var lines []string
	for _, r := range f.runs {
		lines = append(lines, r.text)
	}
	return strings.Join(lines, "\n"), nil
}

func BenchmarkArticle(b *testing.B) {
	var docs []news.Document
	size := 0
	for _, s := range samples(b) {
		docs = append(docs, hostilePage(s.page))
		size += len(s.page)
	}
	b.SetBytes(int64(size / len(docs)))
	for i := 0; b.Loop(); i++ {
		Article(docs[i%len(docs)])
	}
}
