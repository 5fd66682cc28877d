package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// bodyNames are classes and ids of the element that holds an article's text, without their signs.
var bodyNames = wordSet(`
	articlebody articlebodytext articlecontent articletext articlemain articlecontentbody
	articlecopy bodycopy bodytext contentbody entrybody entrycontent entrytext newsbody newscontent
	newstext notabody notacontenido notatexto noticiatexto cuerponota cuerponoticia cuerpo
	contenidonota contenidonoticia textonota textonoticia postbody postcontent postbodytext postentry
	posttext singlecontent sitecontentarticle storybody storycontent storytext storybodytext
	blogcontent tdpostcontent articlebodycontent articledescription articlebodycontents
	storybodycopytext mainarticlecontent fieldnamebody
`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// isMarked reports whether an element says that it is the text of an article.
func isMarked(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "itemprop", "property":
			for word := range strings.FieldsSeq(a.Val) {
				if strings.EqualFold(word, "articleBody") {
					return true
				}
			}
		case "class", "id":
			for word := range strings.FieldsSeq(a.Val) {
				if bodyNames[squeezed(word)] {
					return true
				}
			}
		}
	}
	return false
}

// squeezed is a name in lower case, its letters alone.
func squeezed(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// namesOf calls f with each word of an element's class and id, in lower case: those of
// "relatedPosts c-share" are related, posts, c and share. It stops when f reports true, and reports
// that.
func namesOf(n *html.Node, f func(word string) bool) bool {
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" && a.Key != "role" && a.Key != "data-component" {
			continue
		}
		start := 0
		lower := false
		for i, r := range a.Val {
			switch {
			case unicode.IsUpper(r) && lower:
				if f(strings.ToLower(a.Val[start:i])) {
					return true
				}
				start = i
			case !unicode.IsLetter(r):
				if i > start && f(strings.ToLower(a.Val[start:i])) {
					return true
				}
				start = i + len(string(r))
			}
			lower = unicode.IsLower(r)
		}
		if start < len(a.Val) && f(strings.ToLower(a.Val[start:])) {
			return true
		}
	}
	return false
}

// asideNames are words of classes and ids of what stands beside an article's text or in it without
// being a part of it.
var asideNames = wordSet(`
	share sharing shares sharebar sharethis sharedaddy addtoany addthis social socials socialbar
	related relacionadas relacionados relacionada relatedposts relatedlinks readalso
	recommend recommended recommendation recommendations recirc recirculation
	newsletter newsletters subscribe signup login
	promo promos promotion promotional sponsor sponsored sponsors advert adverts advertisement
	advertisements advertising ad ads adv dfp adsbygoogle publicidad outbrain taboola
	sidebar breadcrumb breadcrumbs byline bylines menu nav navbar navigation footer popup modal
	overlay cookie cookies consent gdpr toolbar pagination pager pagenav rollover tooltip
	teaser teasers trending popular mostread mostpopular rail
	authorbox bio authorbio contributors taglist
	tags caption credit wpcaption
	visuallyhidden sr screenreader print noprint hidden
`)

// answerNames are those of what readers write.
var answerNames = wordSet(`
	comment comments commentlist commenting disqus respond replies comentarios
`)

// leave reports whether an element holds no text of an article, by what it says of itself.
func (p *page) leave(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Aside, atom.Figure:
		return true
	case atom.Form:
		return !p.large(n)
	}
	if n == p.body || n.DataAtom == atom.Main || n.DataAtom == atom.Article {
		return false
	}
	if isHidden(n) {
		return !p.large(n)
	}
	answers := false
	beside := namesOf(n, func(word string) bool {
		answers = answers || answerNames[word]
		return asideNames[word] || answers
	})
	return beside && (answers && !p.most(n) || !p.large(n))
}

// large reports whether an element has so much of the page's text that it can't be beside it.
func (p *page) large(n *html.Node) bool {
	p.measure()
	return p.size[n]*4 > p.size[p.body]
}

// most reports whether an element has nearly all of the page's text.
func (p *page) most(n *html.Node) bool {
	p.measure()
	return p.size[n]*10 > p.size[p.body]*8
}

func (p *page) measure() {
	if p.size != nil {
		return
	}
	p.size = map[*html.Node]int{}
	for i := range p.runs() {
		r := &p.runs()[i]
		m := r.mass()
		for n := r.parent; n != nil && m > 0; n = n.Parent {
			p.size[n] += m
		}
	}
}

// runs lists all runs of the page.
func (p *page) runs() []run {
	if p.lines == nil {
		p.lines = runsOf(p.body, nil)
	}
	return p.lines
}

func isHidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "style":
			style := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
			if strings.Contains(style, "display:none") {
				return true
			}
		}
	}
	return false
}
