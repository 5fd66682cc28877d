package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// fake stands for the flow, the store and the poll state, and notes what it was asked.
type fake struct {
	asked []string
	entry news.Entry
	hash  [32]byte // of the last token
	err   error
}

func (f *fake) note(format string, args ...any) {
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
}

func (f *fake) Run(_ context.Context, src news.Source) (news.Report, error) {
	f.note("run %s", src.ID)
	return news.Report{Source: src.ID, NotModified: true}, f.err
}

func (f *fake) Once(_ context.Context, src news.Source) (news.Report, error) {
	f.note("once %s %s %s", src.ID, src.Kind, src.Rights)
	return news.Report{Source: src.ID}, f.err
}

func (f *fake) Take(
	_ context.Context, src news.Source, doc news.Document,
) (news.Report, error) {
	f.note("take %s %s %q", src.ID, doc.Name, doc.Body)
	return news.Report{
		Source: src.ID, Documents: 1, Bytes: int64(len(doc.Body)),
		Results: []news.Result{{Outcome: news.Accepted, ID: f.entry.ID, Title: "T"}},
		Faults:  []error{news.Errorf(news.Invalid, "part of %s", doc.Name)},
	}, f.err
}

func (f *fake) Explain(src news.Source, doc news.Document) ([]news.Explanation, error) {
	f.note("explain %s %s", src.ID, doc.Name)
	return []news.Explanation{f.ExplainArticle(f.entry.Article, nil, nil)}, f.err
}

func (f *fake) ExplainSource(
	_ context.Context, src news.Source,
) ([]news.Explanation, error) {
	f.note("explain source %s %s", src.ID, src.URL)
	return []news.Explanation{f.ExplainArticle(f.entry.Article, src.Topics, nil)}, f.err
}

func (f *fake) ExplainArticle(
	a news.Article, always []string, decisions []news.Decision,
) news.Explanation {
	f.note("explain article %v", always)
	if len(decisions) > 0 {
		return news.Explanation{ID: a.ID, Title: decisions[0].Sign() + " by " + decisions[0].By}
	}
	return news.Explanation{ID: a.ID, Title: a.Title, Verdicts: []news.Verdict{{
		Placement: news.Placement{Topic: "border", Score: 7, Threshold: 6}, Placed: true,
	}}}
}

func (f *fake) Article(id news.ID) (news.Entry, error) {
	if id != f.entry.ID {
		return news.Entry{}, news.Errorf(news.NotFound, "there is no article %s", id)
	}
	return f.entry, nil
}

func (f *fake) Articles(q news.Query) ([]news.Entry, error) {
	f.note("articles %+v", q)
	return []news.Entry{f.entry}, f.err
}

func (f *fake) Withdraw(_ context.Context, id news.ID) (news.Result, error) {
	f.note("withdraw %s", id)
	return news.Result{ID: id, Outcome: news.Updated}, f.err
}

func (f *fake) GiveBack(_ context.Context, id news.ID) (news.Result, error) {
	f.note("give back %s", id)
	return news.Result{ID: id, Outcome: news.Updated}, f.err
}

func (f *fake) WithdrawSource(
	_ context.Context, source string, dry bool, each func(news.Result),
) (int, error) {
	f.note("withdraw source %s, dry %t", source, dry)
	for _, title := range []string{"One", "Two"} {
		each(news.Result{ID: f.entry.ID, Outcome: news.Updated, Title: title})
	}
	return 2, f.err
}

func (f *fake) Weigh(candidates []news.Candidate) ([]news.Result, error) {
	var results []news.Result
	for _, c := range candidates {
		f.note("weigh %s %q", c.Article.GUID, c.Article.Content)
		results = append(results, news.Result{Outcome: news.Accepted, ID: c.Article.ID})
	}
	return results, f.err
}

func (f *fake) History(id news.ID) ([]news.Version, error) {
	f.note("history %s", id)
	return []news.Version{
		{Revision: 2, Title: "Title", Content: "<p>x</p>", Changed: []string{"title"}},
		{Revision: 1, Title: "Titel", Content: "<p>x</p>", Changed: []string{"new"}},
	}, f.err
}

func (f *fake) Readers() []news.Readership {
	f.note("readers")
	return []news.Readership{{
		Family: "newsboat", Total: news.Tally{Requests: 2},
		Feeds: map[string]news.Tally{"border.rss": {Requests: 2}},
	}}
}

func (f *fake) State(source string) (news.PollState, error) {
	return news.PollState{Polls: len(source)}, f.err
}

