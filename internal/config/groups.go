package config

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/teletipo/teletipo/internal/news"
)

// groupDir is the directory beside topic files whose files hold groups for all of them.
const groupDir = "groups"

// group is a group as a file has it: its own words, and the groups whose words it has too.
type group struct {
	news.Group
	of []link
}

// groups are those of one topic file, or those that all files share.
type groups struct {
	list []*group
}

// of finds a group by its name; nil if there is none.
func (gs *groups) of(name string) *group {
	for _, g := range gs.list {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// readGroups reads the files of shared groups beside topic files. A group takes the place of an
// earlier one of the same name.
func (l *loader) readGroups(dir fs.FS, name string) error {
	entries, err := fs.ReadDir(dir, groupDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || path.Ext(e.Name()) != ".yaml" {
			continue
		}
		data, err := fs.ReadFile(dir, path.Join(groupDir, e.Name()))
		if err != nil {
			return err
		}
		r := l.reader(path.Join(name, groupDir, e.Name()), "")
		if root := r.parse(data); root != nil {
			l.shared.field().read(r, root)
		}
	}
	return nil
}

// field reads groups by their names.
func (gs *groups) field() value {
	words := list(strictText, nil).shape
	return keyed(schema{
		"type":                 "object",
		"additionalProperties": words,
		"properties":           map[string]any{"until": keyed(words, nil).shape},
	}, gs.read)
}

// read reads one group: words by language, and under "of" the names of other groups.
func (gs *groups) read(r *reader, key string, at, v ast.Node) {
	name, err := filled(key)
	if err != nil {
		r.fault(at, "%v", err)
	}
	g := &group{Group: news.Group{Name: name}}
	ends := map[string]time.Time{}
	keyed(nil, func(r *reader, key string, at, v ast.Node) {
		if key == "until" {
			keyed(nil, readEnds(ends)).read(r, v)
			return
		}
		if key == "of" {
			list(nil, func(r *reader, n ast.Node) {
				var other string
				checkedText(&other, filled).read(r, n)
				g.of = append(g.of, link{"of", other, r.place(n), fieldName(n)})
			}).read(r, v)
			return
		}
		lang, ok := languageKey(r, key, at)
		if !ok {
			return
		}
		list(nil, func(r *reader, n ast.Node) {
			var word string
			checkedText(&word, filled).read(r, n)
			g.Words = append(g.Words, news.Word{Text: word, Lang: lang, Where: r.place(n).String()})
		}).read(r, v)
	}).read(r, v)
	if len(g.Words)+len(g.of) == 0 {
		r.fault(at, "has no words")
	}
	for i := range g.Words {
		g.Words[i].Until = ends[g.Words[i].Text]
		delete(ends, g.Words[i].Text)
	}
	for _, word := range slices.Sorted(maps.Keys(ends)) {
		r.fault(at, "until: %q is not among the group's own words", word)
	}
	if earlier := gs.of(name); earlier != nil {
		*earlier = *g
		return
	}
	gs.list = append(gs.list, g)
}

// readEnds reads lists of words by the month from which they no longer mean the group.
func readEnds(ends map[string]time.Time) func(r *reader, key string, at, v ast.Node) {
	return func(r *reader, key string, at, v ast.Node) {
		month, err := time.Parse("2006-01", key)
		if err != nil {
			r.fault(at, "%q is no month: want one such as 2025-07", key)
		}
		list(nil, func(r *reader, n ast.Node) {
			var word string
			checkedText(&word, filled).read(r, n)
			ends[word] = month
		}).read(r, v)
	}
}

// joinGroups gives each topic the groups that its rules name, those of its own file before shared
// ones.
func (l *loader) joinGroups() {
	for i := range l.cfg.Topics {
		t := &l.cfg.Topics[i]
		own := l.groups[t.ID]
		for _, g := range own.list { // named or not, its words are checked
			t.Groups = append(t.Groups, news.Group{
				Name: g.Name, Words: l.words(own, link{name: g.Name}, nil, nil),
			})
		}
		for _, k := range l.links[t.ID] {
			if k.key != "group" || k.name == "" {
				continue
			}
			has := func(g news.Group) bool { return g.Name == k.name }
			if !slices.ContainsFunc(t.Groups, has) {
				t.Groups = append(t.Groups, news.Group{
					Name: k.name, Words: l.words(own, k, nil, nil),
				})
			}
		}
	}
}

// words lists the words of a group and of those that it is made of. Path are the groups that lead
// here.
func (l *loader) words(own *groups, k link, path []string, words []news.Word) []news.Word {
	g := own.of(k.name)
	if g == nil {
		g = l.shared.of(k.name)
	}
	if g == nil {
		l.faultOf(k, "%q is not among the groups of this file, nor in %s/*.yaml", k.name, groupDir)
		return words
	}
	if slices.Contains(path, k.name) {
		l.faultOf(k, "goes round in a circle, each group made of the next: %s",
			strings.Join(append(path, k.name), ", "))
		return words
	}
	for _, w := range g.Words {
		same := func(other news.Word) bool { return other.Text == w.Text && other.Lang == w.Lang }
		if !slices.ContainsFunc(words, same) {
			words = append(words, w)
		}
	}
	for _, of := range g.of {
		words = l.words(own, of, append(path[:len(path):len(path)], k.name), words)
	}
	return words
}
