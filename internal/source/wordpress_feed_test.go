package source

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

const harborFeed = `-- /feed/ --
Content-Type: application/rss+xml
ETag: "one"

<rss version="2.0"><channel><title>El Puerto</title></channel></rss>
`

func TestWordPressClosedAPI(t *testing.T) {
	for _, c := range []struct{ name, answer, why string }{
		{
			"401", "HTTP 401\n\n" + `{"code":"rest_not_logged_in","message":"You are not currently logged in.","data":{"status":401}}`,
			`rest_not_logged_in "You are not currently logged in." (status 401)`,
		},
		{
			"403 in Spanish", "HTTP 403\n\n" + `{"code":"rest_forbidden","message":"Lo siento, no tienes permisos.","data":{"status":403}}`,
			`rest_forbidden "Lo siento, no tienes permisos." (status 403)`,
		},
		{"403 of a firewall", "HTTP 403\n\n<html>Forbidden</html>", "the server answers 403 Forbidden"},
		{"404", "HTTP 404\n\n" + `{"code":"rest_no_route","message":"No route","data":{"status":404}}`, "rest_no_route"},
		{"410", "HTTP 410\n\nGone", "410 Gone"},
		{"400 whatever is asked", "HTTP 400\n\n" + `{"code":"rest_invalid_param","message":"orderby"}`, `rest_invalid_param "orderby"`},
		{
			"disabled with 200", `{"code":"rest_disabled","message":"The REST API is disabled.","data":{"status":"x"}}`,
			`the API answers rest_disabled "The REST API is disabled."`,
		},
		{"a page", "Content-Type: text/html\n\n<!doctype html><title>Inicio</title>", "200 with an HTML page instead of posts"},
		{"a warning before it", "\n<br />\n<b>Warning</b>: Undefined variable[]", "instead of posts"},
		{"another object", `{"posts":[]}`, "JSON that is no list of posts"},
		{"nothing", "HTTP 200\n\n", "200 with nothing instead of posts"},
		{"a string", `"posts"`, "something else than JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, home+harborFeed)
			s.web.Set(postsPath, c.answer)
			reading, err := s.read()
			if err != nil {
				t.Fatal(err)
			}
			if len(reading.Documents) != 1 || !strings.Contains(string(reading.Documents[0].Body), "El Puerto") ||
				reading.Documents[0].Source != "harbor" || reading.Status != 200 || len(reading.Faults) != 0 {
				t.Errorf("reading %+v", reading)
			}
			for _, part := range []string{c.why, s.web.URL + "/feed/", "after 2025-03-05T12:00:00Z"} {
				if !strings.Contains(reading.Note, part) {
					t.Errorf("note %q, want %q in it", reading.Note, part)
				}
			}
			if n := strings.Count(s.log.String(), "level=WARN"); n != 1 {
				t.Errorf("%d warnings, want 1: %s", n, &s.log)
			}
		})
	}
}

func TestWordPressReadsTheFeedUntilTheAPIOpens(t *testing.T) {
	s := newSite(t, home+harborFeed+"-- "+postsPath+" --\n"+list(post(1, time.Hour)))
	s.want("1")
	s.requests()

	const shut = "HTTP 403\n\n" + `{"code":"rest_disabled","message":"No","data":{"status":403}}`
	s.web.Set(postsPath, shut)
	if reading, err := s.read(); err != nil || len(reading.Documents) != 1 || reading.Note == "" {
		t.Fatalf("%+v, %v", reading, err)
	}
	s.wantRequests(postsPath+"?…", "/feed/") // WordPress itself says no: it is nowhere else

	for range 3 { // for a day the feed alone is asked, conditionally
		s.now = s.now.Add(7 * time.Hour)
		if reading, err := s.read(); err != nil || !reading.NotModified || reading.Note == "" {
			t.Errorf("%+v, %v", reading, err)
		}
		s.wantRequests("/feed/")
	}
	s.now = s.now.Add(4 * time.Hour)
	if reading, err := s.read(); err != nil || reading.NotModified || len(reading.Documents) != 1 {
		t.Errorf("tried again: %+v, %v; want the feed in full, so that it is remembered", reading, err)
	}
	s.wantRequests("/", postsPath+"?…", "/feed/")
	s.now = s.now.Add(time.Hour)
	if reading, err := s.read(); err != nil || len(s.requests()) != 1 {
		t.Errorf("an hour after that: %+v, %v", reading, err)
	}
	if n := strings.Count(s.log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings, want one for all that time: %s", n, &s.log)
	}

	// It goes on where it was when the API closed.
	s.web.Set(postsPath, list(post(2, 0), post(1, time.Hour)))
	s.now = s.now.Add(24 * time.Hour)
	if reading := s.want("2 1"); reading.Note != "" {
		t.Errorf("note %q", reading.Note)
	}
	if asked := s.requests(); !strings.Contains(asked[len(asked)-1], "modified_after=2025-03-04T09%3A50%3A00Z") {
		t.Errorf("asked %q", asked)
	}
	if !strings.Contains(s.log.String(), "open again") {
		t.Errorf("log %s", &s.log)
	}
}

func TestWordPressFeedWithoutPermalinks(t *testing.T) {
	s := newSite(t, "-- /?feed=rss2 --\n<rss><channel></channel></rss>\n-- / --\n\n<html></html>")
	reading, err := s.read()
	if err != nil || len(reading.Documents) != 1 || !strings.Contains(reading.Note, "/?feed=rss2") {
		t.Fatalf("%+v, %v", reading, err)
	}
	s.requests()
	if _, err := s.read(); err != nil {
		t.Error(err)
	}
	s.wantRequests("/?feed=rss2")
}

