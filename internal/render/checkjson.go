package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// object is a JSON object as read from a document.
type object map[string]any

// members are all that an object may hold, by name, with what each must be like. A name that is
// not in the table is a fault, unless it begins with an underscore: those are extensions.
type members map[string]func(any) error

var jsonFeedMembers = members{
	"version": func(v any) error {
		if v != jsonVersion {
			return fault("%v is not %s", v, jsonVersion)
		}
		return nil
	},
	"title":         text,
	"home_page_url": webAddress,
	"feed_url":      webAddress,
	"description":   text,
	"next_url":      webAddress,
	"language":      tag,
	"authors":       listOf(objectOf(jsonAuthorMembers, "name")),
	"_teletipo":     objectOf(jsonFeedExtensionMembers, "about"),
	"items":         listOf(objectOf(jsonItemMembers, "id", "url", "title", "_teletipo")),
}

var jsonFeedExtensionMembers = members{
	"about": webAddress, "archive": number, "current_url": webAddress, "newer_url": webAddress,
}

var jsonItemMembers = members{
	"id":             text,
	"url":            webAddress,
	"title":          text,
	"content_html":   text,
	"content_text":   text,
	"summary":        text,
	"image":          webAddress,
	"date_published": date,
	"date_modified":  date,
	"authors":        listOf(objectOf(jsonAuthorMembers, "name")),
	"tags":           listOf(text),
	"language":       tag,
	"attachments":    listOf(objectOf(jsonAttachmentMembers, "url", "mime_type")),
	"_teletipo": objectOf(jsonExtensionMembers,
		"about", "rights", "topics", "evidence_url", "source"),
}

var jsonExtensionMembers = members{
	"about":        webAddress,
	"rights":       text,
	"topics":       listOf(objectOf(jsonTopicMembers, "id", "title", "score")),
	"evidence_url": webAddress,
	"source":       objectOf(jsonSourceMembers, "id"),
}

var jsonTopicMembers = members{"id": text, "title": text, "score": score, "medtop": text}

var jsonSourceMembers = members{
	"id": anyText, "title": text, "home_page_url": webAddress, "feed_url": webAddress,
}

var jsonAuthorMembers = members{"name": text, "url": webAddress}

var jsonAttachmentMembers = members{
	"url": webAddress, "mime_type": text, "title": text, "size_in_bytes": number,
}

// checkJSON holds a document to JSON Feed 1.1 and what we publish.
func checkJSON(doc []byte) ([]news.Part, error) {
	v, parts, err := parseJSON(doc)
	if err != nil {
		return nil, err
	}
	feed := objectOf(jsonFeedMembers,
		"version", "title", "home_page_url", "feed_url", "_teletipo", "items")
	if err := feed(v); err != nil {
		return nil, err
	}
	ids := unique{}
	f := v.(object)
	if err := f.history(); err != nil {
		return nil, err
	}
	for i, v := range f["items"].([]any) {
		item := v.(object)
		id := item["id"].(string)
		if err := ids.add("id " + id); err != nil {
			return nil, err
		}
		if item["content_html"] == nil && item["content_text"] == nil {
			return nil, fault("item %s: it has neither content_html nor content_text", id)
		}
		parts[i].ID = id
	}
	return parts, nil
}

// history checks the links between a feed's documents.
func (o object) history() error {
	if o["next_url"] == o["feed_url"] {
		return fault("next_url is the document itself")
	}
	extension := o["_teletipo"].(object)
	d := documents{}
	for rel, href := range map[string]any{
		"self": o["feed_url"], relPrev: o["next_url"],
		relCurrent: extension["current_url"], relNext: extension["newer_url"],
	} {
		if s, ok := href.(string); ok {
			d[rel] = s
		}
	}
	_, number := archiveOf(d["self"], news.JSON)
	if said, ok := extension["archive"].(json.Number); ok && said.String() != strconv.Itoa(number) {
		return fault("_teletipo: archive: it is %s in a document of number %d", said, number)
	}
	return d.checkHistory(extension["archive"] != nil, news.JSON)
}

// objectOf wants an object of these members, the needed ones among them.
func objectOf(known members, needed ...string) func(any) error {
	return func(v any) error {
		o, ok := v.(object)
		if !ok {
			return fault("it is not an object")
		}
		for _, name := range needed {
			if o[name] == nil {
				return fault("%s is missing", name)
			}
		}
		for name, value := range o {
			check := known[name]
			switch {
			case check == nil && strings.HasPrefix(name, "_") && !strings.Contains(name, "."):
				continue
			case check == nil:
				return fault("%s is not wanted here", name)
			}
			if err := check(value); err != nil {
				return fault("%s: %w", name, err)
			}
		}
		return nil
	}
}

