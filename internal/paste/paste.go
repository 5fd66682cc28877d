// Package paste turns what people paste or drop into an item: plain text as it is copied from a
// web page, Markdown and HTML files, each with front matter if it has any. It leaves it to clean to
// make anything of it safe.
package paste

import (
	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// What a file may cost, whoever sent it. One that asks for more is refused as a whole: half an
// article that nobody notices is worse than none. What is read takes time and memory in proportion
// to its bytes.
const (
	maxArticle    = 10 << 20 // bytes of a file
	maxMarkdown   = 1 << 20  // of one in Markdown
	maxFront      = 8 << 10  // of front matter
	maxFrontDepth = 8        // lists and mappings within each other in it
)

// Parse reads a file that is one article, in a format other than Feed. Passed are fields of
// its front matter that mean nothing here; the error says that the file cannot be read, with file
// and line where it is about one. Words are cut off below plain text.
func Parse(doc news.Document, format Format, words *boilerplate.Words) (
	item news.Item, passed []error, err error,
) {
	most := maxArticle
	if format == Markdown {
		most = maxMarkdown
	}
	if len(doc.Body) > most {
		return item, nil, doc.TooLarge("%d bytes, more than the %d that an article may have",
			len(doc.Body), most)
	}
	text := rawdoc.DecodeText(doc.Body, doc.MediaType)
	switch format {
	case HTML:
		return parseHTML(doc, text)
	case Markdown:
		return parseMarkdown(doc, text)
	default:
		return parseText(doc, text, words)
	}
}
