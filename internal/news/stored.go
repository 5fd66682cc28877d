package news

import "time"

// Stored is an article as it is stored, with its content, and the number that it is stored under:
// one that grows from article to article.
type Stored struct {
	Key   uint64
	Entry Entry
}

// Reclassified is what rules make anew of a stored article, as it was then.
type Reclassified struct {
	Key         uint64
	Fingerprint string // of the article when it was read
	Placements  []Placement
}

// Classified tells by which rules the stored articles are placed. While they are placed anew, those
// up to Key are done.
type Classified struct {
	Rules   string    `json:"rules,omitempty"` // hash of all that decides where an article belongs
	Key     uint64    `json:"key,omitempty"`   // of the last article that is done
	Last    uint64    `json:"last,omitempty"`  // of the last article there is
	Began   time.Time `json:"began,omitzero"`  // when the articles began to be placed by them
	Done    time.Time `json:"done,omitzero"`   // when all were; zero as long as they are not
	Read    int       `json:"read"`            // articles that were looked at
	Changed int       `json:"changed"`         // of these, those whose topics changed
}

// TopicsReport tells which topics are in force, and how far the stored articles are placed by them.
type TopicsReport struct {
	Topics     []TopicCount `json:"topics"`
	Rules      string       `json:"rules"` // hash of the rules in force
	Classified Classified   `json:"classified"`
	// Faults say why the topic files, as they are now, are not in force; empty if they are.
	Faults string `json:"faults,omitempty"`
}

// TopicCount is a topic, and how many articles its feed has.
type TopicCount struct {
	ID       string            `json:"id"`
	Titles   map[string]string `json:"titles"`
	Articles int               `json:"articles"`
}
