package news

import (
	"cmp"
	"time"
)

// SourceKind says how a source is read.
type SourceKind string

// The kinds of source that can be read. KindFile is for a file that lies in no folder source and
// was handed over by name; nobody configures it.
const (
	KindFeed      SourceKind = "feed"
	KindFolder    SourceKind = "folder"
	KindFile      SourceKind = "file"
	KindWordPress SourceKind = "wordpress"
	KindPush      SourceKind = "push"
	KindPage      SourceKind = "page"
	KindSitemap   SourceKind = "sitemap"
)

// kinds has a row for each kind: what is said of it elsewhere follows from these.
var kinds = map[SourceKind]struct {
	polled     bool // asked over HTTP, at times of its own; it has a URL, and is somebody else's
	remembered bool // its documents come again with the same items, so that these are worth knowing
}{
	KindFeed:      {polled: true, remembered: true},
	KindWordPress: {polled: true, remembered: true},
	KindFolder:    {},
	KindFile:      {},
	KindPush:      {},
	KindPage:      {polled: true},
	KindSitemap:   {polled: true},
}

// Polled reports whether sources of the kind are asked over HTTP, each at times of its own. Others
// are swept, handed over or pushed.
func (k SourceKind) Polled() bool { return kinds[k].polled }

// Remembered reports whether it pays to remember the items of a document, since most of them stand
// in the next one.
func (k SourceKind) Remembered() bool { return kinds[k].remembered }

// Rights says how much of an article, its images included, may be passed on.
type Rights string

// The rights, from most to least. Others' sources default to Excerpt, the desk's own to Full.
const (
	Full     Rights = "full"     // everything
	Excerpt  Rights = "excerpt"  // title, summary and link
	Headline Rights = "headline" // title and link
)

// Source is where articles come from. ID is permanent: articles' ids are minted from it, so a
// source may change its name and address but never its ID.
type Source struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Kind    SourceKind    `json:"kind"`
	URL     string        `json:"url,omitempty"`  // of a feed
	Path    string        `json:"path,omitempty"` // of a folder, absolute
	Lang    string        `json:"lang,omitempty"` // BCP 47, of articles that do not say their own
	Every   time.Duration `json:"every"`          // how often to look
	Rights  Rights        `json:"rights"`
	Enabled bool          `json:"enabled"`
	Topics  []string      `json:"topics,omitempty"` // of every article, whatever it says
	Tags    []string      `json:"tags,omitempty"`   // of every article, beside its own
	// Sites are those that it speaks for beside that of its URL: hosts, or hosts with a path.
	Sites []string `json:"sites,omitempty"`
	// Public says that its address holds no secret, whatever it looks like.
	Public bool `json:"public,omitempty"`
	// PerHour bounds how many new articles it may bring in an hour; 0: any number.
	PerHour int `json:"per_hour,omitempty"`
	// Allow is what only this source may ask, its redirects included.
	Allow Allowance `json:"allow,omitzero"`
	// Slowest bounds how rarely a source that publishes little is looked at; Every how often.
	Slowest time.Duration `json:"slowest,omitempty"`
	// OnRemove says what becomes of the articles of a folder's file that is removed.
	OnRemove OnRemove `json:"on_remove,omitempty"`
	// Ready says when a folder's file is written to its end.
	Ready Ready `json:"ready,omitzero"`
	// Rule says where things are on the pages of a site.
	Rule PageRule `json:"selectors,omitzero"`
	// Follow says that each article's own page is read, of a listing or of a feed.
	Follow bool `json:"follow,omitempty"`
}

// PageRule says where on a page something is, by CSS selectors; what is empty is found by the
// page's form. All but Items and Content are looked for within an item of a listing.
type PageRule struct {
	Items   string `json:"items,omitempty"` // of a listing, one element each
	Link    string `json:"link,omitempty"`
	Title   string `json:"title,omitempty"`
	Date    string `json:"date,omitempty"`
	Summary string `json:"summary,omitempty"`
	Image   string `json:"image,omitempty"`
	Author  string `json:"author,omitempty"`
	Content string `json:"content,omitempty"` // of an article's own page
}

// Shown is an address of the source as anybody may see it.
func (s Source) Shown(address string) string {
	if s.Public {
		return address
	}
	return Shown(address)
}

// Own reports whether the desk itself wrote what this source yields: its articles may be under
// embargo, and their dates are believed.
func (s Source) Own() bool { return !s.Kind.Polled() }

// OnRemove says what the removal of a file means.
type OnRemove string

