package clean

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

var (
	now  = time.Date(2025, 8, 9, 12, 0, 0, 0, time.UTC)
	wire = news.Source{ID: "wire", Kind: news.KindFeed, URL: "https://example.org/feed.xml"}
	desk = news.Source{ID: "inbox", Kind: news.KindFolder}
)

func cleaned(t *testing.T, item news.Item, src news.Source) news.Article {
	t.Helper()
	a, _, err := New().Clean(item, src, now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestClean(t *testing.T) {
	item := news.Item{
		GUID:    " tag:example.org,2025:17 ",
		URL:     "/news/Port%2Dclosed?utm_source=rss&id=17#top",
		Title:   "Puerto cerrado &amp;#8211; <em>otra vez</em>",
		Summary: "<p>El puente cerró el lunes.</p>",
		Content: "<h1>Puerto cerrado – otra vez</h1><p>El puente <a href='b'>cerró</a> el lunes.</p>",
		Lang:    "es-MX",
		Authors: []news.Author{{Name: "Por Ana Ruiz"}, {Name: "ana@example.org (ana ruiz)"}, {}},
		Tags:    []string{" Puente ", "#puente", "", "Frontera"},
		Media: []news.Media{
			{URL: "/i.jpg", Type: "IMAGE/jpeg; q=1", Length: -1},
			{URL: "https://example.org/i.jpg"},
			{URL: "data:image/png;base64,x"},
		},
		Published: time.Date(2025, 8, 9, 5, 0, 0, 999, time.FixedZone("", -6*3600)),
		Modified:  time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC),
		Origin:    news.Origin{Title: "Wire &amp; Co", Link: "https://example.org"},
	}
	got := cleaned(t, item, wire)
	want := news.Article{
		ID:        news.MintID("wire", "tag:example.org,2025:17"),
		Source:    "wire",
		GUID:      "tag:example.org,2025:17",
		URL:       "https://example.org/news/Port-closed?id=17",
		Title:     "Puerto cerrado – otra vez",
		Summary:   "El puente cerró el lunes.",
		Content:   `<p>El puente <a href="https://example.org/news/b">cerró</a> el lunes.</p>`,
		Lang:      "es",
		Authors:   []news.Author{{Name: "Ana Ruiz", Email: "ana@example.org"}},
		Tags:      []string{"Puente", "Frontera"},
		Media:     []news.Media{{URL: "https://example.org/i.jpg", Type: "image/jpeg"}},
		Entitled:  true,
		Rights:    news.Excerpt,
		Published: time.Date(2025, 8, 9, 11, 0, 0, 0, time.UTC),
		Modified:  now,
		Origin:    news.Origin{Title: "Wire & Co", Link: "https://example.org"},
	}
	want.Fingerprint = got.Fingerprint
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(got.Fingerprint) != 32 {
		t.Errorf("fingerprint %q, want 32 digits", got.Fingerprint)
	}
}

func TestCleanDates(t *testing.T) {
	day := 24 * time.Hour
	tests := []struct {
		name                string
		published, modified time.Time
		src                 news.Source
		wantPub, wantMod    time.Time
		wantErr             string
	}{
		{name: "unstated", src: wire, wantPub: now},
		{
			name: "the year 1", published: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), src: wire,
			wantPub: now,
		},
		{name: "a program's zero", published: time.Unix(0, 0), src: desk, wantPub: now},
		{name: "only a change is stated", modified: now.Add(-day), src: wire, wantPub: now.Add(-day)},
		{
			name: "changed later", published: now.Add(-2 * day), modified: now.Add(-day), src: wire,
			wantPub: now.Add(-2 * day), wantMod: now.Add(-day),
		},
		{
			name: "changed before it was published", published: now.Add(-day), modified: now.Add(-2 * day),
			src: wire, wantPub: now.Add(-day),
		},
		{
			name: "the future of others", published: now.Add(day), modified: now.Add(2 * day), src: wire,
			wantPub: now,
		},
		{
			name: "the year 3000 of others", published: time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC),
			src: wire, wantPub: now,
		},
		{
			name: "an embargo of our own", published: now.Add(day), modified: now.Add(-day), src: desk,
			wantPub: now.Add(day),
		},
		{
			name: "a change of our own in the future is no embargo", modified: now.Add(day), src: desk,
			wantPub: now,
		},
		{
			name: "the year 3000 of our own", published: time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC),
			src: desk, wantErr: "source inbox: note.md: published: the year 3000 is too far ahead",
		},
		{
			name: "parts of seconds", published: now.Add(-time.Second / 3), src: wire,
			wantPub: now.Add(-time.Second),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			item := news.Item{GUID: "note.md", Title: "t", Published: tt.published, Modified: tt.modified}
			a, _, err := New().Clean(item, tt.src, now)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) ||
					news.KindOf(err) != news.Invalid {
					t.Errorf("error %v, want %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !a.Published.Equal(tt.wantPub) || !a.Modified.Equal(tt.wantMod) {
				t.Errorf("published %v, modified %v; want %v, %v", a.Published, a.Modified, tt.wantPub,
					tt.wantMod)
			}
		})
	}
}