func (f *fake) Aside(source string) []string {
	if source == "s" {
		return []string{"bad.md"}
	}
	return nil
}

func (f *fake) Retry(src news.Source) (int, error) {
	f.note("retry %s", src.ID)
	return len(f.Aside(src.ID)), f.err
}

// serviceOf returns a service for which a fake stands for all the rest.
func serviceOf(f *fake, sources ...news.Source) *Service {
	return &Service{
		Flow: f, Explainer: f, Archive: f, Polls: f, Tokens: f, InForce: rulesInForce(), Counts: f,
		Sources: func() []news.Source { return sources }, Asides: f,
	}
}

// desks returns the desk of this process and one that reaches it through a socket: whatever is
// asked of the one must be answered alike by the other.
func desks(t *testing.T, f *fake, sources ...news.Source) map[string]*Desk {
	t.Helper()
	service := serviceOf(f, sources...)
	data := t.TempDir()
	listener, err := Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: Handler(newstest.Logger(t), service)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	client, ok := Dial(t.Context(), data)
	if !ok {
		t.Fatal("nobody answers at the socket")
	}
	t.Cleanup(client.Close)
	here := service.Desk(newstest.Logger(t))
	t.Cleanup(here.Close)
	return map[string]*Desk{"process": here, "socket": client}
}

func sample() *fake {
	return &fake{entry: news.Entry{
		Article: news.Article{
			ID: news.MintID("a", "b"), Title: "Title", Source: "folder",
			Published: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		},
		Status: news.Live, Revision: 2, Seq: 9,
	}}
}

var errorText = cmp.Transformer("text", func(err error) string {
	return fmt.Sprintf("%s: %v", news.KindOf(err), err)
})

