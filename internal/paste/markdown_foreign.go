package paste

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// foreign is markup of editors and site builders that Markdown does not know, with what is left of
// it. What stands in code is left alone.
var foreign = []struct {
	form *regexp.Regexp
	left string
}{
	{regexp.MustCompile(`(?s)%%.*?%%`), ""},                        // Obsidian's private notes
	{regexp.MustCompile(`(?s)\{\{[<%].*?[>%]\}\}`), ""},            // Hugo's shortcodes
	{regexp.MustCompile(`(?s)\{%.*?%\}`), ""},                      // tags of Liquid and Jinja
	{regexp.MustCompile(`\{\{[^{}\n]*\}\}`), ""},                   // and their values
	{regexp.MustCompile(`\{:[^{}\n]*\}`), ""},                      // kramdown's attributes
	{regexp.MustCompile(`(?m)[ \t]*\{[#.][\pL\d][^{}\n]*\}$`), ""}, // Pandoc's, of headings
	{regexp.MustCompile(`!\[\[[^\[\]\n]*\]\]`), ""},                // what a vault has embedded
	{regexp.MustCompile(`\[\[[^\[\]|\n]*\|([^\[\]\n]*)\]\]`), "$1"},
	{regexp.MustCompile(`\[\[([^\[\]#|\n]+)(?:#[^\[\]\n]*)?\]\]`), "$1"},
	{regexp.MustCompile(`==([^=\s][^=\n]*)==`), "$1"},
	{regexp.MustCompile(`(?m)[ \t]\^[A-Za-z\d-]{3,40}$`), ""}, // names of paragraphs
	{regexp.MustCompile(`(?m)^([ \t]*>[ \t]*)\[!\w{1,40}\][+-]?[ \t]*(\S[^\n]*)$`), "$1**$2**"},
	{regexp.MustCompile(`(?m)^([ \t]*>[ \t]*)\[!\w{1,40}\][+-]?[ \t]*$`), "$1"},
}

// codeSpan matches code within a line.
var codeSpan = regexp.MustCompile("``[^`\n]+``|`[^`\n]+`")

// withoutForeign rewrites foreign markup, line for line, outside of code.
func withoutForeign(source string) string {
	if !strings.ContainsAny(source, "{[%=^") {
		return source
	}
	var out, open strings.Builder
	fence := ""
	flush := func() {
		out.WriteString(withoutForeignIn(open.String()))
		open.Reset()
	}
	for line := range strings.Lines(source) {
		start := strings.TrimLeft(line, " ")
		isFence := strings.HasPrefix(start, "```") || strings.HasPrefix(start, "~~~")
		switch {
		case fence == "" && isFence:
			flush()
			fence = start[:3]
			out.WriteString(line)
		case fence != "":
			out.WriteString(line)
			if isFence && strings.HasPrefix(start, fence) {
				fence = ""
			}
		default:
			open.WriteString(line)
		}
	}
	flush()
	return out.String()
}

// withoutForeignIn rewrites a text without blocks of code. Code within lines is put aside.
func withoutForeignIn(text string) string {
	var code []string
	text = codeSpan.ReplaceAllStringFunc(text, func(span string) string {
		code = append(code, span)
		return "\x00"
	})
	for _, f := range foreign {
		text = f.form.ReplaceAllStringFunc(text, func(found string) string {
			left := f.form.ReplaceAllString(found, f.left)
			// Code and lines that go along stay, so that the rest is where it was.
			for i := strings.Count(left, "\x00"); i < strings.Count(found, "\x00"); i++ {
				left += "\x00"
			}
			return left + strings.Repeat("\n", strings.Count(found, "\n")-strings.Count(left, "\n"))
		})
	}
	for _, span := range code {
		text = strings.Replace(text, "\x00", span, 1)
	}
	return text
}

// titleHeading returns the heading of the first level that a text begins with, nil if it begins
// with anything else but pictures and comments.
func titleHeading(root ast.Node) *ast.Heading {
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			if n.Level == 1 {
				return n
			}
			return nil
		case *ast.HTMLBlock:
			if n.HTMLBlockType != ast.HTMLBlockType2 {
				return nil // more than a comment
			}
		case *ast.Paragraph:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				switch c := c.(type) {
				case *ast.Image, *ast.RawHTML:
				case *ast.Link:
					if c.ChildCount() != 1 || c.FirstChild().Kind() != ast.KindImage {
						return nil
					}
				default:
					return nil
				}
			}
		default:
			return nil
		}
	}
	return nil
}
