package paste

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What a Markdown file may cost. The parser's work can grow with the square of its input, and a
// row of a table is padded to the width of its head, so both are counted while it works.
const (
	maxMarkdownDepth = 32         // quotations and lists within each other
	maxMarkdownNodes = 50_000     // paragraphs, list items, links, cells …
	maxMarkdownWork  = 30_000_000 // bytes that the parser looks at for one mark or another
	perOpenBlock     = 100        // what a block costs for each further line that it is open in
)

// markdownBudget watches a Markdown parser from within: all of its parts are wrapped. Once
// anything is exceeded they find nothing any more, so that the rest passes as plain text in no
// time, and the document is refused.
type markdownBudget struct {
	nodes, work int
	over        string // what is exceeded, in words; empty if nothing is
	at          int    // byte at which it is
	block       ast.Node
	marks       int // inline marks of block so far
}

// SetParserOption wraps the parts that a parser has been given so far.
func (m *markdownBudget) SetParserOption(c *parser.Config) {
	for i, v := range c.BlockParsers {
		c.BlockParsers[i].Value = boundBlock{v.Value.(parser.BlockParser), m}
	}
	for i, v := range c.InlineParsers {
		c.InlineParsers[i].Value = boundInline{v.Value.(parser.InlineParser), m}
	}
	for i, v := range c.ParagraphTransformers {
		c.ParagraphTransformers[i].Value = boundTransformer{
			v.Value.(parser.ParagraphTransformer), m,
		}
	}
}

// spend counts work and nodes, and reports whether they are within the budget.
func (m *markdownBudget) spend(work, nodes, at int) bool {
	m.work += work
	m.nodes += nodes
	switch {
	case m.over != "":
	case m.nodes > maxMarkdownNodes:
		m.exceed(at, "more than %d paragraphs, list items, links and cells", maxMarkdownNodes)
	case m.work > maxMarkdownWork:
		m.exceed(at, "too many brackets, stars or other marks in one paragraph, or lines in one list")
	}
	return m.over == ""
}

func (m *markdownBudget) exceed(at int, format string, args ...any) {
	if m.over == "" {
		m.over, m.at = fmt.Sprintf(format, args...), at
	}
}

// boundBlock is a parser of blocks within a budget.
type boundBlock struct {
	parser.BlockParser
	budget *markdownBudget
}

func (b boundBlock) Open(parent ast.Node, r text.Reader, pc parser.Context) (
	ast.Node, parser.State,
) {
	_, segment := r.PeekLine()
	if !b.budget.spend(1, 0, segment.Start) {
		if b.Trigger() != nil {
			return nil, parser.NoChildren
		}
		return b.BlockParser.Open(parent, r, pc) // a paragraph, which everything can be
	}
	node, state := b.BlockParser.Open(parent, r, pc)
	if node == nil {
		return nil, state
	}
	depth := 0
	for p := parent; p != nil && depth <= maxMarkdownDepth; p = p.Parent() {
		if p.Kind() == ast.KindBlockquote || p.Kind() == ast.KindList {
			depth++
		}
	}
	if depth > maxMarkdownDepth {
		b.budget.exceed(segment.Start, "more than %d quotations and lists within each other",
			maxMarkdownDepth)
	}
	b.budget.spend(0, 1, segment.Start)
	return node, state
}

func (b boundBlock) Continue(node ast.Node, r text.Reader, pc parser.Context) parser.State {
	_, segment := r.PeekLine()
	if !b.budget.spend(perOpenBlock, 0, segment.Start) {
		return parser.Close
	}
	return b.BlockParser.Continue(node, r, pc)
}

// boundInline is a parser of what is within a paragraph within a budget.
type boundInline struct {
	parser.InlineParser
	budget *markdownBudget
}

func (b boundInline) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	work := 1
	if len(line) > 0 && util.IsPunct(line[0]) {
		// It may be looked for to the end of the paragraph, and among all marks before it.
		work = len(line) + b.budget.marksIn(parent)
	}
	if !b.budget.spend(work, 0, segment.Start) {
		return nil
	}
	node := b.InlineParser.Parse(parent, block, pc)
	if node != nil {
		b.budget.marks++
		b.budget.spend(0, 1, segment.Start)
	}
	return node
}

// CloseBlock forwards to parsers that want to know of the end of a block.
func (b boundInline) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if closer, ok := b.InlineParser.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

// marksIn returns how many marks have been found in a block so far.
func (m *markdownBudget) marksIn(block ast.Node) int {
	if m.block != block {
		m.block, m.marks = block, 0
	}
	return m.marks
}

// boundTransformer makes link definitions and tables of paragraphs within a budget.
type boundTransformer struct {
	parser.ParagraphTransformer
	budget *markdownBudget
}

func (b boundTransformer) Transform(node *ast.Paragraph, r text.Reader, pc parser.Context) {
	lines := node.Lines()
	if lines.Len() == 0 {
		return
	}
	at, size, width := lines.At(0).Start, 0, 0
	for i := range lines.Len() {
		line := lines.At(i)
		size += line.Len()
		width = max(width, isTableHead(line.Value(r.Source())))
	}
	if r.Source()[at] == '[' { // one definition after the other is taken off its start
		size += lines.Len() * lines.Len()
	}
	if b.budget.spend(size, width*lines.Len(), at) {
		b.ParagraphTransformer.Transform(node, r, pc)
	}
}

// isTableHead returns the number of columns that a line such as "| --- | :-: |" gives to a table, 0
// if it is none.
func isTableHead(line []byte) int {
	if bytes.IndexByte(line, '-') < 0 || len(bytes.Trim(line, "|-: \t\r\n")) > 0 {
		return 0
	}
	return bytes.Count(line, []byte("|")) + 1
}
