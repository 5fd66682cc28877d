package news

import "time"

// Report is what came of one look at a source or one document.
type Report struct {
	Source      string
	NotModified bool     // the source says that nothing changed since the last look
	Documents   int      // read
	Bytes       int64    // of the documents
	Later       int      // files or pages left for the next look: still being written, or too many
	Listed      int      // articles on a page that lists them
	Outline     string   // of such a page: its shape in a line
	Results     []Result // one for each article
	Faults      []error  // parts that could not be read, each naming its place
	Way         *Way     // how an address is read that nobody has said that of
}

// Count tells how many of the report's articles ended in an outcome.
func (r *Report) Count(outcome Outcome) int {
	n := 0
	for i := range r.Results {
		if r.Results[i].Outcome == outcome {
			n++
		}
	}
	return n
}

// Explanation says what every topic makes of an article. ID is zero for one that is not stored.
type Explanation struct {
	ID       ID        `json:"id,omitzero"`
	Title    string    `json:"title"`
	Lang     string    `json:"lang,omitempty"`
	Source   string    `json:"source,omitempty"` // id, of a stored article
	From     string    `json:"from,omitempty"`   // the source that it was taken over from
	Verdicts []Verdict `json:"verdicts"`
}

// Query says which articles to list.
type Query struct {
	Topic  string // empty for any, and for none
	Source string // id, empty for any
	Text   string // part of the title, whatever its case
	Limit  int    // at most so many, the newest
}

// SourceStatus is a source with what polling has taught about it.
type SourceStatus struct {
	Source Source    `json:"source"`
	State  PollState `json:"state"`
}

// Handed is a document that a person hands over for reading: a file with its bytes, or the name
// of something to fetch.
type Handed struct {
	Name string    `json:"name"`           // as the person wrote it: a path, a URL or a source's id
	Path string    `json:"path,omitempty"` // absolute, of a file
	Body []byte    `json:"body,omitempty"` // of a file
	Time time.Time `json:"time,omitzero"`  // of a file: when it was last changed
	URL  string    `json:"url,omitempty"`  // of a saved web page: where it is from
}
