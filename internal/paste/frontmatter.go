package paste

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
	"github.com/teletipo/teletipo/internal/yamldepth"
)

// frontReader reads front matter into an item, and collects what is wrong with it.
type frontReader struct {
	name   string
	offset int // lines before the YAML
	item   *news.Item
	dates  dates.Reader
	stated map[string]bool // fields of ours that have been set; another word for one yields to it
	faults []error
	passed []error // fields that mean nothing here
}

// readFront sets the fields of item that front matter states, strictly: the error is Invalid and
// names file:line:column and field of everything that is wrong. Fields that mean nothing here are
// passed over, and named.
func readFront(doc news.Document, f frontMatter, item *news.Item) (passed []error, err error) {
	name, front, line := doc.Label(), f.text, f.line
	if len(front) > maxFront {
		return nil, news.Errorf(news.Invalid, "%s:%d:1: front matter of %d bytes, want at most %d: "+
			"close it with a line of ---", name, line, len(front), maxFront)
	}
	if at, deep := yamldepth.Exceeds(front, maxFrontDepth); deep {
		return nil, news.Errorf(news.Invalid, "%s:%d:1: front matter with more than %d lists within "+
			"each other: write one list, [a, b, c], and quotation marks around a text with brackets",
			name, line+at, maxFrontDepth)
	}
	r := frontReader{
		name: name, offset: line - 1, item: item, stated: map[string]bool{},
		dates: dates.Reader{Lang: cmp.Or(item.Lang, doc.Lang)},
	}
	if f.kind == tomlFront {
		if front, err = r.tomlToYAML(front); err != nil {
			return nil, err
		}
	}
	file, err := parser.ParseBytes([]byte(front), 0)
	if err != nil {
		file, err = parser.ParseBytes([]byte(quoteColons(front)), 0)
	}
	if err != nil {
		return nil, r.syntax(err)
	}
	for _, doc := range file.Docs {
		r.document(doc.Body)
	}
	if len(r.faults) > 0 {
		return nil, news.Errorf(news.Invalid, "%w", errors.Join(r.faults...))
	}
	return r.passed, nil
}

// colons matches a line whose text has a colon and no quotation marks, as people write titles.
var colons = regexp.MustCompile(
	`(?m)^([A-Za-z][\w-]*:[ \t]+)([^\s"'\[{|>&*!%#][^\n]*:[ \t][^\n]*)$`)

// quoteColons puts quotation marks around texts with a colon in them.
func quoteColons(front string) string {
	return colons.ReplaceAllStringFunc(front, func(line string) string {
		m := colons.FindStringSubmatch(line)
		return m[1] + "'" + strings.ReplaceAll(strings.TrimSpace(m[2]), "'", "''") + "'"
	})
}

func (r *frontReader) syntax(err error) error {
	line, column, message := 1, 1, err.Error()
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
		line, column = e.GetToken().Position.Line, e.GetToken().Position.Column
		message = e.GetMessage()
	}
	return news.Errorf(news.Invalid, "%s:%d:%d: front matter: %s", r.name, line+r.offset, column,
		message)
}

func (r *frontReader) fault(n ast.Node, format string, args ...any) {
	p := n.GetToken().Position
	r.faults = append(r.faults, fmt.Errorf("%s:%d:%d: %s", r.name, p.Line+r.offset, p.Column,
		fmt.Sprintf(format, args...)))
}

func (r *frontReader) document(body ast.Node) {
	switch body := body.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
	case *ast.MappingNode:
		for _, pair := range body.Values { // the order of day and month depends on it
			if word := plainWord(pair.Key.GetToken().Value); word == "lang" || frontWords[word] == "lang" {
				r.dates.Lang = cmp.Or(r.text(word, pair.Value), r.dates.Lang)
			}
		}
		for _, pair := range body.Values {
			r.field(pair.Key, pair.Value)
		}
	case *ast.MappingValueNode:
		r.field(body.Key, body.Value)
	default:
		r.fault(body, "front matter: want lines of the form `title: …`")
	}
}

// text reads a scalar as it is written, so that a title may be "1984" without quotes.
func (r *frontReader) text(name string, n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return strings.TrimSpace(n.Value)
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	case *ast.NullNode:
		return ""
	}
	r.fault(n, "%s: want text, not a %s", name, strings.ToLower(n.Type().YAMLName()))
	return ""
}

// list reads a list of texts, or a single one.
func (r *frontReader) list(name string, n ast.Node) []string {
	values := []ast.Node{n}
	if s, ok := n.(*ast.SequenceNode); ok {
		values = s.Values
	}
	var list []string
	for _, v := range values {
		if s := r.text(name, v); s != "" {
			list = append(list, s)
		}
	}
	return list
}

func (r *frontReader) boolean(name string, n ast.Node) bool {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value
	}
	r.fault(n, "%s: write true or false", name)
	return false
}

func (r *frontReader) url(name string, n ast.Node) string {
	s := r.text(name, n)
	u, err := url.Parse(s)
	if s != "" && (err != nil || !rawdoc.IsWeb(strings.ToLower(s)) || u.Host == "") {
		r.fault(n, "%s: %q is not a web address: write it in full, https://…", name, s)
		return ""
	}
	return s
}

func (r *frontReader) date(name string, n ast.Node) time.Time {
	s := r.text(name, n)
	t := r.dates.Date(s)
	if t.IsZero() && s != "" {
		r.fault(n, "%s: %q is not a date: write 2006-01-02 or 2006-01-02T15:04:05-06:00", name, s)
	}
	return t
}
