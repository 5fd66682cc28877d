package extract

import (
	"cmp"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
)

var words = boilerplate.BuiltIn()

// names says of each kind of excuse what page it stands on.
var names = map[string]string{
	boilerplate.Test:         "a test for people, that the site puts before its pages",
	boilerplate.Failure:      "a page of an error",
	boilerplate.Missing:      "a page that says that there is nothing at its address",
	boilerplate.NoResults:    "a page of a search that found nothing",
	boilerplate.Consent:      "a page that asks for consent to cookies",
	boilerplate.Subscription: "a page that asks to subscribe",
}

// How much text a page has that is an article whatever its title says, in bytes; and how much it
// has at least if it does not say that it is one.
const (
	plenty   = 1500
	fewWords = 250
	aWord    = 60
)

// refuse returns an error if a page is no article.
func (p *page) refuse(m *meta, title string, f found) error {
	text := 0
	for i := range f.runs {
		text += len(f.runs[i].text) - f.runs[i].link
	}
	if text >= plenty {
		return nil
	}
	for _, name := range append(p.headingsOf(), title, m.title) {
		kind, size := words.Excuse(name)
		if size*2 >= len(name) && kind != "" && (text < fewWords || !m.claimsArticle()) {
			return refusal(kind)
		}
	}
	excused, kind := 0, ""
	for i := range f.all {
		if k := excuse(f.all[i].text); k != "" {
			excused += len(f.all[i].text)
			kind = cmp.Or(kind, k)
		}
	}
	for i := range f.runs {
		if excuse(f.runs[i].text) != "" {
			text -= len(f.runs[i].text) - f.runs[i].link
		}
	}
	few := text < aWord || text < fewWords && !m.claimsArticle() && !f.ruled
	switch covers := p.covered(); {
	case kind != "" && (excused > text || few):
		return refusal(kind)
	case covers != "" && few:
		return refusal(covers)
	case !m.claimsArticle() && !f.ruled && p.teasers(f)*150 > text:
		return news.Errorf(news.Invalid, "no article but a list of others")
	case few:
		return news.Errorf(news.Invalid, "no article but a page with %d bytes of running text: if "+
			"a script writes its text nothing can be done; else name it by content", text)
	}
	return nil
}

// excuse returns the kind of page that a line stands on if it is an excuse and says little else.
func excuse(line string) string {
	if len(line) > 600 {
		return ""
	}
	kind, size := words.Excuse(line)
	if size*5 < len(line) && len(line) > 120 {
		return ""
	}
	return kind
}

// refusal is the error for a kind of excuse: NotFound if the site says that there is nothing,
// Refused if it wants something of who asks, else Unreachable.
func refusal(excuse string) error {
	kind := news.Refused
	switch excuse {
	case boilerplate.Missing, boilerplate.NoResults:
		kind = news.NotFound
	case boilerplate.Failure:
		kind = news.Unreachable
	}
	return news.Errorf(kind, "no article but %s", names[excuse])
}

// covered returns the kind of excuse that most of a short page's text is.
func (p *page) covered() string {
	kinds := map[string]int{}
	all := 0
	for _, r := range p.runs() {
		if all += len(r.text); all > 20_000 {
			return ""
		}
		if k := excuse(r.text); k != "" {
			kinds[k] += len(r.text)
		}
	}
	for kind, size := range kinds {
		if size*3 > all {
			return kind
		}
	}
	return ""
}

// teasers counts the links to other articles that stand in the text as headings.
func (p *page) teasers(f found) (n int) {
	for i := range f.all {
		if r := &f.all[i]; r.isLink() && r.isHeading() && len(r.text) > 25 {
			n++
		}
	}
	return n
}
