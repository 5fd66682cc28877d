package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// rendered is a document and the feed that it was written of.
type rendered struct {
	feed   news.Feed
	format news.Format
	doc    []byte
}

// claim is one thing that must hold of our documents. Judge knows nothing of Check, and each of
// breaks must make it say so.
type claim struct {
	name    string
	formats []news.Format
	judge   func(rendered) error
	breaks  []broken
}

// broken is a change of a sample's document that takes the claim's truth away; in claims of more
// than one format it names its own.
type broken struct {
	sample, from, to string
	format           news.Format
}

var (
	onlyRSS  = []news.Format{news.RSS}
	onlyAtom = []news.Format{news.Atom}
	onlyJSON = []news.Format{news.JSON}
	bothXML  = []news.Format{news.RSS, news.Atom}
)

// TestConformance holds every sample, hostile ones included, to every claim, and every claim to
// being able to fail.
func TestConformance(t *testing.T) {
	all := samples()
	for _, c := range slices.Concat(rssClaims(), atomClaims(), jsonClaims(), pastClaims()) {
		t.Run(c.name, func(t *testing.T) {
			for name, feed := range all {
				for _, format := range c.formats {
					doc := render(t, feed, format)
					if err := c.judge(rendered{feed, format, doc}); err != nil {
						t.Errorf("%s.%s: %v", name, format, err)
					}
				}
			}
			if len(c.breaks) == 0 {
				t.Error("nothing tells whether this can fail")
			}
			for _, b := range c.breaks {
				if b.format == "" {
					b.format = c.formats[0]
				}
				doc := string(render(t, all[b.sample], b.format))
				bad := strings.Replace(doc, b.from, b.to, 1)
				if bad == doc {
					t.Fatalf("%s.%s has no %q to break", b.sample, b.format, b.from)
				}
				if c.judge(rendered{all[b.sample], b.format, []byte(bad)}) == nil {
					t.Errorf("%s.%s: %q for %q went unseen", b.sample, b.format, b.to, b.from)
				}
			}
		})
	}
}

// node is an XML element as encoding/xml reads it.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Nodes   []node     `xml:",any"`
}

// space names are short for namespaces in names like "atom:link".
var spaces = map[string]string{
	"": "", "atom": nsAtom, "dc": nsDC, "content": nsContent, "fh": nsHistory, "at": nsTombstones,
	"media": nsMedia,
}

func (n node) all(name string) []node {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		prefix, local = "", name
	}
	var list []node
	for _, c := range n.Nodes {
		if c.XMLName == (xml.Name{Space: spaces[prefix], Local: local}) {
			list = append(list, c)
		}
	}
	return list
}

// text is the text of the only element of a name, empty if there is none or if there are two.
func (n node) text(name string) string {
	if list := n.all(name); len(list) == 1 {
		return list[0].Text
	}
	return ""
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// tree is a document's element: of RSS, its channel.
func (r rendered) tree() (node, error) {
	var n node
	if err := xml.Unmarshal(r.doc, &n); err != nil {
		return n, err
	}
	if r.format == news.RSS {
		if len(n.Nodes) != 1 {
			return n, errors.New("there is not one channel")
		}
		n = n.Nodes[0]
	}
	return n, nil
}

// items are a document's entries; links, its links by relation.
func (r rendered) items(n node) []node {
	if r.format == news.RSS {
		return n.all("item")
	}
	return n.all("atom:entry")
}

func links(n node) map[string]string {
	m := map[string]string{}
	for _, l := range n.all("atom:link") {
		m[l.attr("rel")] = l.attr("href")
	}
	return m
}

// each judges a document's element, and each of its entries.
func each(head func(rendered, node) error, entry func(rendered, node, news.Entry) error,
) func(rendered) error {
	return func(r rendered) error {
		n, err := r.tree()
		if err != nil {
			return err
		}
		if head != nil {
			if err := head(r, n); err != nil {
				return err
			}
		}
		list := r.items(n)
		if len(list) != len(r.feed.Entries) {
			return fmt.Errorf("%d entries, want %d", len(list), len(r.feed.Entries))
		}
		for i, e := range list {
			if entry == nil {
				continue
			}
			if err := entry(r, e, r.feed.Entries[i]); err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
		}
		return nil
	}
}

func absolute(s string) error {
	if u, err := url.Parse(s); err != nil || !u.IsAbs() || u.Host == "" {
		return fmt.Errorf("%q is not absolute", s)
	}
	return nil
}

// edited is the feed after its newest article got new words, a new address and another topic.
func edited(feed news.Feed) news.Feed {
	feed.Entries = slices.Clone(feed.Entries)
	if len(feed.Entries) > 0 {
		e := &feed.Entries[0]
		e.Title, e.URL, e.Revision = "other words", "https://news.example/moved", e.Revision+1
		e.Placements = nil
		e.Updated = e.Updated.Add(time.Minute)
	}
	return feed
}

// again renders another feed in the same format.
func (r rendered) again(feed news.Feed) rendered {
	doc, err := testRenderer().Render(feed, r.format)
	if err != nil {
		panic(err)
	}
	return rendered{feed, r.format, doc.Bytes(nil)}
}

// ids lists the ids of a document's entries, whatever its format.
func (r rendered) ids() ([]string, error) {
	var list []string
	if r.format == news.JSON {
		f, err := r.object()
		if err != nil {
			return nil, err
		}
		for _, v := range f["items"].([]any) {
			id, _ := v.(map[string]any)["id"].(string)
			list = append(list, id)
		}
		return list, nil
	}
	n, err := r.tree()
	name := map[news.Format]string{news.RSS: "guid", news.Atom: "atom:id"}[r.format]
	for _, e := range r.items(n) {
		list = append(list, e.text(name))
	}
	return list, err
}

// keepsIDs holds ids to being there, unique, and the same after an edit, in the feed of all
// topics, and in every other format.
func keepsIDs(r rendered) error {
	ids, err := r.ids()
	if err != nil {
		return err
	}
	for i, id := range ids {
		if !strings.HasPrefix(id, "urn:uuid:") || slices.Contains(ids[:i], id) {
			return fmt.Errorf("id %q", id)
		}
	}
	elsewhere := r.feed
	elsewhere.Key.Topic = news.All
	for _, feed := range []news.Feed{r.feed, edited(r.feed), elsewhere} {
		for _, format := range news.Formats {
			others, err := rendered{format: format}.again(feed).ids()
			if err != nil || !slices.Equal(ids, others) {
				return fmt.Errorf("ids are %v, in %s %v, %w", ids, format, others, err)
			}
		}
	}
	return nil
}

const rssMonths = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

var (
	rssDates = regexp.MustCompile(`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d ` + rssMonths +
		` \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)$`)
	atomDates = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$`)
	iris      = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[^ <>"{}|\\^` + "`" + `]+$`)
)

