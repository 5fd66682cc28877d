package main

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// What follows knows of feeds what docs/feeds.md and docs/http.md say, and nothing else: it uses
// none of the program's packages but for the names of the formats.

// copied is an article as a client has it.
type copied struct {
	title, modified string
	number          uint64 // of the tag that it came with last
}

// page is a document as a client reads it.
type page struct {
	entries map[string]copied
	gone    []string
	prev    string // address of the archive before; empty for none
}

// readPage reads a document of any format.
func readPage(format news.Format, body []byte) (page, error) {
	p := page{entries: map[string]copied{}}
	var err error
	switch format {
	case news.RSS:
		err = p.readRSS(body)
	case news.Atom:
		err = p.readAtom(body)
	default:
		err = p.readJSON(body)
	}
	return p, err
}

// atomLink is a link in RSS and Atom.
type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

func (p *page) link(all []atomLink) {
	for _, l := range all {
		if l.Rel == "prev-archive" {
			p.prev = l.Href
		}
	}
}

func (p *page) readRSS(body []byte) error {
	var doc struct {
		Channel struct {
			Links []atomLink `xml:"http://www.w3.org/2005/Atom link"`
			Items []struct {
				GUID     string `xml:"guid"`
				Title    string `xml:"title"`
				Modified string `xml:"http://purl.org/dc/terms/ modified"`
			} `xml:"item"`
		} `xml:"channel"`
	}
	err := xml.Unmarshal(body, &doc)
	p.link(doc.Channel.Links)
	for _, i := range doc.Channel.Items {
		p.entries[i.GUID] = copied{title: i.Title, modified: i.Modified}
	}
	return err
}

func (p *page) readAtom(body []byte) error {
	var doc struct {
		Links   []atomLink `xml:"http://www.w3.org/2005/Atom link"`
		Entries []struct {
			ID      string `xml:"http://www.w3.org/2005/Atom id"`
			Title   string `xml:"http://www.w3.org/2005/Atom title"`
			Updated string `xml:"http://www.w3.org/2005/Atom updated"`
		} `xml:"http://www.w3.org/2005/Atom entry"`
		Gone []struct {
			Ref string `xml:"ref,attr"`
		} `xml:"http://purl.org/atompub/tombstones/1.0 deleted-entry"`
	}
	err := xml.Unmarshal(body, &doc)
	p.link(doc.Links)
	for _, e := range doc.Entries {
		p.entries[e.ID] = copied{title: e.Title, modified: e.Updated}
	}
	for _, g := range doc.Gone {
		p.gone = append(p.gone, g.Ref)
	}
	return err
}

func (p *page) readJSON(body []byte) error {
	var doc struct {
		Next  string `json:"next_url"`
		Items []struct {
			ID       string `json:"id"`
			Title    string `json:"title"`
			Modified string `json:"date_modified"`
		} `json:"items"`
	}
	err := json.Unmarshal(body, &doc)
	p.prev = doc.Next
	for _, i := range doc.Items {
		p.entries[i.ID] = copied{title: i.Title, modified: i.Modified}
	}
	return err
}

// document is one of a feed's documents as a client holds it.
type document struct {
	page
	tag string
}

// client has a copy of a feed.
type client struct {
	format news.Format
	feed   string // address
	deltas bool   // it asks for what is new alone
	get    func(*http.Request) (*http.Response, error)

	held     document             // the feed's document, what has slid out of it included
	archives map[string]*document // by address, those of the last walk
	copy     map[string]copied
	missed   map[string]bool // that were nowhere at the last visit, and are kept for one more
	partial  int             // answers that had what is new alone
}

// ask asks for a document, and reports whether there is anything new.
func (c *client) ask(ctx context.Context, address string, d *document, delta bool) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	if d.tag != "" {
		req.Header.Set("If-None-Match", d.tag)
	}
	if delta {
		req.Header.Set("A-IM", "feed")
	}
	resp, err := c.get(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode == http.StatusNotModified {
		return false, err
	}
	got, err := readPage(c.format, body)
	if err != nil {
		return false, err
	}
	d.tag = resp.Header.Get("ETag")
	number, err := numberOf(d.tag)
	if err != nil {
		return false, err
	}
	for id, e := range got.entries {
		e.number = number
		got.entries[id] = e
	}
	switch resp.StatusCode {
	case http.StatusOK:
		d.page = got
	case http.StatusIMUsed:
		c.partial++
		return true, d.merge(got, resp.Header.Get("Delta-Cut"))
	default:
		return false, fmt.Errorf("%s: status %d", address, resp.StatusCode)
	}
	return true, nil
}

// numberOf reads the number at the beginning of a tag.
func numberOf(tag string) (uint64, error) {
	digits, _, _ := strings.Cut(strings.Trim(tag, `"`), "-")
	return strconv.ParseUint(digits, 36, 64)
}

// merge adds what is new alone, and cuts what is in archives.
func (d *document) merge(got page, cut string) error {
	until, err := strconv.ParseUint(cut, 36, 64)
	if err != nil {
		return err
	}
	for id, e := range got.entries {
		d.entries[id] = e
	}
	for _, id := range got.gone {
		if _, is := got.entries[id]; !is {
			delete(d.entries, id)
		}
	}
	for id, e := range d.entries {
		if e.number <= until {
			delete(d.entries, id)
		}
	}
	d.prev = got.prev
	return nil
}

// visit brings the copy up to date: "Keeping a copy" in docs/feeds.md.
func (c *client) visit(ctx context.Context) error {
	for range 20 {
		if _, err := c.ask(ctx, c.feed, &c.held, c.deltas); err != nil {
			return err
		}
		walked := map[string]*document{}
		for next := c.held.prev; next != ""; {
			d := c.archives[next]
			if d == nil {
				d = &document{}
			}
			if _, err := c.ask(ctx, next, d, false); err != nil {
				return err
			}
			walked[next], next = d, d.prev
		}
		c.archives = walked
		if more, err := c.ask(ctx, c.feed, &c.held, c.deltas); !more {
			c.settle()
			return err
		}
	}
	return errors.New("the feed never stands still")
}

// settle makes the copy of all that was read.
func (c *client) settle() {
	now := map[string]copied{}
	for id, e := range c.held.entries {
		now[id] = e
	}
	for _, d := range c.archives {
		for id, e := range d.entries {
			now[id] = e
		}
	}
	missed := map[string]bool{}
	for id, e := range c.copy {
		if _, is := now[id]; !is && !c.missed[id] {
			missed[id], now[id] = true, e
		}
	}
	c.copy, c.missed = now, missed
}

// follower adds to what it has, and forgets nothing: "Older articles" in docs/feeds.md.
type follower struct {
	client
	read map[string]bool // archives of walks that came to their end
}

// visit asks for the feed's document, and walks back to the first archive that was read before.
func (f *follower) visit(ctx context.Context) error {
	if _, err := f.ask(ctx, f.feed, &f.held, f.deltas); err != nil {
		return err
	}
	f.add(f.held.page)
	read := map[string]bool{}
	for next := f.held.prev; next != "" && !f.read[next]; {
		var d document
		if _, err := f.ask(ctx, next, &d, false); err != nil {
			return err
		}
		f.add(d.page)
		read[next], next = true, d.prev
	}
	for address := range read {
		f.read[address] = true
	}
	return nil
}

// add takes over what was updated last.
func (f *follower) add(p page) {
	for id, e := range p.entries {
		if old, is := f.copy[id]; !is || e.modified >= old.modified {
			f.copy[id] = e
		}
	}
	for _, id := range p.gone {
		if _, is := p.entries[id]; !is {
			delete(f.copy, id)
		}
	}
}