func TestCleanText(t *testing.T) {
	long := strings.Repeat("Una frase que dice algo. ", 60) // 1,500 characters
	tests := []struct {
		name                    string
		item                    news.Item
		title, summary, content string
	}{
		{
			"a title from a heading",
			news.Item{Content: "<h2>Head</h2><p>Text.</p>"},
			"Head", "Text.",
			"<p>Text.</p>",
		},
		{
			"a title from the first sentence",
			news.Item{Content: "<p>The U.S. closed a bridge on Monday. Nobody knows why.</p>"},
			"The U.S. closed a bridge on Monday.", "The U.S. closed a bridge on Monday. Nobody knows why.",
			"<p>The U.S. closed a bridge on Monday. Nobody knows why.</p>",
		},
		{"a title from the summary", news.Item{Summary: "Just this"}, "Just this", "", ""},
		{
			"a summary in blocks is the content",
			news.Item{Title: "t", Summary: "<p>One</p><p>two</p>"},
			"t", "One two", "<p>One</p><p>two</p>",
		},
		{
			"a summary in a line is not",
			news.Item{Title: "t", Summary: "One <b>two</b> &amp; three"},
			"t", "One two & three", "",
		},
		{
			"a long summary is the content",
			news.Item{Title: "t", Summary: "First.\n\n" + long},
			"t",
			clip("First. "+strings.TrimSpace(long), 300),
			"<p>First.</p><p>" + strings.TrimSpace(long) + "</p>",
		},
		{
			"a long summary is cut",
			news.Item{Title: "t", Summary: long, Content: "<p>x</p>"},
			"t",
			clip(long, 300), "<p>x</p>",
		},
		{
			"headings are no summary",
			news.Item{Title: "t", Content: "<h2>A</h2><p>b</p><ul><li>c</ul>"},
			"t", "b c", "<h2>A</h2><p>b</p><ul><li>c</li></ul>",
		},
		{
			"the footer of WordPress",
			news.Item{
				Title:   "A &#038; B",
				Summary: "<p>Text […]</p><p>The post <a href=x>A &#038; B</a> appeared first on <a>S</a>.</p>",
			},
			"A & B", "Text […]", "<p>Text […]</p>",
		},
		{
			"mathematics",
			news.Item{Title: "If a < b and b > c & d", Summary: "x<y"},
			"If a < b and b > c & d", "x<y", "",
		},
		{
			"tags that HTML does not know are text",
			news.Item{Title: "The <Name> of the <i>Rose</i>"},
			"The <Name> of the Rose", "", "",
		},
		{
			"escaped twice",
			news.Item{Title: "R&amp;amp;D &amp;lt;x&amp;gt; &lt;em&gt;soon&lt;/em&gt;"},
			"R&D <x> soon", "", "",
		},
		{"not entities", news.Item{Title: "AT&T, R&copy, ?a=1&lt=2"}, "AT&T, R&copy, ?a=1&lt=2", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := cleaned(t, tt.item, wire)
			if a.Title != tt.title || a.Summary != tt.summary || a.Content != tt.content {
				t.Errorf("got  %q, %q, %q\nwant %q, %q, %q", a.Title, a.Summary, a.Content,
					tt.title, tt.summary, tt.content)
			}
		})
	}
}

