package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// A trial tells all of a look as one value, and neither stores nor remembers anything.
func TestTry(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	w := &world{reading: news.Reading{
		Documents:  []news.Document{feedDocument()},
		Status:     200,
		Validators: news.Validators{ETag: `"a"`, Mark: "secret"},
	}}
	w.read = func(ctx context.Context) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Authorization", "Bearer secret")
		if answer, err := server.Client().Do(r); err != nil {
			t.Error(err)
		} else {
			answer.Body.Close()
		}
	}
	var told []news.Step
	weighed := 0
	src := news.Source{
		ID: "s", Kind: news.KindFeed, URL: "https://a.example/feed?key=secret", Topics: []string{"rivers"},
	}
	trial, err := flowOn(t, w).Try(t.Context(), src, Trying{
		Again: true,
		Tell:  func(s news.Step) { told = append(told, s) },
		Weigh: func(_ context.Context, c []news.Candidate) ([]news.Result, error) {
			weighed = len(c)
			return w.Weigh(c)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	for _, s := range trial.Exchange {
		steps = append(steps, s.Name)
	}
	for _, want := range []string{"ask", "connect", "sent", "answer"} {
		if !slices.Contains(steps, want) {
			t.Errorf("the exchange %q lacks %s", steps, want)
		}
	}
	if diff := cmp.Diff(trial.Exchange, told); diff != "" {
		t.Errorf("told something else than what is in the trial (-trial +told):\n%s", diff)
	}
	doc := trial.Documents[0]
	if !doc.Read || doc.Format != "RSS" || doc.Items != 3 || len(doc.Rejected) != 1 ||
		doc.Bytes != len(rss) || doc.Address != "https://a.example/feed" {
		t.Errorf("document %+v", doc)
	}
	if len(trial.Articles) != 2 || weighed != 2 || trial.Articles[1].Title != "The river rises" ||
		!trial.Articles[1].Verdicts[0].Placed || !trial.Articles[0].Verdicts[0].Placed {
		t.Errorf("articles %+v", trial.Articles)
	}
	want := map[news.Outcome]int{news.Accepted: 2, news.Rejected: 1}
	if diff := cmp.Diff(want, trial.Outcomes()); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if trial.Answer.Status != 200 || trial.Again != "HTTP 200 and a whole document, they do not hold" {
		t.Errorf("answer %+v, again %q", trial.Answer, trial.Again)
	}
	if diff := cmp.Diff([]string{"read", "read"}, w.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	text, err := json.Marshal(trial)
	if err != nil || strings.Contains(string(text), "secret") {
		t.Errorf("the trial tells a secret: %s, %v", text, err)
	}
}

// What a trial has come to is there beside its error, and says where it ended.
func TestTryFails(t *testing.T) {
	never := func(context.Context, []news.Candidate) ([]news.Result, error) {
		t.Error("weighed")
		return nil, nil
	}
	w := &world{readErr: news.Errorf(news.Unreachable, "nobody answers")}
	trial, err := flowOn(t, w).Try(t.Context(), news.Source{ID: "s"}, Trying{Weigh: never})
	if news.KindOf(err) != news.Unreachable || trial.Failed != "nobody answers (unreachable)" {
		t.Errorf("%v, failed %q", err, trial.Failed)
	}
	w = &world{reading: news.Reading{Status: 200, Documents: []news.Document{
		feedDocument(), {Source: "s", URL: "https://a.example/x", Body: []byte("<rss"), MediaType: "text/xml"},
	}}}
	trial, err = flowOn(t, w).Try(t.Context(), news.Source{ID: "s"}, Trying{Weigh: never})
	if err == nil || trial.Failed == "" || !trial.Documents[0].Read || trial.Documents[1].Read {
		t.Errorf("a document that can't be read: %v, %+v", err, trial)
	}
	full := errors.New("the disk is full")
	w = &world{reading: news.Reading{Documents: []news.Document{feedDocument()}}}
	trial, err = flowOn(t, w).Try(t.Context(), news.Source{ID: "s"}, Trying{
		Weigh: func(context.Context, []news.Candidate) ([]news.Result, error) { return nil, full },
	})
	if !errors.Is(err, full) || len(trial.Articles) != 2 {
		t.Errorf("not weighed: %v, %d articles", err, len(trial.Articles))
	}
}