func rssClaims() []claim {
	return []claim{
		{"01 channel and items have what they must, nothing is empty", onlyRSS, each(
			func(_ rendered, n node) error {
				if n.text("title") == "" || n.text("description") == "" {
					return errors.New("no title or description")
				}
				return absolute(n.text("link"))
			},
			func(_ rendered, n node, _ news.Entry) error {
				for _, name := range []string{"link", "guid", "description"} {
					if len(n.all(name)) > 0 && strings.TrimSpace(n.text(name)) == "" {
						return errors.New("empty " + name)
					}
				}
				if n.text("title")+n.text("description") == "" {
					return errors.New("neither title nor description")
				}
				return nil
			}), []broken{
			{sample: "mixed", from: "<title>The border</title>", to: "<title></title>"},
			{sample: "mixed", from: "<link>https://feeds.example", to: "<link>"},
			{sample: "mixed", from: "<link>https://news.example/en/0?a=1&amp;b=2", to: "<link>"},
			{sample: "hostile", from: "</item>", to: "<description/></item>"},
		}},
		{"02 one guid each, unique, kept by an edit, no link", onlyRSS, func(r rendered) error {
			guids := each(nil, func(_ rendered, n node, _ news.Entry) error {
				if len(n.all("guid")) != 1 || n.all("guid")[0].attr("isPermaLink") != "false" {
					return errors.New("guid")
				}
				return nil
			})
			return errors.Join(guids(r), keepsIDs(r))
		}, []broken{
			{sample: "mixed", from: ` isPermaLink="false"`, to: ""},
			{sample: "mixed", from: sampleID, to: "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7"},
			{sample: "mixed", from: "</item>", to: "<guid>x</guid></item>"},
		}},
		{"03 dates of RFC 822, with four digits for the year", onlyRSS, each(
			func(_ rendered, n node) error { return rssDated(n, "lastBuildDate") },
			func(_ rendered, n node, _ news.Entry) error { return rssDated(n, "pubDate") },
		), []broken{
			{sample: "mixed", from: "03 Apr 2025", to: "03 Apr 25"},
			{sample: "mixed", from: "03 Mar 2025", to: "3 März 2025"},
			{sample: "hostile", from: "</item>", to: "<pubDate/></item>"},
			{sample: "mixed", from: "09:00:00 +0000", to: "09:00:00"},
		}},
		{"04 a bare name is a dc:creator, nothing else", onlyRSS, each(
			func(_ rendered, n node) error { return noMail(n) },
			func(_ rendered, n node, e news.Entry) error {
				want := authors(e.Authors)
				if e.Rights != news.Full && e.Rights != news.Excerpt {
					want = nil
				}
				got := n.all("dc:creator")
				if len(got) != len(want) {
					return fmt.Errorf("%d creators, want %d", len(got), len(want))
				}
				for i, c := range got {
					if c.Text == "" || c.Text != want[i].Name {
						return fmt.Errorf("creator %q, want %q", c.Text, want[i].Name)
					}
				}
				return noMail(n)
			}), []broken{
			{sample: "mixed", from: "</item>", to: "<author>Ann</author></item>"},
			{sample: "mixed", from: "<ttl>", to: "<webMaster>Ann</webMaster><ttl>"},
			{sample: "mixed", from: "Ann O&#39;Hara", to: ""},
		}},
		{"05 a category a term, one enclosure, a source with its address", onlyRSS, each(
			func(_ rendered, n node) error {
				if len(n.all("skipHours"))+len(n.all("cloud")) > 0 {
					return errors.New("nobody asked for skipHours or cloud")
				}
				return nil
			},
			func(_ rendered, n node, e news.Entry) error {
				return errors.Join(categorized(n, e), enclosed(n), sourced(n))
			}), []broken{
			{sample: "mixed", from: ">trade<", to: ">trade, border crossings<"},
			{sample: "mixed", from: ">20000639<", to: ">cartels<"},
			{sample: "mixed", from: ` length="4100200"`, to: ""},
			{sample: "mixed", from: "</enclosure>", to: `</enclosure><enclosure url="http://a.example"/>`},
			{sample: "mixed", from: "https://news.example/en/feed.xml", to: "/feed.xml"},
			{sample: "mixed", from: "<ttl>", to: "<cloud/><ttl>"},
		}},
		{"06 a link to itself, and a language", onlyRSS, each(func(r rendered, n node) error {
			if links(n)["self"] != address(r.address()) || n.text("language") == "" {
				return fmt.Errorf("self %q, language %q", links(n)["self"], n.text("language"))
			}
			for _, l := range n.all("atom:link") {
				if l.attr("type") != "application/rss+xml" {
					return fmt.Errorf("type %q", l.attr("type"))
				}
			}
			return nil
		}, nil), []broken{
			{sample: "mixed", from: "border.rss", to: "border.xml"},
			{sample: "archive", from: "/archive/2.rss", to: ".rss"},
			{sample: "mixed", from: `rel="self" type="application/rss+xml"`, to: `rel="self"`},
			{sample: "mixed", from: "<language>en</language>", to: ""},
		}},
		{"07 titles are text, escaped once; HTML has a description beside it", onlyRSS, func(
			r rendered,
		) error {
			for _, title := range regexp.MustCompile(`<title>(.*?)</title>`).FindAll(r.doc, -1) {
				inside := bytes.TrimSuffix(bytes.TrimPrefix(title, []byte("<title>")), []byte("</title>"))
				if bytes.ContainsAny(inside, "<>") || regexp.MustCompile(`&[^#]`).Match(inside) ||
					bytes.Contains(inside, []byte("&#x26;amp;")) {
					return fmt.Errorf("title %s", title)
				}
			}
			return each(nil, func(_ rendered, n node, _ news.Entry) error {
				if len(n.all("title")[0].Nodes) > 0 {
					return errors.New("markup in a title")
				}
				if content := n.text("content:encoded"); content != "" {
					if n.text("description") == "" {
						return errors.New("content without a description")
					}
					return absoluteRefs(content)
				}
				return nil
			})(r)
		}, []broken{
			{sample: "mixed", from: "Ports &#x26; patrols", to: "Ports &amp; patrols"},
			{sample: "mixed", from: "Ports &#x26; patrols", to: "Ports &#x26;amp; patrols"},
			{sample: "mixed", from: "Ports", to: "<b>Ports</b>"},
			{sample: "mixed", from: `<img src="https://news.example`, to: `<img src="`},
			{
				sample: "mixed", to: "",
				from: "<description>She drew the first sheet in 1985; the newest has a gate that no longer " +
					"opens.</description>",
			},
		}},
		{"08 well-formed whatever comes in", bothXML, wellFormed, []broken{
			{sample: "hostile", from: "raw  control", to: "raw \x0b control"},
			{sample: "hostile", from: "quoted", to: "\ufffe"},
			{sample: "hostile", from: "quoted", to: "\xed\xa0\x80"},
			{sample: "hostile", from: "quoted", to: "]]>"},
			{sample: "hostile", from: "quoted", to: "&#1;"},
			{sample: "hostile", from: "quoted", to: "&#xDFFF;", format: news.Atom},
			{sample: "hostile", from: "</item>", to: "</entry>"},
			{sample: "hostile", from: "dc:creator>", to: "d:creator>"},
		}},
	}
}

