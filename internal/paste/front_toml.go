package paste

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/teletipo/teletipo/internal/news"
)

// tomlToYAML writes TOML's fields as YAML, each on the line where it stands, so that one reader
// reads both and its errors name the right lines. Tables become one field each.
func (r *frontReader) tomlToYAML(text string) (string, error) {
	var fields map[string]any
	if _, err := toml.Decode(text, &fields); err != nil {
		line, column, message := 1, 1, err.Error()
		if e, ok := errors.AsType[toml.ParseError](err); ok {
			line, column, message = e.Position.Line, max(1, e.Position.Col), e.Message
		}
		return "", news.Errorf(news.Invalid, "%s:%d:%d: front matter: %s", r.name, line+r.offset,
			column, message)
	}
	lines := make([]string, strings.Count(text, "\n")+1)
	for name, value := range fields {
		at := tomlLineOf(text, name)
		encoded, err := json.Marshal(plainValue(value))
		key, keyErr := json.Marshal(name)
		if err != nil || keyErr != nil {
			return "", news.Errorf(news.Invalid, "%s:%d:1: %s: can't be read", r.name, at+1+r.offset, name)
		}
		for lines[at] != "" && at < len(lines)-1 {
			at++
		}
		lines[at] = string(key) + ": " + string(encoded)
	}
	return strings.Join(lines, "\n") + "\n", nil
}

// tomlLineOf returns the line, counted from 0, where a field or table begins.
func tomlLineOf(text, name string) int {
	quoted := regexp.QuoteMeta(name)
	form := `(?m)^\s*(?:["']?` + quoted + `["']?\s*[=.]|\[+\s*["']?` + quoted + `["'\].])`
	at := regexp.MustCompile(form).FindStringIndex(text)
	if at == nil {
		return 0
	}
	found := text[at[0]:at[1]]
	start := at[0] + len(found) - len(strings.TrimLeft(found, " \t\n"))
	return strings.Count(text[:start], "\n")
}

// plainValue makes text of dates, with the zone that they have or none.
func plainValue(value any) any {
	switch v := value.(type) {
	case time.Time:
		switch v.Location().String() { // TOML's dates without a zone have one by these names
		case "date-local":
			return v.Format(time.DateOnly)
		case "datetime-local":
			return v.Format("2006-01-02T15:04:05")
		}
		return v.Format(time.RFC3339)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plainValue(v[i])
		}
		return list
	case map[string]any:
		table := make(map[string]any, len(v))
		for name := range v {
			table[name] = plainValue(v[name])
		}
		return table
	}
	return value
}