func TestCleanRejects(t *testing.T) {
	for _, item := range []news.Item{
		{URL: "/a"},
		{URL: "/a", Title: " \x00 <b> </b>&nbsp;", Content: "<script>x</script><p>&nbsp;</p>"},
		{URL: "/a", Content: "<img src=/x.png>"},
	} {
		_, _, err := New().Clean(item, wire, now)
		const want = "source wire: /a: neither title nor text"
		if err == nil || err.Error() != want || news.KindOf(err) != news.Invalid {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestCleanIdentity(t *testing.T) {
	item := news.Item{GUID: "g", URL: "https://example.org/a?utm_source=x", Title: "t"}
	if a := cleaned(t, item, wire); a.GUID != "g" {
		t.Errorf("guid %q, want the item's own", a.GUID)
	}
	item.GUID = ""
	if a := cleaned(t, item, wire); a.GUID != "https://example.org/a" {
		t.Errorf("guid %q, want the link", a.GUID)
	}
	item.URL = ""
	first := cleaned(t, item, wire)
	item.Title = "u"
	if second := cleaned(t, item, wire); !strings.HasPrefix(first.GUID, "sha256:") ||
		first.ID == second.ID {
		t.Errorf("guids %q and %q, want two hashes", first.GUID, second.GUID)
	}
	item.GUID = strings.Repeat("g", 5000)
	if a := cleaned(t, item, wire); len(a.GUID) > maxGUID {
		t.Errorf("guid of %d bytes", len(a.GUID))
	}
}

func TestCleanRights(t *testing.T) {
	headline := news.Source{ID: "h", Kind: news.KindFeed, Rights: news.Headline}
	tests := []struct {
		stated news.Rights
		src    news.Source
		want   news.Rights
	}{
		{"", wire, news.Excerpt},
		{"", desk, news.Full},
		{"", headline, news.Headline},
		{news.Excerpt, desk, news.Excerpt},
		{"everything", headline, news.Headline},
	}
	for _, tt := range tests {
		a := cleaned(t, news.Item{Title: "t", Rights: tt.stated}, tt.src)
		if a.Rights != tt.want || a.Own != tt.src.Own() {
			t.Errorf("%q from %s: %q, own %v; want %q", tt.stated, tt.src.ID, a.Rights, a.Own, tt.want)
		}
	}
}

func TestAuthors(t *testing.T) {
	tests := []struct{ in, name, mail string }{
		{"Ana Ruiz", "Ana Ruiz", ""},
		{"ana@example.org (Ana Ruiz)", "Ana Ruiz", "ana@example.org"},
		{"Ana Ruiz <ana@example.org>", "Ana Ruiz", "ana@example.org"},
		{"Ana Ruiz &lt;ana@example.org&gt;", "Ana Ruiz", "ana@example.org"},
		{"Ana Ruiz (ana@example.org)", "Ana Ruiz", "ana@example.org"},
		{"ana@example.org", "ana@example.org", "ana@example.org"},
		{"<b>By</b> Ana Ruiz", "Ana Ruiz", ""},
		{`"Ruiz, Ana" <ana@example.org>`, "Ruiz, Ana", "ana@example.org"},
		{"River Network (RN)", "River Network (RN)", ""},
		{"@anaruiz", "@anaruiz", ""},
		{"noreply@example.org", "", ""},
		{"admin", "", ""},
		{" ", "", ""},
	}
	for _, tt := range tests {
		var got news.Author
		for _, a := range authors([]news.Author{{Name: tt.in}}, nil) {
			got = a
		}
		if got.Name != tt.name || got.Email != tt.mail {
			t.Errorf("%q: %q, %q; want %q, %q", tt.in, got.Name, got.Email, tt.name, tt.mail)
		}
	}
}

func TestFingerprint(t *testing.T) {
	item := news.Item{
		Title: "t", URL: "https://example.org/a", Tags: []string{"x"},
		Content: `<p>One <a href="https://example.org/b?utm_source=1">two</a></p>` +
			`<p><img src="https://example.org/i.jpg?sig=1" width="10">three</p>`,
	}
	first := cleaned(t, item, wire).Fingerprint
	same := item
	same.Content = `<div>One   <b><a title=x href="https://example.org/b?utm_source=2">` +
		`two</a></b></div>` +
		`<div><img alt="" src="https://example.org/i.jpg?sig=2">three</div>`
	same.Tags, same.Modified = []string{"y"}, now.Add(-time.Hour)
	same.URL += "?fbclid=1"
	if got := cleaned(t, same, wire).Fingerprint; got != first {
		t.Error("what no reader sees has changed the fingerprint")
	}
	for name, change := range map[string]func(*news.Item){
		"title":   func(i *news.Item) { i.Title = "u" },
		"summary": func(i *news.Item) { i.Summary = "s" },
		"word":    func(i *news.Item) { i.Content = strings.Replace(i.Content, "three", "four", 1) },
		"link":    func(i *news.Item) { i.Content = strings.Replace(i.Content, "/b", "/c", 1) },
		"image":   func(i *news.Item) { i.Content = strings.Replace(i.Content, "i.jpg", "j.jpg", 1) },
		"heading": func(i *news.Item) { i.Content = strings.ReplaceAll(i.Content, "p>", "h2>") },
		"author":  func(i *news.Item) { i.Authors = []news.Author{{Name: "A"}} },
		"media":   func(i *news.Item) { i.Media = []news.Media{{URL: "https://example.org/v.mp4"}} },
		"lang":    func(i *news.Item) { i.Lang = "fr" },
		"rights":  func(i *news.Item) { i.Rights = news.Headline },
		"url":     func(i *news.Item) { i.URL = "https://example.org/z" },
	} {
		changed := item
		change(&changed)
		if got := cleaned(t, changed, wire).Fingerprint; got == first {
			t.Errorf("another %s, the same fingerprint", name)
		}
	}
}

func TestPassages(t *testing.T) {
	a := news.Article{Content: `<h2>A <b>b</b></h2><p>c<br/>d ` +
		`<img src="https://e.org/i" alt="no"/>&amp; e</p>` +
		`<ul><li>f<p>g</p></li></ul><table><tbody><tr><th>h</th><td></td></tr></tbody></table><h3>i</h3>`}
	want := []news.Passage{
		{Heading: true, Text: "A b"},
		{Text: "c d & e"},
		{Text: "f"},
		{Text: "g"},
		{Text: "h"},
		{Heading: true, Text: "i"},
	}
	if diff := cmp.Diff(want, Passages(a)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got, want := lines(Passages(a)), "A b\nc d & e\nf\ng\nh\ni"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}
