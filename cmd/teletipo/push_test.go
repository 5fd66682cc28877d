package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// pushed is what the push interface answers, as far as the tests look at it.
type pushed struct {
	ID         string
	Outcome    string
	Placements []news.Placement
	Links      struct{ Self, Page string }
	Errors     []struct{ Pointer, Detail string }
}

// push makes one call of the push interface.
func (d *running) push(method, path, token, body string, headers ...string) (answer, pushed) {
	d.t.Helper()
	req, err := http.NewRequestWithContext(d.t.Context(), method, d.public+"/api/v1/"+path,
		strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	var p pushed
	if len(text) > 0 {
		if err := json.Unmarshal(text, &p); err != nil {
			d.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
	return answer{resp.StatusCode, resp.Header, string(text)}, p
}

// addToken makes a token and checks that nothing else is on the standard output.
func addToken(t testing.TB, flags []string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(t.Context(), slices.Concat([]string{"token", "add"}, args, flags), noEnv, &out, &errs)
	if err != nil || !strings.HasPrefix(out.String(), "teletipo_") || len(out.String()) != 9+43+1 {
		t.Fatalf("token add: %q, %v", out.String(), err)
	}
	if !strings.Contains(errs.String(), "not shown again") {
		t.Errorf("token add says nothing to the person: %q", errs.String())
	}
	return strings.TrimSpace(out.String())
}

const pushedArticle = `{"url": "https://desk.example/tunnel?utm_source=cms",
"title": "Agents find a smuggling tunnel under the border at Nogales",
"content_html": "<p>U.S. Border Patrol agents have found a tunnel under the border fence between Arizona and Sonora, Mexico.</p><script>alert(1)</script>",
"language": "en", "authors": [{"name": "Ana Ruiz"}], "tags": ["tunnels"],
"image": "https://desk.example/tunnel.jpg"}`

func TestPush(t *testing.T) {
	_, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	token := addToken(t, flags, "cms")

	a, p := d.push("PUT", "articles/tunnel", token, pushedArticle, "If-None-Match", "*")
	if a.status != http.StatusCreated || p.Outcome != "accepted" || len(p.Placements) == 0 ||
		len(p.Placements[0].Evidence) == 0 || !strings.HasPrefix(p.ID, "urn:uuid:") {
		t.Fatalf("PUT: %d %s", a.status, a.body)
	}
	id := strings.TrimPrefix(p.ID, "urn:uuid:")
	if p.Links.Page != "https://news.example/articles/"+id {
		t.Errorf("the page is said to be %s", p.Links.Page)
	}
	eventually(t, "the article is in its feed", func() bool {
		return slices.Contains(d.guids("/feeds/border.atom"), p.ID)
	})
	if strings.Contains(d.get("/feeds/border.json").body, "alert(1)") {
		t.Error("a script went through")
	}
	for _, format := range []string{"rss", "atom", "json"} {
		if !strings.Contains(d.get("/feeds/border."+format).body, "https://desk.example/tunnel.jpg") {
			t.Errorf("the image is not in the feed as %s", format)
		}
	}
	checkPutBack(t, d, token)
	checkEdits(t, d, token, a.header.Get("ETag"))

	a, p = d.push("POST", "articles", token, `{"title": "A quiet day", "summary": "Nothing."}`)
	if a.status != http.StatusCreated {
		t.Errorf("POST: %d %s", a.status, a.body)
	}
	if a, _ = d.push("GET", strings.TrimPrefix(a.header.Get("Location"), "/api/v1/"), token, ""); a.status != 200 {
		t.Errorf("GET where POST said: %d %s", a.status, a.body)
	}
	for body, want := range map[string]int{
		`{"title": "<b></b>"}`: 422, `{"title": "T", "date_published": "9998-01-01T00:00:00Z"}`: 422,
		`{"title": "Twin", "url": "https://desk.example/tunnel"}`: 409,
	} {
		if a, _ = d.push("PUT", "articles/other", token, body); a.status != want {
			t.Errorf("PUT of %s: %d, want %d: %s", body, a.status, want, a.body)
		}
	}

	if a, _ = d.push("DELETE", "articles/"+id, token, ""); a.status != http.StatusNoContent {
		t.Errorf("DELETE: %d %s", a.status, a.body)
	}
	eventually(t, "the article has left its feed", func() bool {
		return !slices.Contains(d.guids("/feeds/border.atom"), "urn:uuid:"+id)
	})
	if a := d.get("/articles/" + id); a.status != http.StatusGone {
		t.Errorf("the page of a withdrawn article: status %d, want 410", a.status)
	}
	if a, _ = d.push("PUT", "articles/tunnel", token, pushedArticle); a.status != http.StatusGone {
		t.Errorf("PUT of a withdrawn article: %d %s", a.status, a.body)
	}
	checkTokens(t, d, flags, token)
	d.terminate()
	checkPushCounts(t, flags)
}

// checkPushCounts holds what the list of sources says of the source that was pushed into.
func checkPushCounts(t *testing.T, flags []string) {
	t.Helper()
	var out, errs bytes.Buffer
	args := append([]string{"sources", "--json"}, flags...)
	if err := run(t.Context(), args, noEnv, &out, &errs); err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Source struct{ ID string }
		State  struct {
			Accepted, Updated, Rejected int
			LastSuccess                 time.Time `json:"last_success"`
			LastChange                  time.Time `json:"last_change"`
		}
		Health struct{ Status string }
	}
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		st := s.State
		if s.Source.ID != "push" {
			continue
		}
		if st.Accepted != 2 || st.Updated == 0 || st.Rejected == 0 || st.LastSuccess.IsZero() ||
			st.LastChange.IsZero() || s.Health.Status != "ok" {
			t.Errorf("what is told of pushes: %+v", s)
		}
		return
	}
	t.Error("no source push is listed")
}

// checkPutBack holds that what GET gives can be put back and is the same article.
func checkPutBack(t *testing.T, d *running, token string) {
	t.Helper()
	a, _ := d.push("GET", "articles/tunnel", token, "")
	if a.status != http.StatusOK || !strings.Contains(a.body, "https://desk.example/tunnel.jpg") {
		t.Fatalf("GET: %d %s", a.status, a.body)
	}
	_, p := d.push("PUT", "articles/tunnel", token, a.body, "If-Match", a.header.Get("ETag"))
	if p.Outcome != "unchanged" {
		t.Errorf("what GET gave, put back, is %s", p.Outcome)
	}
}

// checkEdits holds that an edit of an old version is refused, and one of the newest is taken.
func checkEdits(t *testing.T, d *running, token, first string) {
	t.Helper()
	edit := strings.Replace(pushedArticle, "a tunnel under", "a long tunnel under", 1)
	a, p := d.push("PUT", "articles/tunnel", token, edit, "If-Match", first)
	if a.status != http.StatusOK || p.Outcome != "updated" || a.header.Get("ETag") == first {
		t.Errorf("an edit: %d %s", a.status, a.body)
	}
	a, _ = d.push("PUT", "articles/tunnel", token, pushedArticle, "If-Match", first)
	if a.status != http.StatusPreconditionFailed {
		t.Errorf("an edit of an old version: %d %s", a.status, a.body)
	}
	eventually(t, "the edit is in the feed", func() bool {
		return strings.Contains(d.get("/feeds/border.atom").body, "a long tunnel under")
	})
}

// checkTokens holds that a token is listed without its secret, and is worthless once revoked.
func checkTokens(t *testing.T, d *running, flags []string, token string) {
	t.Helper()
	out, err := teletipo(t, append([]string{"token", "list"}, flags...)...)
	if err != nil || !strings.Contains(out, "cms") || strings.Contains(out, token[9:]) {
		t.Errorf("token list: %q, %v", out, err)
	}
	if _, err := teletipo(t, append([]string{"token", "add", "cms"}, flags...)...); err == nil {
		t.Error("a second token of one name was made")
	}
	if _, err = teletipo(t, append([]string{"token", "revoke", "cms"}, flags...)...); err != nil {
		t.Errorf("token revoke: %v", err)
	}
	a, _ := d.push("GET", "articles/tunnel", token, "")
	if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
		t.Errorf("with a revoked token: %d %s", a.status, a.body)
	}
}

func TestTokenMadeBeforeTheDaemonStarts(t *testing.T) {
	_, flags := setUp(t, web(t))
	token := addToken(t, flags, "cms", "--source", "push")
	d := startDaemon(t, flags...)
	if a, _ := d.push("PUT", "articles/a", token, `{"title": "A title"}`); a.status != 201 {
		t.Errorf("PUT: %d %s", a.status, a.body)
	}
	d.terminate()
	if _, err := teletipo(t, append([]string{"token", "add", "x", "--source", "wire"}, flags...)...); err == nil {
		t.Error("a token for a feed was made")
	}
}
