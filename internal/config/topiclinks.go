package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/teletipo/teletipo/internal/news"
)

// link is where a topic file names something that is not in it. It is checked when all files are
// read, since any of them may be what it names.
type link struct {
	key   string // aliases, parent, all, sources or group; "" is the file itself, without rules
	name  string
	place place
	field string
}

// name reads the name of something outside the file.
func (t *topicFile) name(key string, dst *string) value {
	return value{shape: textShape, take: func(r *reader, n ast.Node) {
		parsed(dst, filled).read(r, n)
		if *dst != "" {
			t.links = append(t.links, link{key, *dst, r.place(n), fieldName(n)})
		}
	}}
}

// names reads a list of names of things outside the file.
func (t *topicFile) names(key string, dst *[]string) value {
	return list(textShape, func(r *reader, n ast.Node) {
		var name string
		parsed(&name, filled).read(r, n)
		switch {
		case name == "": // noted already
		case slices.Contains(*dst, name):
			r.fault(n, "is in the list twice: keep one")
		default:
			*dst = append(*dst, name)
			t.links = append(t.links, link{key, name, r.place(n), fieldName(n)})
		}
	})
}

// lang reads one of the languages that a topic is limited to.
func (t *topicFile) lang(r *reader, n ast.Node) {
	var lang string
	parsed(&lang, baseTongue).read(r, n)
	switch {
	case lang == "": // noted already
	case slices.Contains(t.Langs, lang):
		r.fault(n, "is in the list twice: keep one")
	default:
		t.Langs = append(t.Langs, lang)
	}
}

// medtopForm is a code of IPTC's Media Topics: one of the 17 at the top, or one below them.
var medtopForm = regexp.MustCompile(`^(?:medtop:)?((?:0[1-9]|1[0-7])000000|2[0-9]{7})$`)

// medtop wants a code of IPTC's Media Topics, with or without its scheme.
func medtop(s string) (string, error) {
	m := medtopForm.FindStringSubmatch(s)
	if m == nil {
		return "", fmt.Errorf("%q is no IPTC Media Topic: want its eight digits, as 20000639", s)
	}
	return "medtop:" + m[1], nil
}

// ownRules are the keys of a topic that has rules of its own.
var ownRules = []string{
	"threshold", "title_weight", "terms", "against", "groups", "together", "anchors",
	"calibration", "publish", "doubt",
}

// checkRules holds that a topic has rules of its own, or is made of other topics, not both. Good
// tells that nothing was wrong with the file before.
func (t *topicFile) checkRules(r *reader, root ast.Node, good bool) {
	for _, key := range []string{"all", "langs", "sources", "tags"} {
		if p, there := r.places[key]; there && good && t.size(key) == 0 {
			r.note(p, key, "is empty: name one, or take the key out")
		}
	}
	switch {
	case r.has("all"):
		for _, key := range ownRules {
			r.refuse(root, key, "is for topics with rules of their own: this one has what the "+
				"topics under all have")
		}
		if good && len(t.All) == 1 {
			r.note(r.places["all"], "all", "names one topic: want at least two")
		}
		t.Threshold = float64(len(t.All))
	case r.has("terms") || r.has("together"):
		r.require(root, "threshold")
		if good && len(t.Terms) == 0 && len(t.Together) == 0 {
			r.fault(root, noRules)
		}
	default:
		t.links = append(t.links, link{place: r.place(root)})
		if t.Threshold == 0 {
			t.Threshold = 1
		}
	}
}

// noRules is what is wrong with a topic that has no rules, nor children.
const noRules = "has neither terms nor together: no article could ever fit"

// has reports whether a file's root has a key.
func (r *reader) has(key string) bool {
	_, there := r.places[key]
	return there
}

// size tells how much stands in a list of a topic.
func (t *topicFile) size(key string) int {
	switch key {
	case "langs":
		return len(t.Langs)
	case "sources":
		return len(t.Sources)
	case "tags":
		return len(t.Tags)
	default:
		return len(t.All)
	}
}

// checkLinks checks what topics name, once all topics and sources are known.
func (l *loader) checkLinks() {
	aliases := make(map[string]link)
	for _, t := range l.cfg.Topics {
		for _, k := range l.links[t.ID] {
			var err error
			switch k.key {
			case "group": // see joinGroups
			case "aliases":
				err = l.checkAlias(t.ID, k, aliases)
			case "sources":
				err = l.checkSource(k.name)
			case "":
				err = l.checkChildren(t.ID)
			default:
				err = l.checkTopic(t.ID, k.name)
			}
			if err != nil {
				l.faultOf(k, "%v", err)
			}
		}
	}
	l.checkCircles()
}

// faultOf notes what is wrong with a link.
func (l *loader) faultOf(k link, format string, args ...any) {
	l.faults = append(l.faults, Fault{
		k.place.file, k.place.line, k.place.column, k.field, fmt.Sprintf(format, args...),
	})
}

