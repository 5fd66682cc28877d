package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/teletipo/teletipo/internal/yamldepth"
)

// reader walks the tree of one YAML file and notes what is wrong with it. It works on the tree
// because decoding into structs stops at the first fault.
type reader struct {
	file   string
	base   string // directory that relative paths start from
	faults *Faults
	places map[string]place // of every key that was read

	variable bool // file is the name of a variable: places in it are of no use
}

// field reads a value, as the table of fields that it stands in says, and has the schema of what
// it reads.
type field interface {
	read(r *reader, n ast.Node)
	schema() schema
}

// fields is a mapping with these keys and no others.
type fields map[string]field

// value reads one value.
type value struct {
	take  func(r *reader, n ast.Node)
	shape schema     // of the values that it takes; one that it refuses may fit too
	now   func() any // the value as it is, for a person to read; nil where nobody asks
}

func (v value) read(r *reader, n ast.Node) { v.take(r, n) }
func (v value) schema() schema             { return v.shape }

// maxDepth is how deep the lists and mappings of a file may lie within each other.
const maxDepth = 16

// parse returns the root of a file, or nil if it is empty or no YAML.
func (r *reader) parse(data []byte) ast.Node {
	data = plainLines(data)
	if line, column, ok := firstInvalid(data); ok {
		r.note(place{r.file, line, column}, "", "is not UTF-8: save the file in that encoding")
		return nil
	}
	if line, deep := yamldepth.Exceeds(string(data), maxDepth); deep {
		r.note(place{r.file, line + 1, 1}, "", fmt.Sprintf(
			"has more than %d lists and mappings within each other: is a bracket not closed?", maxDepth))
		return nil
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey()) // r.fields minds them
	if err != nil {
		r.noteSyntax(err)
		return nil
	}
	var root ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil || doc.Body.Type() == ast.CommentGroupType:
		case root == nil:
			root = doc.Body
		default:
			r.fault(doc.Body, "is a second document: keep one in a file")
		}
	}
	return root
}

// plainLines takes away what some editors put before a file's text and at the ends of its lines:
// the parser counts a line of CR LF as two.
func plainLines(data []byte) []byte {
	text := strings.TrimPrefix(string(data), "\ufeff")
	return []byte(strings.ReplaceAll(text, "\r\n", "\n"))
}

// noteSyntax notes where the parser stopped.
func (r *reader) noteSyntax(err error) {
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
		p := e.GetToken().Position
		r.note(place{r.file, p.Line, p.Column}, "", "is not YAML: "+e.GetMessage())
		return
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	r.note(place{r.file, 0, 0}, "", "is not YAML: "+message)
}

// firstInvalid finds the first byte that is not UTF-8.
func firstInvalid(data []byte) (line, column int, found bool) {
	line, column = 1, 1
	for len(data) > 0 {
		c, size := utf8.DecodeRune(data)
		switch {
		case c == utf8.RuneError && size == 1:
			return line, column, true
		case c == '\n':
			line, column = line+1, 1
		default:
			column++
		}
		data = data[size:]
	}
	return 0, 0, false
}

// fault notes a fault at a node.
func (r *reader) fault(n ast.Node, format string, args ...any) {
	r.note(r.place(n), fieldName(n), fmt.Sprintf(format, args...))
}

func (r *reader) note(p place, field, message string) {
	if r.variable {
		p.line, p.column = 0, 0
	}
	*r.faults = append(*r.faults, Fault{p.file, p.line, p.column, field, message})
}

// place tells where a node begins. A block mapping's own token is its first colon.
func (r *reader) place(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if r.variable {
		return place{file: r.file}
	}
	p := n.GetToken().Position
	return place{r.file, p.Line, p.Column}
}

// fieldName is the path of a node, as fetch.timeout; empty for the root.
func fieldName(n ast.Node) string {
	return strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), "$"), ".")
}

// read reads a mapping: keys that are unknown, written twice or without a value are faults.
func (f fields) read(r *reader, n ast.Node) {
	r.each(n, func(key string, at, v ast.Node) {
		if field, ok := f[key]; ok {
			field.read(r, v)
			return
		}
		known := slices.Sorted(maps.Keys(f))
		r.fault(at, "unknown key; those that can be here are %s", strings.Join(known, ", "))
	})
}

// each goes through the keys and values of a mapping in the order in which they are written.
func (r *reader) each(n ast.Node, visit func(key string, at, v ast.Node)) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		r.fault(n, "is %s: want keys with values", kindOf(n))
		return
	}
	seen := make(map[string]int)
	for _, pair := range m.Values {
		key := pair.Key.GetToken().Value
		line, twice := seen[key]
		switch {
		case twice:
			r.fault(pair.Key, "is here already, on line %d: keep one of them", line)
			continue
		case pair.Value == nil || pair.Value.Type() == ast.NullType:
			r.fault(pair.Key, "has no value: give it one or take the key out")
		default:
			r.places[fieldName(pair.Key)] = r.place(pair.Value)
			visit(key, pair.Key, pair.Value)
		}
		seen[key] = r.place(pair.Key).line
	}
}

// list reads a sequence, each of its values, which are of a shape, by read.
func list(of schema, read func(r *reader, n ast.Node)) value {
	return value{shape: schema{"type": "array", "items": of}, take: func(r *reader, n ast.Node) {
		s, ok := n.(*ast.SequenceNode)
		if !ok {
			r.fault(n, "is %s: want a list", kindOf(n))
			return
		}
		for _, v := range s.Values {
			read(r, v)
		}
	}}
}

// keyed reads a mapping whose keys are not known in advance, and whose values are of a shape.
func keyed(of schema, visit func(r *reader, key string, at, v ast.Node)) value {
	return value{
		shape: schema{"type": "object", "additionalProperties": of},
		take: func(r *reader, n ast.Node) {
			r.each(n, func(key string, at, v ast.Node) { visit(r, key, at, v) })
		},
	}
}

// kindOf says in words what a node is.
func kindOf(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "a mapping"
	case ast.SequenceType:
		return "a list"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "a number"
	case ast.StringType, ast.LiteralType:
		return "text"
	case ast.BoolType:
		return "true or false"
	case ast.NullType:
		return "empty"
	default: // what a configuration has no use for, and what would hide a value's place
		return "YAML's " + strings.ToLower(n.Type().YAMLName())
	}
}
