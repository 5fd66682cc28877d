package sitemap

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// maxText is how much of an element's text is taken.
const maxText = 4096

// maxImages is how many pictures of a page are taken.
const maxImages = 10

// containers are the elements whose children are read, by their names without prefix. What is
// within any other, a video say, is passed over.
var containers = []string{"url", "sitemap", "news", "image", "video"}

// markup reads a sitemap in XML by its tags alone: there is no tree, however deep they are nested,
// and what is not well-formed costs no more than its own entry.
func (r *reader) markup(body []byte) {
	tokens := html.NewTokenizer(bytes.NewReader(body))
	tokens.AllowCDATA(true)
	var within []string // containers that are open
	var field string    // element whose text is being read
	var text []byte
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return // the end
		case html.StartTagToken:
			field, text = r.open(local(tokens), &within), text[:0]
		case html.TextToken:
			if field != "" && len(text) < maxText {
				said := tokens.Text()
				text = append(text, said[:min(len(said), maxText)]...)
			}
		case html.EndTagToken:
			name := local(tokens)
			if field != "" && name == field && len(within) > 0 {
				r.set(within[len(within)-1], field, string(text))
			}
			field = ""
			r.closed(name, &within)
		}
	}
}

// local is a tag's name without prefix.
func local(tokens *html.Tokenizer) string {
	name, _ := tokens.TagName()
	return string(name[bytes.LastIndexByte(name, ':')+1:])
}

// open begins an element, and returns its name if it is one that has text.
func (r *reader) open(name string, within *[]string) (field string) {
	switch {
	case name == "url" || name == "sitemap":
		r.item, *within = news.Item{}, []string{name} // one that was not closed is left out
	case len(*within) == 0:
	case slices.Contains(containers, name):
		*within = append((*within)[:1], name) // none of them is within another
		r.image = news.Media{}
		r.m.News = r.m.News || name == "news"
	default:
		return name
	}
	return ""
}

// closed ends an element.
func (r *reader) closed(name string, within *[]string) {
	if !slices.Contains(*within, name) {
		return
	}
	*within = (*within)[:slices.Index(*within, name)]
	switch name {
	case "url":
		r.page()
	case "sitemap":
		r.child()
	case "image":
		if r.image.URL != "" && len(r.item.Media) < maxImages &&
			strings.HasPrefix(r.image.Type, "image/") {
			r.item.Media = append(r.item.Media, r.image)
		}
	}
}
