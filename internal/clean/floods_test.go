package clean

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// repeated is an input that repeats a part, behind a beginning.
func repeated(start, part string) func(int) string {
	return func(n int) string { return start + strings.Repeat(part, n) }
}

// numbered is an input that repeats a part with a number in it, then another.
func numbered(part, then string) func(int) string {
	return func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, part, i)
		}
		return b.String() + strings.Repeat(then, n)
	}
}

// floods are inputs that take more than their share of a cleaner which keeps, for everything that
// is open, all that it knows.
var floods = map[string]func(int) string{
	"formatting in paragraphs": numbered("<b id=%d>", "<p>x"),
	"links in paragraphs":      numbered("<a href=/%d><b>", "<p>x"),
	"one long link":            repeated("<a href=/"+strings.Repeat("x", 4000)+">", "<p>x"),
	"many spans":               repeated("<p><b><i><u><s><em><q><ins><del><sub><sup><small>", "<p>x"),
	"spans and breaks":         repeated("<b><i><u><s><em><q><ins><del>", "x<br><br>"),
	"empty cells":              repeated("<table><tr>", "<td>"),
	"empty cells, then one":    repeated("<table><tr><td>x<td>y<tr>", "<td></td>"),
	"cells":                    repeated("<table><tr>", "<td>x"),
	"rows":                     repeated("<table>", "<tr><td>x<td>y"),
	"nested tables":            repeated("", "<table><tr><td>x<td>y"),
	"tables without cells":     repeated("", "<table>"),
	"tables in a row":          repeated("", "<table><tr><td>x<td>y</table>"),
	"text beside cells":        repeated("<table><tr><td>x<td>y</tr>", "x<b>y</b>"),
	"nested lists":             repeated("", "<ul><li>x"),
	"lists in a row":           repeated("", "<ul>x</ul>"),
	"nested divisions":         repeated("", "<div>"),
	"nested quotations":        repeated("", "<blockquote>x"),
	"nested spans":             repeated("", "<span><cite>"),
	"nested unknown elements":  repeated("", "<x-y>"),
	"end tags":                 repeated(strings.Repeat("<q>", 300), "</b></div></cite>"),
	"paragraphs that end":      repeated("", "</p>"),
	"formatting that crosses":  repeated("", "<b><p></b>x<i></p>"),
	"formatting, blocks":       repeated("", "<b><div>"),
	"definitions":              repeated("<dl>", "<dt>x<dd>y"),
	"headings":                 repeated("", "<h1>x"),
	"forms":                    repeated("", "<form>x</form>"),
	"attributes":               repeated("<p>x<p ", "a "),
	"attributes with values":   repeated("<p>x<p ", "a=b "),
	"one attribute":            repeated("<p>x<img src=\"data:", "AAAA"),
	"an attribute in entities": repeated("<p>x<img alt=\"", "&amp;"),
	"a srcset":                 repeated("<p>x<img src=/x srcset=\"", "/a 1x, "),
	"classes":                  repeated("<p class=\"", "a "),
	"entities":                 repeated("", "&amp;"),
	"entities without end":     repeated("", "&ampx"),
	"ampersands":               repeated("", "&"),
	"angle brackets":           repeated("", "<"),
	"open comments":            repeated("x", "<!--"),
	"comments":                 repeated("x", "<!---->"),
	"bogus comments":           repeated("x", "<?></x"),
	"open tags":                repeated("x", "<p "),
	"scripts":                  repeated("x", "<script>"),
	"scripts in comments":      repeated("x<script>", "<!--<script></script>"),
	"styles":                   repeated("x", "<style></style>"),
	"drawings":                 repeated("x", "<svg><g>"),
	"drawings that break":      repeated("x", "<svg><p>"),
	"forms of choice":          repeated("x", "<select><option>"),
	"templates":                repeated("x", "<template>"),
	"words":                    repeated("", "x "),
	"words in Spanish":         repeated("", "acción "),
	"marks":                    repeated("a", "\u0301"),
	"spaces":                   repeated("", "\u2003"),
	"controls":                 repeated("", "\x00"),
	"bad bytes":                repeated("", "\xff"),
	"lines":                    repeated("<pre>", "x\n\n "),
	"breaks":                   repeated("x", "<br>"),
	"rules":                    repeated("x", "<hr>"),
	"images":                   repeated("", "<img src=a>"),
	"paragraphs":               repeated("", "<p>x"),
	"titles":                   repeated("", "<h1>x</h1>"),
	"upper case":               repeated("", "<P>x<DIV>"),
}

// TestFloods holds that no input costs more than its share.
func TestFloods(t *testing.T) {
	base, _ := url.Parse("https://example.org/" + strings.Repeat("d/", 100))
	for name, input := range floods {
		t.Run(name, func(t *testing.T) {
			newstest.Proportional(t, input, func(in string) { contentOf(in, base, "", "") })
			newstest.Proportional(t, input, func(in string) { plain(in) })
		})
	}
}

// FuzzProportional holds the same of any input, repeated.
func FuzzProportional(f *testing.F) {
	for _, seed := range []string{
		"<td>", "<b id=1><p>x", "<ul><li><a href=/x>y", "<table><tr><td><b>x<p>", "&amp;<i>&lt;</b>", "<![CDATA[",
	} {
		f.Add(seed)
	}
	base, _ := url.Parse("https://example.org/")
	f.Fuzz(func(t *testing.T, part string) {
		if len(part) == 0 || len(part) > 1<<10 {
			return
		}
		newstest.Proportional(t, repeated("", part), func(in string) { contentOf(in, base, "", "") })
		newstest.Proportional(t, repeated("", part), func(in string) {
			_, _, _ = New().Clean(news.Item{Title: in, Summary: in}, wire, now)
		})
	})
}

// BenchmarkFloods cleans each flood at two sizes. What is linear takes as long for a byte of the
// larger one; it says how many times as long it took.
func BenchmarkFloods(b *testing.B) {
	for name, input := range floods {
		b.Run(name, func(b *testing.B) {
			n := 1
			for len(input(n)) < 64<<10 {
				n *= 2
			}
			small, large := input(n), input(4*n)
			b.ReportAllocs()
			b.SetBytes(int64(len(large)))
			b.ReportMetric(0, "ns/op")
			var took [2]float64
			for b.Loop() {
				for i, in := range []string{small, large} {
					start := b.Elapsed()
					contentOf(in, nil, "", "")
					took[i] += float64(b.Elapsed()-start) / float64(len(in))
				}
			}
			b.ReportMetric(took[1]/took[0], "×/byte")
		})
	}
}
