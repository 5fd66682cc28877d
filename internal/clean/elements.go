package clean

import (
	"cmp"
	"strings"
)

// kind is what becomes of an element.
type kind int

const (
	kindUnwrapped kind = iota // its content stays, in the same line
	kindDropped               // gone with all it holds
	kindInline                // kept: part of a line
	kindSection               // its content stays, parted from what is around it
	kindParagraph
	kindHeading
	kindList
	kindItem
	kindDefinitions
	kindDefinition // dt and dd
	kindQuote      // blockquote: holds blocks only
	kindFigure     // figure and figcaption
	kindPre
	kindRule
	kindBreak
	kindImage
	kindTable
)

// element is what becomes of an element, and the name it is written with if it is kept.
type element struct {
	kind kind
	name string
}

// elements has every element that HTML knows, or knew. What is not here is unwrapped in HTML and
// is text in a plain title.
var elements = elementsOf(map[kind]string{
	kindInline: `a abbr acronym b cite code del em i ins kbd mark q s samp small strike strong
		sub sup tt u var`,
	kindParagraph: "p", kindHeading: "h1 h2 h3 h4 h5 h6", kindList: "ul ol menu dir",
	kindItem: "li", kindDefinitions: "dl", kindDefinition: "dt dd", kindQuote: "blockquote",
	kindFigure: "figure figcaption", kindPre: "pre listing xmp plaintext", kindRule: "hr",
	kindBreak: "br", kindImage: "img image", kindTable: "table",
	kindSection: `address article aside body caption center details div fieldset footer form
		header hgroup html legend main marquee search section summary tbody td tfoot th thead tr`,
	kindUnwrapped: `bdi bdo big blink data dfn font nobr output picture rb rt ruby slot span
		time wbr`,
	kindDropped: `applet area audio base basefont bgsound button canvas col colgroup command
		datalist dialog embed frame frameset head iframe input keygen label link map math meta
		meter nav noembed noframes noscript object optgroup option param progress rp script
		select source style svg template textarea title track video`,
})

// renamed has the elements that are written as another.
var renamed = map[string]string{
	"acronym": "abbr", "strike": "s", "tt": "code", "menu": "ul", "dir": "ul",
	"listing": "pre", "xmp": "pre", "plaintext": "pre", "image": "img",
}

func elementsOf(kinds map[kind]string) map[string]element {
	m := make(map[string]element)
	for k, list := range kinds {
		for name := range strings.FieldsSeq(list) {
			m[name] = element{k, cmp.Or(renamed[name], name)}
		}
	}
	return m
}
