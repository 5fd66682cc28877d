package paste

import (
	"cmp"
	"html"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"golang.org/x/text/language"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// frontFields are the fields that front matter may have, by the name that is ours.
var frontFields = []string{
	"title", "date", "updated", "authors", "url", "lang", "tags", "id", "rights", "summary", "image",
	"draft", "withdrawn",
}

// frontWords are words of Hugo, Jekyll, Obsidian and others that mean a field of ours, in lower
// case and without hyphens and underlines.
var frontWords = map[string]string{
	"headline": "title", "publishdate": "date", "pubdate": "date", "datepublished": "date",
	"created": "date", "lastmod": "updated", "modified": "updated", "lastmodified": "updated",
	"lastmodifiedat": "updated", "datemodified": "updated", "author": "authors", "byline": "authors",
	"by": "authors", "canonical": "url", "canonicalurl": "url", "permalink": "url", "link": "url",
	"language": "lang", "locale": "lang", "tag": "tags", "keywords": "tags", "categories": "tags",
	"category": "tags", "description": "summary", "excerpt": "summary", "abstract": "summary",
	"images": "image", "cover": "image", "coverimage": "image", "featuredimage": "image",
	"thumbnail": "image", "banner": "image", "unlisted": "draft", "private": "draft",
}

// hints are words that hold a text back or take it down elsewhere, with what to write here.
var hints = map[string]string{
	"expirydate": takeDown, "expires": takeDown, "unpublishdate": takeDown,
	"embargo": holdBack, "embargoed": holdBack, "embargountil": holdBack, "hold": holdBack,
	"holduntil": holdBack, "releasedate": holdBack,
}

const (
	takeDown = "withdrawn: true when its time is over"
	holdBack = "a date in the future"
)

// plainWord is a field's name as frontWords has them.
func plainWord(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}

// isFrontField reports whether a name is one that front matter is known by.
func isFrontField(name string) bool {
	word := plainWord(name)
	return slices.Contains(frontFields, word) || frontWords[word] != "" || hints[word] != "" ||
		word == "published" || word == "publish" || word == "slug" || word == "layout"
}

// field reads a field. A word of others yields to the same in ours, and the first of several to
// none; but a date of publication goes before any other date, since it may be an embargo.
func (r *frontReader) field(key ast.MapKeyNode, value ast.Node) {
	written := key.GetToken().Value
	word := plainWord(written)
	switch word {
	case "published", "publish":
		r.published(written, value)
		return
	case "status":
		if strings.EqualFold(r.text(written, value), "draft") {
			r.draft(value, written)
		}
		return
	}
	name, foreign := frontWords[word], true
	if slices.Contains(frontFields, word) {
		name, foreign = word, false
	}
	switch {
	case name == "":
		r.unknown(key, written, word)
	case name == "date" && r.stated["publishdate"]:
	case !foreign || word == "publishdate" || name == "tags" || !r.stated[name]:
		r.set(name, written, value, foreign)
		r.stated[name], r.stated[word] = true, true
	}
}

// set sets a field of the item. A foreign word's value that makes no sense here is passed over.
func (r *frontReader) set(name, written string, value ast.Node, foreign bool) {
	item := r.item
	switch name {
	case "title":
		item.Title = html.EscapeString(r.text(written, value))
	case "summary":
		item.Summary = html.EscapeString(r.text(written, value))
	case "id":
		item.GUID = cmp.Or(r.text(written, value), item.GUID)
	case "date":
		item.Published = r.date(written, value)
	case "updated":
		item.Modified = r.date(written, value)
	case "authors":
		item.Authors = nil
		for _, author := range r.list(written, value) {
			item.Authors = append(item.Authors, news.Author{Name: author})
		}
	case "tags":
		if !r.stated["tags"] {
			item.Tags = nil // those of the page's head
		}
		item.Tags = append(item.Tags, r.list(written, value)...)
	case "url":
		r.address(written, value, foreign)
	case "image":
		r.image(written, value)
	case "lang":
		item.Lang = strings.ReplaceAll(r.text(written, value), "_", "-")
		if _, err := language.Parse(item.Lang); err != nil && item.Lang != "" {
			r.fault(value, "%s: %q is not a language: write a BCP 47 tag such as en or es-MX",
				written, item.Lang)
		}
	case "rights":
		item.Rights = news.Rights(r.text(written, value))
		switch item.Rights {
		case "", news.Full, news.Excerpt, news.Headline:
		default:
			r.fault(value, "%s: %q: write full, excerpt or headline", written, item.Rights)
		}
	case "draft":
		if r.boolean(written, value) {
			r.draft(value, written)
		}
	case "withdrawn":
		item.Withdrawn = r.boolean(written, value)
	}
}

// draft refuses a file that says that it is not to be published.
func (r *frontReader) draft(n ast.Node, written string) {
	r.fault(n, "%s: a draft, which is not published: take the field out when it is ready", written)
}

// published reads Jekyll's "published: false" and Obsidian's "publish: false", and a date.
func (r *frontReader) published(written string, value ast.Node) {
	if b, ok := value.(*ast.BoolNode); ok {
		if !b.Value {
			r.draft(value, written)
		}
		return
	}
	if !r.stated["date"] {
		r.item.Published = r.date(written, value)
		r.stated["date"] = true
	}
}

// address reads an address on the web. A path of the site that another program makes is none.
func (r *frontReader) address(written string, value ast.Node, foreign bool) {
	if s, ok := value.(*ast.StringNode); ok && (foreign || strings.HasPrefix(s.Value, "/")) &&
		!rawdoc.IsWeb(strings.ToLower(strings.TrimSpace(s.Value))) {
		r.pass(value, "%s: %q is no web address", written, s.Value)
		return
	}
	r.item.URL = r.url(written, value)
}

// image reads an image, the first of several, or the one that a mapping names.
func (r *frontReader) image(written string, value ast.Node) {
	if s, ok := value.(*ast.SequenceNode); ok && len(s.Values) > 0 {
		value = s.Values[0]
	}
	if m, ok := value.(*ast.MappingNode); ok {
		for _, pair := range m.Values {
			switch plainWord(pair.Key.GetToken().Value) {
			case "url", "src", "image", "path", "feature":
				value = pair.Value
			}
		}
	}
	switch value.(type) {
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode, *ast.NullNode:
		return
	}
	address := r.text(written, value)
	if !rawdoc.IsWeb(address) {
		r.pass(value, "%s: %q is no web address, and readers have no other", written, address)
		return
	}
	r.item.Media = append(r.item.Media, news.Media{URL: address, Type: news.ImageType(address)})
}

// pass names what is passed over.
func (r *frontReader) pass(n ast.Node, format string, args ...any) {
	faults := r.faults
	r.faults = nil
	r.fault(n, format+": passed over", args...)
	r.passed, r.faults = append(r.passed, r.faults...), faults
}

// unknown passes a field over, unless a person would count on it: one that would hold the text back
// elsewhere, or nearly is the name of one of ours that does.
func (r *frontReader) unknown(key ast.MapKeyNode, written, word string) {
	if hint := hints[word]; hint != "" {
		r.fault(key, "%s: means nothing here: write %s", written, hint)
		return
	}
	for _, name := range []string{"withdrawn", "draft", "rights", "publishdate"} {
		if isNear(word, name) {
			r.fault(key, "%s: unknown field: did you mean %s?", written, name)
			return
		}
	}
	if word != "slug" && word != "layout" {
		r.pass(key, "%s: means nothing here", written)
	}
}

// isNear reports whether one letter makes one word of the other: added, left out, changed, or
// changed places with the next.
func isNear(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i < len(a) && (a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}
