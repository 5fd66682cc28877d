package extract

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/teletipo/teletipo/internal/dates"
)

// publishedNames and modifiedNames are names of meta elements, the most telling first.
var (
	publishedNames = []string{
		"article:published_time", "article:published", "og:article:published_time", "datepublished",
		"og:published_time", "parsely-pub-date", "sailthru.date", "publish-date", "publish_date",
		"publication_date", "publicationdate", "published_at", "pubdate", "pub_date", "pdate",
		"date.issued", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date",
		"dc.date.created", "datecreated", "displaydate", "article.published", "article_date_original",
		"cxenseparse:recs:publishtime", "originalpublicationdate", "date",
	}
	modifiedNames = []string{
		"article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
		"dcterms.modified", "dc.date.modified",
	}
)

// datesOf finds when an article was published and changed: what JSON-LD says, meta elements, time
// elements, the address, and last the words near its title. A page's date of today is none of
// these.
func (p *page) datesOf(m *meta, address, lang, title string, f found) (
	published, modified time.Time,
) {
	reader := &dates.Reader{Lang: tagOf(cmp.Or(m.language(), lang))}
	published = reader.First(m.story.published)
	for _, name := range publishedNames {
		if published.IsZero() {
			published = reader.First(m.named[name]...)
		}
	}
	modified = reader.First(m.story.modified)
	for _, name := range modifiedNames {
		if modified.IsZero() {
			modified = reader.First(m.named[name]...)
		}
	}
	if published.IsZero() {
		published = p.timed(reader, f.container)
	}
	day := dayInAddress(address)
	if published.IsZero() {
		if published = p.written(reader, f, title); !day.IsZero() &&
			!sameDay(published, day) {
			published = day
		}
	}
	return published, modified
}

// sameDay reports whether two times are no more than a day apart: zones part the rest.
func sameDay(a, b time.Time) bool { return a.Sub(b).Abs() < 36*time.Hour }

// timed is the date of the first time element near the article, or of one that is marked as its
// date.
func (p *page) timed(reader *dates.Reader, container *html.Node) time.Time {
	var first, marked time.Time
	for n := range p.near(container).Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		prop := strings.ToLower(attr(n, "itemprop"))
		if n.DataAtom != atom.Time && prop != "datepublished" || isAround(n) {
			continue
		}
		t := reader.First(attr(n, "datetime"), attr(n, "content"), attr(n, "title"), textIn(n))
		if t.IsZero() {
			continue
		}
		isMarked := prop == "datepublished" || attr(n, "pubdate") != "" ||
			namesOf(n, func(word string) bool { return word == "published" || word == "publicado" })
		if isMarked && marked.IsZero() {
			marked = t
		}
		if first.IsZero() {
			first = t
		}
	}
	if !marked.IsZero() {
		return marked
	}
	return first
}

// near is the element that has an article's title as well as its text.
func (p *page) near(container *html.Node) *html.Node {
	for n := container; n != nil && n != p.body; n = n.Parent {
		if n.DataAtom == atom.Article || n.DataAtom == atom.Main || find(n, atom.H1) != nil {
			return n
		}
	}
	return p.body
}

// inAddress matches a day in an address: /2026/11/21/, /2026-11-21-, /20261121/.
var inAddress = regexp.MustCompile(
	`[/_-](20\d\d)(?:[/_.-](\d{1,2})[/_.-](\d{1,2})|(\d\d)(\d\d))(?:\D|$)`)

func dayInAddress(address string) time.Time {
	if m := inAddress.FindStringSubmatch(address); m != nil {
		year, _ := strconv.Atoi(m[1])
		month, _ := strconv.Atoi(m[2] + m[4])
		day, _ := strconv.Atoi(m[3] + m[5])
		t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if month >= 1 && month <= 12 && t.Day() == day {
			return t
		}
	}
	return time.Time{}
}

// dated finds a day in words, with a time if one follows.
var dated = regexp.MustCompile(`(?i)(?:` +
	`\d{1,2}(?:º|°|er|st|nd|rd|th)?\s+(?:de\s+)?\p{L}{3,10}\.?,?\s+(?:del?\s+)?\d{4}|` +
	`\p{L}{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+(?:de\s+|del\s+)?\d{4}|` +
	`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|` +
	`\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[-/ ]\p{L}{3,10}[-/ ]\d{4})` +
	`(?:,?\s*(?:[-–|·]|a las|at)?\s*\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?\s?m\.?)?)?`)

// written is the date in the short lines around an article's title: from some lines above it down
// to the first paragraph. The frame of the page, where its own date of today stands, is left out.
func (p *page) written(reader *dates.Reader, f found, title string) time.Time {
	lines := runsOf(p.body, isFrame)
	first := len(lines)
	if len(f.runs) > 0 {
		start := f.runs[0].nodes[0]
		first = slices.IndexFunc(lines, func(r run) bool { return slices.Contains(r.nodes, start) })
	}
	const above, below = 3, 12 // lines
	at := first
	for at >= 0 && (at >= len(lines) || !isTitle(&lines[at], title)) {
		at--
	}
	if at < 0 {
		return time.Time{}
	}
	for i := at; i < min(len(lines), at+below) && (i == at || lines[i].mass() <= 200); i++ {
		if t := inLine(reader, &lines[i]); !t.IsZero() {
			return t
		}
	}
	for i := at - 1; i >= max(0, at-above); i-- {
		if t := inLine(reader, &lines[i]); !t.IsZero() && isDated(&lines[i], lines[at].parent) {
			return t
		}
	}
	return time.Time{}
}

// inLine is the date in a short line.
func inLine(reader *dates.Reader, r *run) time.Time {
	if len(r.text) > 200 {
		return time.Time{}
	}
	return inWords(reader, r.text)
}

// dateNames are words of classes and ids of what holds a date.
var dateNames = wordSet("date fecha time published publicado publicada posted datetime dateline")

// isDated reports whether a line above a title is named as a date, or stands in one article with
// the title: else it may be the page's own date, which is that of today.
func isDated(r *run, title *html.Node) bool {
	for n := r.parent; n != nil && !within(title, n); n = n.Parent {
		if namesOf(n, func(word string) bool { return dateNames[word] }) {
			return true
		}
	}
	for n := r.parent; n != nil; n = n.Parent {
		if n.DataAtom == atom.Article {
			return within(title, n)
		}
	}
	return false
}

// isFrame reports whether an element frames a page.
func isFrame(n *html.Node) bool {
	return n.DataAtom == atom.Aside || n.DataAtom == atom.Header && find(n, atom.H1) == nil
}

// inWords reads the first date in a text.
func inWords(reader *dates.Reader, text string) time.Time {
	for _, m := range dated.FindAllString(text[:min(len(text), 400)], 3) {
		m = strings.NewReplacer(" a las ", " ", " at ", " ", "|", " ", "·", " ").Replace(m)
		if t := reader.Date(m); !t.IsZero() && t.Year() > 1990 {
			return t
		}
	}
	return time.Time{}
}
