package ingest

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// fragile is an archive that panics at an article.
type fragile struct{ *world }

func (f fragile) Accept(
	ctx context.Context, candidates []news.Candidate,
) ([]news.Result, error) {
	for _, c := range candidates {
		if strings.Contains(c.Article.Title, "breaks") {
			panic("out of ink")
		}
	}
	return f.world.Accept(ctx, candidates)
}

// TestAPanicIsAFailureOfItsSource: it is recorded, backed off and logged with where it broke.
func TestAPanicIsAFailureOfItsSource(t *testing.T) {
	w := &world{read: func(context.Context) { panic("out of paper") }}
	f := flowOn(t, w)
	var log bytes.Buffer
	f.log = slog.New(slog.NewTextHandler(&log, nil))
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: shortestWait}
	for n := 1; n <= 8; n++ {
		_, err := f.Run(t.Context(), src)
		st := w.states["s"]
		if err == nil || st.Failures != n || !strings.Contains(st.Error, "out of paper") {
			t.Fatalf("run %d: %v, %d failures, %q", n, err, st.Failures, st.Error)
		}
		if pause := st.Due.Sub(noon); n == 8 && pause < 8*shortestWait {
			t.Errorf("after %d panics it is due in %s", n, pause)
		}
	}
	if !strings.Contains(log.String(), "TestAPanicIsAFailureOfItsSource") {
		t.Errorf("the log lacks the stack:\n%s", &log)
	}
}

// TestAPanicNeverLosesOtherFiles: a file that brings a fault out is named, and not read again.
func TestAPanicNeverLosesOtherFiles(t *testing.T) {
	body := "\n\nIt has rained for three days in the hills above the town.\n"
	w := &world{reading: news.Reading{Documents: []news.Document{
		text("bad.txt", "The river breaks its banks"+body), text("good.txt", "The river rises"+body),
	}}}
	f := flowOn(t, w)
	f.archive = fragile{w}
	src := news.Source{ID: "inbox", Kind: news.KindFolder, Rights: news.Full}
	report, err := f.Run(t.Context(), src)
	if err != nil || len(w.candidates) != 1 || w.candidates[0].Article.Title != "The river rises" {
		t.Errorf("%v, candidates %+v, want the good file's", err, w.candidates)
	}
	if len(report.Faults) != 1 || !strings.HasPrefix(report.Faults[0].Error(), "bad.txt: ") {
		t.Errorf("faults %v, want one of bad.txt", report.Faults)
	}
	if calls := strings.Join(w.calls, ", "); !strings.Contains(calls, "keep 2") {
		t.Errorf("it is read again: %s", calls)
	}
	if _, err := f.Take(t.Context(), src, w.reading.Documents[0]); news.KindOf(err) != news.Invalid {
		t.Errorf("handed over: %v", err)
	}
}
