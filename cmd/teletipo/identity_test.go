package main

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
	"github.com/teletipo/teletipo/internal/store"
)

// morgue is the flow on a real store, with a clock that only its test moves.
type morgue struct {
	t     *testing.T
	store *store.Store
	flow  *ingest.Flow
	now   time.Time
}

func newMorgue(t *testing.T) *morgue {
	t.Helper()
	m := openMorgue(t, t.TempDir())
	t.Cleanup(m.close)
	return m
}

func (m *morgue) close() {
	if err := m.store.Close(); err != nil {
		m.t.Error(err)
	}
}

func openMorgue(t *testing.T, dir string) *morgue {
	t.Helper()
	m := &morgue{t: t, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return m.now }
	log := newstest.Logger(t)
	rules, err := classify.Compile("test", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.store, err = store.Open(log, dir, store.Options{Now: clock, NoSync: true}); err != nil {
		t.Fatal(err)
	}
	m.flow = ingest.New(ingest.Parts{
		Log: log, Archive: m.store, InForce: classify.Enforce(rules), Now: clock,
	})
	return m
}

// entry is an item of a feed.
type entry struct {
	guid, link, title, text string
	date                    time.Time
}

const flood = "<p>The river left its bed on Monday night and took the bridge at San Pedro with it, " +
	"the mayor said. Nobody was hurt. Forty families spent the night in the school.</p>"

const strike = "<p>Teachers in five states will not return to class on Thursday. Their union wants a " +
	"rise of nine per cent and an end to yearly contracts, and talks broke off at noon.</p>"

// poll takes a feed's document through the flow and gives what became of each item.
func (m *morgue) poll(source string, entries ...entry) []news.Result {
	m.t.Helper()
	m.now = m.now.Add(15 * time.Minute)
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>F</title><link>https://` + source + `.example/</link>`)
	for _, e := range entries {
		fmt.Fprintf(&b, "<item><guid isPermaLink=\"false\">%s</guid><link>%s</link><title>%s</title>"+
			"<description>%s</description><pubDate>%s</pubDate></item>", html.EscapeString(e.guid),
			html.EscapeString(e.link), html.EscapeString(e.title), html.EscapeString(e.text),
			e.date.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	address := "https://" + source + ".example/feed"
	src := news.Source{
		ID: source, Name: "Source " + source, Kind: news.KindFeed, URL: address, Rights: news.Full,
	}
	report, err := m.flow.Take(m.t.Context(), src, news.Document{
		Source: source, URL: address, MediaType: "application/rss+xml", Body: []byte(b.String()),
	})
	if err != nil || len(report.Faults) > 0 || len(report.Results) != len(entries) {
		m.t.Fatalf("%d results of %d items, faults %v, error %v",
			len(report.Results), len(entries), report.Faults, err)
	}
	return report.Results
}

// one polls a single item and wants an outcome.
func (m *morgue) one(want news.Outcome, source string, e entry) news.ID {
	m.t.Helper()
	r := m.poll(source, e)[0]
	if r.Outcome != want {
		m.t.Fatalf("%s %s is %s (%s), want %s", source, e.guid, r.Outcome, r.Reason, want)
	}
	return r.ID
}

// stored counts the articles.
func (m *morgue) stored(want int) {
	m.t.Helper()
	entries, err := m.store.Articles(news.Query{Limit: 1000})
	if err != nil || len(entries) != want {
		m.t.Errorf("%d articles are stored, want %d (%v)", len(entries), want, err)
	}
}

func (m *morgue) sample() entry {
	return entry{
		"1", "https://www.wire.example/2026/flood", "River takes bridge", flood,
		m.now.Add(-time.Hour),
	}
}

func TestGuidsRegeneratedDailyMakeNoNewArticles(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	first := m.one(news.Accepted, "wire", e)
	for day := range 10 {
		m.now = m.now.Add(24 * time.Hour)
		e.guid = fmt.Sprint("regenerated-", day)
		if id := m.one(news.Unchanged, "wire", e); id != first {
			t.Errorf("day %d: it is %s, want %s", day, id, first)
		}
	}
	m.stored(1)
}

func TestGuidAndURLReusedForADifferentText(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	first := m.one(news.Accepted, "wire", e)
	corrected := e
	corrected.text = strings.Replace(flood, "Nobody was", "One man was", 1)
	if id := m.one(news.Updated, "wire", corrected); id != first {
		t.Errorf("a correction is %s, want %s", id, first)
	}
	m.now = m.now.Add(48 * time.Hour)
	e.title, e.text, e.date = "Teachers strike", strike, m.now
	second := m.one(news.Accepted, "wire", e)
	if second == first {
		t.Error("two articles have one id")
	}
	if id := m.one(news.Unchanged, "wire", e); id != second {
		t.Errorf("polled again it is %s, want %s", id, second)
	}
	m.stored(2)
	if old, err := m.store.Article(first); err != nil || old.Title != "River takes bridge" {
		t.Errorf("the first is now %q (%v)", old.Title, err)
	}
}

func TestTwoSourcesWithOneURLDoNotOverwriteEachOther(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	first := m.one(news.Accepted, "wire", e)
	theirs := e
	theirs.guid, theirs.title, theirs.link = "x", "Their title", "http://wire.example/2026/flood?utm_source=them"
	for range 2 {
		if id := m.one(news.Unchanged, "copy", theirs); id != first {
			t.Errorf("theirs is %s, want %s", id, first)
		}
		m.one(news.Unchanged, "wire", e)
	}
	if a, err := m.store.Article(first); err != nil || a.Title != e.title || a.Source != "wire" {
		t.Errorf("the article is %q of %s (%v)", a.Title, a.Source, err)
	}
	m.stored(1)
}

func TestARenamedSourceKeepsItsArticles(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	e.link = "" // so that nothing but source and guid tell which it is
	doc := news.Document{Source: "wire", URL: "https://wire.example/feed", Body: []byte(
		`<rss version="2.0"><channel><title>F</title><item><guid isPermaLink="false">1</guid>` +
			`<title>River</title><description>It rose.</description></item></channel></rss>`)}
	src := news.Source{ID: "wire", Name: "The Wire", Kind: news.KindFeed, URL: doc.URL, Rights: news.Full}
	before, err := m.flow.Take(t.Context(), src, doc)
	if err != nil {
		t.Fatal(err)
	}
	src.Name, src.URL = "New Wire", "https://newwire.example/rss"
	doc.URL = src.URL
	after, err := m.flow.Take(t.Context(), src, doc)
	if err != nil || after.Results[0].Outcome != news.Unchanged ||
		after.Results[0].ID != before.Results[0].ID {
		t.Errorf("%+v, %v; want unchanged %s", after.Results, err, before.Results[0].ID)
	}
	m.stored(1)
}

func TestFormsOfOneAddressAreOneArticle(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	first := m.one(news.Accepted, "wire", e)
	for i, form := range []string{
		"http://www.wire.example/2026/flood", "https://wire.example/2026/flood/",
		"https://m.wire.example/2026/flood", "https://mobile.wire.example/2026/flood",
		"https://amp.wire.example/2026/flood", "https://www.wire.example/2026/flood/amp/",
		"https://www.wire.example/2026/flood?amp=1", "https://www.wire.example/2026/flood?outputType=amp",
		"https://www.wire.example/2026/flood?utm_source=rss&fbclid=7",
		"HTTPS://WWW.WIRE.EXAMPLE:443/2026/./flood#top",
	} {
		e.guid, e.link = fmt.Sprint("form-", i), form
		if id := m.one(news.Unchanged, "wire", e); id != first {
			t.Errorf("%s is %s, want %s", form, id, first)
		}
	}
	if a, err := m.store.Article(first); err != nil || a.URL != "https://www.wire.example/2026/flood" {
		t.Errorf("the article's link is %s (%v), want it as it was stated", a.URL, err)
	}
	m.stored(1)
}

func TestWithdrawnDoesNotComeBackWithTheNextPoll(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	id := m.one(news.Accepted, "wire", e)
	e.text = strings.Replace(flood, "Nobody was", "One man was", 1)
	m.one(news.Updated, "wire", e)
	if _, err := m.store.Withdraw(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		e.text += fmt.Sprintf("<p>Paragraph %d.</p>", i)
		e.guid = fmt.Sprint(i)
		m.one(news.Unchanged, "wire", e)
	}
	m.one(news.Unchanged, "copy", e)
	versions, err := m.store.History(id)
	if err != nil || len(versions) != 1 || versions[0].Status != news.Withdrawn || versions[0].Content != "" {
		t.Errorf("of the withdrawn article there is %+v (%v)", versions, err)
	}
}

// TestOwnersOfLinks has a stranger claim a link of a paper's before the paper publishes it, and one
// on a host that many share.
func TestOwnersOfLinks(t *testing.T) {
	m := newMorgue(t)
	e := m.sample()
	lies := e
	lies.title, lies.text = "River takes mayor", strike
	first := m.one(news.Accepted, "hoax", lies)
	if id := m.one(news.Updated, "wire", e); id != first {
		t.Errorf("the paper's article is %s, want %s", id, first)
	}
	entry, err := m.store.Article(first)
	if err != nil || entry.Source != "wire" || entry.Title != e.title || entry.From != "hoax" {
		t.Errorf("%+v, %v", entry, err)
	}
	m.one(news.Unchanged, "hoax", lies)
	m.stored(1)
	e.guid, e.link = "2", "https://medium.com/@wire/strike"
	e.title, e.text = "Teachers strike", strike
	m.one(news.Accepted, "wire", e)
	m.one(news.Unchanged, "hoax", e)
	m.stored(2)
}
