package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/export"
	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/lint"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/score"
)

// answers has the type of what each command answers with --json: always one value, a list or an
// object. Those that are missing answer no programs.
var answers = map[string]any{
	"articles":       []news.Entry{},
	"articles ID":    news.Entry{},
	"backup":         backedUp{},
	"check":          checked{},
	"compact":        compacted{},
	"config show":    []config.Setting{},
	"explain":        []news.Explanation{},
	"export":         export.Summary{},
	"health":         desk.Condition{},
	"history":        history{},
	"ingest":         ingested{},
	"lint":           []lint.Report{},
	"place":          news.Result{},
	"readers":        []news.Readership{},
	"release-link":   news.Result{},
	"restore":        restored{},
	"retain":         news.Retained{},
	"score":          score.Report{},
	"score fits":     map[string]news.Calibration{},
	"sources":        []sourceShown{},
	"sources change": sourceChange{},
	"sources import": imported{},
	"sources test":   []news.Step{},
	"token add":      desk.NewToken{},
	"token list":     []news.Token{},
	"token revoke":   revoked{},
	"topics":         news.TopicsReport{},
	"topics diff":    setDiff{},
	"topics doubts":  doubts{},
	"verify":         verification{},
	"version":        versionShown{},
	"withdraw":       withdrawn{},
	"error":          failure{},
}

// failure is an error, as it is written to the standard error.
type failure struct {
	Error  string        `json:"error"`
	Kind   string        `json:"kind"`             // usage, interrupted or a kind of package news
	Faults config.Faults `json:"faults,omitempty"` // of a configuration
}

// history is what an article has said, the newest first.
type history struct {
	ID        news.ID         `json:"id"`
	Title     string          `json:"title"`
	Source    string          `json:"source"`
	From      string          `json:"from,omitempty"` // the source that it was taken over from
	Decisions []news.Decision `json:"decisions"`
	Versions  []news.Version  `json:"versions"`
}

// ingested is what came of what was read.
type ingested struct {
	Results []news.Result        `json:"results"`
	Faults  []unread             `json:"faults"`
	Total   map[news.Outcome]int `json:"total"`
}

// unread is something that could not be read.
type unread struct {
	Input string `json:"input"`
	Error string `json:"error"`
	Kind  string `json:"kind"`
}

// sourceShown is a source with its health.
type sourceShown struct {
	Source news.Source    `json:"source"`
	Health health.Health  `json:"health"`
	State  news.PollState `json:"state"`
}

// imported is what came of a list of feeds.
type imported struct {
	Feeds   []importedFeed `json:"feeds"`
	Added   int            `json:"added"`
	Skipped int            `json:"skipped"`
}

// importedFeed is what came of one: added with its id, skipped with why, or wrong with the place.
type importedFeed struct {
	Outcome string `json:"outcome"`
	URL     string `json:"url"`
	Detail  string `json:"detail"`
}

// revoked is a token that is worthless now.
type revoked struct {
	Name string `json:"name"`
}

// versionShown is the program's version.
type versionShown struct {
	Version string `json:"version"`
}

// withdrawn is what was taken back, or would be.
type withdrawn struct {
	DryRun  bool          `json:"dry_run"`
	Count   int           `json:"count"`
	Results []news.Result `json:"results"`
}

// answerSchema is the JSON Schema of all answers, by the names above under $defs.
func answerSchema() []byte {
	defs := map[string]any{}
	for name, value := range answers {
		defs[name] = schemaOf(reflect.TypeOf(value))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(map[string]any{ // maps, lists and texts never fail
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "teletipo: answers to --json",
		"$defs":   defs,
	})
	return b.Bytes()
}

// schemaOf is the JSON Schema of what appendJSON makes of a type.
func schemaOf(t reflect.Type) map[string]any {
	switch {
	case t == durationType:
		return map[string]any{"type": "number", "description": "seconds"}
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case writesItself(t):
		return map[string]any{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return map[string]any{"anyOf": []any{schemaOf(t.Elem()), map[string]any{"type": "null"}}}
	case reflect.Struct:
		properties, required := map[string]any{}, []string{}
		for _, f := range jsonFields(t) {
			properties[f.name] = schemaOf(t.FieldByIndex(f.index).Type)
			if !f.omitEmpty && !f.omitNil {
				required = append(required, f.name)
			}
		}
		return map[string]any{
			"type": "object", "properties": properties, "required": required,
			"additionalProperties": false,
		}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return map[string]any{"type": "string"}
		}
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Interface:
		return map[string]any{}
	}
	switch {
	case t.Kind() == reflect.String:
		return map[string]any{"type": "string"}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Float64 || t.Kind() == reflect.Float32:
		return map[string]any{"type": "number"}
	case t.ConvertibleTo(reflect.TypeFor[int64]()):
		return map[string]any{"type": "integer"}
	}
	panic(fmt.Sprintf("no answer may have a %s", t))
}