func TestIngestFindsWhatANameMeans(t *testing.T) {
	sources := []news.Source{
		{ID: "nyt", Kind: news.KindFeed, URL: "https://example.org/feed"},
		{ID: "folder", Kind: news.KindFolder, Path: "/srv/articles"},
	}
	for _, test := range []struct {
		name   string
		handed news.Handed
		asked  string
		kind   news.Kind
	}{
		{name: "source", handed: news.Handed{Name: "nyt"}, asked: "run nyt"},
		{
			name: "address of a source", handed: news.Handed{Name: "https://example.org/feed"},
			asked: "run nyt",
		},
		{
			name: "other address", handed: news.Handed{Name: "https://example.net/x.rss"},
			asked: "once https://example.net/x.rss feed excerpt",
		},
		{
			name:   "file in a folder source",
			handed: news.Handed{Name: "a", Path: "/srv/articles/2026/a.txt", Body: []byte("A")},
			asked:  `take folder 2026/a.txt "A"`,
		},
		{
			name:   "file beside a folder source",
			handed: news.Handed{Name: "a", Path: "/srv/articles.old/a.txt", Body: []byte("A")},
			asked:  `take file /srv/articles.old/a.txt "A"`,
		},
		{name: "nothing", handed: news.Handed{Name: "nowhere"}, kind: news.NotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sample()
			var reports []news.Report
			for name, d := range desks(t, f, sources...) {
				f.asked = nil
				report, err := Ingest(t.Context(), d, test.handed)
				if test.asked == "" {
					if err == nil || news.KindOf(err) != test.kind {
						t.Errorf("%s: error %v, want kind %s", name, err, test.kind)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff([]string{test.asked}, f.asked); diff != "" {
					t.Errorf("%s asked (-want +got):\n%s", name, diff)
				}
				reports = append(reports, report)
			}
			if len(reports) == 2 {
				if diff := cmp.Diff(reports[0], reports[1], errorText); diff != "" {
					t.Errorf("process and socket differ:\n%s", diff)
				}
			}
		})
	}
}

func TestErrorsKeepTheirKindAndTextOnTheWay(t *testing.T) {
	for kind := news.Internal; kind <= news.Busy; kind++ {
		f := sample()
		f.err = news.Errorf(kind, "it went %s at file.txt:3:7", kind)
		for name, d := range desks(t, f, news.Source{ID: "nyt"}) {
			_, err := Ingest(t.Context(), d, news.Handed{Name: "nyt"})
			if news.KindOf(err) != kind || err.Error() != f.err.Error() {
				t.Errorf("%s: ingest gave %s %q, want %s %q", name, news.KindOf(err), err, kind, f.err)
			}
			_, err = Withdraw.Ask(t.Context(), d, f.entry.ID)
			if news.KindOf(err) != kind || err.Error() != f.err.Error() {
				t.Errorf("%s: withdraw gave %s %q, want %s %q", name, news.KindOf(err), err, kind, f.err)
			}
			_, err = WithdrawSource(t.Context(), d, "nyt", false, func(news.Result) {})
			if news.KindOf(err) != kind || err.Error() != f.err.Error() {
				t.Errorf("%s: withdraw a source gave %s %q, want %s %q",
					name, news.KindOf(err), err, kind, f.err)
			}
		}
	}
}

func TestProcessAndSocketAnswerAlike(t *testing.T) {
	f := sample()
	both := desks(t, f, news.Source{ID: "nyt", Topics: []string{"border"}}, news.Source{ID: "folder"})
	for _, ask := range []struct {
		name string
		f    func(*Desk) (any, error)
	}{
		{"articles", func(d *Desk) (any, error) {
			return Articles.Ask(t.Context(), d, news.Query{Topic: "border", Text: "Ñ", Limit: 3})
		}},
		{"sources", func(d *Desk) (any, error) { return Sources.Ask(t.Context(), d, None{}) }},
		{"readers", func(d *Desk) (any, error) { return Readers.Ask(t.Context(), d, None{}) }},
		{"withdraw", func(d *Desk) (any, error) { return Withdraw.Ask(t.Context(), d, f.entry.ID) }},
		{"give back", func(d *Desk) (any, error) { return GiveBack.Ask(t.Context(), d, f.entry.ID) }},
		{"withdraw a source", func(d *Desk) (any, error) {
			var titles []string
			n, err := WithdrawSource(t.Context(), d, "nyt", true, func(r news.Result) {
				titles = append(titles, r.Title)
			})
			if n != 2 || len(titles) != 2 {
				t.Errorf("%d articles, titles %q", n, titles)
			}
			return titles, err
		}},
		{"explain id", func(d *Desk) (any, error) {
			return Explain.Ask(t.Context(), d, news.Handed{Name: f.entry.ID.URN()})
		}},
		{"explain file", func(d *Desk) (any, error) {
			return Explain.Ask(t.Context(), d, news.Handed{Name: "x", Path: "/x.txt", Body: []byte("x")})
		}},
		{"explain address", func(d *Desk) (any, error) {
			return Explain.Ask(t.Context(), d, news.Handed{Name: "https://example.com/feed"})
		}},
	} {
		t.Run(ask.name, func(t *testing.T) {
			f.asked = nil
			here, err := ask.f(both["process"])
			if err != nil {
				t.Fatal(err)
			}
			askedHere := f.asked
			f.asked = nil
			there, err := ask.f(both["socket"])
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(here, there); diff != "" {
				t.Errorf("answers differ (-process +socket):\n%s", diff)
			}
			if diff := cmp.Diff(askedHere, f.asked); diff != "" {
				t.Errorf("questions differ (-process +socket):\n%s", diff)
			}
		})
	}
}

// TestExplainOfAnAddress holds that an address is read as the source that is configured for it,
// else as one of nobody's.
func TestExplainOfAnAddress(t *testing.T) {
	f := sample()
	wire := news.Source{ID: "wire", URL: "https://wire.example/rss", Topics: []string{"border"}}
	d := serviceOf(f, wire).Desk(newstest.Logger(t))
	defer d.Close()
	for _, address := range []string{wire.URL, "https://other.example/rss"} {
		if _, err := Explain.Ask(t.Context(), d, news.Handed{Name: address}); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"explain source wire https://wire.example/rss", "explain article [border]",
		"explain source https://other.example/rss https://other.example/rss", "explain article []",
	}
	if diff := cmp.Diff(want, f.asked); diff != "" {
		t.Error(diff)
	}
}

func TestExplainOfWithdrawnAndUnknown(t *testing.T) {
	f := sample()
	f.entry.Status = news.Withdrawn
	d := serviceOf(f).Desk(newstest.Logger(t))
	defer d.Close()
	if _, err := Explain.Ask(t.Context(), d, news.Handed{Name: f.entry.ID.String()}); news.KindOf(err) != news.Gone {
		t.Errorf("a withdrawn article gives %v, want gone", err)
	}
	if _, err := Explain.Ask(t.Context(), d, news.Handed{Name: "nothing"}); news.KindOf(err) != news.NotFound {
		t.Errorf("no article gives %v, want not found", err)
	}
}

func TestHandlerRefusesWhatIsNoCall(t *testing.T) {
	f := sample()
	data := t.TempDir()
	listener, err := Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: Handler(newstest.Logger(t), serviceOf(f))}
	go server.Serve(listener)
	defer server.Close()
	client, ok := Dial(t.Context(), data)
	if !ok {
		t.Fatal("nobody answers at the socket")
	}
	defer client.Close()
	wrong := Call[string, news.Result]{path: Withdraw.path}
	if _, err := wrong.Ask(t.Context(), client, "no id"); news.KindOf(err) != news.Invalid {
		t.Errorf("a wrong id gives %v, want invalid", err)
	}
	unknown := Call[None, None]{path: "/v9/other"}
	if _, err := unknown.Ask(t.Context(), client, None{}); err == nil ||
		!strings.Contains(err.Error(), "another version") {
		t.Errorf("an unknown call gives %v", err)
	}
	large := news.Handed{Name: "x", Path: "/x", Body: make([]byte, mostBody)}
	if _, err := Ingest(t.Context(), client, large); err == nil {
		t.Error("a body over the limit gives no error")
	}
}

