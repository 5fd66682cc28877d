package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/teletipo/teletipo/internal/news"
)

// EnableSource sets enabled of a source in the file that it is configured in, of which nothing else
// changes, and returns that file. One of the program's own is copied to the data directory's list,
// which counts more. The errors are as AddSources's; NotFound if there is no such source, Invalid
// if it is so already.
func EnableSource(opts Options, id string, enabled bool) (file string, err error) {
	before, at, err := sourceToEdit(opts, id)
	if err != nil {
		return "", err
	}
	if before.Sources[at].Enabled == enabled {
		return "", news.Errorf(news.Invalid, "source %s is %s already", id, onOff[enabled])
	}
	want := slices.Clone(before.Sources)
	want[at].Enabled = enabled
	file, builtIn := before.fileOf(id)
	edit := func(old []byte) ([]byte, error) {
		return edited(file, old, id, func(item []string) []string { return switched(item, enabled) })
	}
	if builtIn {
		file = filepath.Join(before.Data, OwnSourcesFile)
		edit = func(old []byte) ([]byte, error) {
			text := split(opts.Defaults.Sources)
			from, to, err := itemOf(sourceDefaults, text, id)
			if err != nil {
				return nil, err
			}
			return appendSources(file, old, [][]string{outdented(switched(text[from:to], enabled))})
		}
	}
	return file, change(opts, file, edit, same(want))
}

var onOff = map[bool]string{true: "enabled", false: "disabled"}

// RemoveSource takes a source out of the file that it is configured in, of which nothing else
// changes, and returns that file. One of the program's own can only be disabled.
func RemoveSource(opts Options, id string) (file string, err error) {
	before, at, err := sourceToEdit(opts, id)
	if err != nil {
		return "", err
	}
	file, builtIn := before.fileOf(id)
	if builtIn {
		return "", news.Errorf(news.Refused, "source %s comes with the program: `teletipo sources "+
			"disable %s` has it not read; the setting sources names a list instead of the program's",
			id, id)
	}
	want := slices.Delete(slices.Clone(before.Sources), at, at+1)
	return file, change(opts, file, func(old []byte) ([]byte, error) {
		return edited(file, old, id, func([]string) []string { return nil })
	}, func(after Config) error {
		if i := index(after.Sources, id); i >= 0 { // an earlier one of the same id shows again
			without := slices.Delete(slices.Clone(after.Sources), i, i+1)
			return same(without)(Config{Sources: want})
		}
		return same(want)(after)
	})
}

// sourceToEdit finds a source that stands in a file.
func sourceToEdit(opts Options, id string) (cfg Config, at int, err error) {
	if cfg, err = Load(opts); err != nil {
		return cfg, 0, err
	}
	switch at = index(cfg.Sources, id); {
	case at < 0:
		return cfg, 0, news.Errorf(news.NotFound,
			"there is no source %q; `teletipo sources` lists them", id)
	case id == InboxID:
		return cfg, 0, news.Errorf(news.Refused, "the inbox is no source of a file: the setting inbox "+
			"is its folder; empty, there is none")
	case slices.Contains(reserved, id):
		return cfg, 0, news.Errorf(news.Refused, "source %s is the program's own, and always there", id)
	}
	return cfg, at, nil
}

func index(sources []news.Source, id string) int {
	return slices.IndexFunc(sources, func(s news.Source) bool { return s.ID == id })
}

// fileOf is the file that a source is configured in.
func (c *Config) fileOf(id string) (file string, builtIn bool) {
	file = c.SourcePlaces[id]
	file = file[:max(0, strings.LastIndexByte(file, ':'))]
	return file, file == sourceDefaults
}

// same wants a configuration to have just these sources.
func same(want []news.Source) func(Config) error {
	return func(after Config) error {
		if reflect.DeepEqual(after.Sources, want) {
			return nil
		}
		return news.Errorf(news.Invalid, "the file is written in a way that can't be changed without "+
			"changing more than this: edit it by hand")
	}
}

// edited changes the lines of one source of a list.
func edited(
	file string, old []byte, id string, edit func(item []string) []string,
) ([]byte, error) {
	lines := split(old)
	from, to, err := itemOf(file, lines, id)
	if err != nil {
		return nil, err
	}
	text := strings.Join(slices.Concat(lines[:from], edit(lines[from:to]), lines[to:]), "")
	if tree, err := parser.ParseBytes([]byte(text), 0); err == nil {
		if _, empty := listIn(tree).(*ast.NullNode); empty {
			text = nullList.ReplaceAllString(text, "sources: []$1")
		}
	}
	return []byte(text), nil
}

