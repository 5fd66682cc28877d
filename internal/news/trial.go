package news

import "time"

// Trial is what one look at a source does and sees, and what would become of its articles. Nothing
// of it is stored.
type Trial struct {
	Source   Source   `json:"source"` // its addresses as anybody may see them
	Exchange []Step   `json:"exchange"`
	Answer   Answered `json:"answer"`
	Again    string   `json:"again,omitempty"` // what came when it was asked again with its validators
	// Failed says why the source could not be read, or a document of it; then nothing follows.
	Failed    string          `json:"failed,omitempty"`
	Documents []TriedDocument `json:"documents,omitempty"`
	Articles  []TriedArticle  `json:"articles,omitempty"` // in the order of the documents
}

// Step is something that happened below HTTP: a name that was looked up, a connection, a field that
// was sent.
type Step struct {
	Name string `json:"step"`
	Text string `json:"text"`
}

// Answered is what came back.
type Answered struct {
	Status     int           `json:"status,omitempty"` // of HTTP; 0 for none
	Took       time.Duration `json:"took"`
	RetryAfter time.Duration `json:"retry_after,omitempty"` // that the server asks to be left alone
	Note       string        `json:"note,omitempty"`
	Moved      string        `json:"moved,omitempty"` // the address that it redirects to for good
	Validators Validators    `json:"validators"`
}

// TriedDocument is what could be read of a document.
type TriedDocument struct {
	Address   string  `json:"address"` // as anybody may see it, or a file's name
	MediaType string  `json:"media_type,omitempty"`
	Bytes     int     `json:"bytes"`
	Read      bool    `json:"read"` // as its format; nothing below is known else
	Format    string  `json:"format,omitempty"`
	Items     int     `json:"items"`
	Outline   string  `json:"outline,omitempty"` // of a page that lists articles
	Selectors []Found `json:"selectors,omitempty"`
	// Of a listing, against the rule that is in force: titles that it finds more, and no longer.
	More     []string `json:"more,omitempty"`
	Less     []string `json:"less,omitempty"`
	Faults   []string `json:"faults,omitempty"`   // items and fields that are lost
	Rejected []string `json:"rejected,omitempty"` // why no article could be made of some items
}

// Found is what a selector found on a page that lists articles.
type Found struct {
	Key      string   `json:"key"`
	Selector string   `json:"selector"`
	Elements int      `json:"found"`           // elements, or items that have one
	First    []string `json:"first,omitempty"` // the first three, as text or address
}

// TriedArticle is an article, and what would become of it.
type TriedArticle struct {
	ID        ID        `json:"id"`
	GUID      string    `json:"guid"`
	URL       string    `json:"url,omitempty"`  // its canonical link
	Link      string    `json:"link,omitempty"` // that its item has
	Title     string    `json:"title"`
	Lang      string    `json:"lang,omitempty"`
	Published time.Time `json:"published,omitzero"`
	Verdicts  []Verdict `json:"verdicts"`
	Outcome   Outcome   `json:"outcome"`
	Reason    string    `json:"reason,omitempty"`
}

// Outcomes counts what would become of the items.
func (t *Trial) Outcomes() map[Outcome]int {
	counts := map[Outcome]int{}
	for i := range t.Documents {
		counts[Rejected] += len(t.Documents[i].Rejected)
	}
	for i := range t.Articles {
		counts[t.Articles[i].Outcome]++
	}
	return counts
}
