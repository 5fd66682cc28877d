package source

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// site is a WordPress site under test, with a clock and what is remembered of it.
type site struct {
	t      *testing.T
	web    *newstest.Server
	now    time.Time
	log    bytes.Buffer
	reader *Reader
	src    news.Source
	last   news.Validators
	asked  int // requests that were looked at already
}

func newSite(t *testing.T, archive string) *site {
	s := &site{t: t, web: newstest.Web(t, archive), now: noon}
	s.use(newstest.Fetcher{})
	s.src = news.Source{ID: "harbor", Kind: news.KindWordPress, URL: s.web.URL + "/"}
	return s
}

func (s *site) use(f Fetcher) {
	log := slog.New(slog.NewTextHandler(&s.log, nil))
	s.reader = New(log, f, func() time.Time { return s.now })
}

// read looks once, and remembers what that taught as the flow does once all is stored.
func (s *site) read() (news.Reading, error) {
	s.t.Helper()
	reading, err := s.reader.Read(s.t.Context(), s.src, s.last)
	if err != nil && reading.Validators != s.last {
		s.t.Errorf("validators change beside the error %v", err)
	}
	if err == nil && !reading.NotModified {
		s.last = reading.Validators
	}
	return reading, err
}

// want looks once and compares the bodies' posts, as numbers in the order of the documents.
func (s *site) want(posts string) news.Reading {
	s.t.Helper()
	reading, err := s.read()
	if err != nil {
		s.t.Fatal(err)
	}
	var got []string
	for _, doc := range reading.Documents {
		if doc.MediaType == news.WordPressPosts && doc.Source != "harbor" {
			s.t.Errorf("document %+v", doc)
		}
		for part := range strings.SplitSeq(string(doc.Body), `"id":`) {
			if id, _, ok := strings.Cut(part, ","); ok && !strings.HasPrefix(part, "[") {
				got = append(got, id)
			}
		}
	}
	if strings.Join(got, " ") != posts {
		s.t.Errorf("posts %q, want %q", strings.Join(got, " "), posts)
	}
	return reading
}

// requests lists what was asked for since the last time.
func (s *site) requests() []string {
	all := s.web.Requests()
	var paths []string
	for _, r := range all[s.asked:] {
		paths = append(paths, r.Path)
	}
	s.asked = len(all)
	return paths
}

func (s *site) wantRequests(want ...string) {
	s.t.Helper()
	got := s.requests()
	if len(got) != len(want) {
		s.t.Fatalf("requests:\n%s\nwant %d", strings.Join(got, "\n"), len(want))
	}
	for i := range want {
		if got[i] != want[i] && !(strings.HasSuffix(want[i], "…") &&
			strings.HasPrefix(got[i], strings.TrimSuffix(want[i], "…"))) {
			s.t.Errorf("request %d: %s, want %s", i+1, got[i], want[i])
		}
	}
}

// post is a post of the API's with a number, modified so long before noon.
func post(id int, ago time.Duration) string {
	return fmt.Sprintf(`{"id":%d,"modified_gmt":%q,"title":{"rendered":"Post"}}`,
		id, noon.Add(-ago).Format("2006-01-02T15:04:05"))
}

func list(posts ...string) string { return "[" + strings.Join(posts, ",") + "]" }

// span is posts with numbers counting down, each modified a minute before the one ahead of it.
func span(from, to int) string {
	var posts []string
	for id := from; id >= to; id-- {
		posts = append(posts, post(id, time.Duration(10_000-id)*time.Minute))
	}
	return list(posts...)
}

const (
	firstAsked = "_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia&order=desc&orderby=modified&per_page=50"
	postsPath  = "/wp-json/wp/v2/posts"
	home       = `-- / --
Content-Type: text/html

<!doctype html><html><head><title>Puerto</title>
<link rel='https://api.w.org/' href='{{url}}/wp-json/' /></head></html>
`
)