// nullList is the key of a list whose last source was taken out.
var nullList = regexp.MustCompile(`(?m)^sources:([ \t]*(?:#.*)?\r?)$`)

// split cuts a file into its lines, each with its end.
func split(text []byte) []string { return slices.Collect(strings.Lines(string(text))) }

// listIn is the value of a file's only key, sources.
func listIn(tree *ast.File) ast.Node {
	for _, doc := range tree.Docs {
		if m, ok := doc.Body.(*ast.MappingNode); ok && len(m.Values) > 0 {
			return m.Values[0].Value
		}
	}
	return nil
}

// itemOf finds the lines of a source: from its hyphen to the last that is neither blank nor a
// comment before the next one.
func itemOf(file string, lines []string, id string) (from, to int, err error) {
	tree, err := parser.ParseBytes(plainLines([]byte(strings.Join(lines, ""))), 0)
	if err != nil {
		return 0, 0, news.Errorf(news.Invalid, "%s: is not YAML: %w", file, err)
	}
	list, ok := listIn(tree).(*ast.SequenceNode)
	if !ok || list.IsFlowStyle {
		return 0, 0, news.Errorf(news.Invalid, "%s: the list is in brackets: write each source on lines "+
			"of its own, after a hyphen, so that one can be changed", file)
	}
	starts := make([]int, 0, len(list.Values)+1)
	found := -1
	for i, v := range list.Values {
		r := &reader{}
		at := r.place(v).line - 1
		for at > 0 && !strings.HasPrefix(strings.TrimLeft(lines[at], " "), "-") {
			at-- // a hyphen on a line of its own
		}
		starts = append(starts, at)
		if m, ok := v.(*ast.MappingNode); ok && slices.ContainsFunc(m.Values,
			func(kv *ast.MappingValueNode) bool {
				return kv.Key.GetToken().Value == "id" && kv.Value.GetToken().Value == id
			}) {
			found = i
		}
	}
	if found < 0 {
		return 0, 0, news.Errorf(news.NotFound, "%s: has no source %s any more", file, id)
	}
	from, to = starts[found], append(starts, len(lines))[found+1]
	for to > from+1 && isBlank(lines[to-1]) {
		to--
	}
	return from, to, nil
}

// isBlank reports whether a line has nothing but a comment, or ends a document.
func isBlank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#' || line == "..." || line == "---"
}

// enabledKey is the key where it is in the lines of a source.
var enabledKey = regexp.MustCompile(`(?:^|[ {,])enabled: *(true|false)\b`)

// switched sets enabled in the lines of a source.
func switched(item []string, enabled bool) []string {
	item = slices.Clone(item)
	value := fmt.Sprint(enabled)
	for i, line := range item {
		code, _, _ := strings.Cut(line, " #")
		if at := enabledKey.FindStringSubmatchIndex(code); at != nil {
			item[i] = line[:at[2]] + value + line[at[3]:]
			return item
		}
	}
	last := len(item) - 1
	if strings.HasPrefix(strings.TrimLeft(item[0], " -"), "{") {
		if i := strings.LastIndexByte(item[last], '}'); i >= 0 {
			item[last] = item[last][:i] + ", enabled: " + value + item[last][i:]
		}
		return item
	}
	end := "\n"
	if strings.HasSuffix(item[0], "\r\n") {
		end = "\r\n"
	}
	if !strings.HasSuffix(item[last], "\n") {
		item[last] += end
	}
	return append(item, strings.Repeat(" ", keyColumn(item))+"enabled: "+value+end)
}

// keyColumn is where the keys of a source written on lines of its own begin.
func keyColumn(item []string) int {
	line := item[0]
	if strings.TrimSpace(line) == "-" && len(item) > 1 {
		line = item[1]
		return len(line) - len(strings.TrimLeft(line, " "))
	}
	hyphen := strings.IndexByte(line, '-')
	return hyphen + 1 + len(line[hyphen+1:]) - len(strings.TrimLeft(line[hyphen+1:], " "))
}

// outdented takes the hyphen and the indentation from the lines of a source.
func outdented(item []string) []string {
	column := keyColumn(item)
	lines := make([]string, len(item))
	for i, line := range item {
		line = strings.TrimRight(line, "\r\n")
		lines[i] = line[min(column, len(line)):]
	}
	return lines
}
