package push

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestReadItem(t *testing.T) {
	item, id, p := readItem([]byte(`{"id": 7, "external_url": "https://a.example/x",
"title": "Prices < wages & more", "content_text": "One <b>.\r\nStill one.\n\n\nTwo.",
"summary": "A <i>b", "date_published": "2026-11-22t10:30:00+01:00", "language": "es-MX",
"author": {"name": "Ana", "url": "https://a.example/ana"}, "tags": ["a", "b"], "image": null,
"banner_image": "https://a.example/b.jpg", "attachments": [{"url": "https://a.example/c.mp3",
"mime_type": "audio/mpeg", "size_in_bytes": 1e3, "title": "C"}],
"_teletipo": {"rights": "headline"}, "_other": {"rights": 7}}`))
	if p != nil {
		t.Fatalf("problem %+v", p)
	}
	want := news.Item{
		URL: "https://a.example/x", Title: "Prices &lt; wages &amp; more", Summary: "A &lt;i&gt;b",
		Content: "<p>One &lt;b&gt;.<br>\nStill one.</p>\n<p>Two.</p>\n", Lang: "es-MX",
		Authors:   []news.Author{{Name: "Ana", URL: "https://a.example/ana"}},
		Tags:      []string{"a", "b"},
		Published: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Rights: news.Headline,
		Media: []news.Media{
			{URL: "https://a.example/b.jpg", Type: "image/jpeg"},
			{URL: "https://a.example/c.mp3", Type: "audio/mpeg", Length: 1000, Title: "C"},
		},
	}
	if diff := cmp.Diff(want, item); diff != "" || id != "7" {
		t.Errorf("id %q, item (-want +got):\n%s", id, diff)
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "https://a.example/?ñ=1#x": true, "": false, "a b": false, "a\n": false,
		"a\u200b": false, "a\xff": false, strings.Repeat("a", longestName+1): false,
	} {
		if isName(name) != want {
			t.Errorf("%q is a name: %t", name, !want)
		}
	}
}

// inProportion holds that a body whose middle is repeated costs in proportion to it, beside what as
// many values as a body may have cost.
func inProportion(t *testing.T, body string) {
	t.Helper()
	if body == "" || len(body) > 1<<10 {
		return
	}
	newstest.ProportionalBut(t, 24<<20, newstest.Repeating(body), take)
}

// take reads a body as it is read that is pushed.
func take(body string) {
	if values([]byte(body)) <= maxValues && checkJSON([]byte(body)) == nil {
		_, _, _ = readItem([]byte(body))
	}
}

func TestManyValues(t *testing.T) {
	for body, want := range map[string]int{
		``: 0, `{}`: 1, `{"a":[1,2],"b":"x,[\"{,"}`: 4, `"a\\",[`: 2,
	} {
		if got := values([]byte(body)); got != want {
			t.Errorf("%s: %d values, want %d", body, got, want)
		}
	}
	for _, parts := range [][3]string{
		{`{"tags":["a"`, `,"a"`, `]}`},
		{`{"tags":[1`, `,1`, `]}`},
		{`{"authors":[{}`, `,{}`, `]}`},
		{`{"a":1`, `,"a":1`, `}`},
		{`{"content_text":"`, `\n`, `"}`},
		{`{"title":"`, `<`, `"}`},
		{`{"x":`, `[`, ``},
	} {
		newstest.ProportionalBut(t, 24<<20, func(n int) string {
			return parts[0] + strings.Repeat(parts[1], n) + parts[2]
		}, take)
	}
}

// FuzzReadItem: whatever JSON comes in, each fault points at something that is there, or at a
// member of an object that is there and lacks it; and nothing panics.
func FuzzReadItem(f *testing.F) {
	f.Add([]byte(`{"title": 1, "tags": [1], "authors": [{"name": 1}], "author": 1, "id": []}`))
	f.Add([]byte(`{"attachments": [{}, 1, null], "_teletipo": {"rights": 1}, "url": "a"}`))
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		inProportion(t, string(body))
		if p := checkJSON(body); p != nil {
			if p.Status != 400 || !strings.Contains(p.Detail, ", column ") {
				t.Errorf("problem %+v", p)
			}
			return
		}
		_, _, p := readItem(body)
		if p == nil {
			return
		}
		var value any
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		for _, fault := range p.Errors {
			if !points(fault.Pointer, value) {
				t.Errorf("%q points at nothing in %s", fault.Pointer, body)
			}
		}
	})
}

func points(pointer string, value any) bool {
	steps := strings.Split(pointer, "/")[1:]
	if pointer == "" {
		steps = nil
	}
	for i, step := range steps {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return i == len(steps)-1
			}
			value = next
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n >= len(v) {
				return false
			}
			value = v[n]
		default:
			return false
		}
	}
	return true
}