// address is where a document is served.
func (r rendered) address() string {
	path := news.FeedPath(r.feed.Key, r.format)
	if r.feed.Number > 0 {
		path = news.ArchivePath(r.feed.Key, r.feed.Number, r.format)
	}
	return testSite.PublicURL + path
}

func rssDated(n node, name string) error {
	for _, d := range n.all(name) {
		if !rssDates.MatchString(d.Text) {
			return fmt.Errorf("%s %q", name, d.Text)
		}
	}
	return nil
}

func noMail(n node) error {
	for _, name := range []string{"author", "managingEditor", "webMaster"} {
		if len(n.all(name)) > 0 {
			return fmt.Errorf("%s, of which we know no mail address", name)
		}
	}
	return nil
}

// categorized holds the categories to being one a topic, one a Media Topic and one a tag.
func categorized(n node, e news.Entry) error {
	var want []string
	placed := func(id string) bool {
		return slices.ContainsFunc(e.Placements, func(p news.Placement) bool { return p.Topic == id })
	}
	for id, title := range map[string]string{
		"border": "The border", "cartels": "Cartels & crime", "us-mexico": "México y EE. UU.",
	} {
		if placed(id) {
			want = append(want, title)
		}
	}
	if placed("border") {
		want = append(want, "20000639")
	}
	if e.Rights == news.Full || e.Rights == news.Excerpt {
		want = append(want, tags(e.Tags)...)
	}
	var got []string
	for _, c := range n.all("category") {
		text := c.Text
		if text == "La frontera" { // the feed speaks Spanish
			text = "The border"
		} else if text == "Cárteles" {
			text = "Cartels & crime"
		}
		got = append(got, text)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("categories %q, want %q", got, want)
	}
	return nil
}

