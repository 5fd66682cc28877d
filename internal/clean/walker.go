package clean

import (
	"net/url"
	"slices"
	"strings"
)

// walker goes through the tokens of HTML, keeps in mind which elements are open, and tells the
// writer what it meets. Which element ends where is what section 13.2.6 of the WHATWG's standard
// says, as far as it can be known without looking back.
type walker struct {
	lex  lexer
	w    *writer
	base *url.URL // that references resolve against; may be nil
	page string   // address of the page that the HTML is part of, if it is known

	open    []open         // elements, outermost first
	count   [groups]int    // how many of a group are open
	ignored map[string]int // how many of a name have begun that were not opened
	hidden  int            // open elements that nothing is shown of
	foreign int            // open elements of drawings and formulas
	hasForm bool
	// The last image has been since the last text, and said where it is: what stands for it without
	// scripts shows it again.
	pictured bool

	formats    []goesOn
	lastNumber int

	parts  []int   // where in open tables and their parts are
	tables []table // open, outermost first
	data   []scanned
}

func (k *walker) walk() {
	for {
		switch t := k.lex.next(); t.kind {
		case endOfInput:
			k.popTo(0)
			return
		case textToken:
			k.text(&t)
		case startTag:
			k.start(t)
		case endTag:
			k.end(t.name)
		}
	}
}

// text passes text on. White space alone opens nothing.
func (k *walker) text(t *token) {
	if k.hidden > 0 {
		return
	}
	s := decodeText(t)
	if strings.TrimSpace(s) == "" && k.w.top().name != "pre" {
		if k.top().holds == anything {
			k.w.text(s)
		}
		return
	}
	if k.enter(); k.hidden == 0 {
		k.w.text(s)
		k.pictured = false
	}
}

// enter makes ready for what stands in a line, or for a block: an item for it if it stands in a
// list outside of one, and formatting that goes on.
func (k *walker) enter() {
	k.within()
	k.reopen()
}

// within opens an item or cell for what stands outside of one.
func (k *walker) within() {
	if k.hidden > 0 {
		return
	}
	switch o := k.top(); o.holds {
	case items, definitions:
		if len(k.w.blocks) == o.depth {
			k.w.push(map[holds]string{items: "li", definitions: "dd"}[o.holds], "", mixed)
		}
	case cells:
		k.strayCell()
	}
}

// start takes a start tag.
func (k *walker) start(t token) {
	e := t.e
	if k.foreign > 0 && k.isForeign(&t, e) {
		return
	}
	if e.is(ignored) || t.name == "form" && k.hasForm {
		return
	}
	if e.is(tablePart) {
		k.startPart(&t, e)
		return
	}
	k.endBefore(t.name, e)
	k.embed(&t)
	switch {
	case e.is(holdsText) && e.kind == kindDropped:
		k.lex.skipText()
	case e.is(void):
		k.void(&t, e)
	case t.name == "select" && k.find(e) >= 0:
		k.popTo(k.find(e))
	case e.is(formatting):
		k.enter()
		k.format(t, e)
	case k.isFull(&t, e):
	case t.name == "table":
		k.startTable(&t, e)
	case t.name == "svg" || t.name == "math":
		if !t.isSelfClosing() {
			k.push(open{name: t.name, e: e, isHidden: true, foreign: true})
		}
	default:
		if !e.is(special) || e.is(marker) {
			k.enter()
		}
		k.push(k.opened(t, e))
		k.hasForm = k.hasForm || t.name == "form"
	}
}

// endBefore ends what a start tag says is over.
func (k *walker) endBefore(name string, e *element) {
	switch name {
	case "li":
		k.endItem("li")
		k.endP()
	case "dd", "dt":
		k.endItem("dd", "dt")
		k.endP()
	case "option", "optgroup":
		if k.top().name == "option" {
			k.pop()
		}
	case "button", "input":
		if name == "input" {
			e = dropDown
		}
		if i := k.find(e); i >= 0 {
			k.popTo(i)
		}
		return
	case "a", "nobr":
		if i := k.lastFormat(name); i >= 0 {
			number := k.formats[i].number
			k.endFormat(name)
			if i = k.formatOf(number); i >= 0 {
				k.formats = slices.Delete(k.formats, i, i+1)
			}
		}
	case "rb", "rt", "rtc", "rp":
		if k.find(ruby) >= 0 {
			for k.top().name == "rb" || k.top().name == "rt" || k.top().name == "rp" {
				k.pop()
			}
		}
	}
	if e.is(endsP) {
		k.endP()
		if e.kind == kindHeading && k.top().group() == e.group {
			k.pop()
		}
	}
}

