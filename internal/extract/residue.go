package extract

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/dates"
)

// prune takes out of an article's runs what is no part of its text: what is above its first
// paragraph, links to other articles, and what stands below its end.
func prune(runs []run, container *html.Node, title string) []run {
	p := pruner{
		runs: runs, container: container, title: folded(title), out: make([]bool, len(runs)),
		cards: map[*html.Node]bool{}, size: map[*html.Node]int{},
	}
	for i := range runs {
		for n := runs[i].parent; n != nil && n != container; n = n.Parent {
			p.size[n] += len(runs[i].text)
		}
	}
	p.above()
	p.links()
	p.within()
	p.below()
	p.headings()
	left := runs[:0:0]
	for i, r := range runs {
		if !p.out[i] {
			left = append(left, r)
		}
	}
	return left
}

type pruner struct {
	runs      []run
	out       []bool // which are taken out
	container *html.Node
	title     string // in lower case, letters and digits alone
	cards     map[*html.Node]bool
	size      map[*html.Node]int // bytes of text, within the container
}

// above takes out what stands over the text: title, names, dates, labels.
func (p *pruner) above() {
	first := slices.IndexFunc(p.runs, func(r run) bool { return r.mass() > 0 && !r.isHeading() })
	if first < 0 {
		return
	}
	start := 0 // below the last heading that is the title
	for i := range p.runs[:min(len(p.runs), first+3)] {
		if isTitle(&p.runs[i], p.title) {
			start = i + 1
		}
	}
	for i := range p.runs[:start] {
		p.out[i] = true
	}
	for i := start; i < first; i++ {
		r := &p.runs[i]
		p.out[i] = isTitle(r, p.title) || !r.isHeading() && !closes(r.text) &&
			(!r.isBeside(&p.runs[first]) || isLabel(r))
	}
}

// isTitle reports whether a run is the title, or most of it.
func isTitle(r *run, title string) bool {
	if r.parent.DataAtom == atom.H1 {
		return true
	}
	if len(r.text) > 1000 {
		return false
	}
	text, title := folded(r.text), folded(title)
	return title != "" && text != "" && len(text)*4 > len(title)*3 &&
		(text == title || strings.HasPrefix(title, text))
}

// links takes out runs that only lead to other articles.
func (p *pruner) links() {
	linked, all := 0, 0
	for i := range p.runs {
		if r := &p.runs[i]; !p.out[i] {
			all++
			if r.isLink() {
				linked++
			}
		}
	}
	isList := linked*10 > all*6 // the links are what the article is about
	for i := range p.runs {
		r := &p.runs[i]
		switch {
		case p.out[i]:
		case words.LeadsElsewhere(r.text) && r.link*3 > len(r.text):
			p.out[i] = true
		case isWall(r.text), words.IsBelow(r.text),
			words.IsButton(r.text) && !r.isHeading(),
			words.CallsToFollow(r.text) && namesNetwork(r.text):
			p.out[i] = true
		case r.isLink() && !isList && (len(r.text) > 20 || r.isHeading()):
			p.card(i)
		}
	}
}

// isWall reports whether a line asks to subscribe, or for consent.
func isWall(line string) bool {
	if len(line) > 250 {
		return false
	}
	kind := excuse(line)
	return kind == boilerplate.Subscription || kind == boilerplate.Consent
}

// maxCard is how many bytes of text a link to another article has with its teaser.
const maxCard = 500

// card takes out a link to another article with what stands around it: its picture's words, its
// date and its teaser.
func (p *pruner) card(i int) {
	p.out[i] = true
	if !p.runs[i].isHeading() {
		return
	}
	top := p.runs[i].parent
	for n := top.Parent; n != nil && n != p.container && p.size[n] <= maxCard; n = n.Parent {
		top = n
	}
	p.cards[top] = true
}

// within takes out the runs in cards.
func (p *pruner) within() {
	for i := range p.runs {
		for n := p.runs[i].parent; n != nil && len(p.cards) > 0; n = n.Parent {
			if p.cards[n] {
				p.out[i] = true
				break
			}
		}
	}
}

// below takes out what stands below the last sentence.
func (p *pruner) below() {
	total, mass, seen := 0, 0, 0
	for i := range p.runs {
		total += len(p.runs[i].text)
		mass += p.runs[i].mass()
	}
	end := len(p.runs)
	for i := range p.runs { // a heading over other articles in the last third ends the text
		r := &p.runs[i]
		seen += len(r.text)
		mass -= r.mass()
		if seen*3 > total*2 && mass*5 < total && !p.out[i] && words.HeadsOthers(r.text) {
			end = i
			break
		}
	}
	for i := end; i < len(p.runs); i++ {
		p.out[i] = true
	}
	last := end - 1
	for last > 0 && (p.out[last] || p.runs[last].mass() == 0) {
		last--
	}
	for i := end - 1; i > last; i-- {
		r := &p.runs[i]
		if p.out[i] {
			continue
		}
		if r.link*2 < len(r.text) && !isLabel(r) && (closes(r.text) || r.isBeside(&p.runs[last]) ||
			r.parent.DataAtom == atom.Li || r.parent.DataAtom == atom.Td) {
			break
		}
		p.out[i] = true
	}
}

// isBeside reports whether two runs are paragraphs of one block.
func (r *run) isBeside(other *run) bool {
	return r.parent.Parent == other.parent.Parent && r.parent.DataAtom == other.parent.DataAtom
}

// isLabel reports whether a run is a name, a date, a button or a call to follow, and no text.
func isLabel(r *run) bool {
	text := r.text
	return strings.Trim(text, " -–—_*·•#0oO") == "" || words.IsButton(text) ||
		words.IsLabel(text) || words.CallsToFollow(text) || len(text) < 60 &&
		(!dates.Parse(text).IsZero() || strings.ContainsAny(text, "@|"))
}

// headings takes out headings of what has been taken out.
func (p *pruner) headings() {
	for i := len(p.runs) - 1; i >= 0; i-- {
		if p.out[i] || !p.runs[i].isHeading() && !words.HeadsOthers(p.runs[i].text) {
			continue
		}
		if i+1 == len(p.runs) || p.out[i+1] {
			p.out[i] = true
		}
	}
}

func (r *run) isHeading() bool {
	for n := r.parent; n != nil; n = n.Parent {
		if isHeadingName(n.DataAtom) {
			return true
		}
		switch n.DataAtom {
		case atom.P, atom.Div, atom.Li, atom.Td:
			return false
		}
	}
	return false
}

// isLink reports whether a run is a link and little else.
func (r *run) isLink() bool { return r.link*4 >= len(r.text)*3 && r.link > 0 }

// closes reports whether a text ends as a sentence does.
func closes(text string) bool {
	text = strings.TrimRight(text, ` "'”’»)]*`)
	switch {
	case text == "":
		return false
	case strings.ContainsAny(text[len(text)-1:], ".!?:;"):
		return true
	}
	return strings.HasSuffix(text, "…") || strings.HasSuffix(text, "。")
}

// networks are where people are asked to follow.
var networks = wordSet(`
	facebook twitter instagram telegram whatsapp youtube tiktok x bluesky threads
`)

func namesNetwork(text string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r)
	}) {
		if networks[word] {
			return true
		}
	}
	return false
}

// folded is a text's letters and digits in lower case.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 127 || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return -1
	}, strings.ToLower(text))
}

func within(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}
