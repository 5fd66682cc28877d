package main

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// printJSON writes a value as one line of JSON: as encoding/json does, but with durations in
// seconds, and lists that are empty rather than null.
func (in *invocation) printJSON(value any) error {
	_, err := in.stdout.Write(append(appendJSON(nil, reflect.ValueOf(value)), '\n'))
	return err
}

// jsonList writes a list as one value of JSON, each element on a line of its own as soon as it is
// there. It must be closed.
type jsonList struct {
	w     io.Writer
	began bool
}

func (l *jsonList) add(value any) error {
	text := []byte("[\n")
	if l.began {
		text = []byte(",\n")
	}
	l.began = true
	_, err := l.w.Write(appendJSON(text, reflect.ValueOf(value)))
	return err
}

func (l *jsonList) close() error {
	text := "\n]\n"
	if !l.began {
		text = "[]\n"
	}
	_, err := io.WriteString(l.w, text)
	return err
}

// listed writes values as a list.
func listed[T any](in *invocation, values []T) error {
	list := jsonList{w: in.stdout}
	for i := range values {
		if err := list.add(&values[i]); err != nil {
			return err
		}
	}
	return list.close()
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	asJSON       = reflect.TypeFor[json.Marshaler]()
	asText       = reflect.TypeFor[encoding.TextMarshaler]()
)

// writesItself reports whether a type says itself how it looks in JSON.
func writesItself(t reflect.Type) bool { return t.Implements(asJSON) || t.Implements(asText) }

// jsonField is a field of a struct as it looks in JSON.
type jsonField struct {
	name               string
	index              []int
	omitEmpty, omitNil bool
}

// jsonFields lists the fields of a struct, those of embedded ones too; an outer one hides others of
// its name.
func jsonFields(t reflect.Type) (fields []jsonField) {
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		embedded := f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct
		if name == "-" || !f.IsExported() || embedded {
			continue
		}
		if name == "" {
			name = f.Name
		}
		same := slices.IndexFunc(fields, func(g jsonField) bool { return g.name == name })
		field := jsonField{
			name, f.Index, strings.Contains(options, "omitempty"), strings.Contains(options, "omitzero"),
		}
		switch {
		case same < 0:
			fields = append(fields, field)
		case len(f.Index) < len(fields[same].index):
			fields[same] = field
		}
	}
	return fields
}

// left reports whether a field is left out of JSON.
func (f *jsonField) left(v reflect.Value) bool {
	if f.omitEmpty {
		switch v.Kind() {
		case reflect.Slice, reflect.Map, reflect.String:
			return v.Len() == 0
		case reflect.Struct:
			return false
		}
		return v.IsZero()
	}
	if zero, ok := v.Interface().(interface{ IsZero() bool }); ok && f.omitNil {
		return zero.IsZero()
	}
	return f.omitNil && v.IsZero()
}

func appendJSON(b []byte, v reflect.Value) []byte {
	switch {
	case !v.IsValid():
		return append(b, "null"...)
	case v.Type() == durationType:
		return strconv.AppendFloat(b, time.Duration(v.Int()).Seconds(), 'f', -1, 64)
	case writesItself(v.Type()) && !(v.Kind() == reflect.Pointer && v.IsNil()):
		return appendPlain(b, v)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(b, "null"...)
		}
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		return appendStruct(b, v)
	case reflect.Map:
		names := map[string]reflect.Value{}
		for _, key := range v.MapKeys() {
			names[fmt.Sprint(key.Interface())] = v.MapIndex(key)
		}
		b = append(b, '{')
		for i, name := range slices.Sorted(maps.Keys(names)) {
			b = appendJSON(appendName(b, name, i > 0), names[name])
		}
		return append(b, '}')
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return appendPlain(b, v)
		}
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v.Index(i))
		}
		return append(b, ']')
	}
	return appendPlain(b, v)
}

func appendStruct(b []byte, v reflect.Value) []byte {
	b = append(b, '{')
	more := false
	for _, f := range jsonFields(v.Type()) {
		field := v.FieldByIndex(f.index)
		if f.left(field) {
			continue
		}
		b = appendJSON(appendName(b, f.name, more), field)
		more = true
	}
	return append(b, '}')
}

func appendName(b []byte, name string, more bool) []byte {
	if more {
		b = append(b, ',')
	}
	return append(appendPlain(b, reflect.ValueOf(name)), ':')
}

// appendPlain writes a value as encoding/json does, with < and & as they are.
func appendPlain(b []byte, v reflect.Value) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v.Interface()); err != nil {
		return append(b, "null"...) // no number that JSON has
	}
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
