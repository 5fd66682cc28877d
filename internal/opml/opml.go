package opml

import (
	"iter"
	"slices"
	"strings"
)

// Document is an OPML document. What a reader of OPML need not know is in it all the same, so
// that reading and writing loses nothing but comments and layout.
type Document struct {
	Attributes []Attribute // of the root, version and namespaces among them
	Head       []Field     // title, dateCreated and so on, in their order
	Outlines   []Outline   // of the body
}

// Attribute is an attribute by its name as written, a prefix included. Names are never empty and
// no two of an element are equal.
type Attribute struct{ Name, Value string }

// Field is an element of the head that holds text.
type Field struct{ Name, Value string }

// Outline is a feed, or a folder of others, or both.
type Outline struct {
	Attributes []Attribute
	Outlines   []Outline
}

// Feed is a feed that a document lists.
type Feed struct {
	Name    string   // its title, else its text; may be empty
	URL     string   // of the feed document
	Folders []string // that it lies in, the outermost first; those without a name are left out
	Outline *Outline // all that the document says of it
}

// Get returns an attribute's value; empty if there is none. Upper and lower case count as one,
// since writers do not agree on xmlUrl.
func (o *Outline) Get(name string) string {
	for _, a := range o.Attributes {
		if strings.EqualFold(a.Name, name) {
			return a.Value
		}
	}
	return ""
}

// Name returns the outline's title, else its text.
func (o *Outline) Name() string {
	for _, name := range []string{"title", "text"} {
		if value := strings.TrimSpace(o.Get(name)); value != "" {
			return resolve(value) // many writers escape twice
		}
	}
	return ""
}

// Feeds goes through every feed of a document in its order, whatever the depth of its folder. A
// feed is an outline with an xmlUrl.
func (d *Document) Feeds() iter.Seq[Feed] {
	return func(yield func(Feed) bool) { walk(d.Outlines, nil, yield) }
}

// walk yields the feeds among outlines and below; false means that nobody wants more.
func walk(outlines []Outline, folders []string, yield func(Feed) bool) bool {
	for i := range outlines {
		o := &outlines[i]
		inside := folders
		if address := resolve(strings.TrimSpace(o.Get("xmlUrl"))); address != "" {
			feed := Feed{
				Name: o.Name(), URL: address, Folders: slices.Clone(folders), Outline: o,
			}
			if !yield(feed) {
				return false
			}
		} else if name := o.Name(); name != "" {
			inside = append(slices.Clip(folders), name)
		}
		if !walk(o.Outlines, inside, yield) {
			return false
		}
	}
	return true
}

// Folder finds or makes the folder at a path below a list of outlines, and gives its own list.
func Folder(outlines *[]Outline, path ...string) *[]Outline {
	for _, name := range path {
		i := slices.IndexFunc(*outlines, func(o Outline) bool {
			return o.Get("xmlUrl") == "" && o.Name() == name
		})
		if i < 0 {
			i = len(*outlines)
			*outlines = append(*outlines, Outline{Attributes: []Attribute{{"text", name}}})
		}
		outlines = &(*outlines)[i].Outlines
	}
	return outlines
}
