package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// Whether a document is a feed as the specifications want it is for lint to judge, which the
// program's own tests have do so. Here stands what lint can't know: whether a document says what the
// feed has.

// said is what a document says, whatever its format.
type said struct {
	entries  []saidEntry
	gone     []string
	links    map[string]string // by relation, as RFC 5005 names them
	updated  string
	archive  bool
	complete bool
}

// saidEntry is what it says of an article, as far as its format has a word for it.
type saidEntry struct {
	id, title, content, lang, published string
	authors, categories                 []string
}

// element is an XML element as encoding/xml reads it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Elements []element  `xml:",any"`
}

func (e element) all(space, name string) (list []element) {
	for _, c := range e.Elements {
		if c.XMLName == (xml.Name{Space: space, Local: name}) {
			list = append(list, c)
		}
	}
	return list
}

func (e element) text(space, name string) string {
	if list := e.all(space, name); len(list) > 0 {
		return list[0].Text
	}
	return ""
}

func (e element) attr(name string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// read reads a document.
func read(format news.Format, doc []byte) (said, error) {
	if format == news.JSON {
		return readJSON(doc)
	}
	var root element
	if err := xml.Unmarshal(doc, &root); err != nil {
		return said{}, err
	}
	if format == news.RSS {
		root = root.Elements[0]
	}
	s := said{
		links: map[string]string{}, updated: root.text(nsAtom, "updated") + root.text("", "lastBuildDate"),
		archive:  len(root.all(nsHistory, "archive")) > 0,
		complete: len(root.all(nsHistory, "complete")) > 0,
	}
	for _, l := range root.all(nsAtom, "link") {
		s.links[l.attr("rel")] = l.attr("href")
	}
	for _, d := range root.all(nsTombstones, "deleted-entry") {
		s.gone = append(s.gone, d.attr("ref")+" "+d.attr("when"))
	}
	for _, i := range root.all("", "item") {
		e := saidEntry{
			id: i.text("", "guid"), title: i.text("", "title"), content: i.text(nsContent, "encoded"),
			lang: i.text(nsDC, "language"), published: i.text("", "pubDate"),
		}
		for _, c := range i.all(nsDC, "creator") {
			e.authors = append(e.authors, c.Text)
		}
		for _, c := range i.all("", "category") {
			e.categories = append(e.categories, c.attr("domain")+" "+c.Text)
		}
		s.entries = append(s.entries, e)
	}
	for _, i := range root.all(nsAtom, "entry") {
		e := saidEntry{
			id: i.text(nsAtom, "id"), title: i.text(nsAtom, "title"), content: i.text(nsAtom, "content"),
			lang: i.attr("lang"), published: i.text(nsAtom, "published"),
		}
		for _, c := range i.all(nsAtom, "author") {
			e.authors = append(e.authors, c.text(nsAtom, "name"))
		}
		for _, c := range i.all(nsAtom, "category") {
			e.categories = append(e.categories, c.attr("scheme")+" "+c.attr("term"))
		}
		s.entries = append(s.entries, e)
	}
	return s, nil
}

// readJSON reads a document of JSON Feed, and wants each extension to say what it is.
func readJSON(doc []byte) (said, error) {
	type ours struct {
		About, Updated string
		Archive        int
		Current        string `json:"current_url"`
		Newer          string `json:"newer_url"`
		Topics         []struct{ ID, Medtop string }
	}
	var f struct {
		Next  string `json:"next_url"`
		Self  string `json:"feed_url"`
		Ours  ours   `json:"_teletipo"`
		Items []struct {
			ID, Title, Language string
			Content             string `json:"content_html"`
			Published           string `json:"date_published"`
			Authors             []struct{ Name string }
			Tags                []string
			Ours                ours `json:"_teletipo"`
		}
	}
	if err := json.Unmarshal(doc, &f); err != nil {
		return said{}, err
	}
	s := said{
		links: map[string]string{
			"self": f.Self, relPrev: f.Next, relNext: f.Ours.Newer, relCurrent: f.Ours.Current,
		},
		updated: f.Ours.Updated, archive: f.Ours.Archive > 0,
	}
	about := f.Ours.About == aboutExtension
	for _, i := range f.Items {
		e := saidEntry{
			id: i.ID, title: i.Title, content: i.Content, lang: i.Language, published: i.Published,
		}
		for _, a := range i.Authors {
			e.authors = append(e.authors, a.Name)
		}
		for _, t := range i.Ours.Topics {
			e.categories = append(e.categories, "topic "+t.ID)
			if t.Medtop != "" {
				e.categories = append(e.categories, "topic "+t.Medtop)
			}
		}
		for _, tag := range i.Tags {
			e.categories = append(e.categories, " "+tag)
		}
		about = about && i.Ours.About == aboutExtension
		s.entries = append(s.entries, e)
	}
	if !about {
		return s, errors.New("an extension does not say what it is")
	}
	return s, nil
}

// faithful holds a document to what its feed has.
func faithful(feed news.Feed, format news.Format, doc []byte) error {
	s, err := read(format, doc)
	if err != nil {
		return err
	}
	if len(s.entries) != len(feed.Entries) {
		return fmt.Errorf("%d entries, want %d", len(s.entries), len(feed.Entries))
	}
	d, err := testRenderer().Draft(feed, format)
	if err != nil {
		return err
	}
	if s.complete {
		return errors.New("it claims to be complete")
	}
	for i, got := range s.entries {
		if err := got.faithful(d, &feed.Entries[i]); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return errors.Join(s.linked(d), s.withdrawn(d, doc), profile(format, doc))
}

// faithful holds an entry to its article.
func (got saidEntry) faithful(d *Draft, e *news.Entry) error {
	want := saidEntry{id: e.ID.URN(), title: line(e.Title), lang: languageTag(e.Lang)}
	if want.title == "" {
		want.title = got.title // its address: see item
	}
	if at := second(e.Published); !at.IsZero() {
		want.published = at.Format(time.RFC3339)
		if d.format == news.RSS {
			want.published = rssDate(at)
		}
	}
	switch {
	case d.format == news.Atom && want.lang == "":
		want.lang = "und"
	case d.format == news.RSS && (want.lang == "" || want.lang == got.lang || got.lang == ""):
		want.lang = got.lang // only where it is not the feed's
	}
	if e.Rights == news.Full {
		want.content = block(e.Content)
	}
	got.title = strings.ReplaceAll(got.title, "&lt;", "<") // an Atom title of type html
	got.title = strings.ReplaceAll(got.title, "&amp;", "&")
	for _, a := range authors(e.Authors) {
		want.authors = append(want.authors, a.Name)
	}
	if e.Rights != news.Full && e.Rights != news.Excerpt {
		want.authors = nil
	}
	want.categories = categories(d, e)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("got %q, want %q", got, want)
	}
	return nil
}

// categories are the topics that an article is in, their Media Topics, and the source's own tags.
func categories(d *Draft, e *news.Entry) (list []string) {
	topics := d.placed(e.Placements)
	for _, t := range topics {
		switch d.format {
		case news.RSS:
			list = append(list, d.taxonomy()+" "+t.title)
		case news.Atom:
			list = append(list, d.taxonomy()+" "+t.id)
		default:
			list = append(list, "topic "+t.id)
			if t.medtop != "" {
				list = append(list, "topic medtop:"+t.medtop)
			}
		}
	}
	for _, t := range medtops(topics) {
		if d.format != news.JSON {
			list = append(list, mediaTopics+" "+t.medtop)
		}
	}
	if e.Rights == news.Full || e.Rights == news.Excerpt {
		for _, tag := range tags(e.Tags) {
			list = append(list, " "+tag)
		}
	}
	return list
}

// linked holds a document to leading to the feed's others, and to being as new as its feed.
func (s said) linked(d *Draft) error {
	at := func(n int) string {
		return testSite.PublicURL + news.ArchivePath(d.feed.Key, n, d.format)
	}
	feed := testSite.PublicURL + news.FeedPath(d.feed.Key, d.format)
	want := map[string]string{"self": feed, relPrev: "", relNext: "", relCurrent: ""}
	if n := d.feed.Number; n > 0 {
		want["self"], want[relCurrent], want[relNext] = at(n), feed, at(n+1)
		if n > 1 {
			want[relPrev] = at(n - 1)
		}
	} else if d.feed.Archives > 0 {
		want[relPrev] = at(d.feed.Archives)
	}
	for rel, href := range want {
		if s.links[rel] != href {
			return fmt.Errorf("%s is %q, want %q", rel, s.links[rel], href)
		}
	}
	updated := d.updated().Format(time.RFC3339)
	if d.format == news.RSS {
		updated = rssDate(d.updated())
	}
	if s.archive != (d.feed.Number > 0) || s.updated != updated {
		return fmt.Errorf("an archive: %v; updated %s, want %s", s.archive, s.updated, updated)
	}
	return nil
}

// withdrawn holds a document to leaving no trace of what was withdrawn but tombstones, in Atom.
func (s said) withdrawn(d *Draft, doc []byte) error {
	var want []string
	for _, t := range d.feed.Gone {
		here := func(e news.Entry) bool { return e.ID == t.ID }
		if t.When.IsZero() || slices.ContainsFunc(d.feed.Entries, here) {
			continue
		}
		later := func(o news.Tombstone) bool { return o.ID == t.ID && o.When.After(t.When) }
		if d.format != news.Atom && bytes.Contains(doc, []byte(t.ID.String())) {
			return fmt.Errorf("%s is named", t.ID)
		}
		if d.format == news.Atom && !slices.ContainsFunc(d.feed.Gone, later) {
			want = append(want, t.ID.URN()+" "+second(t.When).Format(time.RFC3339))
		}
	}
	slices.Sort(want)
	slices.Sort(s.gone)
	if !slices.Equal(s.gone, want) {
		return fmt.Errorf("tombstones %q, want %q", s.gone, want)
	}
	return nil
}

// profile holds titles in RSS to being escaped as the Best Practices Profile prefers it.
func profile(format news.Format, doc []byte) error {
	for _, m := range titles.FindAllSubmatch(doc, -1) {
		if format == news.RSS && unpreferred.Match(m[1]) {
			return fmt.Errorf("title %s", m[1])
		}
	}
	return nil
}

var (
	titles      = regexp.MustCompile(`<title>(.*?)</title>`)
	unpreferred = regexp.MustCompile(`&[^#]|&#x26;amp;`)
)

// wellFormed reads every token, and looks for what encoding/xml lets pass.
func wellFormed(doc []byte) error {
	if !utf8.Valid(doc) {
		return errors.New("this is not UTF-8")
	}
	for _, c := range string(doc) {
		if c < ' ' && c != '\t' && c != '\n' || c == 0xFFFE || c == 0xFFFF {
			return fmt.Errorf("character %U", c)
		}
	}
	for _, ref := range regexp.MustCompile(`&#(x?[0-9A-Fa-f]+);`).FindAllSubmatch(doc, -1) {
		digits, base := string(ref[1]), 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseInt(digits, base, 32)
		if err != nil || n < ' ' && n != '\t' && n != '\n' || n >= 0xD800 && n < 0xE000 {
			return fmt.Errorf("reference %s", ref[0])
		}
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		// An undeclared prefix stands for itself.
		if s, ok := token.(xml.StartElement); ok && s.Name.Space != "" && !strings.Contains(s.Name.Space, ":") {
			return fmt.Errorf("prefix %s is not declared", s.Name.Space)
		}
	}
}

// TestFaithful holds every sample, hostile ones included, to saying what its feed has, and that to
// being able to fail.
func TestFaithful(t *testing.T) {
	all := samples()
	for name, feed := range all {
		for _, format := range news.Formats {
			doc := render(t, feed, format)
			if err := faithful(feed, format, doc); err != nil {
				t.Errorf("%s.%s: %v", name, format, err)
			}
			if format != news.JSON {
				if err := wellFormed(doc); err != nil {
					t.Errorf("%s.%s: %v", name, format, err)
				}
			}
		}
	}
	const other = "urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a" // that was withdrawn
	for _, b := range []struct{ file, from, to string }{
		{"mixed.rss", "Ann O&#39;Hara", ""},
		{"mixed.rss", ">trade<", ">trade, border crossings<"},
		{"mixed.rss", ">20000639<", ">cartels<"},
		{"mixed.rss", "Ports &#x26; patrols", "Ports &amp; patrols"},
		{"mixed.rss", "</item>", "</item><item></item>"},
		{"mixed.atom", sampleID, "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7"},
		{"mixed.atom", sampleID, "https://feeds.example/1"},
		{"mixed.atom", ` scheme="http://cv.iptc.org/newscodes/mediatopic/"`, ""},
		{"mixed.atom", "&lt;figure&gt;", "&amp;lt;figure&amp;gt;"},
		{"mixed.atom", "<published>2025-03-03T09:00:00Z", "<published>2025-03-03T09:05:00Z"},
		{"mixed.atom", ` xml:lang="es"`, ` xml:lang="en"`},
		{"hostile.atom", ` xml:lang="und"`, ""},
		{"past.json", "/archive/3.json", "/archive/9.json"},
		{"past.json", `"updated": "2025-04-03T09`, `"updated": "2025-04-03T08`},
		{"mixed.json", `"about"`, `"of"`},
		{"archive.rss", "/archive/3.rss", "/archive/4.rss"},
		{"oldest.atom", `rel="next-archive"`, `rel="prev-archive"`},
		{"past.atom", `rel="prev-archive"`, `rel="related"`},
		{"empty.rss", "<ttl>", `<a:complete xmlns:a="` + nsHistory + `"/><ttl>`},
		{"past.rss", sampleID, other},
		{"past.json", sampleID, other},
		{"past.atom", other, "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7"},
	} {
		name, ending, _ := strings.Cut(b.file, ".")
		format := news.Format(ending)
		doc := string(render(t, all[name], format))
		bad := strings.Replace(doc, b.from, b.to, 1)
		if bad == doc {
			t.Errorf("%s has no %q", b.file, b.from)
		}
		if faithful(all[name], format, []byte(bad)) == nil {
			t.Errorf("%s: %q for %q went unseen", b.file, b.to, b.from)
		}
	}
}

// TestWellFormed: what tells whether a document is well-formed can say no.
func TestWellFormed(t *testing.T) {
	doc := string(render(t, samples()["hostile"], news.Atom))
	for _, bad := range []string{"\x0b", "\ufffe", "\xed\xa0\x80", "]]>", "&#1;", "&#xDFFF;", "<b>", "<x:b/>"} {
		if wellFormed([]byte(strings.Replace(doc, "quoted", bad, 1))) == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

// TestSize: fifty usual articles are a document of a size that readers of JSON take.
func TestSize(t *testing.T) {
	feed := samples()["empty"]
	for n := range 50 {
		feed.Entries = append(feed.Entries, newstest.Entry(n))
	}
	if n := len(render(t, feed, news.JSON)); n > 250_000 {
		t.Errorf("%d bytes", n)
	}
}
