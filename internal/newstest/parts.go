package newstest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/teletipo/teletipo/internal/news"
)

// Parts is a feed's document taken apart: the bytes of each entry and tombstone, by id.
type Parts struct {
	Entries, Tombstones map[string]string
}

// ReadParts takes a document of ours apart. The error is of one that is ill-formed, or that has an
// id twice or none.
func ReadParts(format news.Format, doc []byte) (Parts, error) {
	p := Parts{map[string]string{}, map[string]string{}}
	if format == news.JSON {
		return p, p.readJSON(doc)
	}
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		start := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		element, is := token.(xml.StartElement)
		if !is {
			continue
		}
		switch element.Name.Local {
		case "item", "entry":
			var e struct {
				GUID string `xml:"guid"`
				ID   string `xml:"http://www.w3.org/2005/Atom id"`
			}
			if err := d.DecodeElement(&e, &element); err != nil {
				return p, err
			}
			if err := add(p.Entries, e.GUID+e.ID, doc[start:d.InputOffset()]); err != nil {
				return p, err
			}
		case "deleted-entry":
			if err := d.Skip(); err != nil {
				return p, err
			}
			ref := element.Attr[0].Value
			if err := add(p.Tombstones, ref, doc[start:d.InputOffset()]); err != nil {
				return p, err
			}
		}
	}
}

func (p Parts) readJSON(doc []byte) error {
	var feed struct{ Items []json.RawMessage }
	if err := json.Unmarshal(doc, &feed); err != nil {
		return err
	}
	for _, raw := range feed.Items {
		var item struct{ ID string }
		if err := json.Unmarshal(raw, &item); err != nil {
			return err
		}
		if err := add(p.Entries, item.ID, raw); err != nil {
			return err
		}
	}
	return nil
}

func add(parts map[string]string, id string, text []byte) error {
	if _, twice := parts[id]; twice || id == "" {
		return fmt.Errorf("id %q stands there twice, or is none", id)
	}
	parts[id] = string(text)
	return nil
}

// Offer has a taker see entries as a store shows those of a feed, each at its place.
func Offer(take news.Taker, entries []news.Entry, places []news.Place) {
	full := false
	for i, p := range places {
		if !full || p.Tail {
			full = !take(p, func() (news.Entry, error) { return entries[i], nil }) || full
		}
	}
}
