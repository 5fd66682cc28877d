package render

import (
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

var atomFeedRules = rules{
	"atom:id":        {1, 1, isIRI},
	"atom:title":     {1, 1, filled},
	"atom:updated":   {1, 1, isRFC3339},
	"atom:subtitle":  {0, 1, filled},
	"atom:link":      {1, many, isAtomLink},
	"atom:author":    {1, many, isPerson},
	"atom:generator": {0, 1, filled},
	"atom:entry":     {0, many, nil},

	"fh:archive":       {0, 1, isVoid},
	"at:deleted-entry": {0, many, isTombstone},
}

var atomEntryRules = rules{
	"atom:id":        {1, 1, isIRI},
	"atom:title":     {1, 1, filled},
	"atom:updated":   {1, 1, isRFC3339},
	"atom:published": {0, 1, isRFC3339},
	"atom:link":      {1, many, isAtomLink},
	"atom:author":    {0, many, isPerson},
	"atom:category":  {0, many, hasTerm},
	"atom:summary":   {0, 1, isAtomText},
	"atom:content":   {0, 1, isAtomText},
	"atom:rights":    {0, 1, filled},
	"atom:source":    {0, 1, isAtomSource},
}

var atomSourceRules = rules{
	"atom:id":      {1, 1, isIRI},
	"atom:title":   {1, 1, filled},
	"atom:updated": {1, 1, isRFC3339},
	"atom:link":    {0, many, isAtomLink},
	"atom:author":  {0, many, isPerson},
}

var atomPersonRules = rules{
	"atom:name":  {1, 1, filled},
	"atom:uri":   {0, 1, isIRI},
	"atom:email": {0, 1, isMailbox},
}

// checkAtom holds a document to RFC 4287 and what we publish.
func checkAtom(doc []byte) ([]news.Part, error) {
	feed, err := parseXML(doc)
	if err != nil {
		return nil, err
	}
	if feed.name != "atom:feed" {
		return nil, fault("root element is %s, not an Atom feed", feed.name)
	}
	if err := feed.hold(atomFeedRules); err != nil {
		return nil, err
	}
	if err := checkLinks(feed, "self", "alternate"); err != nil {
		return nil, err
	}
	if err := feed.history(news.Atom); err != nil {
		return nil, err
	}
	if err := checkTag(feed.attr("xml:lang")); err != nil {
		return nil, err
	}
	return checkEntries(feed)
}

// checkEntries holds a feed's entries and tombstones to the rules, and tells where they stand.
func checkEntries(feed *element) ([]news.Part, error) {
	ids := unique{"id " + feed.content("atom:id"): true}
	parts, err := checkTombstones(feed, ids)
	if err != nil {
		return nil, err
	}
	for _, entry := range feed.children {
		if entry.name != "atom:entry" {
			continue
		}
		id := entry.content("atom:id")
		if err := checkAtomEntry(entry, feed.content("atom:updated")); err != nil {
			return nil, fault("entry %s: %w", id, err)
		}
		if err := ids.add("id " + id); err != nil {
			return nil, err
		}
		parts = append(parts, entry.part(id))
	}
	return parts, nil
}

// checkAtomEntry holds an entry to the rules. Newest is when the feed changed last.
func checkAtomEntry(entry *element, newest string) error {
	if err := entry.hold(atomEntryRules); err != nil {
		return err
	}
	if err := checkLinks(entry, "alternate"); err != nil {
		return err
	}
	if err := checkTag(entry.attr("xml:lang")); err != nil {
		return err
	}
	updated, err := time.Parse(time.RFC3339, entry.content("atom:updated"))
	if err != nil {
		return fault("atom:updated: %w", err)
	}
	if last, err := time.Parse(time.RFC3339, newest); err != nil || updated.After(last) {
		return fault("it was updated after the feed, on %s", newest)
	}
	return nil
}

// checkLinks wants a link of each relation named. Of self there may be one, of alternate one a
// media type (RFC 4287, section 4.1.1).
func checkLinks(e *element, wanted ...string) error {
	have := unique{}
	relations := map[string]bool{}
	for _, l := range e.children {
		if l.name != "atom:link" {
			continue
		}
		rel := l.attr("rel")
		relations[rel] = true
		if rel == "self" || rel == "alternate" {
			if err := have.add(rel + " link of type " + l.attr("type")); err != nil {
				return err
			}
		}
	}
	for _, rel := range wanted {
		if !relations[rel] {
			return fault("a link of relation %s is missing", rel)
		}
	}
	return nil
}

func isAtomLink(e *element) error {
	if e.attr("rel") == "" {
		return fault("it has no relation")
	}
	return checkAddress(e.attr("href"))
}

// isAtomText wants text or escaped HTML. XHTML is nothing that we write.
func isAtomText(e *element) error {
	if t := e.attr("type"); t != "text" && t != "html" {
		return fault("type %q is not wanted", t)
	}
	return filled(e)
}

func isPerson(e *element) error { return e.hold(atomPersonRules) }

func isAtomSource(e *element) error { return e.hold(atomSourceRules) }

func hasTerm(e *element) error {
	if e.attr("term") == "" {
		return fault("it has no term")
	}
	if scheme := e.attr("scheme"); scheme != "" {
		return checkIRI(scheme)
	}
	return nil
}

func isMailbox(e *element) error {
	if mailbox(e.text) != e.text {
		return fault("%q is no mail address", e.text)
	}
	return nil
}
