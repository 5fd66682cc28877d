package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/teletipo/teletipo/internal/newstest"
)

// startDemo starts a demonstration, and returns it with its data directory.
func startDemo(t *testing.T) (d *running, data string) {
	t.Helper()
	d = start(t, "demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	said := regexp.MustCompile(`(?s)publishes at (\S+)/\n.*articles of a made-up desk are in (\S+), `)
	m := d.says(&d.stdout, said)
	d.public, data = m[1], m[2]
	t.Cleanup(func() {
		d.terminate()
		if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the data directory is left behind: %v", err)
		}
	})
	return d, data
}

// TestDemo: who starts it without any network sees every topic in both languages at once.
func TestDemo(t *testing.T) {
	d, data := startDemo(t)
	for _, topic := range []string{"border", "cartels", "us-mexico", "all"} {
		for _, lang := range []string{".en", ".es"} {
			for _, format := range []string{".rss", ".atom", ".json"} {
				if got := d.titles("/feeds/" + topic + lang + format); len(got) < 2 {
					t.Errorf("/feeds/%s%s%s has %q", topic, lang, format, got)
				}
			}
		}
	}
	out, err := teletipo(t, "--data", data, "articles", "--limit", "20")
	if err != nil || strings.Count(out, "\n") != 13 || !regexp.MustCompile(` - +A soup for cold`).MatchString(out) {
		t.Errorf("articles: %v\n%s", err, out)
	}
	if log := d.stderr.String(); log != "" {
		t.Errorf("it says\n%s", log)
	}
}

// TestAnswers holds what commands answer to programs against the committed schema, which follows
// from the types that they answer with.
func TestAnswers(t *testing.T) {
	newstest.Golden(t, "../../../docs/schemas/answers.schema.json", answerSchema())
	d, data := startDemo(t)
	ids, err := teletipo(t, "--data", data, "articles", "--ids")
	if err != nil {
		t.Fatal(err)
	}
	id := strings.Fields(ids)[0]
	dir := t.TempDir()
	labelled := ""
	for n := range 20 {
		labelled += `{"id": "` + strings.Repeat("x", n+1) + `", "lang": "en", "title": "A border", "text": "", "labels": ["border"]}` + "\n"
	}
	items := write(t, filepath.Join(dir, "items.jsonl"), labelled)
	file := filepath.Join(data, "inbox", "07-tunnel.md")
	opml := write(t, filepath.Join(dir, "list.opml"), `<opml version="2.0"><head/><body>`+
		`<outline type="rss" text="A" xmlUrl="https://a.example/feed"/><outline text="B" xmlUrl="gopher://b/"/></body></opml>`)
	wire := newstest.Web(t, "-- /feed.xml --\n\n<rss version=\"2.0\"><channel><title>T</title></channel></rss>\n")
	other := filepath.Join(dir, "data")
	write(t, filepath.Join(other, "sources.yaml"), "sources:\n  - {id: a, name: A, kind: feed, url: 'https://x.example/'}\n")
	for _, test := range []struct{ shape, line string }{
		{"articles", "articles"},
		{"articles", "articles --text nothing-has-this"},
		{"articles ID", "articles " + id},
		{"history", "articles " + id + " --history"},
		{"release-link", "articles " + id + " --release-link"},
		{"backup", "backup " + filepath.Join(dir, "wire.backup")},
		{"restore", "--data " + filepath.Join(dir, "again") + " restore " + filepath.Join(dir, "wire.backup")},
		{"verify", "verify"},
		{"compact", "--data " + filepath.Join(dir, "again") + " compact"},
		{"check", "check"},
		{"config show", "config show"},
		{"explain", "explain " + file},
		{"health", "health"},
		{"ingest", "ingest " + file + " nowhere"},
		{"lint", "lint " + d.public + "/feeds/all.rss"},
		{"place", "place " + id + " +border"},
		{"history", "articles " + id + " --history"},
		{"readers", "readers"},
		{"score", "score " + items},
		{"score fits", "score --calibrate " + items},
		{"sources", "sources"},
		{"token add", "token add x"},
		{"token list", "token list"},
		{"token revoke", "token revoke x"},
		{"topics", "topics"},
		{"topics diff", "topics diff"},
		{"topics doubts", "topics doubtful"},
		{"version", "version"},
		{"withdraw", "withdraw --source inbox --dry-run"},
		{"withdraw", "withdraw " + id},
		{"export", "export " + filepath.Join(dir, "site")},
		{"sources change", "--data " + other + " sources disable a"},
		{"sources change", "--data " + other + " sources remove a"},
		{"sources import", "--data " + other + " sources import " + opml},
		{"sources test", "--data " + other + " sources test --allow 127.0.0.0/8 " + wire.URL + "/feed.xml"},
		{"error", "articles --topic nothing"},
		{"error", "articles --nothing"},
		{"error", "explain nothing"},
		{"error", "--config " + write(t, filepath.Join(dir, "bad.yaml"), "titel: x\n") + " check"},
	} {
		var out, errs bytes.Buffer
		args := append(strings.Fields(test.line), "--json")
		if !strings.HasPrefix(test.line, "--data") {
			args = append(args, "--data", data)
		}
		err := run(t.Context(), args, noEnv, &out, &errs)
		text := out.Bytes()
		if err != nil && test.shape != "error" && test.shape != "ingest" {
			t.Errorf("%s: %v", test.line, err)
		}
		if test.shape == "error" {
			if err == nil || out.Len() > 0 {
				t.Errorf("%s: %v, %s", test.line, err, text)
				continue
			}
			text = []byte(err.Error())
		}
		if err := fits(t, test.shape, text); err != nil {
			t.Errorf("%s: %v\n%s", test.line, err, text)
		}
	}
}

// fits holds a text against the schema of a shape.
func fits(t *testing.T, shape string, text []byte) error {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(answerSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("answers", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("answers#/$defs/" + strings.ReplaceAll(shape, " ", "%20"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// TestJSONLooksAsUsual: but for durations and empty lists it is what encoding/json makes.
func TestJSONLooksAsUsual(t *testing.T) {
	type inner struct {
		B string `json:"b,omitempty"`
	}
	value := struct {
		inner
		A    int               `json:"a"`
		C    []string          `json:"c,omitempty"`
		D    map[string]*inner `json:"d"`
		E    any               `json:"e"`
		F    []byte            `json:"f"`
		G    float64           `json:"g"`
		Not  string            `json:"-"`
		H    *inner            `json:"h,omitempty"`
		Zero inner             `json:"zero,omitzero"`
	}{A: 3, inner: inner{"<ü>\n"}, D: map[string]*inner{"z": nil, "y": {"x"}}, E: true, F: []byte("ab"), G: 1.5}
	want := new(bytes.Buffer)
	e := json.NewEncoder(want)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	if got := string(appendJSON(nil, reflect.ValueOf(value))) + "\n"; got != want.String() {
		t.Errorf("got  %swant %s", got, want)
	}
}

// TestEveryCommandIsDescribed: the manual has every command.
func TestEveryCommandIsDescribed(t *testing.T) {
	man, err := teletipo(t, "man")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := newParser(&command{}, kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range parser.Model.Leaves(true) {
		if !strings.Contains(strings.ReplaceAll(man, `\&`, ""), node.Help) {
			t.Errorf("the manual does not tell of %s: %s", node.Path(), node.Help)
		}
	}
}
