package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestBrokenDocumentsEndInArticlesOrAClearError takes a collection of broken feeds, which is no
// part of this repository, through the flow, each within two seconds and 100 MB.
func TestBrokenDocumentsEndInArticlesOrAClearError(t *testing.T) {
	files, err := filepath.Glob("../../../shared/samples/malformed/*")
	if err != nil || len(files) == 0 {
		t.Skip("the collection is not here")
	}
	articles, refused := 0, 0
	for _, file := range files {
		if filepath.Ext(file) == ".jsonl" {
			continue
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w := &world{}
		f := flowOn(t, w)
		src := news.Source{ID: "s", Kind: news.KindFeed, Rights: news.Excerpt}
		var report news.Report
		used := newstest.Allocated(func() {
			report, err = f.Take(t.Context(), src,
				news.Document{Source: "s", URL: "https://s.example/feed", Body: body, Time: noon})
		})
		if used > 100<<20 {
			t.Errorf("%s: %d MB", filepath.Base(file), used>>20)
		}
		if err != nil && (news.KindOf(err) != news.Invalid || len(w.candidates) > 0) {
			t.Errorf("%s: %d articles and %v", filepath.Base(file), len(w.candidates), err)
		}
		if err != nil {
			refused++
		}
		articles += report.Count(news.Accepted)
	}
	t.Logf("%d documents: %d articles, %d refused as a whole", len(files), articles, refused)
}