func TestWordPressLooks(t *testing.T) {
	s := newSite(t, home+"-- "+postsPath+" --\n"+list(post(2, time.Hour), post(1, 2*time.Hour)))
	first := s.want("2 1")
	if first.Status != 200 || first.Note != "" || first.Later != 0 || len(first.Faults) != 0 {
		t.Errorf("reading %+v", first)
	}
	s.wantRequests("/", postsPath+"?"+firstAsked)

	// The next look reaches back before the newest post: it was modified at 11:00.
	after := "?_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia&modified_after=2025-03-04T09%3A50%3A00Z&" +
		"order=desc&orderby=modified&per_page=50"
	s.web.Set(postsPath+after, list(post(2, time.Hour)))
	s.want("2")
	s.wantRequests(postsPath + after)
	if again := s.want(""); !again.NotModified || again.Status != 200 {
		t.Errorf("the same answer once more: %+v", again)
	}
	s.wantRequests(postsPath + after)

	// What could not be stored comes again: the mark is the caller's to keep.
	kept := s.last
	s.web.Set(postsPath+after, list(post(3, 0), post(2, time.Hour)))
	s.want("3 2")
	s.last = kept
	s.want("3 2")
	s.wantRequests(postsPath+after, postsPath+after)
	s.want("2 1")
	s.wantRequests(postsPath + strings.Replace(after, "09%3A50", "10%3A50", 1))

	s.src.URL += "otro/" // another site begins anew
	s.web.Set("/otro/", `<link rel="https://api.w.org/" href="/otro/wp-json/">`)
	s.web.Set("/otro/wp-json/wp/v2/posts", list(post(9, 0)))
	s.want("9")
}

// TestWordPressIsAskedConditionally looks at a site whose API gives validators.
func TestWordPressIsAskedConditionally(t *testing.T) {
	s := newSite(t, home)
	after := postsPath + "?_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia&" +
		"modified_after=2025-03-04T09%3A50%3A00Z&order=desc&orderby=modified&per_page=50"
	s.web.Set(postsPath, "ETag: \"all\"\n\n"+list(post(2, time.Hour), post(1, 2*time.Hour)))
	s.web.Set(after, "ETag: \"one\"\n\n"+list(post(2, time.Hour)))
	s.want("2 1")
	s.want("2") // by another address: what has been modified since
	for range 2 {
		if again := s.want(""); !again.NotModified || again.Status != 304 {
			t.Errorf("asked with the tag: %+v", again)
		}
	}
	// What changed is read, and its tag counts from then on.
	s.web.Set(after, "ETag: \"two\"\n\n"+list(post(2, time.Hour), post(3, time.Hour)))
	s.want("2 3")
	if again := s.want(""); again.Status != 304 {
		t.Errorf("asked with the new tag: %+v", again)
	}
	// A server that says 304 for ever is found out.
	s.now = s.now.Add(staleAfter)
	if again := s.want(""); again.Status != 200 || !again.NotModified {
		t.Errorf("after eight days: %+v", again)
	}
}

// TestWordPressKeepsNoTagOfManyPages: the first page's would not speak for the others.
func TestWordPressKeepsNoTagOfManyPages(t *testing.T) {
	s := newSite(t, home)
	s.web.Set(postsPath, "ETag: \"first\"\nX-WP-TotalPages: 2\n\n"+span(9_999, 9_950))
	s.web.Set(postsPath+"?"+strings.Replace(firstAsked, "per_page", "page=2&per_page", 1), "ETag: \"second\"\n\n"+span(9_949, 9_949))
	if _, err := s.read(); err != nil {
		t.Fatal(err)
	}
	if mark := readMark(s.last.Mark, s.src.URL); mark.Asked != "" || mark.Tags.ETag != "" {
		t.Errorf("mark %+v", mark)
	}
}

