package config

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/teletipo/teletipo/internal/news"
)

// idForm is what ids of topics and sources look like: they stand in addresses and file names.
var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// anyLanguage is the key of what holds for texts of every language.
const anyLanguage = "any"

// maxWeight bounds weights and thresholds, so that no sum of them overflows.
const maxWeight = 10_000

// loadTopics reads all topic files.
func (l *loader) loadTopics() {
	if l.opts.LastGood != nil {
		l.cfg.Topics = slices.Clone(l.opts.LastGood)
		return
	}
	if !l.opts.TopicsOnly {
		l.loadConfiguredTopics()
	}
	if dir := l.opts.Topics; dir != "" {
		found, err := l.readTopics(os.DirFS(dir), dir)
		if err != nil {
			l.faults = append(l.faults, Fault{File: dir, Message: reason(err)})
		} else if found == 0 {
			l.faults = append(l.faults, Fault{
				File: dir, Message: "has no topic: want a file ID.yaml for each",
			})
		}
	}
	slices.SortFunc(l.cfg.Topics, func(a, b news.Topic) int { return cmp.Compare(a.ID, b.ID) })
}

// loadConfiguredTopics reads the topic files that the settings name, or else those of the defaults,
// and those of the data directory.
func (l *loader) loadConfiguredTopics() {
	if l.topicDir != "" {
		found, err := l.readTopics(os.DirFS(l.topicDir), l.topicDir)
		if err != nil {
			l.faultAt("topics", l.topicDir+" "+reason(err))
		} else if found == 0 {
			l.faultAt("topics", l.topicDir+" has no topic: want a file ID.yaml for each")
		}
	} else if l.opts.Defaults.Topics != nil {
		if _, err := l.readTopics(l.opts.Defaults.Topics, "feeds"); err != nil {
			l.faults = append(l.faults, Fault{File: "feeds", Message: reason(err)})
		}
	}
	if own := filepath.Join(l.cfg.Data, "feeds"); l.cfg.Data != "" {
		_, err := l.readTopics(os.DirFS(own), own)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			l.faults = append(l.faults, Fault{File: own, Message: reason(err)})
		}
	}
}

// readTopics reads the topic files of a directory and tells how many there were.
func (l *loader) readTopics(dir fs.FS, name string) (found int, err error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		ending := path.Ext(e.Name())
		if strings.HasPrefix(e.Name(), ".") || ending != ".yaml" && ending != ".yml" {
			continue
		}
		found++
		l.readTopic(dir, e.Name(), path.Join(filepath.ToSlash(name), e.Name()))
	}
	return found, l.readGroups(dir, filepath.ToSlash(name))
}

// readTopic reads one topic file, in the place of an earlier one of the same name.
func (l *loader) readTopic(dir fs.FS, name, file string) {
	id := strings.TrimSuffix(name, ".yaml")
	message := ""
	switch {
	case path.Ext(name) == ".yml":
		message = "ends in .yml: rename it to end in .yaml"
	case id == news.All:
		message = "is the name of the feed of all topics together: choose another"
	case !idForm.MatchString(id):
		message = "has no name for a topic: want a-z, 0-9 and hyphens, at most 63, then .yaml"
	}
	data, err := fs.ReadFile(dir, name)
	if err != nil {
		message = reason(err)
	}
	if message != "" {
		l.faults = append(l.faults, Fault{File: file, Message: message})
		return
	}
	t := topicFile{Topic: news.Topic{
		ID: id, TitleWeight: 3,
		Titles: make(map[string]string), Descriptions: make(map[string]string),
	}, groups: &groups{}}
	t.readFile(l.reader(file, ""), data)
	l.links[id], l.groups[id], l.topicFiles[id] = t.links, t.groups, file
	same := func(before news.Topic) bool { return before.ID == id }
	if i := slices.IndexFunc(l.cfg.Topics, same); i >= 0 {
		l.cfg.Topics[i] = t.Topic
		return
	}
	l.cfg.Topics = append(l.cfg.Topics, t.Topic)
}

// topicFile is a topic while it is read.
type topicFile struct {
	news.Topic
	groups *groups
	links  []link // what it names, which may follow later or be in any file
}

