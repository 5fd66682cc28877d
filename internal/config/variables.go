package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Setting is a setting as it is in force, and where that comes from.
type Setting struct {
	Name     string `json:"name"` // as fetch.timeout
	Value    any    `json:"value"`
	Origin   string `json:"origin"`   // default, file:line, the name of the variable or the flag
	Variable string `json:"variable"` // that sets it
}

// FromDefaults is the origin of what nobody set.
const FromDefaults = "default"

// Origin tells where a setting's value comes from; see Setting.
func (c *Config) Origin(name string) string {
	for _, s := range c.Settings {
		if s.Name == name {
			return s.Origin
		}
	}
	return ""
}

// prefix begins the names of all variables.
const prefix = "TELETIPO_"

// FileVariable is the variable that names the configuration file. It is no setting.
const FileVariable = prefix + "CONFIG"

// Variable is the name of the variable of a setting: of fetch.timeout TELETIPO_FETCH_TIMEOUT.
func Variable(setting string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(setting, ".", "_"))
}

// others are variables that are not meant for us: Kubernetes has some for a service of our name.
var others = regexp.MustCompile("^" + prefix + "(SERVICE|PORT)(_|$)")

// readVariables reads the settings that variables have. One that is empty counts as not set.
func (l *loader) readVariables() {
	names := map[string]string{} // of settings, by variable
	values := map[string]value{}
	l.settings().walk("", func(name string, v value) {
		names[Variable(name)], values[name] = name, v
	})
	for _, pair := range slices.Sorted(slices.Values(l.opts.Environ)) {
		variable, text, _ := strings.Cut(pair, "=")
		name, known := names[variable]
		switch {
		case !strings.HasPrefix(variable, prefix) || text == "" || variable == FileVariable:
		case known:
			l.readVariable(variable, name, values[name], text)
		case !others.MatchString(variable):
			l.cfg.Warnings = append(l.cfg.Warnings, fmt.Sprintf("the variable %s sets nothing: there is "+
				"no such setting; `teletipo config show` lists the variables", variable))
		}
	}
}

// readVariable reads one variable as a file would be read that has this setting alone.
func (l *loader) readVariable(variable, name string, v value, text string) {
	l.places[name] = place{file: variable}
	document := inYAML(v.shape, text)
	keys := strings.Split(name, ".")
	for _, key := range slices.Backward(keys) {
		document = "{" + key + ": " + document + "}"
	}
	r := l.reader(variable, "")
	r.variable = true
	if root := r.parse([]byte(document)); root != nil {
		l.settings().read(r, root)
	}
}

// inYAML writes a variable's value as YAML has it: a list may be written with commas alone, and
// text needs no quotes.
func inYAML(shape schema, text string) string {
	text = strings.TrimSpace(text)
	var value any = text
	switch kind := fmt.Sprint(shape["type"]); {
	case kind == "integer" || kind == "boolean" || kind == "number":
		if !strings.ContainsAny(text, ":#{}[],&*!|>'\"%@`\n") {
			return text
		}
	case kind == "array" || shape["anyOf"] != nil:
		if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
			return text
		}
		items := []string{}
		for item := range strings.SplitSeq(text, ",") {
			items = append(items, strings.TrimSpace(item))
		}
		value = items
	}
	quoted, _ := json.Marshal(value) // texts never fail
	return string(quoted)
}

// list lists all settings as they are in force.
func (l *loader) list() []Setting {
	values := map[string]value{}
	l.settings().walk("", func(name string, v value) { values[name] = v })
	list := make([]Setting, 0, len(values))
	for _, name := range l.order {
		v, ok := values[name]
		if !ok {
			continue // a table
		}
		list = append(list, Setting{
			Name: name, Value: v.now(), Origin: l.origin(name), Variable: Variable(name),
		})
	}
	return list
}

// origin tells where a setting was last set.
func (l *loader) origin(name string) string {
	p := l.places[name]
	switch {
	case p.file == defaultsFile:
		return FromDefaults
	case p.line == 0:
		return p.file
	}
	file := p.file
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	return fmt.Sprintf("%s:%d", file, p.line)
}

// inOrder lists the settings of a file as they stand there.
func inOrder(places map[string]place) []string {
	return slices.SortedFunc(maps.Keys(places), func(a, b string) int {
		return places[a].line - places[b].line
	})
}