func TestWordPressFailures(t *testing.T) {
	const busy = "HTTP 503\n\n" + `{"code":"db_down","message":"Sin base de datos","data":{"status":503}}`
	for _, c := range []struct {
		name, archive string
		kind          news.Kind
		status        int
		want          []string
	}{
		{"the site is down", "-- / --\nHTTP 502\n\n", news.Unreachable, 502, []string{"502"}},
		{"the site is busy", "-- / --\nHTTP 429\n\n", news.Unreachable, 429, []string{"429"}},
		{
			"the API is down", home + harborFeed + "-- " + postsPath + " --\n" + busy,
			news.Unreachable, 503,
			[]string{postsPath, `db_down "Sin base de datos" (status 503)`},
		},
		{
			"the API says so with 200", home + harborFeed + "-- " + postsPath + " --\n" + strings.Split(busy, "\n\n")[1],
			news.Unreachable, 200,
			[]string{"the API answers db_down"},
		},
		{
			"API and feed are closed", home + "-- /feed/ --\nHTTP 403\n\nNo\n-- " + postsPath + " --\nHTTP 401\n\nNo",
			news.Refused, 403,
			[]string{"/feed/: the server answers 403", "API is closed", "401 Unauthorized"},
		},
		{"nothing of WordPress", "-- /x --\n\n", news.NotFound, 404, []string{"?feed=rss2", "API is closed", "/wp-json/"}},
		{
			"a page everywhere", "-- / --\n\n<!doctype html><title>Hola</title>\n" +
				"-- /feed/ --\n\n<!doctype html><title>Hola</title>\n",
			news.NotFound, 200,
			[]string{"/?feed=rss2: not a feed", "API is closed"},
		},
		{"the feed is gone", home + "-- /feed/ --\nHTTP 410\n\nNo", news.Gone, 410, []string{"410 Gone"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, c.archive)
			reading, err := s.read()
			if err == nil || news.KindOf(err) != c.kind || reading.Status != c.status || len(reading.Documents) != 0 {
				t.Fatalf("status %d, %d documents, error %v of kind %v, want %d and %v",
					reading.Status, len(reading.Documents), err, news.KindOf(err), c.status, c.kind)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %v, want %q in it", err, part)
				}
			}
			if c.status == 429 && reading.RetryAfter != time.Hour {
				t.Errorf("to be asked after %v, want an hour", reading.RetryAfter)
			}
			if s.log.Len() > 0 {
				t.Errorf("log %s", &s.log)
			}
		})
	}
}

func TestWordPressFewerPostsAPage(t *testing.T) {
	for _, answer := range []string{"HTTP 400\n\n" + `{"code":"rest_invalid_param"}`, "HTTP 400\n\n"} {
		few := strings.Replace(firstAsked, "=50", "=10", 1)
		s := newSite(t, home)
		s.web.Set(postsPath, answer)
		s.web.Set(postsPath+"?"+few, "X-WP-TotalPages: 1\n\n"+list(post(1, time.Hour)))
		s.want("1")
		s.wantRequests("/", postsPath+"?"+firstAsked, postsPath+"?"+few)
		s.web.Set(postsPath, list(post(2, 0)))
		s.want("2")
		if asked := s.requests(); len(asked) != 1 || !strings.HasSuffix(asked[0], "per_page=10") {
			t.Errorf("asked %q", asked)
		}
	}
}

func TestWordPressPageThatBreaksOff(t *testing.T) {
	s := newSite(t, home+"-- "+postsPath+" --\n"+strings.TrimSuffix(list(post(2, 0), post(1, 0)), "}]"))
	if reading, err := s.read(); err != nil || len(reading.Documents) != 1 {
		t.Fatalf("%+v, %v", reading, err)
	}
	if after := readMark(s.last.Mark, s.web.URL+"/").After; !after.IsZero() {
		t.Errorf("the list was not whole, and the mark moves to %v", after)
	}
}

func TestWordPressAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example":                          "https://a.example/",
		"https://a.example/?x=1#y":                   "https://a.example/",
		"https://a.example/feed":                     "https://a.example/",
		"https://a.example/es/feed/":                 "https://a.example/es/",
		"https://a.example/blog/wp-json/":            "https://a.example/blog/",
		"https://a.example/blog/wp-json":             "https://a.example/blog/",
		"https://a.example/wp-json/wp/v2/posts?_x=1": "https://a.example/",
		"https://a.example/newsfeed":                 "https://a.example/newsfeed/",
		"ftp://a.example/":                           "",
		"https:///x":                                 "",
		"a.example":                                  "",
		"%":                                          "",
	} {
		got, err := wpSite(news.Source{ID: "harbor", URL: in})
		if got != want || (err == nil) != (want != "") || err != nil && news.KindOf(err) != news.Invalid {
			t.Errorf("site of %q: %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestWordPressMarksThatAreNone(t *testing.T) {
	for _, text := range []string{"", "x", `{"site":3}`, `{"site":"https://b.example/","root":"x"}`, "[]"} {
		if m := readMark(text, "https://a.example/"); m != (wpMark{Site: "https://a.example/"}) {
			t.Errorf("mark %q: %+v, want an empty one", text, m)
		}
	}
}

func TestWordPressSiteThatMayNotBeAsked(t *testing.T) {
	f := &fakeFetcher{err: news.Errorf(news.Refused, "fetch x: not public")}
	s := newSite(t, "")
	s.use(f)
	if _, err := s.read(); !errors.Is(err, f.err) || strings.Contains(err.Error(), "API") {
		t.Errorf("%v, want our own refusal alone", err)
	}
	if f.asked.URL != s.web.URL+"/" {
		t.Errorf("asked for %s as well", f.asked.URL)
	}
}
