package main

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/opml"
)

// loaded reads the configuration that flags lead to.
func loaded(t *testing.T, flags []string) config.Config {
	t.Helper()
	in := &invocation{flags: &command{}}
	for i, flag := range flags {
		switch flag {
		case "--config":
			in.flags.Config = flags[i+1]
		case "--data":
			in.flags.Data = flags[i+1]
		}
	}
	cfg, err := in.load()
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestSourcesAdd(t *testing.T) {
	dir, flags := setUp(t, web(t))
	add := func(args ...string) (string, error) {
		return teletipo(t, append(append([]string{"sources", "add"}, args...), flags...)...)
	}
	out, err := add("https://www.border-news.example/feed/", "--name", "Border: News", "--every", "30m",
		"--lang", "es-MX", "--rights", "headline", "--tags", "frontera,norte")
	if err != nil || !strings.Contains(out, "added border-news-example") {
		t.Fatalf("%q, %v", out, err)
	}
	if out, err = add("https://border-news.example/sports.xml"); err != nil ||
		!strings.Contains(out, "added border-news-example-sports") {
		t.Fatalf("a second of the same host: %q, %v", out, err)
	}
	cfg := loaded(t, flags)
	got := cfg.Sources[slices.IndexFunc(cfg.Sources, func(s news.Source) bool {
		return s.ID == "border-news-example"
	})]
	want := news.Source{
		ID: "border-news-example", Name: "Border: News", Kind: news.KindFeed, Enabled: true,
		URL: "https://www.border-news.example/feed/", Every: 30 * time.Minute, Lang: "es-MX",
		Rights: news.Headline, Tags: []string{"frontera", "norte"},
	}
	want.Slowest = got.Slowest // a default
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}
	list := filepath.Join(dir, "data", "sources.yaml")
	before, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		says string
		args []string
	}{
		{list + ":5", []string{"http://border-news.example/feed"}},
		{"sources.yaml:2", []string{"https://other.example/", "--id", "wire"}},
		{"the program itself", []string{"https://other.example/", "--id", "file"}},
		{"is no id", []string{"https://other.example/", "--id", "Not An ID"}},
		{"no web address", []string{"other.example"}},
		{"is no language", []string{"https://other.example/", "--lang", "klingonese"}},
		{"out of range", []string{"https://other.example/", "--every", "1s"}},
		{"is unknown", []string{"https://other.example/", "--rights", "all"}},
	} {
		out, err := add(test.args...)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%q: %q, %v, want an error with %q", test.args, out, err, test.says)
		}
	}
	if after, _ := os.ReadFile(list); string(after) != string(before) {
		t.Errorf("a refused source changed the list:\n%s", after)
	}
}

const subscriptions = `<?xml version="1.0"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Norte"><outline text="Sonora">
  <outline type="rss" text="Nogales&#10;Hoy" xmlUrl="https://nogales.example/feed?a=1&b=2" language="es"
    teletipo:rights="full" teletipo:topics="border nonsense"/>
</outline></outline>
<outline text="The same" xmlUrl="http://www.nogales.example/feed?a=1&amp;b=2&amp;utm_source=x"/>
<outline text="A file" xmlUrl="file:///etc/passwd"/>
<outline text="A word" xmlUrl="javascript:alert(1)"/>
<outline text="No id of ours" xmlUrl="https://other.example/feed" teletipo:id="../../etc"/>
</body></opml>
`

