package clean

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// soup is tags and text in no order.
func soup(r *rand.Rand, size int) string {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range elements {
			if name != "plaintext" && !yield(name) {
				return
			}
		}
	})
	usual := strings.Fields("p p p div b i a a em ul li li ol table tr td td th tbody br img h2 blockquote" +
		" span dl dt dd pre figure figcaption caption thead font cite code hr form svg title script select")
	var b strings.Builder
	for range size {
		name := usual[r.IntN(len(usual))]
		if r.IntN(20) == 0 {
			name = names[r.IntN(len(names))]
		}
		switch r.IntN(10) {
		case 0, 1, 2:
			b.WriteString([]string{"x", " y ", "&amp;", "\n", "e\u0301", "\u0338", "<", "&nbsp;"}[r.IntN(8)])
		case 3, 4, 5:
			b.WriteString("</" + name + ">")
		default:
			attrs := []string{
				"", "", " href=/x title='t'", " src=i.jpg alt=a", " hidden", " class=ad", " colspan=2", " /",
			}
			b.WriteString("<" + name + attrs[r.IntN(len(attrs))] + ">")
		}
	}
	return b.String()
}

// TestSoup holds of tags in no order what FuzzClean holds of what people write.
func TestSoup(t *testing.T) {
	base, _ := url.Parse("https://example.org/")
	c := New()
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := soup(r, 3+r.IntN(40))
		made := contentOf(in, base, "", "The title")
		checkHTML(t, c, made.html, base, "The title")
		if want := Passages(news.Article{Content: made.html}); !slices.Equal(made.text, want) {
			t.Errorf("passages of %q\n%v\nwant\n%v", made.html, made.text, want)
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, in)
		}
	}
}
