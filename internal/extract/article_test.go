package extract

import (
	"fmt"
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/teletipo/teletipo/internal/news"
)

// TestArticles reads pages as the common site builders of Mexico make them. Each file says what
// its builder does, and what is to be read.
func TestArticles(t *testing.T) {
	files, err := filepath.Glob("testdata/articles/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, page := string(archive.Files[0].Data), archive.Files[1].Data
			address := "https://site.example/nota"
			if m := regexp.MustCompile(`(?m)^url: (https?://[^/]+)/`).FindStringSubmatch(want); m != nil {
				address = m[1] + "/nota"
			}
			item, err := Article(news.Document{
				URL: address, MediaType: "text/html", Body: page,
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimRight(want, "\n"), shown(item)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shown is an item as the files of testdata/articles write it.
func shown(item news.Item) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n", html.UnescapeString(item.Title))
	fmt.Fprintf(&b, "published: %s\n", item.Published.Format(time.RFC3339))
	var names []string
	for _, a := range item.Authors {
		names = append(names, a.Name)
	}
	fmt.Fprintf(&b, "authors: %s\n", strings.Join(names, "; "))
	fmt.Fprintf(&b, "lang: %s\nurl: %s\nimage: ", item.Lang, item.URL)
	for _, m := range item.Media {
		fmt.Fprintf(&b, "%s %d %d %s", m.URL, m.Width, m.Height, m.Title)
	}
	b.WriteString("\n\n")
	p, err := parsePage(item.Content)
	if err != nil {
		return err.Error()
	}
	for _, r := range runsOf(p.body, nil) {
		for line := range strings.FieldsFuncSeq(r.text, func(c rune) bool { return c == '\n' }) {
			b.WriteString(line + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
