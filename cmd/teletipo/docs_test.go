package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/paste"
)

// elsewhere are the commands of the documents that TestDocs does not run, and what they need. Those
// of teletipo are still held against the command line, and go's against the packages and tests.
var elsewhere = map[string]string{
	"teletipo demo --listen 127.0.0.1:0 --admin 127.0.0.1:0": "somebody who stops it",

	"teletipo ingest https://example.org/feed.xml": "the network",
	"teletipo ingest harbor":                       "the network",
	"teletipo lint https://example.org/feed.xml":   "the network",
	"teletipo lint border":                         "a running daemon",
	"cp story.md data/inbox/":                      "a running daemon",
	"curl":                                         "a running daemon, or the network",
	"go":                                           "minutes",
	".ci/judges":                                   "Debian's readers of feeds",
	".ci/check":                                    "minutes",
	".ci/run":                                      "minutes",
}

// shown are blocks that are no example to be tried, by how they begin.
var shown = []string{
	"source ─►", savedPage, "javascript:", "<at:deleted-entry", "GET /feeds/", "http {",
	"accepted   ", "tried      ", "tag, 1 byte", "ASi1L/", "h {", // an event: a test of internal/store reads it
}

// example is a block or span of code in a document.
type example struct {
	doc, text string
	span      bool
}

