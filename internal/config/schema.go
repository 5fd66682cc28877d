package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/parser"

	"github.com/teletipo/teletipo/internal/news"
)

// schema is a JSON Schema (draft 2020-12), or a part of one. Whatever a table of fields takes fits
// its schema; what fits may still be refused, since a schema knows neither other files nor what
// keys mean together.
type schema map[string]any

// Shapes of scalars. Where text is wanted YAML may have taken it for something else.
var (
	strictText = schema{"type": "string"}
	textShape  = schema{"type": []string{"string", "number", "boolean"}}
)

// shapeOf is the shape of the scalars that are parsed into a type.
func shapeOf(dst any) schema {
	switch dst.(type) {
	case *time.Duration:
		return schema{
			"type": []string{"string", "integer"}, "minimum": 0, "maximum": 0,
			"pattern": `^[+-]?(0|(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`,
		}
	case *int64:
		return schema{
			"type":    []string{"string", "integer"},
			"pattern": "^[0-9]{1,9} ?(" + strings.Join(slices.Sorted(maps.Keys(units))[1:], "|") + ")?$",
		}
	case *slog.Level:
		return schema{"enum": levels}
	}
	return textShape
}

// anyOf is the shape of what has one of some shapes.
func anyOf(shapes ...schema) schema { return schema{"anyOf": shapes} }

// object is the shape of a mapping with the keys of a table, of which it needs some.
func object(f fields, needs []string) schema {
	properties := make(map[string]any, len(f))
	for key, field := range f {
		properties[key] = field.schema()
	}
	shape := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(needs) > 0 {
		shape["required"] = needs
	}
	return shape
}

func (f fields) schema() schema { return object(f, nil) }

// plainly is a value as people write it.
func plainly(v any) any {
	switch v := v.(type) {
	case time.Duration:
		return written(v)
	case map[string]time.Duration:
		texts := make(map[string]any, len(v))
		for name, d := range v {
			texts[name] = written(d)
		}
		return texts
	case slog.Level:
		return strings.ToLower(v.String())
	case []netip.Prefix:
		texts := make([]string, len(v))
		for i, p := range v {
			texts[i] = p.String()
		}
		return texts
	case map[string][]netip.Prefix:
		texts := make(map[string]any, len(v))
		for host, networks := range v {
			texts[host] = plainly(networks)
		}
		return texts
	}
	return v
}

// Schemas are the kinds of file that there is a JSON Schema of: "settings" (teletipo.yaml),
// "sources" (sources.yaml), "topic" (feeds/ID.yaml) and "groups" (feeds/groups/*.yaml).
var Schemas = []string{"settings", "sources", "topic", "groups"}

// Schema returns the JSON Schema of a kind of file, for editors to complete and check. It is made
// of the tables that read such a file; what keys are for it has from the defaults' comments.
func Schema(kind string, defaults Defaults) ([]byte, error) {
	l := &loader{}
	var root schema
	switch kind {
	case "settings":
		root = l.settings().schema()
		describe(root, "", settingComments(defaults.Config), defaultValues(defaults.Config))
	case "sources":
		root = object(fields{"sources": value{shape: schema{
			"type": "array", "items": l.sourceShape(keyComments(defaults.Sources)),
		}}}, nil)
	case "topic":
		t := topicFile{groups: &groups{}}
		root = object(t.fields(), topicNeeds)
	case "groups":
		root = (&groups{}).field().shape
	default:
		return nil, news.Errorf(news.NotFound, "there is no schema of %s: want one of %s", kind,
			strings.Join(Schemas, ", "))
	}
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "teletipo: " + kind
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(root)
	return b.Bytes(), err
}

// sourceShape is the shape of one source, whose keys depend on its kind.
func (l *loader) sourceShape(comments map[string]string) schema {
	shape := object(l.sourceFields(&news.Source{}), sourceNeeds)
	describe(shape, "", comments, nil)
	var kinds []any
	for _, kind := range slices.Sorted(maps.Keys(keysOf)) {
		keys := keysOf[kind]
		then := schema{}
		if len(keys.needs) > 0 {
			then["required"] = keys.needs
		}
		never := map[string]any{}
		for key := range keys.refused {
			never[key] = false
		}
		if len(never) > 0 {
			then["properties"] = never
		}
		kinds = append(kinds, schema{
			"if":   schema{"properties": map[string]any{"kind": schema{"const": kind}}},
			"then": then,
		})
	}
	shape["allOf"] = kinds
	return shape
}

// describe gives the keys of an object their descriptions and defaults, by their paths.
func describe(object schema, path string, comments map[string]string, values map[string]any) {
	properties, _ := object["properties"].(map[string]any)
	for key, p := range properties {
		shape, name := maps.Clone(p.(schema)), path+key
		if comments[name] != "" {
			shape["description"] = comments[name]
		}
		if v, ok := values[name]; ok {
			shape["default"] = v
		}
		properties[key] = shape
		describe(shape, name+".", comments, values)
	}
}

var (
	settingLine = regexp.MustCompile(`^( *)([a-z_]+):`)
	keyLine     = regexp.MustCompile(`^#   ([a-z_]+)  +(\S.*)$`)
	moreLine    = regexp.MustCompile(`^#     +(\S.*)$`)
)

// settingComments are the comments above each setting of a file, by its path.
func settingComments(file []byte) map[string]string {
	comments := map[string]string{}
	var text []string
	outer := ""
	for line := range strings.Lines(string(file)) {
		line = strings.TrimRight(line, "\n")
		if comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok {
			text = append(text, strings.TrimSpace(comment))
			continue
		}
		if m := settingLine.FindStringSubmatch(line); m != nil {
			name := m[2]
			if m[1] == "" {
				outer = name
			} else {
				name = outer + "." + name
			}
			comments[name] = strings.Join(text, " ")
		}
		text = nil
	}
	return comments
}

// keyComments are what the comment at a file's beginning says of each key.
func keyComments(file []byte) map[string]string {
	comments := map[string]string{}
	last := ""
	for line := range strings.Lines(string(file)) {
		line = strings.TrimRight(line, "\n")
		if m := keyLine.FindStringSubmatch(line); m != nil {
			last = m[1]
			comments[last] = m[2]
		} else if m := moreLine.FindStringSubmatch(line); m != nil && last != "" {
			comments[last] += " " + m[1]
		}
	}
	return comments
}

// defaultValues are the values of a file of settings, by their paths.
func defaultValues(file []byte) map[string]any {
	values := map[string]any{}
	tree, err := parser.ParseBytes(file, 0)
	if err != nil {
		return values // a test reads the defaults
	}
	r := &reader{faults: &Faults{}, places: map[string]place{}}
	l := &loader{}
	for _, doc := range tree.Docs {
		l.settings().read(r, doc.Body)
	}
	l.settings().walk("", func(name string, v value) { values[name] = v.now() })
	return values
}

// walk visits every value of a table, by its path.
func (f fields) walk(path string, visit func(name string, v value)) {
	for _, key := range slices.Sorted(maps.Keys(f)) {
		switch field := f[key].(type) {
		case fields:
			field.walk(path+key+".", visit)
		case value:
			visit(path+key, field)
		default:
			panic(fmt.Sprintf("config: %s is neither a value nor a table", path+key))
		}
	}
}