func TestWordPressFindsItsAPI(t *testing.T) {
	posts := list(post(1, time.Hour))
	for _, c := range []struct {
		name, archive, url string
		want               []string
	}{
		{
			"by the header",
			"-- / --\nLink: <https://x.example/?p=1>; rel=shortlink, <{{url}}/api/>; rel=\"https://api.w.org/\"\n\nHola\n" +
				"-- /api/wp/v2/posts --\n" + posts,
			"/",
			[]string{"/", "/api/wp/v2/posts?…"},
		},
		{
			"by an element with a relative address",
			"-- /es/ --\nContent-Type: text/html\n\n<html><LINK href=../wp-json REL='https://api.w.org/'></html>\n" +
				"-- " + postsPath + " --\n" + posts,
			"/es",
			[]string{"/es/", postsPath + "?…"},
		},
		{
			"in the usual place, when the page says nothing",
			"-- / --\n\n<html></html>\n-- " + postsPath + " --\n" + posts,
			"/feed/",
			[]string{"/", postsPath + "?…"},
		},
		{
			"in the usual place, when there is no page",
			"-- / --\nHTTP 403\n\nNo\n-- " + postsPath + " --\n" + posts,
			"/wp-json/wp/v2",
			[]string{"/", postsPath + "?…"},
		},
		{
			"without permalinks",
			"-- / --\n\n<html></html>\n-- /?_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia&order=desc" +
				"&orderby=modified&per_page=50&rest_route=%2Fwp%2Fv2%2Fposts --\n" + posts,
			"",
			[]string{"/", postsPath + "?…", "/?_embed=…"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, c.archive)
			s.src.URL = s.web.URL + c.url
			s.want("1")
			s.wantRequests(c.want...)
			if c.url == "" {
				return // the fake web knows that page by its whole query
			}
			s.want("") // the same posts
			if again := s.requests(); len(again) != 1 {
				t.Errorf("the next look asks for %q, want the posts alone", again)
			}
		})
	}
}

func TestWordPressMovesItsAPI(t *testing.T) {
	s := newSite(t, home+"-- "+postsPath+" --\n"+list(post(1, time.Hour)))
	s.want("1")
	s.web.Set("/", `<link rel="https://api.w.org/" href="/nuevo/">`)
	s.web.Remove(postsPath)
	s.web.Set("/nuevo/wp/v2/posts", list(post(2, 0)))
	s.requests()
	s.want("2")
	s.wantRequests(postsPath+"?…", "/", "/nuevo/wp/v2/posts?…")
	if s.log.Len() > 0 {
		t.Errorf("log %s", &s.log)
	}
}

// pages sets the pages of a list, those of 50 posts but the last.
func (s *site) pages(query string, total int, pages ...string) {
	for i, body := range pages {
		page := ""
		if i > 0 {
			page = fmt.Sprintf("&page=%d", i+1)
		}
		if total >= 0 && !strings.HasPrefix(body, "HTTP") {
			body = fmt.Sprintf("X-WP-Total: %d\nX-WP-TotalPages: %d\n\n%s", total, len(pages), body)
		}
		s.web.Set(postsPath+"?"+strings.Replace(query, "&per_page", page+"&per_page", 1), body)
	}
}

func TestWordPressPaging(t *testing.T) {
	for _, bare := range []bool{false, true} {
		s := newSite(t, home)
		s.use(newstest.Fetcher{Bare: bare})
		// First contact: the newest pages, though there are more.
		s.pages(firstAsked, 250, span(250, 201), span(200, 151), span(150, 101), span(100, 51), span(50, 1))
		reading, err := s.read()
		if err != nil || len(reading.Documents) != wpFirst || reading.Later != 0 {
			t.Fatalf("%d documents, later %d, %v", len(reading.Documents), reading.Later, err)
		}
		if first := string(reading.Documents[0].Body); first != span(100, 51)+"\n" && first != span(100, 51) {
			t.Errorf("the oldest page does not come first: %.60s", first)
		}
		// Later: all of them.
		mark := readMark(s.last.Mark, s.web.URL+"/")
		mark.After = noon.Add(-20 * 24 * time.Hour)
		s.last = mark.validators()
		later := "_embed=author%2Cwp%3Aterm%2Cwp%3Afeaturedmedia&modified_after=2025-02-12T10%3A50%3A00Z" +
			"&order=desc&orderby=modified&per_page=50"
		s.pages(later, 270, span(270, 221), span(220, 171), span(170, 121), span(120, 71), span(70, 21), span(20, 1))
		s.requests()
		if reading, err = s.read(); err != nil || len(reading.Documents) != 6 {
			t.Errorf("%d documents, %v, want 6", len(reading.Documents), err)
		}
		if n := len(s.requests()); n != 6 {
			t.Errorf("%d requests, want 6", n)
		}
		got := readMark(s.last.Mark, s.web.URL+"/").After
		if want := noon.Add(-(10_000 - 270) * time.Minute); !got.Equal(want) {
			t.Errorf("read until %v, want %v", got, want)
		}
	}
}

