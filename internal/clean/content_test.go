package clean

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/unicode/norm"
)

// html is the HTML that contentOf makes.
func (c *Cleaner) html(raw string, base *url.URL, title string) string {
	return contentOf(raw, base, "", title).html
}

func TestHTML(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"bare text is put in a paragraph", "One <b>two</b>", "<p>One <b>two</b></p>"},
		{
			"scripts, styles, frames and controls go",
			`<p>a<script>alert(1)</script><style>p{}</style><iframe src=//ads.example/x></iframe></p>` +
				`<form><label>Mail</label><input><button>Go</button><p>b</p></form>`,
			"<p>a</p><p>b</p>",
		},
		{
			"event handlers, classes and inline styles go",
			`<p onclick="x()" style="color:red" class="c" id="i">a <em onmouseover=x()>b</em></p>`,
			"<p>a <em>b</em></p>",
		},
		{
			"only http, https and mailto",
			`<a href="javascript:alert(1)">a</a> <a href=" jAvA&#x09;script:alert(1)">b</a> ` +
				`<a href="data:text/html,x">c</a> <a href="ftp://x/y">d</a> ` +
				`<a href="mailto:a@example.org">e</a> <a href="http://example.org/?a=1&b=2">f</a>`,
			`<p>a b c d <a href="mailto:a@example.org">e</a> ` +
				`<a href="http://example.org/?a=1&amp;b=2">f</a></p>`,
		},
		{
			"references are made absolute",
			`<a href="/x#y">a</a> <a href="#z">b</a> <a href="//cdn.example/z">c</a> ` +
				`<img src="i.jpg" srcset="i.jpg, j.jpg 2x, w_4,c_1/k.jpg 640w, data:x 3x" alt=k>`,
			`<p><a href="https://example.org/x#y">a</a> ` +
				`<a href="https://example.org/news/a.html#z">b</a> <a href="https://cdn.example/z">c</a> ` +
				`<img src="https://example.org/news/i.jpg" srcset="https://example.org/news/i.jpg, ` +
				`https://example.org/news/j.jpg 2x, https://example.org/news/w_4,c_1/k.jpg 640w" ` +
				`alt="k"/></p>`,
		},
		{
			"pixels that count readers go",
			`<p>a<img src="/p.gif" width="1" height="1"><img src="/p.gif" width=1px>` +
				`<img src="https://pixel.wp.com/b.gif?x=1"><img src=/o.png width=10 height=1></p>`,
			`<p>a<img src="https://example.org/o.png" alt="" width="10"/></p>`,
		},
		{
			"an image that a script would load is shown",
			`<img src="data:image/gif;base64,R0" data-src="/a.jpg"><noscript><img src=/a.jpg></noscript>`,
			`<p><img src="https://example.org/a.jpg" alt=""/></p>`,
		},
		{"emoji are characters", `<p>a <img class="wp-smiley" src=/e.png alt="🙂"></p>`, "<p>a 🙂</p>"},
		{
			"blocks leave paragraphs and spans", `<b>a<p>b<h2>c</h2></b><a href=/x><div>d</div>e</a>`,
			`<p><b>a</b></p><p><b>b</b></p><h2><b>c</b></h2>` +
				`<p><a href="https://example.org/x">d</a></p><p><a href="https://example.org/x">e</a></p>`,
		},
		{"two line breaks end a paragraph", "a<br>b<br/><br>c<br>", "<p>a<br/>b</p><p>c</p>"},
		{
			"what is empty goes", "<p>&nbsp;</p><div><p> <b> </b></p></div><ul><li></ul><p>a</p><h2></h2>",
			"<p>a</p>",
		},
		{"spaces are folded", "<p> a\n\t b<b> c </b>d\u00a0 e</p>", "<p>a b <b>c</b> d\u00a0e</p>"},
		{
			"lists", `<ul>x<li>a<p>b</p><ol start=3><li>c</ol><ul>d</ul></ul>`,
			`<ul><li>x</li><li>a<p>b</p><ol start="3"><li>c</li></ol><ul><li>d</li></ul></li></ul>`,
		},
		{
			"definitions", `<dl><div><dt>a<dd>b</div>c</dl>`,
			"<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>",
		},
		{"stray items", "<li>a<li>b", "<p>a</p><p>b</p>"},
		{
			"quotations", "<blockquote>a<p>b</blockquote>c",
			"<blockquote><p>a</p><p>b</p></blockquote><p>c</p>",
		},
		{
			"figures", `<figure><a href=/l><img src=/i.png alt="x"></a>` +
				`<figcaption>A <i>b</i></figcaption></figure>`,
			`<figure><a href="https://example.org/l"><img src="https://example.org/i.png" alt="x"/></a>` +
				`<figcaption>A <i>b</i></figcaption></figure>`,
		},
		{
			"tables of data", `<table><caption>c</caption><tr><th colspan=2>a<tr><td>b<td></table>`,
			`<table><caption>c</caption><tbody><tr><th colspan="2">a</th></tr>` +
				`<tr><td>b</td><td></td></tr></tbody></table>`,
		},
		{
			"tables of layout", `<table><tr><td><table><tr><td>a<td>b</table><tr><td>c</table>`,
			"<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table><p>c</p>",
		},
		{
			"tables without content", `<ul><li><table><tr><td><script>x</script><td><img></table></ul>a`,
			"<p>a</p>",
		},
		{
			"empty cells", `<table><tr><td><td>a<td rowspan=2><tr><td><td></table>`,
			`<table><tbody><tr><td></td><td>a</td><td rowspan="2"></td></tr></tbody></table>`,
		},
		{"CDATA", "<![CDATA[<p>a</p>]]>", "<p>a</p>"},
		{"preformatted", "<pre>\n\n  a\n\tb  <b>c</b>\n</pre>", "<pre>  a\n\tb  <b>c</b></pre>"},
		{"rules only between", "<hr>a<hr><hr>b<hr>", "<p>a</p><hr/><p>b</p>"},
		{"hidden goes", `<p hidden>a</p><div style="display: none">b</div>c`, "<p>c</p>"},
		{
			"old names", "<center><strike>a</strike> <tt>b</tt> <font color=red>c</font></center>",
			"<p><s>a</s> <code>b</code> c</p>",
		},
		{
			"the title is not said twice",
			"<h1>The <i>title</i></h1><h2>the title</h2><p>a</p><h2>The title</h2>",
			"<p>a</p><h2>The title</h2>",
		},
		{
			"nor the footer of WordPress",
			`<p>a</p><p>The post <a href=/x>The title</a> appeared first on <a href=/>Site</a>.</p>`,
			"<p>a</p>",
		},
		{
			"what XML forbids goes", "<p>a\x00\x01\x1b\ufffeb\ufffd \xed\xa0\x80c\xff&#x1F;&#xD800;</p>",
			"<p>ab\ufffd c\ufffd\ufffd</p>",
		},
		{"composed", "<p>e\u0301 cafe<span>\u0301</span> <b>\u0338x</b></p>", "<p>é café <b>x</b></p>"},
		{
			"quotation marks stay readable", `<p title="x">"a" it's ]]&gt; &amp;amp; &lt;b></p>`,
			`<p>"a" it's ]]&gt; &amp;amp; &lt;b&gt;</p>`,
		},
		{
			"attributes are escaped", `<img src=/i.png alt='"><script>x</script>'>`,
			`<p><img src="https://example.org/i.png" alt="&#34;&gt;&lt;script&gt;x&lt;/script&gt;"/></p>`,
		},
		{
			"a frame leaves a link", `<p>a</p><iframe src="//www.youtube.com/embed/zOduYvDupXQ?rel=0"></iframe>`,
			`<p>a</p><p><a href="https://www.youtube.com/watch?v=zOduYvDupXQ">YouTube</a></p>`,
		},
		{
			"a frame of anybody", `<p>a <iframe data-src="https://charts.example/7?a=1&amp;b=2"></iframe></p>`,
			`<p>a <a href="https://charts.example/7?a=1&amp;b=2">charts.example</a></p>`,
		},
		{
			"players leave a link", `<video controls><source src=/v.mp4 type=video/mp4>No video</video>` +
				`<audio src=https://a.example/x.mp3></audio>`,
			`<p><a href="https://example.org/v.mp4">example.org</a><a href="https://a.example/x.mp3">a.example</a></p>`,
		},
		{
			"frames that show nothing go", `<p>a</p><iframe src="https://www.googletagmanager.com/ns.html" height=0></iframe>` +
				`<iframe src="https://x.example/" style="display:none"></iframe><iframe src="about:blank"></iframe>`,
			"<p>a</p>",
		},
		{
			"the image that a script would load", `<img src="/images/lazyload.gif" data-src="/real.jpg" alt="a">` +
				`<img src="data:image/gif;base64,R0" data-lazy-srcset="/s.jpg 300w, /l.jpg 900w"><img src=/spacer.gif>`,
			`<p><img src="https://example.org/real.jpg" alt="a"/><img src="https://example.org/l.jpg" alt=""/></p>`,
		},
		{
			"its twin for those without scripts", `<img src="data:image/gif;base64,R0"><noscript><img src="/real.jpg">Switch on</noscript>` +
				`<img src="/b.jpg"><noscript><img src="/b.jpg"></noscript>`,
			`<p><img src="https://example.org/real.jpg" alt=""/><img src="https://example.org/b.jpg" alt=""/></p>`,
		},
		{
			"drawings and formulas go",
			"<svg><text>a</text><style>b{}</style></svg><math><mi>x</mi></math>b",
			"<p>b</p>",
		},
		{"nothing", " <!-- a --> <div></div>", ""},
	}
	c := New()
	base, _ := url.Parse("https://example.org/news/a.html")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := c.html(tt.in, base, "The title")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			checkHTML(t, c, got, base, "The title")
		})
	}
}

