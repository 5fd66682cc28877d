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

// trait is what the HTML standard says of an element that matters for which element ends where.
type trait int

const (
	void       trait = 1 << iota // has no content and no end tag
	holdsText                    // its content is text up to its end tag
	formatting                   // goes on after the block that it stands in
	special                      // an end tag of others does not reach beyond it
	boundary                     // neither do most that are looked for (section 13.2.4.2: scope)
	marker                       // formatting does not go on into it, nor out of it
	endsP                        // its start tag ends a paragraph
	isBlock                      // its end tag ends what is open in it
	tablePart                    // stands in tables only
	breaksOut                    // ends a drawing or formula that it stands in
	ignored                      // its tags mean nothing in the middle of a document
)

// element is what becomes of an element, and the name it is written with if it is kept.
type element struct {
	kind  kind
	name  string
	trait trait
	group int // the same for those that one end tag ends, which is all headings, or one
}

func (e *element) is(t trait) bool { return e != nil && e.trait&t != 0 }

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
}, map[trait]string{
	void: `area base basefont bgsound br col embed frame hr image img input keygen link meta
		param source track wbr`,
	holdsText:  "iframe noembed noframes plaintext script style textarea title xmp",
	formatting: "a b big code em font i nobr s small strike strong tt u",
	special: `address applet area article aside base basefont bgsound blockquote body br button
		caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure
		footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input
		keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p
		param plaintext pre script search section select source style summary table tbody td
		template textarea tfoot th thead title tr track ul wbr xmp`,
	boundary: "applet caption html marquee object select table td template th",
	marker:   "applet caption marquee object td template th",
	endsP: `address article aside blockquote center details dialog dir div dl fieldset figcaption
		figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr listing main menu nav ol p
		plaintext pre search section summary table ul xmp`,
	isBlock: `address applet article aside blockquote button center dd details dialog dir div dl dt
		fieldset figcaption figure footer header hgroup listing main marquee menu nav object ol
		pre search section select summary ul`,
	tablePart: "caption col colgroup tbody td tfoot th thead tr",
	breaksOut: `b big blockquote body br center code dd div dl dt em embed font h1 h2 h3 h4 h5 h6
		head hr i img li listing menu meta nobr ol p pre ruby s small span strike strong sub sup
		table tt u ul var`,
	ignored: "body frame frameset head html",
})

// renamed has the elements that are written as another.
var renamed = map[string]string{
	"acronym": "abbr", "strike": "s", "tt": "code", "menu": "ul", "dir": "ul",
	"listing": "pre", "xmp": "pre", "plaintext": "pre", "image": "img",
}

// groups is how many groups of elements there are, with one for those that nobody knows.
const groups = 160

func elementsOf(kinds map[kind]string, traits map[trait]string) map[string]*element {
	m := make(map[string]*element)
	for k, list := range kinds {
		for name := range strings.FieldsSeq(list) {
			m[name] = &element{kind: k, name: cmp.Or(renamed[name], name), group: len(m) + 1}
		}
	}
	for name := range strings.FieldsSeq("h2 h3 h4 h5 h6") {
		m[name].group = m["h1"].group
	}
	for t, list := range traits {
		for name := range strings.FieldsSeq(list) {
			m[name].trait |= t
		}
	}
	return m
}

// elementOf is an element by its name in lower case, nil if HTML does not know it. It is asked for
// each tag, and takes a third of the time that a map does.
func elementOf(name string) *element {
	for i := spelling(name); ; i = (i + 1) % tableSize {
		if known := &elementTable[i]; known.name == name || known.name == "" {
			return known.element
		}
	}
}

const tableSize = 1024

var elementTable = func() (table [tableSize]struct {
	name    string
	element *element
},
) {
	for name, e := range elements {
		i := spelling(name)
		for table[i].name != "" {
			i = (i + 1) % tableSize
		}
		table[i].name, table[i].element = name, e
	}
	return table
}()

// spelling is where to look for a name in elementTable first.
func spelling(name string) int {
	h := uint(len(name))
	for i := range min(len(name), 10) {
		h = h*31 + uint(name[i])
	}
	return int(h % tableSize)
}
