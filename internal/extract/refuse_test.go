package extract

import (
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

func pagesOf(t *testing.T, file string) []txtar.File {
	archive, err := txtar.ParseFile(file)
	if err != nil || len(archive.Files) == 0 {
		t.Fatal(file, err)
	}
	return archive.Files
}

// What stands in the place of an article is never one, and the error says what it is.
func TestRefused(t *testing.T) {
	says := map[string]string{
		"test": names[boilerplate.Test], "error": names[boilerplate.Failure],
		"missing": names[boilerplate.Missing], "results": names[boilerplate.NoResults],
		"consent": names[boilerplate.Consent], "subscription": names[boilerplate.Subscription],
		"text": "bytes of running text", "list": "a list of others",
	}
	for _, file := range pagesOf(t, "testdata/refused.txtar") {
		item, err := Article(news.Document{URL: "https://site.example/x", Body: file.Data})
		want := says[path.Dir(file.Name)]
		if err == nil || want == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q\n%s", file.Name, err, want, item.Content)
		}
		kind := news.Invalid
		switch path.Dir(file.Name) {
		case "missing", "results":
			kind = news.NotFound
		case "error":
			kind = news.Unreachable
		case "test", "consent", "subscription":
			kind = news.Refused
		}
		if news.KindOf(err) != kind {
			t.Errorf("%s: of kind %v, want %v", file.Name, news.KindOf(err), kind)
		}
	}
}

// An article that speaks of walls and errors is one, and so is the beginning of one before a wall.
func TestAccepted(t *testing.T) {
	for _, file := range pagesOf(t, "testdata/accepted.txtar") {
		item, err := Article(news.Document{URL: "https://site.example/x", Body: file.Data})
		if err != nil || item.Title == "" {
			t.Errorf("%s: %q, %v", file.Name, item.Title, err)
		}
		if strings.Contains(item.Content, "ubscri") || strings.Contains(item.Content, "We use cookies") {
			t.Errorf("%s: %s", file.Name, item.Content)
		}
	}
}