func (t *topicFile) readFile(r *reader, data []byte) {
	before := len(*r.faults)
	root := r.parse(data)
	if root == nil {
		if len(*r.faults) == before {
			r.note(place{r.file, 1, 1}, "", "is empty: want title, description, threshold, terms")
		}
		return
	}
	t.fields().read(r, root)
	r.require(root, topicNeeds...)
	t.checkRules(r, root, len(*r.faults) == before)
	t.checkCalibration(r)
}

// topicNeeds are the keys that every topic has.
var topicNeeds = []string{"title", "description"}

// fields is the table of the keys of a topic file.
func (t *topicFile) fields() fields {
	return fields{
		"title":        perLanguage(t.Titles),
		"description":  perLanguage(t.Descriptions),
		"threshold":    number(&t.Threshold, 0.01, maxWeight),
		"title_weight": number(&t.TitleWeight, 0.01, maxWeight),
		"terms":        t.terms(0, 1),
		"against":      t.terms(0.001, -1),
		"groups":       t.groups.field(),
		"together":     list(object(t.togetherFields(&news.Together{}), togetherNeeds), t.together),
		"anchors":      list(strictText, t.anchor),
		"calibration": fields{
			"slope":  number(&t.Calibration.Slope, 0.01, maxWeight),
			"middle": number(&t.Calibration.Middle, -maxWeight, maxWeight),
		},
		"publish":  number(&t.Publish, 0.01, 0.99),
		"doubt":    number(&t.Doubt, 0.01, 0.99),
		"examples": fields{"match": examples(&t.Match), "reject": examples(&t.Reject)},
		"aliases":  t.names("aliases", &t.Aliases),
		"parent":   t.name("parent", &t.Parent),
		"all":      t.names("all", &t.All),
		"langs":    list(textShape, t.lang),
		"sources":  t.names("sources", &t.Sources),
		"tags":     tags(&t.Tags),
		"medtop":   parsed(&t.Medtop, medtop),
	}
}

// perLanguage reads a text for each language.
func perLanguage(dst map[string]string) value {
	return keyed(strictText, func(r *reader, key string, at, v ast.Node) {
		lang, err := baseTongue(key)
		if err != nil {
			r.fault(at, "%v", err)
			return
		}
		var s string
		checkedText(&s, filled).read(r, v)
		dst[lang] = s
	})
}

// languageKey reads a key that is a language or any, which gives an empty one.
func languageKey(r *reader, key string, at ast.Node) (lang string, ok bool) {
	if key == anyLanguage {
		return "", true
	}
	lang, err := baseTongue(key)
	if err != nil {
		r.fault(at, "%v, or any", err)
	}
	return lang, err == nil
}

// terms reads weights by term by language; sign turns those that count against.
func (t *topicFile) terms(least, sign float64) value {
	weighed := anyOf(number(new(float64), least, maxWeight).shape, list(strictText, nil).shape)
	perTerm := keyed(weighed, nil).shape
	return keyed(perTerm, func(r *reader, key string, at, v ast.Node) {
		lang, ok := languageKey(r, key, at)
		if !ok {
			return
		}
		keyed(weighed, func(r *reader, key string, at, v ast.Node) {
			if v.Type() == ast.SequenceType {
				t.termList(r, lang, key, at, v, least, sign)
			} else {
				t.term(r, lang, key, at, v, least, sign)
			}
		}).read(r, v)
	})
}

// term reads the weight of one term.
func (t *topicFile) term(
	r *reader, lang, key string, at, v ast.Node, least, sign float64,
) {
	text, err := filled(key)
	if err != nil {
		r.fault(at, "%v", err)
	}
	weight := 0.0
	if strings.HasPrefix(v.GetToken().Value, "-") {
		r.fault(v, negative)
	} else if number(&weight, least, maxWeight).read(r, v); weight != 0 {
		weight *= sign // a zero keeps its plain sign
	}
	t.Terms = append(t.Terms, news.Term{
		Text: text, Lang: lang, Weight: weight, Where: r.place(at).String(),
	})
}

// negative is what is wrong with a weight below zero.
const negative = "is negative: what counts against stands under against, as positive"