// A removed file's articles stay, or are withdrawn.
const (
	KeepArticles     OnRemove = "keep"
	WithdrawArticles OnRemove = "withdraw"
)

// Ready says when a file of a folder is written to its end.
type Ready struct {
	How   ReadyHow      `json:"how,omitempty"`
	Quiet time.Duration `json:"quiet,omitempty"` // for ReadyQuiet; 0 for what is usual
}

// ReadyHow says how it is told that a file is written to its end.
type ReadyHow string

// A file that is left alone is written, that of a file that appears under its name by a rename or
// link, or that beside which a marker stands.
const (
	ReadyQuiet  ReadyHow = "quiet" // as is ""
	ReadyRename ReadyHow = "rename"
	ReadyMarker ReadyHow = "marker"
)

// Document is what a source yielded: raw bytes, with their address and time.
type Document struct {
	Source    string    // id of the source
	URL       string    // the address it came from, after redirects; empty for a file
	Name      string    // of a file: its name within its source (slashes), or its absolute path
	MediaType string    // as the server stated it; empty when unknown
	Lang      string    // of its source, BCP 47; empty when unknown
	Body      []byte    //
	Time      time.Time // when it was fetched, or when the file was last changed
	Rule      PageRule  // of a web page: where things are on it
	Signals   []Signal  // of its site, about the use of its articles
}

// Label is what errors call a document.
func (d Document) Label() string { return cmp.Or(Shown(d.URL), d.Name, "document") }

// TooLarge is the error for a document that is more than its budget allows, as format says.
func (d Document) TooLarge(format string, args ...any) error {
	return Errorf(TooLarge, "parse %s: "+format+": the document is not read at all",
		append([]any{d.Label()}, args...)...)
}

// Media types that are given to web pages, so that no other document is taken for one: to a page
// that lists articles, and to one that is an article.
const (
	ListingPage = "text/html; teletipo=listing"
	ArticlePage = "text/html; teletipo=article"
)

// ReadItems is the media type of a JSON list of Items, which a reader has made of what it read.
const ReadItems = "application/vnd.teletipo.items+json"

// WordPressPosts is the media type that a reader gives to what WordPress's API (wp/v2/posts) sends:
// a JSON list of posts. No server states it, so no other JSON document is taken for one.
const WordPressPosts = "application/vnd.wordpress.posts+json"

// Validators are what a server gave to ask again with (RFC 9110, section 8.8). They are opaque
// and go back byte for byte.
type Validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	// Mark is how far the reader of a source has come, in words of its own. It is never sent.
	Mark string `json:"mark,omitempty"`
}

// Request asks for a URL, conditionally if it carries validators.
type Request struct {
	URL        string
	Validators Validators
	Accept     string // media types, as in the Accept header; empty for anything
	// Delta asks for what is new alone, if there are validators (RFC 3229, "A-IM: feed"). Who can't
	// do it answers as to any other request.
	Delta bool
	Allow Allowance // that this request has beyond what everybody may ask
	// Pause is the least time between this request and the next to its host.
	Pause time.Duration
	// MaxBytes bounds the document, decompressed; 0 for what is usual.
	MaxBytes int64
}

// Response is what a server answered: a document, or word that nothing changed.
type Response struct {
	Document    Document
	Validators  Validators // to ask again with
	Status      int
	NotModified bool
	RetryAfter  time.Duration // what the server asked for, 0 if nothing
	MaxAge      time.Duration // for how long the answer is fresh, 0 if the server does not say
	Moved       string        // where it is for good, if every redirect on the way was a 301 or 308
	Challenge   string        // what wall came in place of a document, and whose; beside an error
	Partial     bool          // beside an error: the document is there as far as it came
	Note        string        // what is wrong with an answer that can be read all the same
	// Header has the fields of the answer, by their canonical names; nil if nobody kept them.
	// Beside an error, the document's body may be what the server says about it.
	Header map[string][]string
}

// Reading is what one look at a source yielded. Faults are parts that could not be read, each
// naming its place; they do not spoil the rest.
type Reading struct {
	Documents   []Document
	Validators  Validators
	Status      int // HTTP status, 0 where there is none
	NotModified bool
	RetryAfter  time.Duration
	MaxAge      time.Duration // for how long the answer is fresh, 0 if its server does not say
	Moved       string        // where 301 and 308 lead, and since when without a break
	MovedSince  time.Time
	Challenged  bool // a bot challenge came in place of a document
	Later       int  // files or posts left for the next look: still being written, or too many
	Faults      []error
	Note        string // what the desk should know of a source that is read all the same
	// Again are the validators to ask again with, in place of Validators, if part of what was read
	// is left for the next look: those that bring all of it once more.
	Again Validators
	// Present are the names of all files that a folder has, if some may be gone for good and it
	// could be listed whole; nil otherwise.
	Present []string
}

