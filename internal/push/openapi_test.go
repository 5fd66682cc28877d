package push

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }

// description is openapi.json as the tests look at it.
type description map[string]any

func readDescription(t *testing.T) description {
	t.Helper()
	var d description
	if err := json.Unmarshal(openapi, &d); err != nil {
		t.Fatalf("openapi.json: %v", err)
	}
	return d
}

// at follows keys from a node, references included.
func (d description) at(node any, keys ...string) any {
	for _, key := range keys {
		m, _ := d.resolve(node).(map[string]any)
		node = m[key]
	}
	return d.resolve(node)
}

// resolve follows a reference.
func (d description) resolve(node any) any {
	m, _ := node.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return node
	}
	return d.at(map[string]any(d), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

// promises lists every "METHOD path status" of the description.
func (d description) promises() []string {
	var list []string
	paths, _ := d["paths"].(map[string]any)
	for path, item := range paths {
		for method := range item.(map[string]any) {
			responses, _ := d.at(item, method, "responses").(map[string]any)
			for status := range responses {
				list = append(list, strings.ToUpper(method)+" "+path+" "+status)
			}
		}
	}
	slices.Sort(list)
	return list
}

// check holds a value against a schema: types, required members, enumerations.
func (d description) check(schema, value any, at string) (faults []string) {
	s, _ := d.resolve(schema).(map[string]any)
	if s == nil {
		return []string{at + ": no schema"}
	}
	kind := map[string]bool{}
	switch v := value.(type) {
	case string:
		kind["string"] = true
	case float64:
		kind["number"], kind["integer"] = true, v == float64(int64(v))
	case []any:
		kind["array"] = true
		for i, element := range v {
			faults = append(faults, d.check(s["items"], element, at+"/"+strconv.Itoa(i))...)
		}
	case map[string]any:
		kind["object"] = true
		required, _ := s["required"].([]any)
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				faults = append(faults, fmt.Sprintf("%s: lacks %s", at, name))
			}
		}
		if properties, ok := s["properties"].(map[string]any); ok {
			for name, member := range v {
				if properties[name] == nil {
					faults = append(faults, at+"/"+name+": is not described")
					continue
				}
				faults = append(faults, d.check(properties[name], member, at+"/"+name)...)
			}
		}
	}
	if want, ok := s["type"].(string); ok && !kind[want] {
		faults = append(faults, fmt.Sprintf("%s: %v is no %s", at, value, want))
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, value) {
		faults = append(faults, fmt.Sprintf("%s: %v is none of %v", at, value, enum))
	}
	return faults
}

// TestScriptsAndDescription runs the scripts and holds everything that was answered against the
// description, and the description against what was answered: neither may have more.
func TestScriptsAndDescription(t *testing.T) {
	rec := &record{}
	t.Run("script", func(t *testing.T) { runScripts(t, rec) })
	if t.Failed() {
		return
	}
	d := readDescription(t)
	seen := map[string]bool{}
	for _, x := range rec.all {
		method := x.method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if x.pattern == Prefix || x.status == http.StatusMethodNotAllowed {
			continue // the description's text speaks for these
		}
		name := fmt.Sprintf("%s %s %d", method, x.pattern, x.status)
		seen[name] = true
		content := d.at(d["paths"], x.pattern, strings.ToLower(method), "responses",
			strconv.Itoa(x.status), "content")
		media, _ := content.(map[string]any)
		if len(x.body) == 0 || len(media) == 0 {
			if (len(media) > 0) != (len(x.body) > 0) {
				t.Errorf("%s: body %q, described is %v", name, x.body, media)
			}
			continue
		}
		var value any
		if err := json.Unmarshal(x.body, &value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, fault := range d.check(d.at(content, x.mediaType, "schema"), value, "") {
			t.Errorf("%s as %s: %s", name, x.mediaType, fault)
		}
	}
	promised := d.promises()
	for _, name := range promised {
		if !seen[name] {
			t.Errorf("%s is described, and no script gets it", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if !slices.Contains(promised, name) {
			t.Errorf("%s is answered, and not described", name)
		}
	}
	if len(promised) < 30 {
		t.Errorf("only %d answers are described", len(promised))
	}
}

// TestEveryRouteIsDescribed holds the table of routes against the description.
func TestEveryRouteIsDescribed(t *testing.T) {
	d := readDescription(t)
	want, got := map[string]bool{}, map[string]bool{}
	for _, row := range (&pushing{}).routes() {
		for method := range row.methods {
			want[method+" "+row.pattern] = true
		}
	}
	for _, promise := range d.promises() {
		got[promise[:strings.LastIndexByte(promise, ' ')]] = true
	}
	if !maps.Equal(want, got) {
		t.Errorf("routes %v, described are %v", want, got)
	}
}

// TestExamplesOfTheDescription sends the examples of requests, and holds those of answers against
// their schemas.
func TestExamplesOfTheDescription(t *testing.T) {
	d := readDescription(t)
	sent, read := 0, 0
	for _, promise := range d.promises() {
		method, path, _ := strings.Cut(promise, " ")
		path, status, _ := strings.Cut(path, " ")
		op := d.at(d["paths"], path, strings.ToLower(method))
		answers, _ := d.at(op, "responses", status, "content").(map[string]any)
		for _, media := range answers {
			if example := d.at(media, "example"); example != nil {
				read++
				for _, fault := range d.check(d.at(media, "schema"), example, "") {
					t.Errorf("example of %s: %s", promise, fault)
				}
			}
		}
		examples, _ := d.at(op, "requestBody", "content", "application/json",
			"examples").(map[string]any)
		for name, example := range examples {
			body, err := json.Marshal(d.at(example, "value"))
			if err != nil || status != "201" {
				continue // once for each operation
			}
			sent++
			target := strings.ReplaceAll(path, "{id}", "example-"+name)
			req := httptest.NewRequest(method, target, strings.NewReader(string(body)))
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer agency-token")
			w := httptest.NewRecorder()
			newNewsroom().handler(t).ServeHTTP(w, req)
			if w.Code != http.StatusCreated {
				t.Errorf("%s %s with example %s: status %d: %s", method, path, name, w.Code, w.Body)
			}
		}
	}
	if sent != 4 || read != 6 {
		t.Errorf("%d examples sent and %d read, want 4 and 6", sent, read)
	}
}
