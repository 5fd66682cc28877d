package config

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/teletipo/teletipo/configs"
	"github.com/teletipo/teletipo/feeds"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// checker returns a function that holds a YAML document against a schema.
func checker(t *testing.T, kind string) func(doc string) error {
	t.Helper()
	text, err := Schema(kind, builtIn)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(kind, parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(kind)
	if err != nil {
		t.Fatal(err)
	}
	return func(doc string) error {
		json, err := yaml.YAMLToJSON([]byte(doc))
		if err != nil {
			t.Fatalf("%v: %s", err, doc)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(json))
		if err != nil {
			t.Fatalf("%v: %s", err, doc)
		}
		return schema.Validate(v)
	}
}

// TestSchemas holds the committed schemas against the tables that read files.
func TestSchemas(t *testing.T) {
	for _, kind := range Schemas {
		text, err := Schema(kind, builtIn)
		if err != nil {
			t.Fatal(err)
		}
		newstest.Golden(t, "../../../docs/schemas/"+kind+".schema.json", text)
	}
	if _, err := Schema("topics", builtIn); news.KindOf(err) != news.NotFound {
		t.Errorf("a schema of nothing: %v", err)
	}
}

// TestOurFilesFitTheSchemas: what comes with the program fits.
func TestOurFilesFitTheSchemas(t *testing.T) {
	fits := func(kind, name string, doc []byte) {
		if err := checker(t, kind)(string(doc)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	fits("settings", "teletipo.yaml", configs.Config)
	fits("sources", "sources.yaml", configs.Sources)
	err := fs.WalkDir(feeds.Files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".yaml" {
			return err
		}
		doc, err := fs.ReadFile(feeds.Files, name)
		if strings.Contains(name, "/") {
			fits("groups", name, doc)
		} else {
			fits("topic", name, doc)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// values are what somebody may write for a key.
var values = []string{
	"0", "1", "7", "50", "-1", "1.5", "0.5", "true", "false", `""`, "text", `"text"`, `"8"`, "15m", "0s",
	"2h", "10MB", "16 MiB", "1000000", "debug", "json", "sentence", "full", "keep", "feed", "folder", "push",
	"wordpress", "page", "quiet 90s", "rename", "[]", "[en]", "[en, es]", "[1]", "[10.0.0.0/8]", "{}",
	"{a: b}", "{en: Text}", "{en: {word: 3}}", "{en: {3: [word]}}", "{cms.example: 10.0.0.5/32}", "10.0.0.0/8",
	"{cms.example: [10.0.0.5/32]}", "127.0.0.1:80", "https://a.example/x", "a@b.example", "./x",
	"{match: [{lang: en, title: T}]}", "{slope: 1, middle: 2}", "{group: {en: [a], of: [b]}}",
	"[{all: [a, b], weight: 1}]", "[{all: [a, b], weight: 1, in: sentence}]", "{fastest: 5m}", "20000639",
	"{timeout: 5s}", "{level: info}", "{max_size: 1MB}", "{full_per_hour: 3}", "unknown",
	"{group: {en: [a], until: {2025-07: [a]}}}",
}

// TestWhatIsReadFitsTheSchema: no schema refuses what is taken, whatever is written for a key.
func TestWhatIsReadFitsTheSchema(t *testing.T) {
	taken := map[string]int{}
	try := func(kind, doc string, check func(string) error, read func(r *reader, l *loader)) {
		var l loader
		r := l.reader("f", "")
		read(r, &l)
		if len(l.faults) > 0 {
			return
		}
		taken[kind]++
		if err := check(doc); err != nil {
			t.Errorf("%s: %s is read, and refused by the schema: %v", kind, doc, err)
		}
	}
	settings, sources, topic := checker(t, "settings"), checker(t, "sources"), checker(t, "topic")
	none := &topicFile{groups: &groups{}}
	for _, v := range values {
		for key := range (&loader{}).settings() {
			doc := "{" + key + ": " + v + "}"
			try("settings", doc, settings, func(r *reader, l *loader) {
				l.settings().read(r, r.parse([]byte(doc)))
			})
		}
		for _, base := range []string{
			"kind: feed, url: 'https://a.example/'", "kind: folder, path: x", "kind: push",
			"kind: wordpress, url: 'https://a.example/'", "kind: page, enabled: false", "name: M",
		} {
			for key := range (&loader{}).sourceFields(&news.Source{}) {
				if strings.Contains(base, key+":") || key == "topics" {
					continue
				}
				doc := "{id: a, name: N, " + base + ", " + key + ": " + v + "}"
				if key == "id" || key == "name" {
					doc = "{" + map[string]string{"id": "name: N", "name": "id: a"}[key] + ", " + base +
						", " + key + ": " + v + "}"
				}
				all := "{sources: [" + doc + "]}"
				try("sources", all, sources, func(r *reader, l *loader) {
					l.readSources(r, []byte(all))
				})
			}
		}
		for key := range none.fields() {
			doc := "{title: {en: T}, description: {en: D}, " + key + ": " + v + "}"
			switch key {
			case "title", "description":
				continue
			}
			try("topic", doc, topic, func(r *reader, _ *loader) {
				f := &topicFile{groups: &groups{}, Topic: news.Topic{
					Titles: map[string]string{}, Descriptions: map[string]string{},
				}}
				f.fields().read(r, r.parse([]byte(doc)))
			})
		}
	}
	for _, kind := range []string{"settings", "sources", "topic"} {
		if taken[kind] < 30 {
			t.Errorf("of %s only %d documents were taken", kind, taken[kind])
		}
	}
}

// TestSchemasRefuse: an editor marks what is plainly wrong.
func TestSchemasRefuse(t *testing.T) {
	for kind, docs := range map[string][]string{
		"settings": {
			"titel: x", "fetch: {timout: 5s}", "window_size: 0", "window_size: many", "sweep_every: soon",
			"sweep_every: 5", "log: {level: loud}", "languages: en", "push: {max_size: large}",
		},
		"sources": {
			"sources: [{id: a}]", "sources: [{id: a, name: A, kind: feed}]", "sources: {}",
			"sources: [{id: a, name: A, kind: folder, path: x, url: y}]", "source: []",
			"sources: [{id: a, name: A, kind: fed, url: 'https://a.example'}]",
			"sources: [{id: a, name: A, kind: feed, url: 'https://a.example', enabled: maybe}]",
		},
		"topic": {
			"title: {en: T}", "title: T\ndescription: {en: D}", "{title: {en: T}, description: {en: D}, treshold: 4}",
			"{title: {en: T}, description: {en: D}, threshold: 4, terms: {en: [river]}}",
			"{title: {en: T}, description: {en: D}, together: [{all: [a, b]}]}",
		},
		"groups": {"who: [a]", "who: {en: a}", "who: {until: [a]}"},
	} {
		check := checker(t, kind)
		for _, doc := range docs {
			if check(doc) == nil {
				t.Errorf("%s: %s is not refused", kind, doc)
			}
		}
	}
}

// TestSchemasExplain: every setting and every key of a source has its description.
func TestSchemasExplain(t *testing.T) {
	comments := settingComments(configs.Config)
	(&loader{}).settings().walk("", func(name string, _ value) {
		if comments[name] == "" {
			t.Errorf("the setting %s has no description", name)
		}
	})
	keys := keyComments(configs.Sources)
	for key := range (&loader{}).sourceFields(&news.Source{}) {
		if keys[key] == "" {
			t.Errorf("the key %s of sources has no description", key)
		}
	}
	if _, err := os.Stat("../../docs/schemas"); err != nil {
		t.Error(err)
	}
}