// checkHTML fails unless clean HTML keeps its promises.
func checkHTML(t *testing.T, c *Cleaner, got string, base *url.URL, title string) {
	t.Helper()
	if again := c.html(got, base, title); again != got {
		t.Errorf("not the same when cleaned again:\n1st %q\n2nd %q", got, again)
	}
	if sanitized := sanitize(got); sanitized != got {
		t.Errorf("the policy would change it:\nis  %q\nwas %q", sanitized, got)
	}
	if !isAllowed(got) {
		t.Errorf("not allowed: %q", got)
	}
	if !norm.NFC.IsNormalString(got) {
		t.Errorf("not composed: %q", got)
	}
	if len(got) > maxContent {
		t.Errorf("%d bytes, want at most %d", len(got), maxContent)
	}
	checkXML(t, "content", "<x>"+got+"</x>")
	checkTree(t, got)
}

// checkXML fails unless a document is well-formed XML of nothing but known entities.
func checkXML(t *testing.T, what, doc string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s is not well-formed: %v\n%q", what, err, doc)
			return
		}
	}
}

func parseFragment(raw string) ([]*html.Node, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	// Without scripting, so that what is inside noscript is elements and not raw text.
	return html.ParseFragmentWithOptions(strings.NewReader(raw), body,
		html.ParseOptionEnableScripting(false))
}

