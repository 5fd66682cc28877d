package news

// Placement is an article's membership of a topic: how well it fits, and by what words.
type Placement struct {
	Topic     string     `json:"topic"`
	Score     float64    `json:"score"`
	Threshold float64    `json:"threshold"`
	Evidence  []Evidence `json:"evidence,omitempty"`
}

// Evidence is one thing that counted for (or, with a negative weight, against) a placement.
type Evidence struct {
	Term   string  `json:"term"`  // as the topic file writes it
	Place  string  `json:"place"` // title, heading, summary, body or source
	Count  int     `json:"count"`
	Weight float64 `json:"weight"` // what it added to the score
}

// Verdict is what a topic makes of an article, placed or not.
type Verdict struct {
	Placement
	Placed bool `json:"placed"`
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
	Match        []Example // texts that the topic must take
	Reject       []Example // texts that it must leave
}

// Term is a word or phrase that counts for a topic, or against it if its weight is negative.
type Term struct {
	Text   string
	Lang   string // only in texts of this language; empty for any
	Weight float64
}

// Example is a short article that a topic file tests itself with.
type Example struct {
	Lang  string
	Title string
	Text  string
	Where string // file:line:column
}