// void takes an element that has no content.
func (k *walker) void(t *token, e *element) {
	if e.kind == kindImage && k.hidden == 1 && k.top().name == "noscript" {
		if !k.pictured {
			k.image(t) // what programs without scripts see
		}
		return
	}
	if k.hidden > 0 || e.kind == kindDropped || isUnseen(t) {
		return
	}
	if e.kind == kindRule {
		k.within()
		k.w.rule()
		return
	}
	k.enter()
	switch {
	case k.hidden > 0:
	case e.kind == kindBreak:
		k.w.lineBreak()
	case e.kind == kindImage:
		k.image(t)
	}
}

// end takes an end tag.
func (k *walker) end(name string) {
	if k.ignored[name] > 0 {
		k.ignored[name]--
		return
	}
	e := elementOf(name)
	if k.foreign > 0 && k.endForeign(name) {
		return
	}
	at := -1
	switch {
	case name == "p":
		if at = k.find(e, "button"); at < 0 && k.hidden == 0 { // it stands for an empty one
			k.within()
			k.w.paragraph()
			k.w.part()
		}
	case name == "br":
		k.void(&token{name: name}, e)
	case name == "li":
		at = k.find(e, "ol", "ul")
	case e != nil && e.kind == kindHeading:
		at = k.find(e)
	case name == "form":
		k.endForm()
	case name == "template":
		at = k.lastOpen(name)
	case e.is(isBlock):
		at = k.find(e)
	case name == "table" || e.is(tablePart):
		k.endTablePart(name)
	case e.is(formatting):
		k.endFormat(name)
	case !e.is(ignored):
		k.endOther(name)
	}
	if at >= 0 {
		k.popTo(at)
	}
}

// endForm ends a form; what is open in it stays open.
func (k *walker) endForm() {
	at := k.find(form)
	if !k.hasForm || at < 0 {
		k.hasForm = false
		return
	}
	k.hasForm = false
	for slices.Contains(implied, k.top().name) {
		k.pop()
	}
	if at == len(k.open)-1 {
		k.pop()
	} else if at < len(k.open) {
		k.open[at].close = nothing
		k.end1(&k.open[at])
		k.open[at] = open{}
	}
}

var implied = []string{"dd", "dt", "li", "optgroup", "option", "p", "rb", "rp", "rt", "rtc"}

// endOther ends an element that nothing is special about.
func (k *walker) endOther(name string) {
	if e := elementOf(name); e != nil && k.count[e.group] == 0 {
		return
	}
	for i := len(k.open) - 1; i >= 0; i-- {
		o := &k.open[i]
		if o.name == name {
			k.popTo(i)
			return
		}
		if o.e.is(special) || o.isBoundary() {
			return
		}
	}
}

// lastOpen is the index of the innermost open element of a name, -1 if there is none.
func (k *walker) lastOpen(name string) int {
	i := len(k.open) - 1
	for i >= 0 && k.open[i].name != name {
		i--
	}
	return i
}

// isForeign takes a start tag in a drawing or formula; it reports false if that ends it.
func (k *walker) isForeign(t *token, e *element) bool {
	at := len(k.open) - 1
	for at >= 0 && !k.open[at].foreign {
		at--
	}
	if at < len(k.open)-1 || isIntegration(k.open[at].name) {
		return false // it is in HTML that is in a drawing
	}
	if e.is(breaksOut) && (t.name != "font" || t.attr("color")+t.attr("face")+t.attr("size") != "") {
		k.leaveForeign()
		return false
	}
	k.lex.raw = ""
	if !t.isSelfClosing() && len(k.open) < maxOpen {
		k.push(open{name: t.name, isHidden: true, foreign: true})
	}
	return true
}

// leaveForeign ends a drawing or formula.
func (k *walker) leaveForeign() {
	for k.top().foreign && !isIntegration(k.top().name) {
		k.pop()
	}
}

// endForeign takes an end tag in a drawing or formula; it reports false if it is HTML's.
func (k *walker) endForeign(name string) bool {
	if name == "p" || name == "br" {
		k.leaveForeign()
		return false
	}
	for i := len(k.open) - 1; i >= 0 && k.open[i].foreign; i-- {
		if k.open[i].name == name {
			k.popTo(i)
			return true
		}
	}
	return false
}

// isIntegration reports whether an element of a drawing or formula holds HTML.
func isIntegration(name string) bool {
	switch name {
	case "foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml":
		return true
	}
	return false
}
