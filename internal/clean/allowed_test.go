package clean

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// FuzzIsAllowed holds that whatever isAllowed lets pass, the policy would have left as it is, and
// that what Passages and the fingerprint read from an article is what a parser of HTML reads.
func FuzzIsAllowed(f *testing.F) {
	for _, seed := range []string{
		"<p>Plain &amp; simple, \"quoted\" and 'so'</p>", "<hr/><br/><ul><li>x</li></ul>",
		`<a href="https://a.example/x?a=1&amp;b=2" title="it's">x</a>`, `<a href="http://a/">`,
		`<a href="http://a:80/">`, `<a href="http://a:/x">`, `<a href="http://:80/x">`,
		`<a href="https://a.example/?">x</a>`, `<a href="https://a..b/%41">x</a>`,
		`<img src="https://a.example/i.jpg" alt="&lt;b&gt;" title="t" width="600" height="400"/>`,
		`<img src="https://a.example/i.jpg" alt="" width="123456"/>`, `<a href="https://1.2.3/x">`,
		"<script>x</script>", "<p onclick=x>", "<P>", "</p", "a > b", "&nbsp;", "\r", "<p>\x00",
		`<a href="javascript:x">`, `<a title="x">`, "<a>", "<img>", "<h2>a<br/>b</h2><dt>c</dt>d",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if isAllowed(s) {
			if got := sanitize(s); got != s {
				t.Errorf("the policy makes of\n%q\n%q", s, got)
			}
		}
		made := contentOf(s, nil, "", "")
		a := news.Article{Content: made.html}
		if got := Passages(a); !slices.Equal(got, made.text) {
			t.Errorf("passages of %q\n%v\nthe writer says\n%v", a.Content, got, made.text)
		}
		if got := sanitize(a.Content); got != a.Content {
			t.Errorf("the policy makes of what was cleaned\n%q\n%q", a.Content, got)
		}
		checkReading(t, a)
	})
}

// TestUsualMarkupIsAllowed keeps the short way open: articles with nothing odd in them must not
// need the policy.
func TestUsualMarkupIsAllowed(t *testing.T) {
	a, _, err := New().Clean(news.Item{
		Title: "Bridge closes", URL: "https://example.org/a", Content: `<p class="lede">The bridge
closed, <a href="/about?x=1&amp;y=2" title="Who">officials</a> said: &#8220;nobody knows&#8221;
&amp; "so".</p><figure><img src="/i.jpg" width="600" height="400" alt="It's the bridge">
<figcaption>c</figcaption></figure><h2>Next</h2><ul><li>a<br>b</ul><blockquote><p>q</blockquote>
<table><tr><td>1</table>`,
	}, wire, now)
	if err != nil {
		t.Fatal(err)
	}
	if !isAllowed(a.Content) {
		t.Errorf("it takes the long way:\n%s", a.Content)
	}
}

// checkReading compares what is read from clean HTML by its tags with what a parser reads.
func checkReading(t *testing.T, a news.Article) {
	t.Helper()
	if got, want := Passages(a), passagesByParser(a); !slices.Equal(got, want) {
		t.Errorf("passages of %q\n%v\nwant\n%v", a.Content, got, want)
	}
	var got, want fields
	got.addTargets(a.Content)
	if targetsByParser(&want, a.Content); !bytes.Equal(got, want) {
		t.Errorf("targets of %q\n%q\nwant\n%q", a.Content, got, want)
	}
}

func passagesByParser(a news.Article) []news.Passage {
	if a.Content == "" {
		return nil
	}
	var list []news.Passage
	var line []byte
	heading := false
	z := html.NewTokenizer(strings.NewReader(a.Content))
	for {
		token := z.Next()
		if token == html.TextToken {
			line = append(line, z.Text()...)
			continue
		}
		name, _ := z.TagName()
		e := elements[string(name)]
		switch {
		case token == html.ErrorToken:
		case e.kind == kindInline || e.kind == kindImage:
			continue
		case e.kind == kindBreak:
			line = append(line, ' ')
			continue
		}
		if text := fold(string(line)); text != "" {
			list = append(list, news.Passage{Heading: heading, Text: text})
		}
		if token == html.ErrorToken {
			return list
		}
		line = line[:0]
		heading = token == html.StartTagToken && (e.kind == kindHeading || e.name == "dt")
	}
}

func targetsByParser(h *fields, content string) {
	z := html.NewTokenizer(strings.NewReader(content))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			_, more := z.TagName()
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				k, target := string(key), string(value)
				if (k == "href" || k == "src") && !isTracker(target) {
					h.add(lasting(target))
				}
			}
		}
	}
}

// FuzzCount holds that the short way through ASCII words counts what the long way counts.
func FuzzCount(f *testing.F) {
	for _, seed := range []string{
		"The council's nation wouldn't", "¿Qué ocurrió en la nación?", "ciones 'the' ''x's y's 's",
		"The's naïve ACTION Straße ’tis\u00a0being", "a’b c'd élan", "İstanbul THE",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want tally
		for rest := text; rest != ""; {
			start := strings.IndexFunc(rest, isWordRune)
			if start < 0 {
				start = len(rest)
			}
			if strings.ContainsAny(rest[:start], "¿¡") {
				want.es += 2
			}
			rest = rest[start:]
			end := strings.IndexFunc(rest, func(r rune) bool { return !isWordRune(r) })
			if end < 0 {
				end = len(rest)
			}
			want.add(strings.ToLower(rest[:end]))
			rest = rest[end:]
		}
		var got tally
		if got.count(text); got != want {
			t.Errorf("count(%q) = %+v, want %+v", text, got, want)
		}
	})
}