// hasTopic reports whether there is a topic of an id.
func (l *loader) hasTopic(id string) bool {
	return slices.ContainsFunc(l.cfg.Topics, func(t news.Topic) bool { return t.ID == id })
}

// newName returns the id of the topic that had a name before; empty if none had.
func (l *loader) newName(old string) string {
	for _, t := range l.cfg.Topics {
		if slices.Contains(t.Aliases, old) && !l.hasTopic(old) {
			return t.ID
		}
	}
	return ""
}

// checkAlias holds that a topic's old name leads to nothing else. Before are the old names that
// were checked already.
func (l *loader) checkAlias(topic string, k link, before map[string]link) error {
	other, taken := before[k.name]
	before[k.name] = k
	switch {
	case k.name == news.All:
		return errors.New("is the name of the feed of all topics together: choose another")
	case !idForm.MatchString(k.name):
		return fmt.Errorf("%q never was a topic's name: want a-z, 0-9 and hyphens, at most 63",
			k.name)
	case k.name == topic:
		return errors.New("is the topic's own name: take it out")
	case l.hasTopic(k.name):
		return fmt.Errorf("%q is a topic: its address can't lead here too", k.name)
	case taken:
		return fmt.Errorf("%q leads elsewhere already (%s:%d): keep one of them", k.name,
			other.place.file, other.place.line)
	}
	return nil
}

// checkSource holds that there is a source.
func (l *loader) checkSource(id string) error {
	same := func(s news.Source) bool { return s.ID == id }
	if slices.Contains(reserved, id) || slices.ContainsFunc(l.cfg.Sources, same) {
		return nil
	}
	return fmt.Errorf("%q is no source: `teletipo sources` lists them", id)
}

// checkTopic holds that a topic names another that there is.
func (l *loader) checkTopic(topic, named string) error {
	now := l.newName(named)
	switch {
	case named == topic:
		return errors.New("is the topic itself: name another")
	case now != "":
		return fmt.Errorf("%q is an old name of %s: write that", named, now)
	case !l.hasTopic(named):
		return fmt.Errorf("%q is no topic: want one of %s", named,
			strings.Join(l.topicIDs(), ", "))
	}
	return nil
}

// checkChildren holds that a topic without rules is the parent of another.
func (l *loader) checkChildren(topic string) error {
	if slices.ContainsFunc(l.cfg.Topics, func(t news.Topic) bool { return t.Parent == topic }) {
		return nil
	}
	return errors.New(noRules)
}

// TopicFault is something wrong with a topic that only who compiles it can tell.
type TopicFault struct {
	Topic   string // id
	Where   string // of a term or word, as it stands in it; empty for the topic as a whole
	Message string
}

// checkRules has the topics checked by who compiles them. What is said of a topic as a whole may
// follow from a fault that is noted already, so it counts only where there is none; and so may what
// is said of a term that has one.
func (l *loader) checkRules() {
	if l.opts.CheckTopics == nil {
		return
	}
	before := l.faults
	for _, found := range l.opts.CheckTopics(l.cfg.Topics) {
		f := Fault{File: l.topicFiles[found.Topic], Message: found.Message}
		if rest, column, ok := cutNumber(found.Where); ok {
			if file, line, ok := cutNumber(rest); ok {
				f.File, f.Line, f.Column = file, line, column
			}
		}
		noted := func(other Fault) bool {
			return other.File == f.File && other.Line == f.Line && other.Column == f.Column
		}
		if len(before) == 0 || f.Line > 0 && !slices.ContainsFunc(before, noted) {
			l.faults = append(l.faults, f)
		}
	}
}

// cutNumber cuts what follows the last colon.
func cutNumber(s string) (before string, number int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	number, err := strconv.Atoi(s[i+1:])
	return s[:i], number, err == nil
}

// checkCircles finds topics that rest on themselves: a combination rests on its topics, a parent
// on its children.
func (l *loader) checkCircles() {
	rests := make(map[string][]edge)
	for _, t := range l.cfg.Topics {
		for _, k := range l.links[t.ID] {
			switch {
			case k.name == t.ID: // noted already
			case k.key == "all":
				rests[t.ID] = append(rests[t.ID], edge{k.name, k})
			case k.key == "parent":
				rests[k.name] = append(rests[k.name], edge{t.ID, k})
			}
		}
	}
	done := make(map[string]bool)
	var path []string
	var walk func(id string)
	walk = func(id string) {
		path = append(path, id)
		for _, e := range rests[id] {
			if at := slices.Index(path, e.to); at >= 0 {
				l.faultOf(e.by, "goes round in a circle, each topic resting on the next: %s",
					strings.Join(append(path[at:len(path):len(path)], e.to), ", "))
			} else if !done[e.to] {
				walk(e.to)
			}
		}
		path, done[id] = path[:len(path)-1], true
	}
	for _, t := range l.cfg.Topics {
		if !done[t.ID] {
			walk(t.ID)
		}
	}
}

// edge leads from a topic to one that it rests on, by what says so.
type edge struct {
	to string
	by link
}
