package opml

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// list is what readers write: nested folders, attributes of their own, bare ampersands, a title
// that differs from the text, an outline that is both folder and feed.
const list = "\ufeff" + `<?xml version="1.0" encoding="UTF-8"?>
<!-- exported -->
<opml version="2.0" xmlns:desk="https://desk.example/ns">
  <head><title>Feeds &amp; more</title><ownerName>Ana</ownerName></head>
  <body>
    <outline text="Frontera">
      <outline text="Sonora" desk:color="red">
        <outline type="rss" text="Nogales" title="Nogales Hoy" xmlUrl="https://n.example/f?a=1&b=2"
          htmlUrl="https://n.example/" desk:weight="7"/>
      </outline>
      <outline text="Wire" xmlurl="https://w.example/feed"><outline text="Part" xmlUrl="https://w.example/part"/></outline>
    </outline>
    <unknown><outline text="not one of ours" xmlUrl="https://x.example/"/></unknown>
    <outline text="Just a note"/>
    <outline xmlUrl=" https://bare.example/ "/>
  </body>
</opml>
`

func read(t *testing.T, text string) Document {
	t.Helper()
	d, faults, err := Read(strings.NewReader(text))
	if err != nil || len(faults) > 0 {
		t.Fatal(faults, err)
	}
	return d
}

func TestFeedsWithTheirFolders(t *testing.T) {
	d := read(t, list)
	var got []string
	for f := range d.Feeds() {
		got = append(got, fmt.Sprintf("%s|%s|%s", f.Name, f.URL, strings.Join(f.Folders, "/")))
	}
	want := []string{
		"Nogales Hoy|https://n.example/f?a=1&b=2|Frontera/Sonora",
		"Wire|https://w.example/feed|Frontera",
		"Part|https://w.example/part|Frontera",
		"|https://bare.example/|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}
	for range d.Feeds() {
		break // who has enough gets no more
	}
	if want := []Field{{"title", "Feeds & more"}, {"ownerName", "Ana"}}; cmp.Diff(want, d.Head) != "" {
		t.Errorf("head %q", d.Head)
	}
}

func TestWhatIsReadIsWrittenAgain(t *testing.T) {
	first := read(t, list)
	var b bytes.Buffer
	if err := first.Write(&b); err != nil {
		t.Fatal(err)
	}
	again := read(t, b.String())
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("lost or changed (-first +again):\n%s", diff)
	}
	for _, want := range []string{`desk:color="red"`, `desk:weight="7"`, `xmlns:desk=`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s did not survive:\n%s", want, b.String())
		}
	}
}

func TestOtherCharsets(t *testing.T) {
	d := read(t, `<?xml version="1.0" encoding="ISO-8859-1"?><opml><body><outline text="Pe`+
		"\xf1"+`a" xmlUrl="https://p.example/"/></body></opml>`)
	if got := d.Outlines[0].Name(); got != "Peña" {
		t.Errorf("name %q", got)
	}
}

func TestFolder(t *testing.T) {
	var outlines []Outline
	for _, path := range [][]string{{"a", "b"}, {"a", "c"}, {"a", "b"}, nil} {
		into := Folder(&outlines, path...)
		*into = append(*into, Outline{Attributes: []Attribute{{"text", "f"}, {"xmlUrl", "u"}}})
	}
	d := Document{Outlines: outlines}
	var got []string
	for f := range d.Feeds() {
		got = append(got, strings.Join(f.Folders, "/"))
	}
	if diff := cmp.Diff([]string{"a/b", "a/b", "a/c", ""}, got); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

func TestHostileDocuments(t *testing.T) {
	body := func(inner string) string { return "<opml><body>" + inner + "</body></opml>" }
	lol := `<!DOCTYPE opml [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">` +
		`<!ENTITY c SYSTEM "file:///etc/passwd">]>`
	for _, test := range []struct {
		name, text string
		kind       news.Kind
		says       string
	}{
		{"empty", "", news.Invalid, "no <opml>"},
		{"a web page", "<html><body></body></html>", news.Invalid, "<html> is no OPML"},
		{"large", body(strings.Repeat(" ", MaxBytes)), news.TooLarge, "bytes"},
		{
			"deep", body(strings.Repeat("<outline>", MaxDepth+1) +
				strings.Repeat("</outline>", MaxDepth+1)), news.TooLarge, "deeper",
		},
		{"deep in the unknown", body(strings.Repeat("<x>", 1_000_000)), news.TooLarge, "deeper"},
		{"many", body(strings.Repeat("<outline/>", MaxOutlines+1)), news.TooLarge, "outlines"},
		{"broad", body("<outline " + manyAttributes(maxAttributes+1) + "/>"), news.TooLarge, "attributes"},
		{"broad root", "<opml " + manyAttributes(100_000) + "/>", news.TooLarge, "attributes"},
		{
			"a value in many pieces", "<opml><head><title>" + strings.Repeat("a<!---->", 900_000) +
				"</title></head></opml>", news.TooLarge, "<title> has more than",
		},
		{
			"long head", "<opml><head>" + strings.Repeat("<a/>", maxFields+1) + "</head></opml>",
			news.TooLarge, "head",
		},
	} {
		_, _, err := Read(strings.NewReader(test.text))
		if err == nil || news.KindOf(err) != test.kind || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %s with %q", test.name, err, test.kind, test.says)
		}
	}
	d := read(t, lol+body(`<outline text="&b;&c;"/>`))
	if got := d.Outlines[0].Get("text"); got != "&b;&c;" {
		t.Errorf("entities became %q, want them as written", got)
	}
	// What is wrong everywhere costs no more than what is right.
	for _, part := range []string{"<outline a=\"", "<outline a=' b\" =\">", "<outline a='\"<", "<outline \" "} {
		_, faults, err := Read(strings.NewReader(body(strings.Repeat(part, 400_000))))
		if err == nil && len(faults) == 0 {
			t.Errorf("%s: nothing is said", part)
		}
	}
	whole := read(t, body(strings.Repeat("<outline>", MaxDepth)+strings.Repeat("</outline>", MaxDepth)))
	if len(whole.Outlines) != 1 {
		t.Error("the greatest depth is refused")
	}
}

