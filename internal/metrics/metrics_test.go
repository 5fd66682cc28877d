package metrics

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

func TestWrite(t *testing.T) {
	failures := Family{Name: "x_failures", Help: "In a\nrow, \\ \"quoted\".", Type: Gauge}
	failures.Add(3, "source", "a", "name", "say \"hi\"\\\n\xff")
	failures.Add(0.25, "source", "b", "name", "")
	var b strings.Builder
	err := Write(&b, []Family{
		One("x_total", "All.", Counter, 1e9),
		{Name: "x_none", Help: "None.", Type: Gauge},
		failures,
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `# HELP x_total All.
# TYPE x_total counter
x_total 1e+09
# HELP x_failures In a\nrow, \\ "quoted".
# TYPE x_failures gauge
x_failures{source="a",name="say \"hi\"\\\n` + "\ufffd" + `"} 3
x_failures{source="b",name=""} 0.25
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestWriteGivesTheError(t *testing.T) {
	if err := Write(broken{}, Runtime()); err == nil {
		t.Error("no error")
	}
}

func TestSeconds(t *testing.T) {
	if got := Seconds(time.UnixMilli(1500)); got != 1.5 {
		t.Errorf("%v, want 1.5", got)
	}
	if got := Seconds(time.Time{}); got != 0 {
		t.Errorf("%v for no time, want 0", got)
	}
}

func TestRequestsAreCounted(t *testing.T) {
	r := NewRequests([]news.FeedKey{{Topic: "border"}, {Topic: "border", Lang: "es"}})
	h := r.Counting(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		case req.Method == "BREW":
			w.WriteHeader(http.StatusTeapot)
		default:
			w.Write([]byte("feed"))
		}
	}))
	ask := func(method, path, tag string) {
		req := httptest.NewRequest(method, path, nil)
		if tag != "" {
			req.Header.Set("If-None-Match", tag)
		}
		h.ServeHTTP(httptest.NewRecorder(), req)
	}
	ask("GET", "/feeds/border.rss", "")
	ask("GET", "/feeds/border.rss", `"x"`)
	ask("GET", "/feeds/border.rss?any=query", `"x"`)
	ask("BREW", "/feeds/border.es.json", "")
	ask("GET", "/feeds/made-up.rss", "")
	ask("GET", "/", "")
	var b strings.Builder
	if err := Write(&b, []Family{r.Family()}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "#") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		`teletipo_feed_requests_total{topic="border",lang="",format="rss",status="200"} 1`,
		`teletipo_feed_requests_total{topic="border",lang="",format="rss",status="304"} 2`,
		`teletipo_feed_requests_total{topic="border",lang="es",format="json",status="other"} 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRuntimeHasEveryFigure(t *testing.T) {
	families := Runtime()
	if len(families) != len(figures)+1 {
		t.Errorf("%d families, want %d and go_info: a name that the runtime does not know?",
			len(families), len(figures))
	}
	for _, f := range families {
		if f.Name == "go_goroutines" && f.Samples[0].Value < 1 {
			t.Errorf("goroutines: %v", f.Samples[0].Value)
		}
	}
}
