package config

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/teletipo/teletipo/internal/news"
)

// OwnSourcesFile is the name of the data directory's own list of sources.
const OwnSourcesFile = "sources.yaml"

const ownHeader = `# Sources of this desk, beside the built-in ones.
# "teletipo sources add" appends to this file and leaves alone what is there;
# configs/sources.yaml of the program explains each key.
`

// AddSources appends sources to the data directory's own list, and creates it if need be; what is
// there stays as it is, comments included. Nothing is written unless the whole configuration is
// right with the new list and differs by just the new sources, and the list is replaced as a
// whole or not at all. The error is Invalid for what can't be configured so, Busy if somebody else
// has changed the list at the same time.
func AddSources(opts Options, added []news.Source) error {
	before, err := Load(opts)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(before.Data, 0o750); err != nil {
		return err
	}
	var blocks [][]string
	for _, s := range added {
		blocks = append(blocks, sourceLines(s))
	}
	file := filepath.Join(before.Data, OwnSourcesFile)
	return change(opts, file, func(old []byte) ([]byte, error) {
		return appendSources(file, old, blocks)
	}, func(after Config) error { return onlyAdded(before.Sources, after.Sources, added) })
}

// change changes a file of sources as edit says, if the whole configuration is right then and is
// as check wants it.
func change(
	opts Options, file string, edit func(old []byte) ([]byte, error), check func(Config) error,
) error {
	target := file
	if real, err := filepath.EvalSymlinks(file); err == nil {
		target = real // a link stays one
	}
	old, err := os.ReadFile(target)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	list, err := edit(old)
	if err != nil {
		return err
	}
	opts.Instead = map[string][]byte{file: list}
	after, err := Load(opts)
	if err != nil {
		return err
	}
	if err := check(after); err != nil {
		return err
	}
	return replaceFile(target, old, list)
}

// onlyAdded checks that a list of sources has grown by just the given ones.
func onlyAdded(before, after, added []news.Source) error {
	if len(after) != len(before)+len(added) || !reflect.DeepEqual(after[:len(before)], before) {
		return news.Errorf(news.Invalid,
			"the sources that there are would change: is an id used twice?")
	}
	for i, s := range added {
		if got := after[len(before)+i]; got.ID != s.ID || got.URL != s.URL || got.Kind != s.Kind {
			return news.Errorf(news.Invalid, "source %q would be read as %q, %s: is it all there?",
				s.ID, got.ID, got.URL)
		}
	}
	return nil
}

// appendSources writes sources, each as lines without indentation, at the end of a list.
func appendSources(file string, old []byte, added [][]string) ([]byte, error) {
	old = emptyList.ReplaceAll(old, []byte("sources:$1"))
	indent, opened, err := endOfList(file, old)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(old)
	switch {
	case len(old) == 0:
		b.WriteString(ownHeader)
	case !bytes.HasSuffix(old, []byte("\n")):
		b.WriteByte('\n')
	}
	if !opened {
		b.WriteString("sources:\n")
	}
	for _, s := range added {
		for i, line := range s {
			mark := "  "
			if i == 0 {
				mark = "- "
			}
			b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+mark+line, " ") + "\n")
		}
	}
	list := b.Bytes()
	if bytes.Contains(old, []byte("\r\n")) {
		list = bytes.ReplaceAll(bytes.ReplaceAll(list, []byte("\r\n"), []byte("\n")),
			[]byte("\n"), []byte("\r\n"))
	}
	return list, nil
}

// emptyList is a list that has no source any more; see edited.
var emptyList = regexp.MustCompile(`(?m)^sources: *\[ *\]([ \t]*(?:#.*)?)$`)

// endOfList finds how far the items of a list are indented, and whether there is a list at all.
func endOfList(file string, old []byte) (indent int, opened bool, err error) {
	tree, err := parser.ParseBytes(bytes.TrimPrefix(old, []byte("\ufeff")), 0)
	if err != nil {
		return 0, false, news.Errorf(news.Invalid, "%s: is not YAML: %w", file, err)
	}
	for _, doc := range tree.Docs {
		m, ok := doc.Body.(*ast.MappingNode)
		if !ok || len(m.Values) == 0 {
			continue // empty, or comments only; anything else is a fault of the list that follows
		}
		switch list := m.Values[0].Value.(type) {
		case *ast.SequenceNode:
			if list.IsFlowStyle || m.IsFlowStyle {
				return 0, true, news.Errorf(news.Invalid, "%s:%d: the list is in brackets: write "+
					"each source on lines of its own, after a hyphen, so that more can follow",
					file, list.GetToken().Position.Line)
			}
			return list.Start.Position.Column - 1, true, nil
		case *ast.NullNode:
			return 2, true, nil
		}
	}
	return 2, false, nil
}

// sourceLines writes what a source has beyond the defaults, a key on each line. JSON's strings
// and lists are YAML's too.
func sourceLines(s news.Source) []string {
	var lines []string
	add := func(key string, value any) { lines = append(lines, key+": "+quoted(value)) }
	lines = append(lines, "id: "+s.ID)
	add("name", s.Name)
	lines = append(lines, "kind: "+string(s.Kind))
	add("url", s.URL)
	if s.Lang != "" {
		lines = append(lines, "lang: "+s.Lang)
	}
	if s.Every > 0 && s.Every != defaultEvery {
		lines = append(lines, "every: "+written(s.Every.Round(time.Second)))
	}
	if s.Rights != "" {
		lines = append(lines, "rights: "+string(s.Rights))
	}
	if !s.Enabled {
		lines = append(lines, "enabled: false")
	}
	if s.Follow && s.Kind == news.KindPage {
		lines = append(lines, "follow: true")
	}
	if len(s.Topics) > 0 {
		add("topics", s.Topics)
	}
	if len(s.Tags) > 0 {
		add("tags", s.Tags)
	}
	return lines
}

// quoted writes a string or a list of them as JSON does, for a person to read: < and & as they are.
func quoted(value any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // strings and lists of them never fail
	return strings.TrimSuffix(b.String(), "\n")
}

// replaceFile puts a new content in a file's place in one step, if it is still as it was.
func replaceFile(file string, old, content []byte) (err error) {
	mode := os.FileMode(0o640)
	if info, err := os.Stat(file); err == nil {
		mode = info.Mode().Perm()
	}
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(content)
	for _, step := range []func() error{
		func() error { return temp.Chmod(mode) }, temp.Sync, temp.Close,
	} {
		if e := step(); err == nil {
			err = e
		}
	}
	if err != nil {
		return err
	}
	now, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if !slices.Equal(now, old) {
		return news.Errorf(news.Busy, "%s has changed meanwhile: try again", file)
	}
	return os.Rename(temp.Name(), file)
}