// What is written wrong is named with its line, and costs nothing else.
func TestDocumentsThatAreNotQuiteRight(t *testing.T) {
	const first = `<outline text="A" xmlUrl="https://a.example/"/>` + "\n"
	for _, test := range []struct{ name, inner, want, says string }{
		{
			"quotes in a value", `<outline text="the "old" bridge" title='it's' xmlUrl="https://b.example/"/>`,
			`the "old" bridge|it's`, "line 3: the value \"the \\\"old\\\" bridge\" has quotes",
		},
		{"a control character", "<outline text=\"Wire\v\x00 1\" xmlUrl='https://b.example/'/>", "Wire 1", "line 3: control"},
		{"names of HTML", `<outline text="Ma&ntilde;ana&nbsp;1" xmlUrl="https://b.example/"/>`, "Mañana\u00a01", ""},
		{"escaped twice", `<outline text="Ley &amp;amp; vida" xmlUrl="https://b.example/"/>`, "Ley &amp; vida", ""},
		{"no quotes", `<outline text=Wire xmlUrl=https://b.example/ />`, "Wire", "line 3: the value \"Wire\" has no quotes"},
		{"a quote too few", `<outline text="Wire xmlUrl="https://b.example/"/>`, "Wire", "no quote at its end"},
		{"a word too many", `<outline checked text="Wire" xmlUrl="https://b.example/"/>`, "Wire", "no attribute"},
		{"stuck together", `<outline text="Wire"xmlUrl="https://b.example/"/>`, "Wire", ""},
		{"a bare sign", `<outline text="1 < 2 & 3" xmlUrl="https://b.example/"/>`, "1 < 2 & 3", ""},
		{"no end", `<outline text="Wire" xmlUrl="https://b.example/">`, "Wire", "comes before the end of <outline>"},
		{"no end of the tag", `<outline text="Wire" xmlUrl="https://b.example/"`, "Wire", "comes before the end"},
		{"an end too many", `<outline text="Wire" xmlUrl="https://b.example/"/></outline></group>`, "Wire", "</outline> closes nothing"},
		{"another case", `<Outline TEXT="Wire" XMLURL="https://b.example/"></OUTLINE>`, "Wire", ""},
	} {
		text := "<opml><body>\n" + first + test.inner + "\n" + first + "</body></opml>"
		doc, faults, err := Read(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		var names, urls []string
		for feed := range doc.Feeds() {
			names, urls = append(names, feed.Outline.Get("text")), append(urls, feed.URL)
			if title := feed.Outline.Get("title"); title != "" {
				names[len(names)-1] += "|" + title
			}
		}
		if got := strings.Join(names, ","); got != "A,"+test.want+",A" {
			t.Errorf("%s: read as %s, want A,%s,A", test.name, got, test.want)
		}
		if len(urls) != 3 || urls[1] != "https://b.example/" {
			t.Errorf("%s: addresses %q", test.name, urls)
		}
		said := ""
		for _, fault := range faults {
			said += fault.Error() + "\n"
		}
		if !strings.Contains(said, test.says) || (said != "") != (test.says != "") {
			t.Errorf("%s: said %q, want %q", test.name, said, test.says)
		}
	}
	for text, want := range map[string]string{
		"<opml><body>\n" + first + `<outline text="cut" xmlUrl="https://b.exa`:  "line 3",
		"<opml><body>\n" + first + "</opml></body><opml><body/></opml>":         "closes nothing",
		"\xff\xfe" + utf16("<opml><body>"+first+"</body></opml>"):               "",
		"<opml><body>" + first + "<outline text=\"Pe\xf1a\"/></body></opml>":    "",
		"<opml><body>" + first + strings.Repeat("</x>", 999) + "</body></opml>": "more than 50 places",
	} {
		doc, faults, err := Read(strings.NewReader(text))
		if err != nil || len(doc.Outlines) == 0 || doc.Outlines[0].Name() != "A" ||
			!strings.Contains(fmt.Sprint(faults), want) || len(faults) > maxFaults+1 {
			t.Errorf("%.60q: %d outlines, %v, %v", text, len(doc.Outlines), faults, err)
		}
	}
}

func utf16(text string) string { return strings.Join(strings.Split(text, ""), "\x00") + "\x00" }

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d='1' ", i)
	}
	return b.String()
}

// inProportion holds that a list whose middle is repeated costs in proportion to it, beside what as
// many outlines as a list may have cost.
func inProportion(t *testing.T, text string) {
	t.Helper()
	if text == "" || len(text) > 1<<10 {
		return
	}
	newstest.ProportionalBut(t, 32<<20, newstest.Repeating(text), func(in string) {
		_, _, _ = Read(strings.NewReader(in))
	})
}

// FuzzRead holds that whatever is read is written so that reading it gives the same again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		list, "", "<opml/>", "<opml><head><title>a<b>c</b>d</title></head><body/></opml>",
		"<opml><body><outline a b='&#10; &lt;' a='2'/></body></opml>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		inProportion(t, text)
		first, _, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := first.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, faults, err := Read(bytes.NewReader(b.Bytes()))
		if err != nil || len(faults) > 0 {
			t.Fatalf("what was written can't be read: %v, %v\n%s", faults, err, b.String())
		}
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatalf("(-first +again):\n%s", diff)
		}
	})
}
