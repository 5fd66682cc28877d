package clean

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/site"
)

// Bounds on what an article may hold, so that no source can bloat a feed. Characters are runes,
// sizes are bytes.
const (
	maxTitle       = 300     // characters
	maxMadeTitle   = 120     // characters of a title that is made from the text
	maxSummary     = 1000    // characters of a source's own summary
	maxExcerpt     = 300     // characters of a summary that is cut from a longer text
	maxContent     = 1 << 20 // bytes of clean HTML
	maxRaw         = 4 << 20 // bytes of HTML that are looked at
	maxPlain       = 1 << 18 // bytes of text or HTML that plain text is made of
	maxURL         = 4096    // bytes
	maxGUID        = 1000    // bytes; a longer one is replaced by its hash
	maxName        = 200     // characters of an author's name or a media title
	maxTag         = 100     // characters
	maxAuthors     = 20
	maxTags        = 30
	maxMedia       = 20
	languageSample = 8 << 10 // bytes of text that a language is told by
)

// Cleaner cleans items. It is safe for concurrent use.
type Cleaner struct{}

// New returns a Cleaner.
func New() *Cleaner { return &Cleaner{} }

// Clean makes an article of an item that a source yielded, seen at the given time, and returns it
// with its passages, as Passages would list them. The error is Invalid when there is neither title
// nor text, or a date of the desk's own that cannot be meant.
func (c *Cleaner) Clean(item news.Item, src news.Source, at time.Time) (
	news.Article, []news.Passage, error,
) {
	at = at.UTC().Truncate(time.Second)
	joinHalves(&item)
	link, anchor, base := addresses(item, src)
	published, modified, err := dates(item, src.Own(), at)
	if err != nil {
		return news.Article{}, nil, news.Errorf(news.Invalid, "%s: %w", where(item, src), err)
	}
	a := news.Article{
		Source:    src.ID,
		URL:       link,
		Anchor:    anchor,
		Title:     clip(plain(item.Title), maxTitle),
		Authors:   authors(item.Authors, base),
		Tags:      tags(slices.Concat(item.Tags, src.Tags)),
		Media:     media(item.Media, base),
		Rights:    rights(item, src),
		Signals:   item.Signals,
		Own:       src.Own(),
		Published: published,
		Undated:   undated(item),
		Modified:  modified,
		Origin:    origin(item.Origin, src.Public),
	}
	a.Entitled = a.Own || site.Owned(link, append([]string{src.URL}, src.Sites...)...)
	text := c.fill(&a, item, base)
	if a.Title == "" {
		err := news.Errorf(news.Invalid, "%s: neither title nor text", where(item, src))
		return news.Article{}, nil, err
	}
	a.Lang = languageOf(cmp.Or(item.Lang, src.Lang), sample(a, text)...)
	a.GUID = guid(item, a, text)
	a.ID = news.MintID(src.ID, a.GUID)
	a.Fingerprint = fingerprint(a, text)
	return a, text, nil
}

// fill sets the article's title, summary and content, each made from the others where the item
// does not state it, and returns the content's passages. The title stays empty if there is no text.
func (c *Cleaner) fill(a *news.Article, item news.Item, base *url.URL) []news.Passage {
	raw := item.Content
	summary := summaryOf(item.Summary, a.Title)
	if strings.TrimSpace(raw) == "" && isContent(item.Summary, summary) {
		raw = asContent(item.Summary)
	}
	made := contentOf(raw, base, a.URL, a.Title)
	a.Content = made.html
	if a.Title = made.title; a.Title == "" {
		a.Title = clip(firstSentence(summary), maxMadeTitle)
	}
	switch {
	case summary == "" || summary == a.Title:
		a.Summary = clip(body(made.text), maxExcerpt)
	case utf8.RuneCountInString(summary) > maxSummary:
		a.Summary = clip(summary, maxExcerpt)
	default:
		a.Summary = summary
	}
	return made.text
}

// headline makes a title from the first passage of the content.
func headline(isHeading bool, text string) string {
	if isHeading {
		return clip(text, maxTitle)
	}
	return clip(firstSentence(text), maxMadeTitle)
}

// body is a text without its headings, enough of it for an excerpt.
func body(text []news.Passage) string {
	var b strings.Builder
	for _, p := range text {
		if p.Heading {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p.Text)
		if b.Len() > 4*maxExcerpt+4 { // a character has at most four bytes
			break
		}
	}
	return b.String()
}

// guid is the name the source gives the item, else its link, else a hash of what it says.
func guid(item news.Item, a news.Article, text []news.Passage) string {
	name := fold(tidy(item.GUID))
	switch {
	case len(name) > maxGUID:
		return hash(name)
	case name != "":
		return name
	case a.URL != "" && a.Anchor != "":
		return a.URL + "#" + a.Anchor
	case a.URL != "":
		return a.URL
	case len(text) == 0:
		return hash(a.Title + "\x00" + a.Summary)
	}
	return hash(a.Title + "\x00" + lines(text))
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// origin cleans what is said of the feed an item came from. An address that may hold a key is told
// only if its source is public: its id is then one made of it.
func origin(o news.Origin, public bool) news.Origin {
	o.ID = fold(tidy(o.ID))
	if len(o.ID) > maxURL {
		o.ID = hash(o.ID)
	}
	o.Title = clip(plain(o.Title), maxTitle)
	o.URL = resolve(nil, o.URL)
	o.Link = resolve(nil, o.Link)
	secret := func(address string) bool {
		return !public && strings.Contains(address, "://") && news.HoldsSecret(address)
	}
	if secret(o.ID) {
		o.ID = news.MintID("feed", o.ID).URN()
	}
	if secret(o.URL) {
		o.URL = ""
	}
	if secret(o.Link) {
		o.Link = ""
	}
	if o.Updated.Year() < minYear || o.Updated.Year() > 9999 {
		o.Updated = time.Time{}
	}
	o.Updated = o.Updated.UTC().Truncate(time.Second)
	return o
}

// where names an item in a message: by its address or name, and its source.
func where(item news.Item, src news.Source) string {
	name := cmp.Or(item.URL, item.GUID, "item without link or guid")
	return "source " + src.ID + ": " + clip(fold(tidy(name)), maxTitle)
}