func TestSocket(t *testing.T) {
	data := t.TempDir()
	if _, ok := Dial(t.Context(), data); ok {
		t.Error("a daemon answers where none runs")
	}
	path, err := SocketPath(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil { // what a dead daemon left behind
		t.Fatal(err)
	}
	listener, err := Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the socket has mode %o, want 600", mode)
	}
}

func TestSocketOfADeepDirectory(t *testing.T) {
	t.Setenv("TMPDIR", shortDir(t))
	data := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30))
	path, err := SocketPath(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(path) > longestSocket {
		t.Fatalf("the path has %d bytes: %s", len(path), path)
	}
	if other, _ := SocketPath(data + "er"); other == path {
		t.Error("two data directories share a socket")
	}
	listener, err := Listen(data)
	if err != nil {
		t.Fatal(err)
	}
	go http.Serve(listener, http.NotFoundHandler())
	defer listener.Close()
	client, ok := Dial(t.Context(), data)
	if !ok {
		t.Fatal("nobody answers at the fallback path")
	}
	client.Close()
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, ok := Dial(t.Context(), data); ok {
		t.Error("a socket in a directory open to others is trusted")
	}
	if _, err := Listen(data); news.KindOf(err) != news.Refused {
		t.Errorf("Listen in a directory open to others gives %v, want refused", err)
	}
}

// shortDir makes a temporary directory with a short name, as sockets need.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "tt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	})
	return dir
}

func TestHistoryIsAnsweredAlike(t *testing.T) {
	f := sample()
	for name, d := range desks(t, f) {
		versions, err := History.Ask(t.Context(), d, f.entry.ID)
		if err != nil || len(versions) != 2 || versions[0].Changed[0] != "title" ||
			versions[1].Content != "<p>x</p>" {
			t.Errorf("%s: %+v, %v", name, versions, err)
		}
	}
	f.err = news.Errorf(news.NotFound, "there is no article")
	for name, d := range desks(t, f) {
		if _, err := History.Ask(t.Context(), d, f.entry.ID); news.KindOf(err) != news.NotFound {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestOnlyADaemonKnowsItsReaders(t *testing.T) {
	f := sample()
	service := serviceOf(f)
	service.Counts = nil
	d := service.Desk(newstest.Logger(t))
	defer d.Close()
	_, err := Readers.Ask(t.Context(), d, None{})
	if news.KindOf(err) != news.Refused {
		t.Errorf("error %v, want a refusal", err)
	}
}

func TestRetry(t *testing.T) {
	for name, d := range desks(t, &fake{}, news.Source{ID: "s", Enabled: true},
		news.Source{ID: "well", Enabled: true}, news.Source{ID: "off"},
		news.Source{ID: "push", Enabled: true, Kind: news.KindPush}) {
		if n, err := Retry.Ask(t.Context(), d, "s"); n != 1 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		if n, err := Retry.Ask(t.Context(), d, "well"); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		for id, want := range map[string]news.Kind{
			"nobody": news.NotFound, "push": news.NotFound, "off": news.Refused,
		} {
			if _, err := Retry.Ask(t.Context(), d, id); news.KindOf(err) != want {
				t.Errorf("%s: %s: %v", name, id, err)
			}
		}
		list, err := Sources.Ask(t.Context(), d, None{})
		if err != nil || len(list) != 4 || len(list[0].State.Aside) != 1 || list[1].State.Aside != nil {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
}

func (*fake) Verify(context.Context) (news.Verified, error) { return news.Verified{}, nil }
