package paste

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"github.com/teletipo/teletipo/internal/news"
)

// parseMarkdown reads a Markdown file (CommonMark with GitHub's tables, strikethrough and bare
// links, and footnotes). HTML in it is kept: clean sanitises everything alike. The title is the
// front matter's, or else the heading of the first level that the text begins with, which is not
// said again.
func parseMarkdown(doc news.Document, source string) (item news.Item, passed []error, err error) {
	item = fileItem(doc)
	front, rest, err := cutFrontMatter(doc.Label(), source)
	if err != nil {
		return item, nil, err
	}
	if passed, err = readFront(doc, front, &item); err != nil {
		return item, nil, err
	}
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	budget := &markdownBudget{}
	md.Parser().AddOptions(budget)
	src := []byte(withoutForeign(rest))
	root := md.Parser().Parse(text.NewReader(src))
	if budget.over != "" {
		line := strings.Count(source[:len(source)-len(rest)], "\n") +
			bytes.Count(src[:budget.at], []byte("\n")) + 1
		return item, nil, news.Errorf(news.TooLarge, "%s:%d: %s: the file is not read; take this "+
			"out, or save it as text (.txt) or HTML (.html)", doc.Label(), line, budget.over)
	}
	if h := titleHeading(root); h != nil {
		title, err := renderChildren(md, src, h)
		if err != nil {
			return item, nil, news.Errorf(news.Internal, "parse %s: %w", doc.Label(), err)
		}
		item.Title = cmp.Or(item.Title, title)
		if item.Title == title { // not said twice
			root.RemoveChild(root, h)
		}
	}
	var b bytes.Buffer
	if err := md.Renderer().Render(&b, src, root); err != nil {
		return item, nil, news.Errorf(news.Internal, "parse %s: %w", doc.Label(), err)
	}
	item.Content = b.String()
	return item, passed, nil
}

// renderChildren returns what is in a node as HTML.
func renderChildren(md goldmark.Markdown, src []byte, n ast.Node) (string, error) {
	var b bytes.Buffer
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if err := md.Renderer().Render(&b, src, c); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// fileItem is the item that a file stands for before it has been read: known by its name.
func fileItem(doc news.Document) news.Item {
	return news.Item{GUID: doc.Name, Base: news.Base(doc.URL)}
}