func TestSourcesImport(t *testing.T) {
	dir, flags := setUp(t, web(t))
	file := write(t, filepath.Join(dir, "mine.opml"), subscriptions)
	out, err := teletipo(t, append([]string{"sources", "import", file}, flags...)...)
	if err != nil {
		t.Fatalf("%q, %v", out, err)
	}
	for _, want := range []string{
		"added    https://nogales.example/feed?a=1&b=2: nogales-example\n",
		"added    https://other.example/feed: other-example\n",
		"skipped  file:///etc/passwd: is no web address\n",
		"skipped  javascript:alert(1): is no web address\n",
		"is the address of source nogales-example already",
		"2 added to ", ", 3 skipped\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	cfg := loaded(t, flags)
	got := cfg.Sources[len(cfg.Sources)-2]
	if got.Rights != news.Excerpt || got.Topics != nil || got.Name != "Nogales Hoy" ||
		!slices.Equal(got.Tags, []string{"Norte", "Sonora"}) || got.Lang != "es" {
		t.Errorf("a stranger's list made %+v", got)
	}
	again, err := teletipo(t, append([]string{"sources", "import", file}, flags...)...)
	if err != nil || !strings.Contains(again, "0 added") {
		t.Errorf("once more: %q, %v", again, err)
	}
	if _, err := teletipo(t, append([]string{"sources", "import", filepath.Join(dir, "none")}, flags...)...); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func TestWhatIsExportedIsImportedAlike(t *testing.T) {
	dir, flags := setUp(t, web(t))
	write(t, filepath.Join(dir, "sources.yaml"), `sources:
  - {id: a, name: "A & <b>", kind: feed, url: "https://a.example/?x=1&y=2", lang: es-MX, every: 90s}
  - {id: b, name: B, kind: feed, url: "https://b.example/", tags: [north, "a, b"], rights: full}
  - {id: c, name: C, kind: feed, url: "https://c.example/", tags: [north], topics: [border, cartels]}
  - {id: d, name: D, kind: feed, url: "https://d.example/", enabled: false, rights: headline}
`)
	out, err := teletipo(t, append([]string{"export", "--opml", "--secrets"}, flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	exported := write(t, filepath.Join(dir, "exported.opml"), out)
	other, otherFlags := setUp(t, web(t))
	write(t, filepath.Join(other, "sources.yaml"), "sources: []\n")
	said, err := teletipo(t, append([]string{"sources", "import", "--trust", exported}, otherFlags...)...)
	if err != nil {
		t.Fatalf("%q, %v", said, err)
	}
	want, got := feedsOnly(loaded(t, flags)), feedsOnly(loaded(t, otherFlags))
	if len(want) != 4 {
		t.Fatalf("%d sources to begin with", len(want))
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-exported +imported):\n%s", diff)
	}
	again, err := teletipo(t, append([]string{"export", "--opml", "--secrets"}, otherFlags...)...)
	if err != nil || again != out {
		t.Errorf("exported again (%v):\n%s\nwas:\n%s", err, again, out)
	}
	if _, err := teletipo(t, append([]string{"export"}, flags...)...); err == nil {
		t.Error("no error where nothing is said to export")
	}
}

// feedsOnly lists the feeds by id.
func feedsOnly(cfg config.Config) []news.Source {
	feeds := slices.DeleteFunc(cfg.Sources, func(s news.Source) bool { return s.Kind != news.KindFeed })
	slices.SortFunc(feeds, func(a, b news.Source) int { return cmp.Compare(a.ID, b.ID) })
	return feeds
}

func TestFreeID(t *testing.T) {
	k := &known{ids: map[string]string{"a-example": "x", "a-example-feed": "x", "long": "x"}}
	for _, test := range []struct{ host, path, want string }{
		{"b.example", "/feed.xml", "b-example"},
		{"a.example", "/sports/index.rdf", "a-example-index"},
		{"a.example", "/feed.xml", "a-example-feed-2"},
		{"a.example", "/", "a-example-2"},
		{"", "", "source"},
		{"MÜNCHEN.example", "", "m-nchen-example"},
		{strings.Repeat("x", 200), "", strings.Repeat("x", 52)},
	} {
		if got := k.freeID(test.host, test.path); got != test.want {
			t.Errorf("%s%s: %q, want %q", test.host, test.path, got, test.want)
		}
	}
}

func TestTableOfSources(t *testing.T) {
	zone := time.Local
	defer func() { time.Local = zone }()
	time.Local = time.UTC
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	src := news.Source{ID: "wire", Kind: news.KindFeed, Every: 15 * time.Minute, Enabled: true}
	list := []news.SourceStatus{
		{Source: src, State: news.PollState{
			Polls: 10, NotModified: 6, HTTPStatus: 200, Items: 3, Bytes: 12_345, Accepted: 5, Updated: 2,
			Unchanged: 9, Rejected: 1, LastSuccess: now, LastChange: now.Add(-time.Hour),
			Due: now.Add(15 * time.Minute), Why: "every 15m",
		}},
		{Source: src, State: news.PollState{
			Polls: 10, Failures: 3, Error: "GET: 503", HTTPStatus: 503, LastSuccess: now.Add(-time.Hour),
			Due: now.Add(time.Hour), Moved: "https://new.example/", MovedSince: now,
		}},
	}
	list[1].Source.ID = "down"
	var out strings.Builder
	in := &invocation{stdout: &out, flags: &command{}}
	if err := in.tableOfSources(list, now); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"SOURCE KIND STATUS LAST SUCCESS LAST CHANGE NEXT POLL HTTP BYTES ACCEPTED UPDATED UNCHANGED REJECTED 304 WHY",
		"wire feed ok 2026-11-22 12:00 UTC 2026-11-22 11:00 UTC 2026-11-22 12:15 UTC (every 15m) 200 12kB 5 2 9 1 60% -",
		"down feed failing 2026-11-22 11:00 UTC - 2026-11-22 13:00 UTC 503 0B 0 0 0 0 0% 3 times in a row: GET: 503",
		"finding: down: its server says since 2026-11-22 that it has moved to https://new.example/ (moved)",
	}
	if diff := gocmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	out.Reset()
	if err := in.printSources(list, now); err != nil {
		t.Fatal(err)
	}
	var all []struct{ Health health.Health }
	if err := json.NewDecoder(strings.NewReader(out.String())).Decode(&all); err != nil ||
		len(all) != 2 || all[0].Health.Status != health.OK || all[0].Health.Share304 != 0.6 {
		t.Errorf("%+v, %v of %s", all, err, out.String())
	}
}

func TestSourcesTestTellsEveryStepAndStoresNothing(t *testing.T) {
	wire := web(t)
	_, flags := setUp(t, wire)
	test := func(what ...string) (string, error) {
		args := append([]string{"sources", "test", "--allow", "127.0.0.0/8"}, what...)
		return teletipo(t, append(args, flags...)...)
	}
	out, err := test("wire", "--again")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"source      wire: The Desert Wire, feed, rights excerpt (", "sources.yaml:2)",
		"ask         127.0.0.1:", "connect     127.0.0.1:",
		"sent        User-Agent: Mozilla/5.0 (compatible; teletipo/",
		"answer      begins after", "answer      HTTP 200 in",
		"document    " + wire.URL + "/feed.xml: ",
		`validators  ETag "v1", Last-Modified Sun, 22 Nov 2026 08:00:00 GMT`,
		"again       asked with them: 304, they hold",
		"parse       RSS: 4 items, 0 faults", "  guid      wire-1",
		"  link      https://wire.example/eagle-pass (canonical of https://wire.example/eagle-pass?utm_source=rss)",
		"  topics    in border (", "not in cartels (", "  would be  accepted",
		"would be    3 accepted, 0 updated, 0 unchanged, 1 rejected; nothing was stored",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if t.Failed() {
		t.Logf("output:\n%s", out)
	}
	if stored, err := teletipo(t, append([]string{"articles"}, flags...)...); err != nil || stored != "" {
		t.Errorf("stored: %q, %v", stored, err)
	}
	out, err = test(wire.URL+"/missing.xml", "--json")
	if err == nil || !strings.Contains(out, `{"step":"failed","text":`) ||
		!strings.Contains(out, "not configured") {
		t.Errorf("an address that answers 404: %v\n%s", err, out)
	}
	if _, err := test("nobody"); news.KindOf(err) != news.NotFound {
		t.Errorf("neither source nor address: %v", err)
	}
}

// What is written wrong in a list is named, and costs no feed.
func TestSourcesImportOfAListThatIsNotQuiteRight(t *testing.T) {
	dir, flags := setUp(t, web(t))
	file := write(t, filepath.Join(dir, "list.opml"), "<opml version='1.0'><body>\n"+
		`<outline text="The "old" wire" xmlUrl="feed://old.example/feed"/>`+"\n"+
		`<outline text="Sur&ntilde;o`+"\v"+`" xmlUrl="feed:https://sur.example/feed"/>`+"\n")
	out, err := teletipo(t, append([]string{"sources", "import", file}, flags...)...)
	if err != nil {
		t.Fatalf("%q, %v", out, err)
	}
	for _, want := range []string{
		"list.opml: line 2: the value", "list.opml: line 3: control characters",
		"list.opml: line 4: it ends inside <body>",
		"added    http://old.example/feed: old-example\n",
		"added    https://sur.example/feed: sur-example\n",
		"2 added to ", ", 0 skipped\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("lacks %q:\n%s", want, out)
		}
	}
	cfg := loaded(t, flags)
	if got := cfg.Sources[len(cfg.Sources)-1]; got.Name != "Surño" {
		t.Errorf("name %q", got.Name)
	}
}

func TestTheExampleOfOPMLIsRead(t *testing.T) {
	doc, faults, err := opml.Read(strings.NewReader(subscriptions))
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	if n := len(slices.Collect(doc.Feeds())); n != 5 {
		t.Errorf("%d feeds, want 5", n)
	}
}