// examples lists all code of README.md, SECURITY.md and the documents in docs.
func examples(t *testing.T) (all []example) {
	t.Helper()
	docs, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(docs) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, name := range append([]string{"../../README.md", "../../SECURITY.md"}, docs...) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		add := func(s string, span bool) { all = append(all, example{filepath.Base(name), s, span}) }
		tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
		err = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n := n.(type) {
			case *ast.CodeSpan:
				if entering {
					var b strings.Builder
					for c := n.FirstChild(); c != nil; c = c.NextSibling() {
						b.Write(c.(*ast.Text).Value(src))
					}
					add(b.String(), true)
				}
				return ast.WalkSkipChildren, nil
			case *ast.CodeBlock, *ast.FencedCodeBlock:
				if entering {
					add(string(n.Lines().Value(src)), false)
				}
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestDocs holds README.md and the documents in docs to be true: what they show of files can be
// read, and what they show of commands works in a data directory with these files, without a
// daemon and without the network.
func TestDocs(t *testing.T) {
	all := examples(t)
	tried := &tour{t: t, all: all, dir: t.TempDir(), unused: map[string]bool{}}
	for command := range elsewhere {
		tried.unused[command] = true
	}
	tried.prepare()
	for _, e := range all {
		tried.try(e)
	}
	for command := range tried.unused {
		t.Errorf("no document shows %q any more", command)
	}
	if tried.ran < 10 || tried.files < 10 {
		t.Errorf("%d commands and %d files tried: are the documents read?", tried.ran, tried.files)
	}
}

// tour tries the examples one after the other.
type tour struct {
	t          *testing.T
	all        []example
	dir        string
	id         string // of an article that is stored
	unused     map[string]bool
	ran, files int
}

var topicName = regexp.MustCompile(`^# feeds/((?:groups/)?[a-z-]+\.yaml)\n`)

// prepare writes the files that commands name, and takes in the article of the README.
func (d *tour) prepare() {
	labelled := ""
	for n := range 20 {
		labelled += fmt.Sprintf(`{"id": "%d", "lang": "en", "title": "The river rises %d times", "text": "",`+
			` "labels": ["rivers"]}`+"\n", n, n)
	}
	files := map[string]string{
		"story.txt":       "The river floods the old town\n\nNobody was hurt.\n",
		"labelled.jsonl":  labelled,
		"DIR/rivers.yaml": "title: {en: R}\ndescription: {en: D}\nthreshold: 1\nterms: {en: {river: 2}}\n",
		"subscriptions.opml": `<opml version="2.0"><head><title>Mine</title></head><body>` +
			`<outline type="rss" text="The Plain" xmlUrl="https://plain.example/feed"/></body></opml>`,
		"data/sources.yaml": "sources:\n  - {id: a, name: A, kind: feed, url: \"https://a.example/\"}\n" +
			"  - {id: wire, name: W, kind: feed, url: \"https://w.example/\"}\n",
	}
	for _, e := range d.all {
		if e.doc == "README.md" && isTopic(e.text) {
			files["data/feeds/rivers.yaml"] = e.text
		}
		if more, ok := strings.CutPrefix(e.text, "sources:\n  - id: state-press\n"); ok {
			files["data/sources.yaml"] += "  - id: state-press\n" + more
		}
		if strings.HasPrefix(e.text, savedPage) {
			files["saved/prensa.html"] = e.text
		}
	}
	d.write(d.dir, files)
	d.t.Chdir(d.dir)
	out := d.run("ingest", "story.txt")
	shown := ""
	for _, e := range d.all {
		if strings.HasPrefix(e.text, "accepted   ") {
			shown = strings.TrimSpace(e.text)
		}
	}
	line, _, _ := strings.Cut(out, "\n")
	d.id = strings.Fields(line)[1]
	id := regexp.MustCompile(`[0-9a-f-]{8,}…?`)
	if want := id.ReplaceAllString(shown, "ID"); id.ReplaceAllString(line, "ID") != want {
		d.t.Errorf("README.md shows\n%s, but it is\n%s", shown, line)
	}
	if err := os.WriteFile("saved.atom", []byte(lintable), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// savedPage is how the example of a saved page begins.
const savedPage = "<!-- saved from"

// lintable is a feed that lint finds nothing wrong with.
const lintable = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:uuid:60a76c80-d399-11d9-b91C-0003939e0af6</id>
<updated>2026-03-02T12:00:00Z</updated><author><name>A</name></author>
<link rel="self" href="https://news.example/feed.atom"/><link href="https://news.example/"/></feed>
`

func (d *tour) write(dir string, files map[string]string) {
	d.t.Helper()
	for name, content := range files {
		full := filepath.Join(dir, name)
		err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o750),
			os.WriteFile(full, []byte(content), 0o600))
		if err != nil {
			d.t.Fatal(err)
		}
	}
}

// run runs a command in the directory of the tour, and wants it to succeed.
func (d *tour) run(args ...string) string {
	d.t.Helper()
	var stdout, stderr bytes.Buffer
	env := []string{"TELETIPO_DATA=" + filepath.Join(d.dir, "data")}
	if err := run(d.t.Context(), args, env, &stdout, &stderr); err != nil {
		d.t.Errorf("teletipo %s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String()
}

func isTopic(s string) bool {
	return strings.HasPrefix(s, "title: {") || topicName.MatchString(s)
}

// try tries an example as what it looks like.
func (d *tour) try(e example) {
	looks := func(s string) bool { return strings.HasPrefix(e.text, s) }
	isCommand := looks("teletipo ") || looks("go ") || looks(".ci/") ||
		!e.span && (looks("cp ") || looks("curl ") || looks("export "))
	switch {
	case isCommand:
		d.commands(e)
	case e.span:
	case slices.ContainsFunc(shown, looks):
	case looks("---\n"):
		d.frontMatter(e)
	case isTopic(e.text):
		d.topics(e)
	case looks("sources:"):
		d.configuration(e, map[string]string{"data/sources.yaml": e.text})
	case looks("{"):
		d.jsonDocument(e)
	default: // nothing else than settings
		d.configuration(e, map[string]string{"settings.yaml": e.text})
	}
}

// frontMatter wants a file that begins so to be read with all that it says.
func (d *tour) frontMatter(e example) {
	d.files++
	item, faults, err := paste.Parse(news.Document{
		Name: "story.md", Body: []byte(e.text + "\nThe text.\n"), Time: time.Now(),
	}, paste.Markdown, boilerplate.BuiltIn())
	if err != nil || len(faults) > 0 || item.Title == "" {
		d.t.Errorf("%s: front matter: %v %v\n%s", e.doc, err, faults, e.text)
	}
}

// topics loads a topic file with the others of its document, of which it may speak; that its
// examples hold is part of it.
func (d *tour) topics(e example) {
	files := map[string]string{"data/feeds/example.yaml": e.text}
	if m := topicName.FindStringSubmatch(e.text); m != nil {
		files = map[string]string{}
		for _, other := range d.all {
			if m := topicName.FindStringSubmatch(other.text); m != nil && other.doc == e.doc {
				files["data/feeds/"+m[1]] = other.text
			}
		}
	}
	d.configuration(e, files)
}

// configuration wants no fault to be found in a data directory, or a file of settings.
func (d *tour) configuration(e example, files map[string]string) {
	d.files++
	dir := d.t.TempDir()
	d.write(dir, files)
	args := []string{"--data", filepath.Join(dir, "data"), "check"}
	if _, ok := files["settings.yaml"]; ok {
		args = append([]string{"--config", filepath.Join(dir, "settings.yaml")}, args...)
	}
	var stderr bytes.Buffer
	err := run(d.t.Context(), args, noEnv, io.Discard, &stderr)
	if err != nil && !strings.Contains(err.Error(), "/srv/") { // a folder that is elsewhere
		d.t.Errorf("%s: %v\n%s", e.doc, err, e.text)
	}
}

func (d *tour) jsonDocument(e example) {
	d.files++
	var v any
	if err := json.Unmarshal([]byte(e.text), &v); err != nil {
		d.t.Errorf("%s: %v\n%s", e.doc, err, e.text)
	}
}

// commands tries each command of a block: a line, or several if a quote or \ goes on.
func (d *tour) commands(e example) {
	var words []string
	var b strings.Builder
	var quote rune
	end := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
	}
	comment := false
	for i, c := range e.text + "\n" {
		switch {
		case comment && c != '\n', c == '\\' && quote != '\'':
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			b.WriteRune(c)
		case c == '\'' || c == '"':
			quote = c
		case c == '\n':
			end()
			if comment = false; i > 0 && e.text[i-1] != '\\' && len(words) > 0 {
				d.command(e, words)
				words = nil
			}
		case c == ' ':
			end()
		case c == '#' && b.Len() == 0:
			comment = true
		default:
			b.WriteRune(c)
		}
	}
}

// command holds one command against what there is, and runs it if it can be run here.
func (d *tour) command(e example, words []string) {
	line := strings.Join(words, " ")
	needs := ""
	for _, key := range []string{line, words[0]} {
		if elsewhere[key] != "" {
			needs = elsewhere[key]
			delete(d.unused, key)
			break
		}
	}
	if i := slices.Index(words, ">"); i > 0 {
		words = words[:i]
	}
	if inner, ok := strings.CutPrefix(line, "export TOKEN=$("); ok {
		words = strings.Fields(strings.TrimSuffix(inner, ")"))
	}
	switch {
	case words[0] == "teletipo":
		args := placeholders.Replace(strings.Join(words[1:], "\x00"))
		d.teletipo(e, strings.Split(strings.ReplaceAll(args, "ID", d.id), "\x00"), needs)
	case words[0] == "go":
		if err := goCommand(words[1:]); err != nil {
			d.t.Errorf("%s: %s: %v", e.doc, line, err)
		}
	case strings.HasPrefix(words[0], ".ci/"):
		info, err := os.Stat(filepath.Join(repository, words[0]))
		if err != nil || info.Mode()&0o111 == 0 {
			d.t.Errorf("%s: %s is no program: %v", e.doc, line, err)
		}
	case needs == "":
		d.t.Errorf("%s: nobody knows whether this works: %s", e.doc, line)
	}
}

// placeholders makes commands of how they are described.
var placeholders = strings.NewReplacer("[", "", "]…", "", "FILE.jsonl", "labelled.jsonl", "…", "")

// teletipo parses a command line and, if it needs nothing else and stands in a block, runs it.
func (d *tour) teletipo(e example, args []string, needs string) {
	parser, err := kong.New(&command{}, kong.Name("teletipo"), kong.Exit(func(int) {}), vars)
	if err == nil {
		_, err = parser.Parse(escapeSigns(args))
	}
	if e.span && err != nil && strings.HasPrefix(err.Error(), "expected ") {
		return // it names a command, without its arguments
	}
	if err != nil {
		d.t.Errorf("%s: teletipo %s: %v", e.doc, strings.Join(args, " "), err)
		return
	}
	if needs == "" && !e.span {
		d.ran++
		d.run(args...)
	}
}

// repository is where the documents stand, whatever the working directory.
var repository = func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// goCommand holds a command of go against the packages, tests and flags that there are.
func goCommand(args []string) error {
	var dirs []string
	want := map[string]string{} // by flag
	for i := 1; i < len(args); i++ {
		name, value, _ := strings.Cut(strings.TrimPrefix(args[i], "-"), "=")
		switch {
		case strings.HasPrefix(args[i], "./"):
			dirs = append(dirs, filepath.Join(repository, strings.TrimSuffix(args[i], "...")))
		case slices.Contains([]string{"run", "bench", "fuzz"}, name) && i+1 < len(args):
			i++
			want[name] = args[i]
		case strings.HasPrefix(args[i], "-"):
			want[name] = value
		}
	}
	var source strings.Builder
	for _, dir := range append(dirs, filepath.Join(repository, "internal/newstest")) {
		err := filepath.WalkDir(dir, func(path string, f fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			data, err := os.ReadFile(path)
			source.Write(data)
			return err
		})
		if err != nil {
			return err
		}
	}
	if args[0] != "test" {
		return nil // its flags are of another program
	}
	return testsExist(source.String(), want)
}

var testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w*)\(`)

// testsExist reports whether tests have what a command asks them for: a fuzz test alone, others at
// least once, and the flags that are not go's own.
func testsExist(source string, want map[string]string) error {
	for flag, value := range want {
		kind := map[string]string{"run": "Test", "bench": "Benchmark", "fuzz": "Fuzz"}[flag]
		if kind != "" {
			pattern, err := regexp.Compile(value)
			if err != nil {
				return err
			}
			n := 0
			for _, m := range testFunc.FindAllStringSubmatch(source, -1) {
				if strings.HasPrefix(m[1], kind) && pattern.MatchString(m[1]) {
					n++
				}
			}
			none := flag == "run" && (want["bench"] != "" || want["fuzz"] != "")
			if n == 0 && !none || flag == "fuzz" && n != 1 {
				return fmt.Errorf("-%s %s matches %d tests", flag, value, n)
			}
			continue
		}
		own := slices.Contains([]string{"v", "race", "timeout", "benchtime", "shuffle"}, flag) ||
			strings.HasPrefix(flag, "rapid.")
		if !own && !strings.Contains(source, `("`+flag+`"`) {
			return fmt.Errorf("there is no flag -%s", flag)
		}
	}
	return nil
}
