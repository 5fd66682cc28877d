package ingest

import (
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

func TestTheItemsOfTheNewestDocumentAreRemembered(t *testing.T) {
	src := news.Source{ID: "s", Kind: news.KindFeed, Every: time.Hour}
	report := &news.Report{Results: []news.Result{
		{Outcome: news.Unchanged}, {Outcome: news.Rejected},
	}}
	whole := news.Reading{Status: 200, Documents: make([]news.Document, 1)}
	st := learn(news.PollState{}, src, whole, report, nil, noon)
	if st.Items != 2 {
		t.Errorf("%d items, want 2", st.Items)
	}
	same := news.Reading{Status: 304, NotModified: true}
	if st = learn(st, src, same, &news.Report{}, nil, noon); st.Items != 2 {
		t.Errorf("%d items after a 304, want still 2", st.Items)
	}
	if st = learn(st, src, whole, &news.Report{}, nil, noon); st.Items != 0 {
		t.Errorf("%d items after an empty document, want 0", st.Items)
	}
}