// listOf wants an array, each of its values like that.
func listOf(like func(any) error) func(any) error {
	return func(v any) error {
		list, ok := v.([]any)
		if !ok {
			return fault("it is not an array")
		}
		for i, value := range list {
			if err := like(value); err != nil {
				return fault("value %d: %w", i, err)
			}
		}
		return nil
	}
}

// Checks of single values.

func text(v any) error {
	s, _ := v.(string)
	if strings.TrimSpace(s) == "" {
		return fault("%v is not a string with something in it", v)
	}
	if forbidden(s) >= 0 {
		return fault("%q has a character that the other formats can't carry", s)
	}
	return nil
}

func anyText(v any) error {
	if s, ok := v.(string); !ok || s != "" && text(v) != nil {
		return fault("%v is not a string", v)
	}
	return nil
}

func webAddress(v any) error { s, _ := v.(string); return checkAddress(s) }
func tag(v any) error        { s, _ := v.(string); return checkTag(s) }
func date(v any) error       { s, _ := v.(string); return checkDate(s, time.RFC3339) }

func number(v any) error {
	n, ok := v.(json.Number)
	if i, err := n.Int64(); !ok || err != nil || i < 0 {
		return fault("%v is not a whole number", v)
	}
	return nil
}

func score(v any) error {
	n, ok := v.(json.Number)
	if _, err := n.Float64(); !ok || err != nil {
		return fault("%v is not a number", v)
	}
	return nil
}

// surrogates tells whether a character is written as UTF-16 surrogates, as in "\ud83d\udcda".
// encoding/json reads half a pair as U+FFFD.
func surrogates(doc []byte) bool {
	for {
		i := bytes.IndexByte(doc, '\\')
		if i < 0 || i+3 >= len(doc) {
			return false
		}
		if doc[i+1] == 'u' && doc[i+2]|0x20 == 'd' && doc[i+3] >= '8' {
			return true
		}
		doc = doc[i+2:]
	}
}

// parseJSON reads a document, and tells where the objects of its items stand. Beside what
// encoding/json finds, it refuses a name given twice, anything after the value, and surrogates.
func parseJSON(doc []byte) (any, []news.Part, error) {
	if surrogates(doc) {
		return nil, nil, fault("a character is written as surrogates, maybe as half a pair")
	}
	p := jsonParser{Decoder: json.NewDecoder(bytes.NewReader(doc))}
	p.UseNumber()
	v, err := p.value(atTop)
	if err != nil {
		return nil, nil, fault("byte %d: %w", p.InputOffset(), err)
	}
	if _, err := p.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, fault("byte %d: there is something after the value", p.InputOffset())
	}
	return v, p.parts, nil
}

// jsonParser reads the values of a document.
type jsonParser struct {
	*json.Decoder
	parts []news.Part // of the objects in the document's own items
}

// place is where in a document a value stands.
type place int

const (
	atTop   place = iota // the document itself
	atItems              // its member items
	atItem               // one of those
	elsewhere
)

// inside is the place of a member of that name, or of an array's value, which has none.
func (at place) inside(name string) place {
	switch {
	case at == atTop && name == "items":
		return atItems
	case at == atItems && name == "":
		return atItem
	}
	return elsewhere
}

// value reads the next value, which stands there.
func (p *jsonParser) value(at place) (any, error) {
	token, err := p.Token()
	if err != nil {
		return nil, err
	}
	start := int(p.InputOffset()) - 1
	switch token {
	case json.Delim('{'):
		o, err := p.object(at)
		if at == atItem {
			p.parts = append(p.parts, news.Part{Start: start, End: int(p.InputOffset())})
		}
		return o, err
	case json.Delim('['):
		list := []any{}
		for p.More() {
			v, err := p.value(at.inside(""))
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = p.Token()
		return list, err
	}
	return token, nil
}

// object reads the rest of an object.
func (p *jsonParser) object(at place) (object, error) {
	o := object{}
	for p.More() {
		name, err := p.Token()
		if err != nil {
			return nil, err
		}
		key := name.(string) // the decoder lets nothing else pass here
		if _, twice := o[key]; twice {
			return nil, fault("%s stands there twice", key)
		}
		if o[key], err = p.value(at.inside(key)); err != nil {
			return nil, err
		}
	}
	_, err := p.Token()
	return o, err
}
