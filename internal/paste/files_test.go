package paste

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestFiles holds every file in testdata/text, markdown and html against what it is read as: the
// item's fields as JSON, and its content.
func TestFiles(t *testing.T) {
	for _, pattern := range []string{"text/*.txt", "markdown/*.md", "html/*.html"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files match %s: %v", pattern, err)
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) {
				body, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				item := parsed(t, news.Document{Name: filepath.Base(file), Body: body})
				content := item.Content
				item.Content = ""
				fields, err := json.MarshalIndent(item, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				name, _ := filepath.Rel("testdata", file)
				newstest.Golden(t, name+".golden", []byte(string(fields)+"\n\n"+content+"\n"))
			})
		}
	}
}

// read reads a file in the format that it is recognised as.
func read(doc news.Document) (item news.Item, passed []error, err error) {
	format, err := FormatOf(doc)
	if err != nil || format == Feed {
		return item, nil, err
	}
	return Parse(doc, format, boilerplate.BuiltIn())
}

func parsed(t *testing.T, doc news.Document) news.Item {
	t.Helper()
	item, passed, err := read(doc)
	if err != nil || len(passed) > 0 {
		t.Fatalf("passed over %v, error %v", passed, err)
	}
	return item
}

// TestCopiedArticle reads an article as somebody once copied it, where there is one.
func TestCopiedArticle(t *testing.T) {
	const file = "../../../shared/samples/mexico-rejects-us-military-action.txt"
	body, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no such article here")
	} else if err != nil {
		t.Fatal(err)
	}
	item := parsed(t, news.Document{Name: "article.txt", Body: body})
	if want := "Mexico Rejects US Military Action Against Cartels"; item.Title != want {
		t.Errorf("title %q, want %q", item.Title, want)
	}
	for part, want := range map[string]int{
		"<h2>": 7, "<blockquote>": 2, "<ul>": 2, "<li>": 6, "<p>": 13,
		"<h2>Border Progress?</h2>": 1, "<h2>Sources</h2>\n<ul><li>The New York Times": 1,
		"Leave a Reply": 0, "email address": 0,
	} {
		if got := strings.Count(item.Content, part); got != want {
			t.Errorf("%d times %s, want %d\n%s", got, part, want, item.Content)
		}
	}
}

func TestParseTooLarge(t *testing.T) {
	doc := news.Document{Name: "a.txt", Body: []byte(strings.Repeat("word ", maxArticle/5+1))}
	if _, _, err := read(doc); news.KindOf(err) != news.TooLarge {
		t.Errorf("error %v (%v), want too large", err, news.KindOf(err))
	}
}