func enclosed(n node) error {
	list := n.all("enclosure")
	if len(list) > 1 {
		return errors.New("two enclosures")
	}
	if len(list) == 0 {
		return nil
	}
	if _, err := strconv.Atoi(list[0].attr("length")); err != nil || list[0].attr("type") == "" {
		return errors.New("enclosure without a length or type")
	}
	return absolute(list[0].attr("url"))
}

func sourced(n node) error {
	if list := n.all("source"); len(list) > 0 {
		return absolute(list[0].attr("url"))
	}
	return nil
}

// absoluteRefs holds the references in HTML to being absolute.
func absoluteRefs(content string) error {
	z := html.NewTokenizer(strings.NewReader(content))
	for z.Next() != html.ErrorToken {
		for _, a := range z.Token().Attr {
			if a.Key == "href" || a.Key == "src" {
				if err := absolute(a.Val); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// wellFormed reads every token, and looks for what encoding/xml lets pass.
func wellFormed(r rendered) error {
	if !utf8.Valid(r.doc) {
		return errors.New("this is not UTF-8")
	}
	for _, c := range string(r.doc) {
		if c < ' ' && c != '\t' && c != '\n' || c == 0xFFFE || c == 0xFFFF {
			return fmt.Errorf("character %U", c)
		}
	}
	for _, ref := range regexp.MustCompile(`&#(x?[0-9A-Fa-f]+);`).FindAllSubmatch(r.doc, -1) {
		digits, base := string(ref[1]), 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseInt(digits, base, 32)
		if err != nil || n < ' ' && n != '\t' && n != '\n' || n >= 0xD800 && n < 0xE000 {
			return fmt.Errorf("reference %s", ref[0])
		}
	}
	d := xml.NewDecoder(bytes.NewReader(r.doc))
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

func atomClaims() []claim {
	return []claim{
		{"09 one id, title and updated, in feed and entries", onlyAtom, each(
			func(_ rendered, n node) error { return oneEach(n) },
			func(_ rendered, n node, _ news.Entry) error { return oneEach(n) },
		), []broken{
			{sample: "mixed", from: "</entry>", to: "<updated>2025-03-03T09:05:00Z</updated></entry>"},
			{sample: "mixed", from: "2025-04-03T09:00:00Z", to: "2025-04-03t09:00:00z"},
			{sample: "mixed", from: "<title>The border</title>", to: ""},
			{sample: "mixed", from: "<id>" + sampleID + "</id>", to: "<id/>"},
		}},
		{"10 ids are IRIs that nothing changes, each once", onlyAtom, func(r rendered) error {
			id := func(n node) error {
				if !iris.MatchString(n.text("atom:id")) {
					return fmt.Errorf("id %q", n.text("atom:id"))
				}
				return nil
			}
			return errors.Join(keepsIDs(r), each(func(_ rendered, n node) error { return id(n) },
				func(_ rendered, n node, _ news.Entry) error { return id(n) })(r))
		}, []broken{
			{sample: "mixed", from: sampleID, to: "urn:uuid:879a6b7e-cd9d-8d0e-aaa7-31630013e1c7"},
			{sample: "mixed", from: sampleID, to: "https://feeds.example/1"},
			{sample: "mixed", from: "<id>urn:uuid:d42f99c0", to: "<id>d42f99c0"},
		}},
		{"11 somebody with a name is the author", onlyAtom, each(
			func(_ rendered, n node) error {
				if len(n.all("atom:author")) == 0 {
					return errors.New("no author for those who have none")
				}
				return named(n)
			},
			func(_ rendered, n node, _ news.Entry) error { return named(n) },
		), []broken{
			{sample: "mixed", from: "<name>teletipo</name>", to: ""},
			{sample: "hostile", from: "<name>C</name>", to: "<name> </name>"},
			{sample: "empty", from: "author>", to: "contributor>"},
		}},
		{"12 links: self, alternates of a type each, for who has no content", onlyAtom, each(
			func(r rendered, n node) error {
				if links(n)["self"] != r.address() {
					return fmt.Errorf("self %q", links(n)["self"])
				}
				return oneAlternate(n)
			},
			func(_ rendered, n node, _ news.Entry) error {
				if len(n.all("atom:content")) == 0 && links(n)["alternate"] == "" {
					return errors.New("neither content nor a link to it")
				}
				for _, c := range n.all("atom:content") {
					if c.attr("src") != "" || c.attr("type") != "html" {
						return errors.New("content that needs a summary")
					}
				}
				return oneAlternate(n)
			}), []broken{
			{sample: "mixed", from: `rel="self"`, to: `rel="related"`},
			{sample: "mixed", from: `type="application/rss+xml"`, to: `type="text/html"`},
			{sample: "mixed", from: `<link href="https://news.example/en/0?a=1&amp;b=2" rel="alternate"></link>`},
			{sample: "mixed", from: `<content type="html"`, to: `<content src="x" type="html"`},
		}},
		{"13 categories have terms, sources are whole, text says what it is", onlyAtom, each(nil,
			func(_ rendered, n node, e news.Entry) error {
				return errors.Join(termed(n), wholeSource(n), typed(n, e))
			}), []broken{
			{sample: "mixed", from: ` term="trade"`, to: ""},
			{sample: "mixed", from: ` scheme="http://cv.iptc.org/newscodes/mediatopic/"`, to: ""},
			{sample: "mixed", from: "<updated>2025-03-03T09:01:00Z</updated>", to: ""},
			{sample: "mixed", from: "&lt;figure&gt;", to: "&amp;lt;figure&amp;gt;"},
			{sample: "mixed", from: `type="html"`, to: `type="xhtml"`},
			{sample: "mixed", from: `<summary type="text">Trucks`, to: `<summary type="text"><b/>Trucks`},
		}},
		{"14 published stays, the feed is as new as its newest entry", onlyAtom, func(r rendered) error {
			newest := ""
			return errors.Join(
				each(func(_ rendered, n node) error {
					newest = n.text("atom:updated")
					return nil
				}, func(_ rendered, n node, e news.Entry) error { return dated(n, e, newest) })(r),
				each(nil, func(_ rendered, n node, e news.Entry) error {
					return dated(n, e, "9999")
				})(r.again(edited(r.feed))),
			)
		}, []broken{
			{sample: "mixed", from: "<updated>2025-04-03", to: "<updated>2025-03-03"},
			{sample: "mixed", from: "<published>2025-03-03T09:00:00Z", to: "<published>2025-03-03T09:05:00Z"},
			{sample: "mixed", from: "<updated>2025-03-03T09:05:00Z", to: "<updated>2025-03-03T08:05:00Z"},
		}},
		{"15 everything names its language, references resolve", onlyAtom, each(
			func(_ rendered, n node) error { return spoken(n, "") },
			func(_ rendered, n node, e news.Entry) error {
				return errors.Join(spoken(n, languageTag(e.Lang)), absoluteRefs(n.text("atom:content")))
			}), []broken{
			{sample: "mixed", from: ` xml:lang="en"`, to: ""},
			{sample: "mixed", from: ` xml:lang="es"`, to: ` xml:lang="en"`},
			{sample: "hostile", from: ` xml:lang="und"`, to: ""},
			{sample: "mixed", from: `src=&#34;https://news.example`, to: `src=&#34;`},
		}},
	}
}

func oneEach(n node) error {
	for _, name := range []string{"atom:id", "atom:title", "atom:updated"} {
		if len(n.all(name)) != 1 || n.text(name) == "" {
			return fmt.Errorf("%d of %s", len(n.all(name)), name)
		}
	}
	if !atomDates.MatchString(n.text("atom:updated")) {
		return fmt.Errorf("updated %q", n.text("atom:updated"))
	}
	return nil
}

func named(n node) error {
	for _, a := range n.all("atom:author") {
		if strings.TrimSpace(a.text("atom:name")) == "" {
			return errors.New("an author without a name")
		}
	}
	return nil
}

func oneAlternate(n node) error {
	seen := map[string]bool{}
	for _, l := range n.all("atom:link") {
		key := l.attr("type") + " " + l.attr("hreflang")
		if l.attr("rel") == "alternate" && seen[key] {
			return fmt.Errorf("two alternates of type %q", key)
		}
		seen[key] = seen[key] || l.attr("rel") == "alternate"
		if err := absolute(l.attr("href")); err != nil {
			return err
		}
	}
	return nil
}

func termed(n node) error {
	for _, c := range n.all("atom:category") {
		if c.attr("term") == "" {
			return errors.New("a category without a term")
		}
		if c.attr("term") == "20000639" && c.attr("scheme") != mediaTopics {
			return fmt.Errorf("a Media Topic of scheme %q", c.attr("scheme"))
		}
	}
	return nil
}

func wholeSource(n node) error {
	for _, s := range n.all("atom:source") {
		if err := oneEach(s); err != nil {
			return fmt.Errorf("source: %w", err)
		}
	}
	return nil
}

// typed holds text to being what its type says: HTML as the article has it, text without elements.
func typed(n node, e news.Entry) error {
	for _, c := range n.all("atom:content") {
		if c.attr("type") != "html" || c.Text != block(e.Content) {
			return fmt.Errorf("content of type %q: %s", c.attr("type"), c.Text)
		}
	}
	for _, s := range slices.Concat(n.all("atom:summary"), n.all("atom:title")) {
		switch {
		case len(s.Nodes) > 0:
			return errors.New("markup in text")
		case s.attr("type") == "html" && strings.Contains(s.Text, "<"):
			return fmt.Errorf("text as HTML: %s", s.Text)
		}
	}
	return nil
}

func dated(n node, e news.Entry, newest string) error {
	updated, published := n.text("atom:updated"), n.text("atom:published")
	want := second(e.Published)
	switch {
	case updated > newest:
		return fmt.Errorf("updated %s, after the feed, %s", updated, newest)
	case want.IsZero() != (published == ""):
		return fmt.Errorf("published %q, want %s", published, want)
	case published != "" && (published != want.Format(time.RFC3339) || updated < published):
		return fmt.Errorf("published %s, updated %s, want %s", published, updated, want)
	}
	return nil
}

func spoken(n node, lang string) error {
	got := n.attr("lang")
	if got == "" || lang != "" && got != lang {
		return fmt.Errorf("language %q, want %q", got, lang)
	}
	return nil
}

// object is a JSON document.
func (r rendered) object() (map[string]any, error) {
	var f map[string]any
	if err := json.Unmarshal(r.doc, &f); err != nil {
		return nil, err
	}
	list, ok := f["items"].([]any)
	if !ok {
		return nil, errors.New("no items")
	}
	for _, v := range list {
		if _, ok := v.(map[string]any); !ok {
			return nil, errors.New("an item is no object")
		}
	}
	return f, nil
}

// eachItem judges a JSON document, and each of its items.
func eachItem(head func(rendered, map[string]any) error,
	item func(map[string]any, news.Entry) error,
) func(rendered) error {
	return func(r rendered) error {
		f, err := r.object()
		if err != nil {
			return err
		}
		if head != nil {
			if err := head(r, f); err != nil {
				return err
			}
		}
		for i, v := range f["items"].([]any) {
			if item == nil || i >= len(r.feed.Entries) {
				continue
			}
			if err := item(v.(map[string]any), r.feed.Entries[i]); err != nil {
				return fmt.Errorf("item %d: %w", i, err)
			}
		}
		return nil
	}
}

func jsonClaims() []claim {
	return []claim{
		{"16 version, title and items, even none", onlyJSON, eachItem(
			func(r rendered, f map[string]any) error {
				title, _ := f["title"].(string)
				if f["version"] != "https://jsonfeed.org/version/1.1" || title == "" {
					return fmt.Errorf("version %v, title %q", f["version"], title)
				}
				if got := len(f["items"].([]any)); got != len(r.feed.Entries) {
					return fmt.Errorf("%d items, want %d", got, len(r.feed.Entries))
				}
				return nil
			}, nil), []broken{
			{sample: "mixed", from: "version/1.1", to: "version/1.1/"},
			{sample: "mixed", from: `"title": "The border",`, to: ""},
			{sample: "empty", from: `"items": []`, to: `"more": []`},
			{sample: "empty", from: `"items": []`, to: `"items": null`},
		}},
		{"17 ids are strings that stay, HTML is in content_html alone", onlyJSON, func(r rendered) error {
			return errors.Join(keepsIDs(r), eachItem(nil, func(i map[string]any, e news.Entry) error {
				html, _ := i["content_html"].(string)
				text, _ := i["content_text"].(string)
				if html == "" && text == "" || strings.Contains(text, "<p>") {
					return fmt.Errorf("content_html %q, content_text %q", html, text)
				}
				if e.Rights == news.Full && html != block(e.Content) {
					return fmt.Errorf("content_html %q", html)
				}
				if summary, there := i["summary"]; there && summary != block(e.Summary) {
					return fmt.Errorf("summary %q", summary)
				}
				if i["title"] != line(e.Title) {
					return fmt.Errorf("title %q", i["title"])
				}
				return nil
			})(r))
		}, []broken{
			{sample: "mixed", from: `"` + sampleID + `"`, to: "1"},
			{sample: "mixed", from: sampleID, to: " "},
			{sample: "mixed", from: `"content_html"`, to: `"_html"`},
			{sample: "mixed", from: "Ports & patrols", to: "Ports &amp; patrols"},
			{sample: "mixed", from: `"summary": "Trucks`, to: `"summary": "<p>Trucks`},
		}},
		{"18 addresses: its page, itself, and a chain that ends", onlyJSON, eachItem(
			func(r rendered, f map[string]any) error {
				home, _ := f["home_page_url"].(string)
				if f["feed_url"] != r.address() {
					return fmt.Errorf("feed_url %v", f["feed_url"])
				}
				return errors.Join(absolute(home), chained(r, f))
			}, nil), []broken{
			{sample: "mixed", from: "https://feeds.example/topics", to: "/topics"},
			{sample: "mixed", from: "border.json", to: "border.rss"},
			{sample: "archive", from: "/archive/1.json", to: "/archive/2.json"},
			{sample: "past", from: "/archive/3.json", to: "/archive/9.json"},
		}},
		{"19 people and files are whole, extensions have our name", onlyJSON, eachItem(
			func(_ rendered, f map[string]any) error { return extended(f) },
			func(i map[string]any, _ news.Entry) error {
				for _, name := range []string{"authors", "attachments"} {
					list, there := i[name].([]any)
					if there != (i[name] != nil) || there && len(list) == 0 {
						return fmt.Errorf("%s is no array with something in it", name)
					}
					for _, v := range list {
						m, _ := v.(map[string]any)
						if m["url"] == nil && m["name"] == nil ||
							name == "attachments" && (m["url"] == nil || m["mime_type"] == nil) {
							return fmt.Errorf("%s: %v", name, v)
						}
						if _, wrong := m["size"]; wrong {
							return errors.New("size")
						}
					}
				}
				for _, name := range []string{"date_published", "date_modified"} {
					if date, ok := i[name].(string); i[name] != nil && (!ok || !atomDates.MatchString(date)) {
						return fmt.Errorf("%s %v", name, i[name])
					}
				}
				return extended(i)
			}), []broken{
			{sample: "mixed", from: `"name": "Ann O'Hara"`, to: ""},
			{sample: "mixed", from: `"mime_type"`, to: `"type"`},
			{sample: "mixed", from: `"size_in_bytes"`, to: `"size"`},
			{sample: "mixed", from: "2025-03-03T09:00:00Z", to: "Mon, 03 Mar 2025 09:00:00 +0000"},
			{sample: "mixed", from: `"_teletipo"`, to: `"_teletipo.x"`},
			{sample: "mixed", from: `"about"`, to: `"of"`},
			{sample: "mixed", from: `"image"`, to: `"banner_"`},
		}},
		{"20 UTF-8 without a mark, of a size that readers take", onlyJSON, func(r rendered) error {
			if bytes.HasPrefix(r.doc, []byte("\xef\xbb\xbf")) || !utf8.Valid(r.doc) {
				return errors.New("this is not plain UTF-8")
			}
			if got := r.format.MediaType(); got != "application/feed+json" {
				return fmt.Errorf("served as %s", got)
			}
			full := r.feed
			full.Entries = nil
			for n := range 50 {
				full.Entries = append(full.Entries, newstest.Entry(n))
			}
			if n := max(len(r.again(full).doc), len(r.doc)); n > 250_000 {
				return fmt.Errorf("%d bytes", n)
			}
			return nil
		}, []broken{
			{sample: "mixed", from: "{", to: "\ufeff{"},
			{sample: "mixed", from: "Laredo", to: "Lar\xe9do"},
			{sample: "mixed", from: "Laredo", to: strings.Repeat("Laredo", 50_000)},
		}},
	}
}

// chained walks next_url from a document to its end, through documents of the same feed.
func chained(r rendered, f map[string]any) error {
	seen := map[any]bool{f["feed_url"]: true}
	for f["next_url"] != nil {
		next, _ := f["next_url"].(string)
		if seen[next] {
			return fmt.Errorf("%s comes again", next)
		}
		seen[next] = true
		feed := r.feed
		_, number, _ := strings.Cut(strings.TrimSuffix(next, ".json"), "/archive/")
		var err error
		if feed.Number, err = strconv.Atoi(number); err != nil || feed.Number > feed.Archives {
			return fmt.Errorf("%s is not there", next)
		}
		at := rendered{format: news.JSON}.again(feed)
		if at.address() != next {
			return fmt.Errorf("%s is not there", next)
		}
		if f, err = at.object(); err != nil {
			return err
		}
	}
	return nil
}

// extended holds all members that JSON Feed does not know to being ours, and to saying what they
// are.
func extended(o map[string]any) error {
	known := strings.Fields(`version title home_page_url feed_url description user_comment next_url
		icon favicon authors language expired hubs items id url external_url content_html
		content_text summary image banner_image date_published date_modified tags attachments`)
	for name, v := range o {
		if slices.Contains(known, name) {
			continue
		}
		m, _ := v.(map[string]any)
		about, _ := m["about"].(string)
		if !strings.HasPrefix(name, "_") || strings.Contains(name, ".") || absolute(about) != nil {
			return fmt.Errorf("%s is nobody's, or does not say what it is", name)
		}
	}
	return nil
}

func pastClaims() []claim {
	return []claim{
		{"36 archives say so, and lead to their neighbours", bothXML, each(
			func(r rendered, n node) error {
				if (len(n.all("fh:archive")) == 1) != (r.feed.Number > 0) {
					return fmt.Errorf("%d of fh:archive", len(n.all("fh:archive")))
				}
				at := func(n int) string {
					return testSite.PublicURL + news.ArchivePath(r.feed.Key, n, r.format)
				}
				want := map[string]string{"prev-archive": "", "next-archive": "", "current": ""}
				if n := r.feed.Number; n > 0 {
					want["current"] = testSite.PublicURL + news.FeedPath(r.feed.Key, r.format)
					want["next-archive"] = at(n + 1)
					if n > 1 {
						want["prev-archive"] = at(n - 1)
					}
				} else if r.feed.Archives > 0 {
					want["prev-archive"] = at(r.feed.Archives)
				}
				for rel, href := range want {
					if links(n)[rel] != href {
						return fmt.Errorf("%s is %q, want %q", rel, links(n)[rel], href)
					}
				}
				return nil
			}, nil), []broken{
			{sample: "archive", from: "<fh:archive></fh:archive>", to: ""},
			{sample: "archive", from: "/archive/3.rss", to: "/archive/4.rss"},
			{sample: "archive", from: `rel="current"`, to: `rel="related"`},
			{sample: "oldest", from: `rel="next-archive"`, to: `rel="prev-archive"`, format: news.Atom},
			{sample: "past", from: `rel="prev-archive"`, to: `rel="related"`, format: news.Atom},
			{sample: "past", from: "<ttl>", to: `<a:archive xmlns:a="` + nsHistory + `"/><ttl>`},
		}},
		{"38 nothing claims to be complete", bothXML, each(func(_ rendered, n node) error {
			if len(n.all("fh:complete")) > 0 {
				return errors.New("it does")
			}
			return nil
		}, nil), []broken{
			{sample: "empty", from: "<ttl>", to: `<a:complete xmlns:a="` + nsHistory + `"/><ttl>`},
			{sample: "archive", from: "<fh:archive>", to: "<fh:complete/><fh:archive>", format: news.Atom},
		}},
		{"49 tombstones have an id and a date, each once, of nobody who is there", onlyAtom, each(
			func(r rendered, n node) error {
				ids, err := r.ids()
				seen := map[string]bool{}
				for _, d := range n.all("at:deleted-entry") {
					ref := d.attr("ref")
					if !iris.MatchString(ref) || !atomDates.MatchString(d.attr("when")) {
						return fmt.Errorf("deleted-entry of %q, %q", ref, d.attr("when"))
					}
					if seen[ref] || slices.Contains(ids, ref) {
						return fmt.Errorf("%s is there", ref)
					}
					seen[ref] = true
				}
				for _, t := range r.feed.Gone {
					if urn := t.ID.URN(); !t.When.IsZero() && !seen[urn] && !slices.Contains(ids, urn) {
						return fmt.Errorf("%s is neither there nor gone", urn)
					}
				}
				return err
			}, nil), []broken{
			{sample: "past", from: ` when="2025-04-03T08:00:00Z"`, to: ""},
			{sample: "past", from: "when=\"2025-04-03T08:00:00Z", to: "when=\"2025-04-03 08:00:00Z"},
			{sample: "past", from: `ref="urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a"`, to: `ref=""`},
			{
				sample: "past", from: "urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a",
				to: sampleID,
			},
		}},
		{"50 a withdrawal moves the feed, and leaves no trace but a tombstone", news.Formats, func(
			r rendered,
		) error {
			for _, t := range r.feed.Gone {
				there := slices.ContainsFunc(r.feed.Entries, func(e news.Entry) bool { return e.ID == t.ID })
				if there || t.When.IsZero() {
					continue
				}
				ids, err := r.ids()
				if err != nil || slices.Contains(ids, t.ID.URN()) {
					return fmt.Errorf("%s is there, %w", t.ID, err)
				}
				if r.format == news.Atom {
					if n, err := r.tree(); err != nil || n.text("atom:updated") < t.When.Format(time.RFC3339) {
						return fmt.Errorf("updated %s, %s was withdrawn on %s, %w",
							n.text("atom:updated"), t.ID, t.When, err)
					}
				} else if bytes.Contains(r.doc, []byte(t.ID.String())) {
					return fmt.Errorf("%s is named", t.ID)
				}
			}
			return nil
		}, []broken{
			{
				sample: "past", format: news.Atom,
				from: "<updated>2025-04-03T09", to: "<updated>2025-04-03T08",
			},
			{sample: "past", from: sampleID, to: "urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a"},
			{
				sample: "past", from: sampleID, to: "urn:uuid:f6d77f24-fd7f-8404-8c9e-e493b36aed6a",
				format: news.JSON,
			},
		}},
	}
}