func TestWordPressPagesThatEndWithAnError(t *testing.T) {
	s := newSite(t, home)
	s.pages(firstAsked, -1, span(100, 51), "HTTP 400\n\n"+
		`{"code":"rest_post_invalid_page_number","message":"No","data":{"status":400}}`)
	if reading := s.want(numbers(100, 51)); reading.Status != 200 || len(reading.Faults) != 0 {
		t.Errorf("reading %+v", reading)
	}
	if readMark(s.last.Mark, s.web.URL+"/").After.IsZero() {
		t.Error("the list was read to its end, and the mark does not say so")
	}
}

func numbers(from, to int) string {
	var list []string
	for id := from; id >= to; id-- {
		list = append(list, fmt.Sprint(id))
	}
	return strings.Join(list, " ")
}

func TestWordPressPageThatFails(t *testing.T) {
	s := newSite(t, home)
	s.pages(firstAsked, 100, span(100, 51), "HTTP 500\n\nFatal error")
	for range 2 { // the mark stays where it is, and no post is held back
		reading := s.want(numbers(100, 51))
		if len(reading.Faults) != 1 || !strings.Contains(reading.Faults[0].Error(), "page=2") ||
			!strings.Contains(reading.Faults[0].Error(), "500") {
			t.Errorf("faults %v", reading.Faults)
		}
	}
	s.pages(firstAsked, 100, span(100, 51), span(50, 1))
	s.want(numbers(50, 1) + " " + numbers(100, 51))
}

// breaking is a web whose lists of posts break off in the middle.
type breaking struct{ newstest.Fetcher }

func (f breaking) Fetch(ctx context.Context, req news.Request) (news.Response, error) {
	resp, err := f.Fetcher.Fetch(ctx, req)
	if body := resp.Document.Body; err == nil && bytes.HasPrefix(body, []byte("[")) {
		resp.Document.Body, resp.Partial = body[:len(body)/2], true
		resp.Validators = news.Validators{}
		err = news.Errorf(news.Unreachable, "fetch %s: the document breaks off", req.URL)
	}
	return resp, err
}

func TestWordPressListThatBreaksOff(t *testing.T) {
	s := newSite(t, home)
	s.pages(firstAsked, 4, span(4, 1))
	s.use(breaking{})
	if reading := s.want("4 3"); !strings.Contains(reading.Note, "breaks off") {
		t.Errorf("note %q", reading.Note)
	}
	if !readMark(s.last.Mark, s.web.URL+"/").After.IsZero() {
		t.Error("a part of the list counts as all of it")
	}
	s.use(newstest.Fetcher{})
	s.want("4 3 2 1")
}

func TestWordPressListThatShrinks(t *testing.T) {
	s := newSite(t, home)
	s.pages(firstAsked, 100, span(100, 51), span(49, 1))
	s.web.Set(postsPath+"?"+strings.Replace(firstAsked, "&per_page", "&page=2&per_page", 1),
		"X-WP-Total: 99\nX-WP-TotalPages: 2\n\n"+span(49, 1)) // 50 has slipped to the first page
	s.want(numbers(49, 1) + " " + numbers(100, 51))
	if after := readMark(s.last.Mark, s.web.URL+"/").After; !after.IsZero() {
		t.Errorf("a post may be missing, and the mark moves to %v", after)
	}
}

