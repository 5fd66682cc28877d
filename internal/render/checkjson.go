package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
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
	"items":         listOf(objectOf(jsonItemMembers, "id", "url", "title", "_teletipo")),
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
}

var jsonAuthorMembers = members{"name": text, "url": webAddress}

var jsonAttachmentMembers = members{
	"url": webAddress, "mime_type": text, "title": text, "size_in_bytes": number,
}

// checkJSON holds a document to JSON Feed 1.1 and what we publish.
func checkJSON(doc []byte) error {
	v, err := parseJSON(doc)
	if err != nil {
		return err
	}
	feed := objectOf(jsonFeedMembers, "version", "title", "home_page_url", "feed_url", "items")
	if err := feed(v); err != nil {
		return err
	}
	ids := unique{}
	f := v.(object)
	if f["next_url"] == f["feed_url"] {
		return fault("next_url is the document itself")
	}
	for _, v := range f["items"].([]any) {
		item := v.(object)
		id := item["id"].(string)
		if err := ids.add("id " + id); err != nil {
			return err
		}
		if item["content_html"] == nil && item["content_text"] == nil {
			return fault("item %s: it has neither content_html nor content_text", id)
		}
	}
	return nil
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

func webAddress(v any) error { s, _ := v.(string); return checkAddress(s) }
func tag(v any) error        { s, _ := v.(string); return checkTag(s) }
func date(v any) error       { s, _ := v.(string); return checkDate(s, time.RFC3339) }

func number(v any) error {
	n, ok := v.(json.Number)
	if i, err := n.Int64(); !ok || err != nil || i < 0 {
		return fault("%v is not a number of bytes", v)
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

// parseJSON reads a document. Beside what encoding/json finds, it refuses a name given twice,
// anything after the value, and surrogates.
func parseJSON(doc []byte) (any, error) {
	if surrogates(doc) {
		return nil, fault("a character is written as surrogates, maybe as half a pair")
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	v, err := parseValue(d)
	if err != nil {
		return nil, fault("byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault("byte %d: there is something after the value", d.InputOffset())
	}
	return v, nil
}

// parseValue reads the next value.
func parseValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			key := name.(string) // the decoder lets nothing else pass here
			if _, twice := o[key]; twice {
				return nil, fault("%s stands there twice", key)
			}
			if o[key], err = parseValue(d); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := parseValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return token, nil
}