func TestFrontMatterFaults(t *testing.T) {
	tests := []struct{ name, file, body, want string }{
		{"draft", "a.md", "---\ntitle: x\n  \ndraft: true\n---\n", "a.md:4:8: draft: a draft, which is not"},
		{"draft of TOML", "a.md", "+++\ntitle = 'x'\ndraft = true\n+++\n", "a.md:3:"},
		{"unpublished", "a.md", "---\npublished: false\n---\n", "a.md:2:12: published: a draft"},
		{"status", "a.md", "---\nstatus: Draft\n---\n", "a.md:2:9: status: a draft"},
		{"typing error", "a.md", "---\nwithdrwan: true\n---\n", "did you mean withdrawn?"},
		{"embargo", "a.md", "---\nembargo-until: 2027-01-01\n---\n", "a.md:2:1: embargo-until: means nothing here: write a date"},
		{"expiry", "a.md", "+++\nexpiryDate = 2027-01-01\n+++\n", "a.md:2:1: expiryDate: means nothing here"},
		{"not closed", "a.md", "\n---\ntitle: x\ndate: 2027-01-01\n\nText\n", "a.md:2:1: front matter that is not closed"},
		{"TOML not closed", "a.txt", "+++\ntitle = 'x'\n\nText\n", "a.txt:1:1: front matter that is not closed"},
		{"indented", "a.txt", "  ---\n  title: x\n  ---\nText\n", "a.txt:1:1: front matter that is not closed"},
		{"in code", "a.md", "```yaml\n---\ntitle: x\n---\n```\nText\n", "a.md:1:1: front matter in a block of code"},
		{"in code, bare", "a.md", "~~~\ntitle: x\n~~~\nText\n", "front matter in a block of code"},
		{"no fence", "a.txt", "Title: x\nAuthor: Ana\nDate: 2027-01-01\n\nText\n", "a.txt:1:1: looks like front matter"},
		{"Org mode", "a.txt", "#+TITLE: x\n#+DATE: 2027-01-01\n\nText\n", "looks like front matter"},
		{"not TOML", "a.md", "+++\ntitle = x y\n+++\n", "a.md:2:9: front matter: "},
		{"not JSON", "a.md", "{\n\"title\": \"x\",\n}\nText\n", "front matter in JSON that can't be read"},
		{"date in doubt", "a.md", "---\ndate: 3/4/2026\n---\n", `a.md:2:7: date: "3/4/2026" is not a date`},
		{"wrong type", "a.txt", "---\ntitle: [x]\n---\n", "a.txt:2:8: title: want text, not a sequence"},
		{"wrong type in a list", "a.md", "---\ntags:\n  - a\n  - {b: c}\n---\n", "a.md:4:"},
		{"date", "a.md", "\n---\ndate: yesterday\n---\n", `a.md:3:7: date: "yesterday" is not a date`},
		{
			"url", "a.md", "---\nurl: example.org/a\n---\n",
			`a.md:2:6: url: "example.org/a" is not a web address`,
		},
		{
			"lang", "a.md", "---\nlang: english language\n---\n",
			`a.md:2:7: lang: "english language" is not`,
		},
		{
			"rights", "a.md", "---\nrights: all\n---\n",
			`a.md:2:9: rights: "all": write full, excerpt or headline`,
		},
		{"twice", "a.md", "---\ntitle: x\ntitle: y\n---\n", "a.md:3:1: front matter: "},
		{"not YAML", "a.md", "---\ntitle: \"x\n---\n", "a.md:2:8: front matter: "},
		{"not fields", "a.md", "---\njust text\n---\n", "a.md:2:1: front matter: want lines of the form"},
		{"several", "a.md", "---\ndate: x\nrights: y\n---\n", "a.md:3:9: rights"},
		{"in a comment", "a.html", "<!--\n\ntitle: x\ndate: y\n-->\n<p>z", "a.html:4:7: date"},
		{
			"far too long", "a.md", "---\ntitle: x\n" + strings.Repeat("# x\n", maxFront) + "---\n",
			"a.md:2:1: front matter of",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := read(news.Document{Name: tt.file, Body: []byte(tt.body)})
			if err == nil || !strings.Contains(err.Error(), tt.want) || news.KindOf(err) != news.Invalid {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNoFrontMatter(t *testing.T) {
	for body, want := range map[string]string{
		"---\n\nOne\n\ntwo":                      "---",
		"<!-- a remark -->\n<h1>One</h1>":        "One",
		"<!-- saved from url=(1) --><h1>One":     "One",
		"---\n---\nOne\n\ntwo":                   "One",
		"---\n# nothing but a comment\n---\nOne": "One",
	} {
		if item := parsed(t, news.Document{Name: "a.txt", Body: []byte(body)}); item.Title != want {
			t.Errorf("%q: title %q, want %q", body, item.Title, want)
		}
	}
}

// FuzzParseFile holds that no file makes the parser fail, whatever its name says: one item in
// UTF-8, or an error that tells its kind.
func FuzzParseFile(f *testing.F) {
	for _, pattern := range []string{"text/*.txt", "markdown/*.md", "html/*.html"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(uint8(0), body)
		}
	}
	endings := []string{".txt", ".md", ".html", ""}
	f.Fuzz(func(t *testing.T, ending uint8, body []byte) {
		doc := news.Document{Name: "a" + endings[int(ending)%len(endings)], Body: body}
		newstest.InProportion(t, string(body), func(body string) {
			_, _, _ = read(news.Document{Name: doc.Name, Body: []byte(body)})
		})
		item, _, err := read(doc)
		if err != nil {
			if news.KindOf(err) == news.Internal {
				t.Errorf("error without a kind: %v", err)
			}
			return
		}
		if !utf8.ValidString(item.Title) || !utf8.ValidString(item.Content) {
			t.Errorf("not UTF-8: %q, %q", item.Title, item.Content)
		}
	})
}