func TestWordPressPagesWithoutEnd(t *testing.T) {
	s := newSite(t, home)
	after := noon.Add(-30 * 24 * time.Hour)
	root := s.web.URL + "/wp-json/"
	s.last = (&wpMark{Site: s.web.URL + "/", Root: root, After: after}).validators()
	endless := &endless{}
	s.use(endless)
	reading, err := s.read()
	if err != nil || len(reading.Documents) != wpMostPages || reading.Later == 0 {
		t.Fatalf("%d documents, later %d, %v", len(reading.Documents), reading.Later, err)
	}
	mark := readMark(s.last.Mark, s.web.URL+"/")
	if !mark.After.Equal(after) || mark.Page != wpMostPages || mark.Newest.IsZero() {
		t.Errorf("mark %+v: must stay, and go on from the last page", mark)
	}
	// The next look goes on; once the list ends, everything up to the first look is read.
	endless.asked, endless.pages = nil, wpMostPages+2
	newest := mark.Newest
	if reading, err = s.read(); err != nil || len(reading.Documents) != 3 || reading.Later != 0 {
		t.Fatalf("%d documents, later %d, %v", len(reading.Documents), reading.Later, err)
	}
	if !strings.Contains(endless.asked[0], "&page=20&") {
		t.Errorf("goes on with %s", endless.asked[0])
	}
	mark = readMark(s.last.Mark, s.web.URL+"/")
	if !mark.After.Equal(newest) || mark.Page != 0 {
		t.Errorf("mark %+v, want all read until %v", mark, newest)
	}

	endless.same, endless.pages, endless.asked = true, 0, nil
	if reading, err = s.read(); err != nil || len(reading.Documents) != 1 || len(endless.asked) != 2 {
		t.Errorf("a site that does not know pages: %d documents, %d requests, %v",
			len(reading.Documents), len(endless.asked), err)
	}
}

// endless is a fetcher with many full pages, all different or all the same.
type endless struct {
	asked []string
	pages int // 0: without end
	same  bool
}

func (f *endless) Fetch(_ context.Context, req news.Request) (news.Response, error) {
	f.asked = append(f.asked, req.URL)
	number := 1
	if _, after, ok := strings.Cut(req.URL, "&page="); ok {
		fmt.Sscan(strings.Split(after, "&")[0], &number)
	}
	resp := news.Response{Status: 200, Document: news.Document{URL: req.URL}}
	switch {
	case f.pages > 0 && number > f.pages:
		resp.Document.Body = []byte("[]")
	case f.same:
		resp.Document.Body = []byte(span(9000, 8951))
	default:
		resp.Document.Body = []byte(span(9000-50*number, 8951-50*number))
	}
	return resp, nil
}

func TestWordPressSiteThatIgnoresWhatIsAsked(t *testing.T) {
	s := newSite(t, home)
	s.pages(firstAsked, -1, span(9999, 9990))
	s.want(numbers(9999, 9990))
	// It does not know modified_after: the look ends with the first page that is older.
	e := &endless{}
	s.use(e)
	reading, err := s.read()
	if err != nil || len(reading.Documents) != 1 || len(e.asked) != 1 {
		t.Errorf("%d documents of %d requests, %v", len(reading.Documents), len(e.asked), err)
	}
}

func TestWordPressDatesThatCannotBe(t *testing.T) {
	s := newSite(t, home+"-- "+postsPath+" --\n"+
		`[{"id":3,"modified_gmt":"2099-01-01T00:00:00"},{"id":2,"modified_gmt":[1]},{"id":1,"date_gmt":"x"}]`)
	s.want("3 2 1")
	if after := readMark(s.last.Mark, s.web.URL+"/").After; !after.Equal(noon) {
		t.Errorf("read until %v, want no later than now", after)
	}
}
