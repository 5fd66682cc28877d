package paste

import (
	"html"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// The words of Hugo, Jekyll, Obsidian and others that mean ours are read, in YAML, TOML and JSON.
func TestFrontMatterOfOthers(t *testing.T) {
	for name, test := range map[string]struct{ front, want, passed string }{
		"hugo": {
			"+++\ntitle = \"A: b\"\ndate = 2026-11-27T18:00:00-06:00\npublishDate = 2027-01-02\nlastmod = 2026-11-28\n" +
				"draft = false\nauthor = \"Ana\"\ncategories = [\"news\"]\ntags = [\"a\", \"b\"]\ndescription = \"In short\"\n" +
				"images = [\"https://i.example/a\"]\nslug = \"x\"\nweight = 3\n[params]\ntitle = \"none\"\n+++\n",
			"A: b|2027-01-02T00:00:00Z|2026-11-28|Ana|news,a,b|In short|https://i.example/a image/jpeg||", "weight,params",
		},
		"jekyll": {
			"---\nlayout: post\ntitle: Border: the wall\ndate: 2026-11-27 18:00:00 -0600\npermalink: /x/\nauthor: Ana\n" +
				"category: news\nexcerpt: In short\nimage:\n  path: https://i.example/a.png\n---\n",
			"Border: the wall|2026-11-28T00:00:00Z||Ana|news|In short|https://i.example/a.png image/png||", "permalink",
		},
		"obsidian": {
			"---\nTitle: T\nCreated: 2026-11-27\ncssclasses: wide\naliases: [Muro]\nlang: es_MX\nsource-url: x\n---\n",
			"T|2026-11-27T00:00:00Z|||||||es-MX", "cssclasses,aliases,source-url",
		},
		"json": {
			"{\n  \"title\": \"T\",\n  \"date\": \"2026-11-27\",\n  \"link\": \"https://a.example/1\"\n}\n",
			"T|2026-11-27T00:00:00Z||||||https://a.example/1|", "",
		},
		"dates of people": {
			"---\ndate: 3/4/2026\nlang: es\nupdated: Fri, 27 Nov 2026 18:00:00 -0600\n---\n",
			"|2026-04-03T00:00:00Z|2026-11-28||||||es", "",
		},
		"image of a folder": {"---\ntitle: T\nimage: ../a.jpg\nurl: /x\n---\n", "T||||||||", "image,url"},
	} {
		i, faults, err := read(news.Document{Name: "a.md", Body: []byte(test.front + "Text of it.\n")})
		if err != nil || !strings.Contains(i.Content, "Text of it.") || strings.Contains(i.Content, "title") {
			t.Errorf("%s: %+v, %v", name, i, err)
			continue
		}
		var authors, media, passed []string
		for _, a := range i.Authors {
			authors = append(authors, a.Name)
		}
		for _, m := range i.Media {
			media = append(media, m.URL+" "+m.Type)
		}
		for _, fault := range faults {
			word, _, _ := strings.Cut(strings.SplitN(fault.Error(), ": ", 2)[1], ":")
			passed = append(passed, word)
		}
		date := func(at time.Time, layout string) string {
			if at.IsZero() {
				return ""
			}
			return at.UTC().Format(layout)
		}
		got := strings.Join([]string{
			html.UnescapeString(i.Title), date(i.Published, time.RFC3339), date(i.Modified, time.DateOnly),
			strings.Join(authors, ","), strings.Join(i.Tags, ","), i.Summary, strings.Join(media, ","), i.URL, i.Lang,
		}, "|")
		slices.Sort(passed)
		want := strings.Split(test.passed, ",")
		slices.Sort(want)
		if got != test.want || strings.Join(passed, ",") != strings.Join(want, ",") {
			t.Errorf("%s:\n got %s (%s)\nwant %s (%s)", name, got, passed, test.want, test.passed)
		}
	}
}

// Texts that only look a little like it have no front matter.
func TestTextsThatOnlyLookLikeFrontMatter(t *testing.T) {
	for _, text := range []string{
		"---\n\nThree dashes begin a text.\n", "***\nText: with a colon\n", "{ Not JSON }\n\nText\n",
		"Date: an apple of the desert\n\nText\n", "Title: the story of a word\nIt begins so.\n",
		"```\nx = 1\n```\nText\n", "<!-- a remark: this -->\n\nText\n", "+++ Breaking +++\n\nText\n",
	} {
		for _, name := range []string{"a.md", "a.txt"} {
			parsed(t, news.Document{Name: name, Body: []byte(text)})
		}
	}
}

func TestMarkdownOfOthers(t *testing.T) {
	for source, want := range map[string]string{
		"Text{: .lead}":                             "<p>Text</p>",
		"## Top {#top .wide}":                       "<h2>Top</h2>",
		"A {{< figure src=\"/a.jpg\" >}} b":         "<p>A  b</p>",
		"A {{% note %}}kept{{% /note %}}":           "<p>A kept</p>",
		"A {% include x.html\nid=1 %} b":            "<p>A\nb</p>",
		"A {{ page.title }}b":                       "<p>A b</p>",
		"`{{ code }}` and ``[[x]]``":                "<p><code>{{ code }}</code> and <code>[[x]]</code></p>",
		"```\n{{< x >}}\n[[y]]\n```":                "<pre><code>{{&lt; x &gt;}}\n[[y]]\n</code></pre>",
		"See [[Note#part|the note]], [[Other#x]].":  "<p>See the note, Other.</p>",
		"A map ![[map.png]].":                       "<p>A map .</p>",
		"A ==marked== word and %%a\n\nsecret%% end": "",
		"A fact. ^block-1":                          "<p>A fact.</p>",
		"> [!note] Careful\n> Not confirmed.":       "<blockquote>\n<p><strong>Careful</strong>\nNot confirmed.</p>\n</blockquote>",
		"> [!WARNING]\n> Not confirmed.":            "<blockquote>\n<p>Not confirmed.</p>\n</blockquote>",
		"He said [sic] 2 == 2 and 100%% of [1].":    "<p>He said [sic] 2 == 2 and 100%% of [1].</p>",
	} {
		item := parsed(t, news.Document{Name: "a.md", Body: []byte("# T\n\n" + source + "\n")})
		got := strings.TrimSpace(item.Content)
		if strings.Contains(got, "secret") || want != "" && got != want {
			t.Errorf("%q:\n got %q\nwant %q", source, got, want)
		}
	}
	item := parsed(t, news.Document{Name: "a.md", Body: []byte(
		"![Bridge](https://d.example/a.jpg)\n\n# The wall {#top}\n\nAs it says.[^1]\n\n[^1]: A report.\n")})
	if item.Title != "The wall" || strings.Contains(item.Content, "[^1]") ||
		!strings.Contains(item.Content, "A report.") || !strings.Contains(item.Content, "a.jpg") {
		t.Errorf("%+v", item)
	}
}
