package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/teletipo/teletipo/internal/news"
)

// TestSchema holds our JSON documents to a schema of JSON Feed 1.1, and the schema to being able
// to refuse.
func TestSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile("testdata/jsonfeed-1.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(doc []byte) error {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	for name, feed := range samples() {
		if err := check(render(t, feed, news.JSON)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	mixed := string(render(t, samples()["mixed"], news.JSON))
	for _, b := range []struct{ from, to string }{
		{"version/1.1", "version/1"},
		{`"title": "The border",`, ""},
		{`"items"`, `"_items"`},
		{`"items"`, `"entries"`},
		{`"_teletipo"`, `"_tele.tipo"`},
		{`"` + sampleID + `"`, "7"},
		{sampleID, " "},
		{`"content_html"`, `"html"`},
		{`"content_text": "Trucks`, `"_text": "Trucks`},
		{`"https://news.example/en/0?a=1&b=2"`, `"/en/0"`},
		{`"https://news.example/en/0?a=1&b=2"`, `"https://news.example/é"`},
		{"2025-03-03T09:00:00Z", "2025-03-03T09:00:00"},
		{"2025-03-03T09:00:00Z", "2025-02-30T09:00:00Z"},
		{`"name": "Ann O'Hara"`, ""},
		{`"mime_type"`, `"type"`},
		{"4100200", `"big"`},
		{`"size_in_bytes"`, `"size"`},
		{`"image"`, `"banner_"`},
		{`"about": "https`, `"about": "%`},
	} {
		bad := strings.Replace(mixed, b.from, b.to, 1)
		if bad == mixed {
			t.Fatalf("the document has no %q to break", b.from)
		}
		if check([]byte(bad)) == nil {
			t.Errorf("%q for %q was accepted", b.to, b.from)
		}
	}
}