// checkTree fails unless an HTML parser reads what the tags say: the document serialises to
// itself.
func checkTree(t *testing.T, got string) {
	t.Helper()
	nodes, err := parseFragment(got)
	if err != nil {
		t.Fatalf("cannot be parsed: %v", err)
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := html.Render(&b, n); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.NewReplacer("&#39;", "'", "&#34;", `"`).Replace(b.String())
	if have := strings.ReplaceAll(got, "&#34;", `"`); want != have {
		t.Errorf("a parser reads another tree:\nhave %q\nread %q", have, want)
	}
}

func TestHTMLBounds(t *testing.T) {
	c := New()
	big := map[string]string{
		"paragraphs":  strings.Repeat("<p>palabra &amp; más</p>", 60_000),
		"one word":    strings.Repeat("á", 700_000),
		"one list":    "<ul>" + strings.Repeat("<li>item <b>x</b></li>", 80_000) + "</ul>",
		"ampersands":  strings.Repeat("&amp;", 600_000),
		"deep blocks": strings.Repeat("<blockquote>a", 400) + "b",
		"deeper":      strings.Repeat("<div>", 5000) + "a &amp; b",
		"deep lists":  strings.Repeat("<ul><li>a", 200),
		"deep tables": strings.Repeat("<table><tr><td>a<td>b", 100),
		"spans":       strings.Repeat("<b><i><u><s>", 100) + "a",
		"open links":  strings.Repeat("<a href=/x>a", 3000),
		"breaks": "<pre>" + strings.Repeat("<br>", 200_000) + "a" + strings.Repeat("<br>",
			999) + "b",
		"marks":        "<p>a" + strings.Repeat("\u0301", 500_000),
		"srcset":       "<img src=/x srcset='" + strings.Repeat("/a 1x,", 600) + "'>",
		"unclosed tag": "<p>a<b " + strings.Repeat("x ", 100_000),
	}
	base, _ := url.Parse("https://example.org/")
	for name, in := range big {
		t.Run(name, func(t *testing.T) {
			got := c.html(in, base, "")
			if got == "" && name != "srcset" {
				t.Error("nothing is left")
			}
			checkHTML(t, c, got, base, "")
		})
	}
}

// A note of the article stays in the article's page, whatever else is relative to.
func TestReferencesWithinAPage(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.org", Path: "/files/"}
	for page, want := range map[string]string{
		"https://example.org/a/1": `<p>x<a href="https://example.org/a/1#n1">1</a> <a href="https://example.org/files/b">b</a></p>`,
		"":                        `<p>x<a href="https://example.org/files/#n1">1</a> <a href="https://example.org/files/b">b</a></p>`,
	} {
		if got := contentOf(`x<a href="#n1">1</a> <a href="b">b</a>`, base, page, "").html; got != want {
			t.Errorf("%q: %s", page, got)
		}
	}
}

// What a script would show in the place of an element leaves a link, and pictures that only a
// script would load are found by whatever attribute has them.
func TestWhatScriptsWouldShow(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.org", Path: "/"}
	link := func(address, name string) string { return `<a href="` + address + `">` + name + `</a>` }
	image := func(name string) string { return `<img src="https://example.org/` + name + `" alt=""/>` }
	for in, want := range map[string]string{
		`<amp-youtube data-videoid="abcdef1"></amp-youtube>`:                                                                          link("https://www.youtube.com/watch?v=abcdef1", "YouTube"),
		`<lite-youtube videoid="abcdef1"></lite-youtube>`:                                                                             link("https://www.youtube.com/watch?v=abcdef1", "YouTube"),
		`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/a/"></blockquote>`:                   link("https://www.instagram.com/p/a/", "Instagram"),
		`<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@a/video/1"></blockquote>`:                                     link("https://www.tiktok.com/@a/video/1", "TikTok"),
		`<div class="fb-post" data-href="https://www.facebook.com/a/posts/1"></div>`:                                                  link("https://www.facebook.com/a/posts/1", "Facebook"),
		`<div class="x flourish-embed" data-src="visualisation/1"></div>`:                                                             link("https://public.flourish.studio/visualisation/1", "Flourish"),
		`<script src="https://datawrapper.dwcdn.net/abc/embed.js"></script>`:                                                          link("https://datawrapper.dwcdn.net/abc/", "Datawrapper"),
		`<script src="https://gist.github.com/a/1.js"></script>`:                                                                      link("https://gist.github.com/a/1", "GitHub"),
		`<script src="https://c.example/embed.js"></script><div class="embed" data-href="/a"></div>`:                                  "",
		`<oembed url="https://vimeo.com/9"></oembed>`:                                                                                 link("https://vimeo.com/9", "Vimeo"),
		`<amp-iframe src="https://c.example/1"></amp-iframe>`:                                                                         link("https://c.example/1", "c.example"),
		`<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/a/"><a href="/p">p</a></blockquote>`: `<blockquote><p>` + link("https://example.org/p", "p") + `</p></blockquote>`,
		`<img src="data:image/gif;base64,R0" data-lazyload="/r.jpg">`:                                                                 image("r.jpg"),
		`<img src="/t.gif" data-ezsrc="/r.jpg">`:                                                                                      image("r.jpg"),
		`<img src="about:blank" data-img-url="/r.jpg?w=1">`:                                                                           image("r.jpg?w=1"),
		`<img src="/r.jpg" data-thumb-src="/s.jpg" data-page-url="/a.html">`:                                                          image("r.jpg"),
		`<img data-srcset="/s.jpg 300w, /r.jpg 1200w">`:                                                                               image("r.jpg"),
		`<noscript><img src="/r.jpg"></noscript>`:                                                                                     image("r.jpg"),
		`<img src="/r.jpg"><noscript><img src="/r.jpg"></noscript>`:                                                                   image("r.jpg"),
		`<amp-img src="/r.jpg"></amp-img>`:                                                                                            image("r.jpg"),
	} {
		got := contentOf("<p>x</p>"+in, base, "", "").html
		if got = strings.TrimPrefix(got, "<p>x</p>"); got != want && got != "<p>"+want+"</p>" {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}
