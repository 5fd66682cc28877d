package serve

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// TestDraining: a server that is told to stop answers what is under way, whole, and nothing else.
func TestDraining(t *testing.T) {
	begun, resume := make(chan struct{}), make(chan struct{})
	feeds := newPublic(t, filledShelf())
	ts := httptest.NewUnstartedServer(nil)
	ts.Config = NewServer(newstest.Logger(t), http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			close(begun)
			<-resume
			feeds.ServeHTTP(w, r)
		}))
	ts.Start()
	defer ts.Close()
	answered := make(chan string, 1)
	go func() {
		res, err := http.Get(ts.URL + "/feeds/border.rss")
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			answered <- err.Error()
			return
		}
		answered <- string(body)
	}()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- ts.Config.Shutdown(context.Background()) }()
	for { // until it takes no more
		res, err := (&http.Client{Transport: &http.Transport{}}).Get(ts.URL + "/feeds/border.rss")
		if err != nil {
			break
		}
		t.Fatalf("a server that stops answered %s", res.Status)
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped before the answer was sent: %v", err)
	default:
	}
	close(resume)
	if got := <-answered; got != "border rss b1" {
		t.Errorf("the answer under way is %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// deadlines is a ResponseWriter that notes the deadlines it is given.
type deadlines struct {
	*httptest.ResponseRecorder
	write []time.Duration
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.write = append(d.write, time.Until(at))
	return nil
}

// TestSlowReaders: a long body has a deadline by its length, within bounds, and a short one that
// of the listener.
func TestSlowReaders(t *testing.T) {
	s := newShelf()
	h := newPublic(t, s)
	for _, test := range []struct {
		size       int
		from, upto time.Duration // 0 for the listener's
	}{
		{easyBody, 0, 0},
		{easyBody + 1, 35 * time.Second, 39 * time.Second},
		{1 << 20, 2 * time.Minute, 3 * time.Minute},
		{64 << 20, 4 * time.Minute, 5 * time.Minute},
	} {
		e := sampleEdition(news.FeedKey{Topic: "border"}, news.RSS, "t", newstest.Start)
		e.Representations[0].Body = make([]byte, test.size)
		s.put(e)
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/border.rss", nil))
		switch {
		case test.upto == 0 && len(w.write) > 0:
			t.Errorf("%d bytes: deadlines %v, want none", test.size, w.write)
		case test.upto > 0 && (len(w.write) != 1 || w.write[0] < test.from || w.write[0] > test.upto):
			t.Errorf("%d bytes: deadlines %v, want one of %s to %s",
				test.size, w.write, test.from, test.upto)
		}
	}
}

// TestLongAddress: nobody reads an address that is longer than any of ours.
func TestLongAddress(t *testing.T) {
	h := newPublic(t, filledShelf())
	for size, want := range map[int]int{
		1000: http.StatusOK, 3000: http.StatusRequestURITooLong,
	} {
		w := get(t, h, "/feeds/border.rss?"+strings.Repeat("x", size))
		if w.Code != want || w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%d bytes: status %d, headers %v, want %d", size, w.Code, w.Header(), want)
		}
	}
}

// TestDeltaIsSentWholeOrNotAtAll: one without plain bytes can't be negotiated, and one in codings
// that the feed does not have can't be named.
func TestDeltaIsSentWholeOrNotAtAll(t *testing.T) {
	e := instance(news.FeedKey{Topic: "border"}, news.RSS, 7, newstest.Start, "gzip")
	d := editionDocument(e)
	for name, test := range map[string]struct {
		codings []string
		want    string
	}{
		"all":                {[]string{"gzip", ""}, "gzip"},
		"one too many":       {[]string{"br", "gzip", ""}, "gzip"},
		"plain only":         {[]string{""}, ""},
		"without plain ones": {[]string{"gzip"}, "none"},
		"none":               {nil, "none"},
	} {
		var reps []news.Representation
		for _, coding := range test.codings {
			reps = append(reps, news.Representation{Coding: coding})
		}
		got := "none"
		if rep, full := pickDelta(reps, d, []string{"br, gzip"}); rep != nil {
			got = rep.Coding
			if strings.Join(full.coding, "") != rep.Coding {
				t.Errorf("%s: delta in %q, tag of %q", name, rep.Coding, full.coding)
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestDeltaOnlyForWhoAsks: nobody else has publish make one.
func TestDeltaOnlyForWhoAsks(t *testing.T) {
	s := newShelf()
	s.put(instance(news.FeedKey{Topic: "border"}, news.RSS, 7, newstest.Start))
	h := newPublic(t, s)
	for _, header := range []http.Header{
		{},
		{"A-Im": {"feed"}},
		{"If-None-Match": {`"5-0000000000000000"`}},
		{"A-Im": {"feed"}, "If-None-Match": {`"7-0000000000000000"`}},
		{"A-Im": {"feed"}, "If-None-Match": {`*`}},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feeds/border.rss", nil)
		r.Header = header
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if s.deltas != 0 {
		t.Errorf("%d deltas were asked for", s.deltas)
	}
}

// TestMovesLeadSomewhere: what is configured wins over what was, and a redirect never leads to
// another.
func TestMovesLeadSomewhere(t *testing.T) {
	m := newMoves(Settings{
		Topics: []news.Topic{
			{ID: "rivers", Aliases: []string{"water", "sea"}}, {ID: "sea", Aliases: []string{"rivers"}},
		},
		Gone: []string{"rivers", "water", "deserts", news.All},
	})
	if len(m.renamed) != 1 || m.renamed["water"] != "rivers" {
		t.Errorf("renamed %v", m.renamed)
	}
	if m.gone["rivers"] || m.gone["water"] || m.gone[news.All] || !m.gone["deserts"] {
		t.Errorf("gone %v", m.gone)
	}
}
