package news

import "time"

// Item is one article as its document states it: not cleaned, not trusted.
type Item struct {
	GUID      string // the name its source gives it; may be empty
	URL       string // may be relative to Base
	Base      string // address that relative references resolve against; may be empty
	Title     string // text or HTML
	Summary   string // text or HTML
	Content   string // HTML
	Lang      string // as stated, by the item or else its document
	Authors   []Author
	Tags      []string
	Media     []Media
	Published time.Time // zero if unstated
	Modified  time.Time // zero if unstated
	Rights    Rights    // only if the item states its own
	Origin    Origin
	Signals   []Signal `json:"signals,omitempty"` // of its site, about its use
	Withdrawn bool     // its source takes it back
	// Page is what is remembered of the item's own page, if its text was taken from there.
	Page *PageMark `json:"page,omitempty"`
	// Mark is a hash of all that the item was read from, its feed's date apart; 0 if none was
	// made. It lasts no longer than the program runs.
	Mark uint64 `json:"-"`
}

// PageMark is what is remembered of an article's own page, to ask for it again.
type PageMark struct {
	Validators Validators `json:"validators,omitzero"`
	Stated     uint64     `json:"stated"` // hash of what the listing or feed said of the article
	Asked      time.Time  `json:"asked"`
}

// Author is a person or office that an article is by. Name is never empty.
type Author struct {
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"`
	Email string `json:"email,omitempty"`
}

// Media is an image, recording or other file that belongs to an article.
type Media struct {
	URL    string `json:"url"`
	Type   string `json:"type,omitempty"`   // media type
	Length int64  `json:"length,omitempty"` // bytes, 0 if unknown
	Title  string `json:"title,omitempty"`
	Width  int    `json:"width,omitempty"` // of an image, in pixels; 0 if unknown
	Height int    `json:"height,omitempty"`
}

// Origin is the feed that an article was taken from, as RFC 4287's atom:source needs it.
type Origin struct {
	ID      string    `json:"id,omitempty"`
	Title   string    `json:"title,omitempty"`
	URL     string    `json:"url,omitempty"` // of the feed document
	Link    string    `json:"link,omitempty"`
	Updated time.Time `json:"updated,omitzero"`
}

// Article is one news item, cleaned: titles and summaries are plain text, content is safe HTML
// with absolute references, and every string is valid UTF-8 that XML 1.0 can carry.
type Article struct {
	ID     ID     `json:"id"` // minted at first sight and kept
	Source string `json:"source"`
	GUID   string `json:"guid"`
	URL    string `json:"url,omitempty"` // canonical; empty for an article that lives only here
	// Anchor is the part of the page that its link names, which URL only has where it counts.
	Anchor  string   `json:"anchor,omitempty"`
	Title   string   `json:"title"`
	Summary string   `json:"summary,omitempty"`
	Content string   `json:"content,omitempty"`
	Lang    string   `json:"lang,omitempty"`
	Authors []Author `json:"authors,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Media   []Media  `json:"media,omitempty"`
	Rights  Rights   `json:"rights"`
	Signals []Signal `json:"signals,omitempty"` // of its site; Rights are no more than they allow
	Own     bool     `json:"own,omitempty"`     // of the desk's own sources: may be under embargo
	// Entitled says that its source speaks for its link: it is the desk's own, or the link is on
	// the source's own site. Another source's claim of the link binds nobody.
	Entitled  bool      `json:"entitled,omitempty"`
	Published time.Time `json:"published"` // never changes
	// Undated says that its source states no date: Published is when it was first seen.
	Undated  bool      `json:"undated,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	Origin   Origin    `json:"origin,omitzero"`
	// Fingerprint is a hash of all that a reader would see. Two versions with one fingerprint
	// are the same to a reader.
	Fingerprint string `json:"fingerprint"`
}

// Passage is a stretch of an article's text: a heading, or a paragraph or list item.
type Passage struct {
	Heading bool
	Text    string
}

// Status is an article's place in its life.
type Status string

// An article is live, or held until its own date, or taken back for good, or has been kept for as
// long as it was to be.
const (
	Live      Status = "live"
	Embargoed Status = "embargoed"
	Withdrawn Status = "withdrawn"
	Expired   Status = "expired"
)

// Ended reports whether an article's text is gone for good.
func (s Status) Ended() bool { return s == Withdrawn || s == Expired }

// Candidate is an article as the flow offers it to the store, which decides what becomes of it.
type Candidate struct {
	Item       Item // what the article was made of, kept so that it can be cleaned anew
	Article    Article
	Placements []Placement
	Held       bool   // not to be stored now if it is new: its source has brought enough
	File       string // name of the folder's file that it came from; empty for any other source
	Nameless   bool   // a file whose guid is but its name
	Backlog    bool   // of a new source, which does not say how old it is
}

// Outcome is what became of a candidate.
type Outcome string

// The outcomes.
const (
	Accepted  Outcome = "accepted"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged"
	Rejected  Outcome = "rejected"
	Deferred  Outcome = "deferred" // it waits for the next look: its source has brought enough
	Conflict  Outcome = "conflict" // its condition does not hold: nothing was changed
)

// Result tells what became of one candidate, and why where the outcome alone does not say.
type Result struct {
	Outcome    Outcome     `json:"outcome"`
	Reason     string      `json:"reason,omitempty"`
	ID         ID          `json:"id,omitzero"`
	Source     string      `json:"source"`
	Title      string      `json:"title"`
	Lang       string      `json:"lang,omitempty"`
	Placements []Placement `json:"placements,omitempty"`
	// Crowded says that it stands behind others' news, since its source had its share of a topic.
	Crowded bool `json:"crowded,omitempty"`
	// Owner is the source whose article it is, if that is another than Source.
	Owner string `json:"owner,omitempty"`
	// From is the source that had the article until Source, which speaks for its link, took it.
	From string `json:"from,omitempty"`
}

// Entry is an article as it stands in the store and in feeds.
type Entry struct {
	Article
	Status     Status      `json:"status"`
	Revision   int         `json:"revision"` // 1 at first, one more with each visible change
	Seq        uint64      `json:"seq"`      // of its newest change
	FirstSeen  time.Time   `json:"first_seen"`
	Updated    time.Time   `json:"updated"` // last visible change, never before Published
	Placements []Placement `json:"placements,omitempty"`
	Decisions  []Decision  `json:"decisions,omitempty"` // of editors, at most one a topic
	// From is the source that had brought it before the one that speaks for its link did.
	From string `json:"from,omitempty"`
}
