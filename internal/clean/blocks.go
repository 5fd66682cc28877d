package clean

import (
	"strconv"
	"strings"
)

// opened is an element as it is put on the stack, after the writer has been told of it.
func (k *walker) opened(t token, e *element) open {
	o := open{name: t.name, e: e}
	if k.hidden > 0 {
		return o
	}
	if e != nil && e.kind == kindDropped || isUnseen(&t) {
		o.isHidden = true
		return o
	}
	if k.inItems(&t, e, &o) {
		return o
	}
	k.within()
	if e == nil {
		return o
	}
	switch e.kind {
	case kindUnwrapped:
	case kindInline:
		var attrs *string
		k.inline(&t, &attrs, &o)
	case kindParagraph:
		k.w.paragraph()
		o.close = endPart
	case kindHeading, kindPre:
		k.block(&o, e.name, "", lineOnly)
	case kindQuote:
		k.block(&o, e.name, "", blocksOnly)
	case kindFigure:
		if e.name == "figcaption" && k.w.top().name != "figure" {
			k.section(&o)
		} else {
			k.block(&o, e.name, "", mixed)
		}
	case kindList, kindDefinitions:
		k.list(&t, e.name, &o)
	default: // section, and parts of lists that stand outside of one
		k.section(&o)
	}
	return o
}

// section keeps what an element holds, parted from what is around it.
func (k *walker) section(o *open) {
	k.w.part()
	o.close = endPart
}

func (k *walker) block(o *open, name, attrs string, m model) {
	depth := len(k.w.blocks)
	if !k.w.push(name, attrs, m) {
		k.section(o)
		return
	}
	o.close, o.to = endBlocks, depth
}

// inline keeps an element within a line, unless it says nothing new there. Its attributes are
// looked at once, if it is opened in many lines.
func (k *walker) inline(t *token, known **string, o *open) {
	name := o.e.name
	if k.w.hasSpan(name) || k.w.hasPlenty() {
		return
	}
	if *known == nil {
		attrs := k.inlineAttrs(t, name)
		*known = &attrs
	}
	if name != "a" || **known != "" {
		o.close, o.to = endSpan, k.w.span(name, **known)
	}
}

// inlineAttrs are the attributes that an element within a line is written with. A link that leads
// nowhere has none.
func (k *walker) inlineAttrs(t *token, name string) string {
	attrs := ""
	switch name {
	case "a":
		href := t.attr("href")
		if strings.HasPrefix(href, "#") && k.page != "" {
			href = k.page + href
		}
		href = resolve(k.base, href)
		if href == "" {
			return ""
		}
		attrs = attribute("href", href)
	case "abbr":
	default:
		return ""
	}
	return attrs + label("title", t.attr("title"))
}

// list keeps a list. Whatever is in it outside of an item becomes an item.
func (k *walker) list(t *token, name string, o *open) {
	attrs, m := "", itemsOnly
	o.holds = items
	switch name {
	case "ol":
		attrs = number(t, "start", 99999)
	case "dl":
		m, o.holds = defsOnly, definitions
	}
	if len(k.w.blocks) > maxDepth-2 {
		o.holds = anything
		k.section(o)
		return
	}
	k.block(o, name, attrs, m)
	if o.close != endBlocks {
		o.holds = anything
	}
	o.depth = len(k.w.blocks)
}

// inItems opens an element that stands in a list: an item of it, or what only groups items. It
// reports false if the element is neither.
func (k *walker) inItems(t *token, e *element, o *open) bool {
	list := *k.top()
	if list.holds != items && list.holds != definitions || e == nil {
		return false
	}
	switch {
	case e.kind == kindItem && list.holds == items:
		k.w.closeTo(list.depth)
		k.block(o, "li", "", mixed)
	case e.kind == kindDefinition && list.holds == definitions:
		k.w.closeTo(list.depth)
		m := mixed
		if e.name == "dt" {
			m = lineOnly
		}
		k.block(o, e.name, "", m)
	case e.kind == kindSection:
		k.w.closeTo(list.depth)
		o.holds, o.depth = list.holds, list.depth
		o.close, o.to = endBlocks, list.depth
	default:
		return false
	}
	return true
}

// attribute writes an attribute, nothing if its value is empty.
func attribute(key, value string) string {
	if value == "" {
		return ""
	}
	return " " + key + `="` + attrEscaper.Replace(value) + `"`
}

// label writes an attribute that people read.
func label(key, value string) string {
	return attribute(key, clip(fold(tidy(value)), maxTitle))
}

// number writes an attribute that is a number from 2 to most; 1 is what it is without.
func number(t *token, key string, most int) string {
	v, err := strconv.Atoi(strings.TrimSpace(t.attr(key)))
	if err != nil || v < 2 || v > most {
		return ""
	}
	return attribute(key, strconv.Itoa(v))
}