// termList reads the terms of one weight.
func (t *topicFile) termList(
	r *reader, lang, key string, at, v ast.Node, least, sign float64,
) {
	weight, err := strconv.ParseFloat(key, 64)
	switch {
	case strings.HasPrefix(key, "-"):
		r.fault(at, negative)
	case err != nil || !(weight >= least && weight <= maxWeight):
		r.fault(at, "has a list of terms: want their weight before it, from %v to %v", least,
			float64(maxWeight))
	}
	if weight != 0 {
		weight *= sign
	}
	list(strictText, func(r *reader, n ast.Node) {
		var text string
		checkedText(&text, filled).read(r, n)
		t.Terms = append(t.Terms, news.Term{
			Text: text, Lang: lang, Weight: weight, Where: r.place(n).String(),
		})
	}).read(r, v)
}

// together reads one rule of groups that count together.
func (t *topicFile) together(r *reader, n ast.Node) {
	rule := news.Together{Where: r.place(n).String()}
	t.togetherFields(&rule).read(r, n)
	if r.require(n, togetherNeeds...) && len(rule.All) < 2 {
		r.fault(n, "names %d groups: want at least two", len(rule.All))
	}
	t.Together = append(t.Together, rule)
}

// togetherNeeds are the keys that every rule of groups has.
var togetherNeeds = []string{"all", "weight"}

// togetherFields is the table of the keys of a rule of groups.
func (t *topicFile) togetherFields(rule *news.Together) fields {
	in := parsed(&rule.Sentence, func(s string) (bool, error) {
		in, err := oneOf("part", "sentence")(s)
		return in == "sentence", err
	})
	in.shape = schema{"enum": []string{"part", "sentence"}}
	return fields{
		"weight": number(&rule.Weight, -maxWeight, maxWeight),
		"in":     in,
		"all": list(strictText, func(r *reader, n ast.Node) {
			var name string
			text(&name).read(r, n)
			if _, ok := n.(*ast.StringNode); !ok {
				return
			}
			if slices.Contains(rule.All, name) {
				r.fault(n, "is in the list twice: keep one")
			}
			rule.All = append(rule.All, name)
			t.links = append(t.links, link{"group", name, r.place(n), fieldName(n)})
		}),
	}
}

// anchor reads a group of which articles must have a word.
func (t *topicFile) anchor(r *reader, n ast.Node) {
	var name string
	checkedText(&name, filled).read(r, n)
	t.Anchors = append(t.Anchors, name)
	t.links = append(t.links, link{"group", name, r.place(n), fieldName(n)})
}

// checkCalibration holds that probabilities are only asked for where they can be told.
func (t *topicFile) checkCalibration(r *reader) {
	for _, key := range []string{"publish", "doubt"} {
		if p, there := r.places[key]; there && t.Calibration.Slope == 0 {
			r.note(p, key, "is a probability: it needs calibration, with slope and middle")
		}
	}
	if p, there := r.places["doubt"]; there && t.Publish > 0 && t.Doubt >= t.Publish {
		r.note(p, "doubt", "is not below publish: no article could be doubtful")
	}
}

// examples reads texts that a topic tests itself with.
func examples(dst *[]news.Example) value {
	table := func(e *news.Example) fields {
		return fields{
			"lang":  parsed(&e.Lang, baseTongue),
			"title": text(&e.Title),
			"text":  prose(&e.Text),
		}
	}
	return list(object(table(&news.Example{}), nil), func(r *reader, n ast.Node) {
		e := news.Example{Where: r.place(n).String()}
		table(&e).read(r, n)
		if n.Type() == ast.MappingType && e.Title == "" && e.Text == "" {
			r.fault(n, "has neither title nor text")
		}
		*dst = append(*dst, e)
	})
}

// require notes keys that a mapping lacks, and reports whether it has them all.
func (r *reader) require(n ast.Node, keys ...string) bool {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return false // noted already
	}
	for _, key := range keys {
		has := func(v *ast.MappingValueNode) bool { return v.Key.GetToken().Value == key }
		if !slices.ContainsFunc(m.Values, has) {
			r.fault(n, "has no %s", key)
			ok = false
		}
	}
	return ok
}
