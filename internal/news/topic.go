package news

import (
	"maps"
	"slices"
	"time"
)

// Placement is an article's membership of a topic: how well it fits, and by what words.
type Placement struct {
	Topic     string  `json:"topic"`
	Score     float64 `json:"score"`
	Threshold float64 `json:"threshold"`
	// Probability that the placement is right, by the topic's calibration; 0 if it has none.
	Probability float64    `json:"probability,omitempty"`
	Evidence    []Evidence `json:"evidence,omitempty"`
}

// Evidence is one thing that counted for (or, with a negative weight, against) a placement.
type Evidence struct {
	Term   string  `json:"term"`  // as the topic file writes it
	Place  string  `json:"place"` // title, heading, summary, body; source, topic or limit
	Count  int     `json:"count"`
	Weight float64 `json:"weight"` // what it added to the score
}

// Verdict is what a topic makes of an article, placed or not.
type Verdict struct {
	Placement
	Placed   bool      `json:"placed"`
	Doubtful bool      `json:"doubtful,omitempty"` // not placed, but nearly: somebody should decide
	Contexts []Context `json:"contexts,omitempty"` // where the evidence was found, some of each
	Missing  []Missing `json:"missing,omitempty"`  // what came nearest to counting; if not placed
}

// Context is a match with the words around it, as the article has them. It is for the desk, never
// for the public, since it quotes the article. Its term is as in the evidence, or else counts
// nothing but hides others.
type Context struct {
	Term   string `json:"term"`
	Place  string `json:"place"` // title, heading, summary or body
	Before string `json:"before,omitempty"`
	Match  string `json:"match"`
	After  string `json:"after,omitempty"`
	Where  string `json:"where,omitempty"` // the term or rule in the topic files: file:line:column
}

// Missing is a rule that did not count, but nearly: all of its groups but one were met, or all of
// them, too far apart. Of a combination, the rule is "all" and what it lacks are topics.
type Missing struct {
	Rule   string   `json:"rule"`          // the groups that it wants together
	Weight float64  `json:"weight"`        // what it counts in a text's opening
	Met    []string `json:"met,omitempty"` // terms of its groups that were found
	Lacks  []string `json:"lacks,omitempty"`
}

// Topic is a subject with rules; one topic file, one published feed. Titles and descriptions are
// keyed by language.
type Topic struct {
	ID           string
	Titles       map[string]string
	Descriptions map[string]string
	Threshold    float64
	TitleWeight  float64 // what a match in the title counts, as a multiple of one in the body
	Terms        []Term
	Groups       []Group    // words that mean the same to the topic, for Together to speak of
	Together     []Together // what words of several groups count when they appear together
	Anchors      []string   // groups of which an article must have a word; empty for none

	Calibration Calibration // how likely a score is right
	Publish     float64     // probability from which an article is in, beside the threshold
	Doubt       float64     // probability from which one that is not in is doubtful; 0 for none

	Match  []Example // texts that the topic must take
	Reject []Example // texts that it must leave

	Aliases []string // names that it had before: their addresses lead here
	Parent  string   // topic that its articles belong to too; empty for none
	All     []string // topics of which an article must be in every one, instead of Terms
	Langs   []string // only articles in one of these; empty for any. So are the next two.
	Sources []string
	Tags    []string
	Medtop  string // IPTC Media Topic that it is, as "medtop:20000639"; empty for none
}

// FirstName is the oldest name of a topic, the last of those that it had before: its feeds keep the
// ids that they had under it.
func (t *Topic) FirstName() string {
	if n := len(t.Aliases); n > 0 {
		return t.Aliases[n-1]
	}
	return t.ID
}

// CurrentNames puts in the place of each name that a topic had before the one that it has now.
func CurrentNames(topics []Topic, names []string) []string {
	now := slices.Clone(names)
	for i, name := range now {
		if slices.ContainsFunc(topics, func(t Topic) bool { return t.ID == name }) {
			continue
		}
		for j := range topics {
			if slices.Contains(topics[j].Aliases, name) {
				now[i] = topics[j].ID
				break
			}
		}
	}
	return now
}

// Calibration turns scores into probabilities: 1 / (1 + e^(-Slope × (score - Middle))). A slope of
// 0 is none.
type Calibration struct {
	Slope, Middle float64
}

// Decision is what an editor decided about an article's topics; it outlives every other finding.
type Decision struct {
	Topic string    `json:"topic"`
	In    bool      `json:"in"` // it belongs to the topic, or does not
	By    string    `json:"by"` // who decided
	At    time.Time `json:"at"`
}

// Term is a word or phrase that counts for a topic, or against it if its weight is negative. One
// of weight 0 counts nothing, but hides the shorter terms inside it, as any longer term does.
type Term struct {
	Text   string
	Lang   string // only in texts of this language; empty for any
	Weight float64
	Where  string // file:line:column; empty if it is in no file
}

// Group is a set of words and phrases that mean the same to a topic. They count nothing alone.
type Group struct {
	Name  string
	Words []Word
}

// Word is a word or phrase of a group.
type Word struct {
	Text  string
	Lang  string    // only in texts of this language; empty for any
	Until time.Time `json:",omitzero"` // only in articles published before; zero for any
	Where string    // file:line:column; empty if it is in no file
}

// Together says what it counts for a topic, or against it if Weight is negative, when at least
// one word of each of the named groups appears in the same part of an article.
type Together struct {
	All      []string // names of groups, at least two
	Weight   float64
	Sentence bool   // in one sentence, not just in one part
	Where    string // file:line:column; empty if it is in no file
}

// Example is a short article that a topic file tests itself with.
type Example struct {
	Lang  string
	Title string
	Text  string
	Where string // file:line:column
}

// Translate picks, among texts keyed by language, the first that there is of langs, else that of
// the alphabetically first language, and tells which it took.
func Translate(texts map[string]string, langs ...string) (text, lang string) {
	for _, lang := range slices.Concat(langs, slices.Sorted(maps.Keys(texts))) {
		if texts[lang] != "" {
			return texts[lang], lang
		}
	}
	return "", ""
}

// TopicIDs lists the ids of topics, in their order.
func TopicIDs(topics []Topic) []string {
	ids := make([]string, 0, len(topics))
	for _, t := range topics {
		ids = append(ids, t.ID)
	}
	return ids
}
