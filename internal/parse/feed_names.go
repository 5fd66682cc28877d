package parse

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// vocabularies have the prefixes that elements are known by here, whatever prefix a feed binds
// their namespace to. An element of any other namespace goes by the prefix that it is written with.
var vocabularies = map[string]string{
	atom10: "atom",
	atom03: "atom03",
	"http://purl.org/rss/1.0/modules/content/":       "content",
	"http://purl.org/dc/elements/1.1/":               "dc",
	"http://purl.org/dc/terms/":                      "dcterms",
	"http://rssnamespace.org/feedburner/ext/1.0":     "feedburner",
	"http://www.itunes.com/DTDs/PodCast-1.0.dtd":     "itunes",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":     "itunes",
	"http://www.w3.org/1999/xhtml":                   "xhtml",
	"http://search.yahoo.com/mrss":                   "media",
	"http://search.yahoo.com/mrss/":                  "media",
	"http://prismstandard.org/namespaces/1.2/basic/": "prism",
}

const (
	atom10 = "http://www.w3.org/2005/Atom"
	atom03 = "http://purl.org/atom/ns#"
)

// atomKinds are what Atom's elements are known by in other feeds; the last two undeclared.
var atomKinds = []string{"atom", "atom03", "atom10"}

// ownOfRSS are the namespaces of RSS's own elements, and the prefixes that stand for them where
// nobody declares any.
var ownOfRSS = []string{
	"", "rss", "rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/rss/1.0/",
	"http://channel.netscape.com/rdf/simple/0.9/", "http://my.netscape.com/rdf/simple/0.9/",
}

var ownOfAtom = []string{"", atom10, atom03}

// kindOf returns the vocabulary of an element and its name in it. Names are the declarations of
// namespaces around it; the default namespace of root and item is none of them: feeds misspell it.
func (f *xmlFeed) kindOf(name []byte, names []attr) (kind, local string) {
	prefix, rest, found := bytes.Cut(name, []byte(":"))
	if !found {
		prefix, rest = nil, name
	}
	local = localName(rest)
	if len(prefix) == 0 && len(names) == 0 {
		return "", local
	}
	space := f.spaceOf(prefix, names)
	own := ownOfRSS
	if f.root == "feed" {
		own = ownOfAtom
	}
	if slices.Contains(own, space) || space == f.own && space != "" {
		return "", local
	}
	return cmp.Or(vocabularies[space], string(prefix), space), local
}

// spaceOf returns the namespace that a prefix is bound to, the prefix itself if it is to none.
func (f *xmlFeed) spaceOf(prefix []byte, names []attr) string {
	bound := func(a attr) bool {
		of, is := bytes.CutPrefix(a.name, []byte("xmlns"))
		if len(prefix) == 0 {
			return is && len(of) == 0
		}
		return is && len(of) > 0 && of[0] == ':' && bytes.Equal(of[1:], prefix)
	}
	for _, list := range [][]attr{names, f.names} {
		for _, a := range slices.Backward(list) {
			if bound(a) {
				return strings.TrimSpace(unescape(a.value))
			}
		}
		if len(prefix) == 0 {
			return "" // the document's own default is none of ours
		}
	}
	return string(prefix)
}

// declared adds the declarations among an element's attributes to those around it.
func declared(names, attrs []attr) []attr {
	for _, a := range attrs {
		if string(a.name) == "xmlns" || bytes.HasPrefix(a.name, []byte("xmlns:")) {
			names = append(names[:len(names):len(names)], a)
		}
	}
	return names
}