// AddNote adds to what the desk should know; nothing if the text is empty.
func (r *Reading) AddNote(text string) {
	if r.Note != "" && text != "" {
		r.Note += "; "
	}
	r.Note += text
}

// Yield is how many articles a page lists, and its shape then.
type Yield struct {
	Usual   float64 `json:"usual,omitempty"` // smoothed; 0: unknown
	Outline string  `json:"outline,omitempty"`
	// Short says that it lists less than half of that now; Now and NowOutline say what.
	Short      bool   `json:"short,omitempty"`
	Now        int    `json:"now,omitempty"`
	NowOutline string `json:"now_outline,omitempty"`
}

// Count notes how many articles a page lists now, and its shape.
func (y *Yield) Count(n int, outline string) {
	const weight = 1.0 / 8 // of the newest, in the average; less while it is short
	y.Now, y.NowOutline = n, outline
	if y.Short = 2*float64(n) < y.Usual; y.Short {
		y.Usual += (float64(n) - y.Usual) * weight / 4
		return
	}
	y.Outline = outline
	if y.Usual == 0 {
		y.Usual = float64(n)
	}
	y.Usual += (float64(n) - y.Usual) * weight
}

// PollState is what polling has taught about a source, and when to look again.
type PollState struct {
	Validators  Validators `json:"validators,omitzero"`
	Due         time.Time  `json:"due,omitzero"`
	Righted     time.Time  `json:"righted,omitzero"` // when a Due of a wrong clock was brought back
	LastPoll    time.Time  `json:"last_poll,omitzero"`
	LastSuccess time.Time  `json:"last_success,omitzero"`
	LastChange  time.Time  `json:"last_change,omitzero"` // when it last brought something new
	Failures    int        `json:"failures,omitempty"`   // in a row
	Error       string     `json:"error,omitempty"`      // of the last poll
	HTTPStatus  int        `json:"http_status,omitempty"`
	Polls       int        `json:"polls,omitempty"` // since the beginning, as all counts below
	NotModified int        `json:"not_modified,omitempty"`
	Bytes       int64      `json:"bytes,omitempty"`
	Accepted    int        `json:"accepted,omitempty"`
	Updated     int        `json:"updated,omitempty"`
	Unchanged   int        `json:"unchanged,omitempty"`
	Rejected    int        `json:"rejected,omitempty"`

	Hour     time.Time `json:"hour,omitzero"`      // when it brought something new, the hour's first
	HourNew  int       `json:"hour_new,omitempty"` // articles that it has brought since, if PerHour
	Deferred int       `json:"deferred,omitempty"` // of the last document: they wait for the next hour
	Opening  bool      `json:"opening,omitempty"`  // what the first look brought is not all stored yet
	Crowded  int       `json:"crowded,omitempty"`  // of the last document: beyond its share of a topic

	Why          string        `json:"why,omitempty"`          // the next poll is when it is
	Note         string        `json:"note,omitempty"`         // of the last look: see Reading
	Took         time.Duration `json:"took,omitempty"`         // the last look
	Items        int           `json:"items,omitempty"`        // in the last document that was read
	Usual        time.Duration `json:"usual,omitempty"`        // between changes, smoothed; 0: unknown
	Challenged   bool          `json:"challenged,omitempty"`   // the last look met a bot challenge
	Moved        string        `json:"moved,omitempty"`        // where 301 and 308 have led of late
	MovedSince   time.Time     `json:"moved_since,omitzero"`   // without a break
	Retired      time.Time     `json:"retired,omitzero"`       // when the server said 410
	RetiredURL   string        `json:"retired_url,omitempty"`  // the source's address then
	ValidatorsAt time.Time     `json:"validators_at,omitzero"` // last 200 that gave validators
	Rhythm       Rhythm        `json:"rhythm,omitzero"`        // that the last document asks for
	Yield        Yield         `json:"yield,omitzero"`         // of a page that lists articles

	// Aside names what was put aside after the process died while it was read: files, or "" for
	// the source as a whole. It is told with the state, and not stored with it.
	Aside []string `json:"aside,omitempty"`
}
