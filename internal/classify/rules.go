package classify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

// Rules are all that decides where an article belongs. They never change, and any number of
// goroutines may use them at once; who is given one of their fields must not change it.
type Rules struct {
	*Classifier
	Topics []news.Topic        // that were compiled, in their order
	Always map[string][]string // the topics that a source belongs to as a whole, by its id
	Hash   string              // the same for all rules that place every article alike
}

// Compile makes the rules of topics, and of the sources that belong to some of them as a whole.
// Program is the version of what runs: its text and its language are prepared as that does it. The
// error is that of New.
func Compile(program string, topics []news.Topic, sources []news.Source) (*Rules, error) {
	classifier, err := New(topics)
	if err != nil {
		return nil, err
	}
	always := alwaysOf(sources)
	return &Rules{classifier, topics, always, hashOf(program, topics, always)}, nil
}

// alwaysOf lists the topics that each source belongs to as a whole.
func alwaysOf(sources []news.Source) map[string][]string {
	always := map[string][]string{}
	for _, src := range sources {
		if len(src.Topics) > 0 {
			always[src.ID] = src.Topics
		}
	}
	return always
}

// hashOf hashes what classifies (the program, by its version and its Method), the topics but for
// what they are called and explained with, and the topics that sources belong to as a whole.
func hashOf(program string, topics []news.Topic, always map[string][]string) string {
	always = maps.Clone(always)
	for source, names := range always {
		always[source] = news.CurrentNames(topics, names)
	}
	text, err := json.Marshal(struct {
		Program string
		Method  int
		Topics  []news.Topic
		Always  map[string][]string
	}{program, Method, bare(topics), always})
	if err != nil { // no number of a checked topic is without a JSON form
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Published returns the topics as they are published, with all that their files say, but not where
// in which file.
func (r *Rules) Published() []news.Topic { return unplaced(r.Topics) }

// bare returns topics without what decides nothing: what they are called, their examples, and
// where in which file things stand.
func bare(topics []news.Topic) []news.Topic {
	bare := unplaced(topics)
	for i := range bare {
		t := &bare[i]
		t.Titles, t.Descriptions, t.Match, t.Reject, t.Aliases = nil, nil, nil, nil, nil
		t.Medtop = ""
	}
	return bare
}

// unplaced returns topics whose terms stand in no file, and in an order of their own.
func unplaced(topics []news.Topic) []news.Topic {
	unplaced := slices.Clone(topics)
	for i := range unplaced {
		t := &unplaced[i]
		t.Terms, t.Groups = slices.Clone(t.Terms), slices.Clone(t.Groups)
		for j := range t.Terms {
			t.Terms[j].Where = ""
		}
		slices.SortFunc(t.Terms, func(a, b news.Term) int {
			return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Text, b.Text))
		})
		t.Together = slices.Clone(t.Together)
		for j := range t.Together {
			t.Together[j].Where = ""
		}
		for j := range t.Groups {
			words := slices.Clone(t.Groups[j].Words)
			for k := range words {
				words[k].Where = ""
			}
			t.Groups[j].Words = words
		}
	}
	return unplaced
}
