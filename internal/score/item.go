package score

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Item is one labelled article. Labels are the topics that it belongs to.
type Item struct {
	ID     string   `json:"id"`
	Lang   string   `json:"lang"`
	Title  string   `json:"title"`
	Text   string   `json:"text"`
	Labels []string `json:"labels"`
	// Uncertain says that a careful second reader could well label it otherwise.
	Uncertain bool   `json:"uncertain"`
	Date      string `json:"date"`
	Source    string `json:"source"`
	URL       string `json:"url"`
}

// Article is the item as an article to be placed: its text is the summary.
func (i Item) Article() news.Article {
	published, _ := time.Parse(time.DateOnly, i.Date) // none if it is no day
	return news.Article{
		Source: i.Source, URL: i.URL, Lang: i.Lang, Title: i.Title, Summary: i.Text,
		Published: published,
	}
}

// maxLine is how long a line of a set of items may be, in bytes.
const maxLine = 1 << 20

// Read reads items, one JSON object a line; empty lines are skipped, and so are other keys than
// those of Item. Its error names every faulty
// line as name:line. Topics are the labels that there are; nil takes any.
func Read(r io.Reader, name string, topics []string) ([]Item, error) {
	rd := reader{name: name, ids: map[string]int{}}
	if topics != nil {
		rd.topics = map[string]bool{}
		for _, t := range topics {
			rd.topics[t] = true
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		rd.line++
		if data := bytes.TrimSpace(lines.Bytes()); len(data) > 0 {
			rd.add(data)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		rd.line++
		rd.fault("longer than 1 MiB: want one item a line")
	} else if err != nil {
		return nil, err
	}
	if len(rd.errs) == 0 && len(rd.items) == 0 {
		rd.errs = append(rd.errs, news.Errorf(news.Invalid,
			"%s: has no item: want one JSON object a line", name))
	}
	return rd.items, errors.Join(rd.errs...)
}

// reader collects items and what is wrong with them.
type reader struct {
	name   string
	line   int
	topics map[string]bool // nil for any
	ids    map[string]int  // the line of each id
	items  []Item
	errs   []error
}

// fault notes something wrong with the line being read.
func (r *reader) fault(format string, args ...any) {
	r.errs = append(r.errs, news.Errorf(news.Invalid, "%s:%d: "+format,
		append([]any{r.name, r.line}, args...)...))
}

// add reads one line.
func (r *reader) add(data []byte) {
	var raw struct {
		Item
		// A set that does not say what an item is labelled is no set of labelled items.
		Labels *[]string `json:"labels"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&raw); err != nil {
		r.fault("%s", strings.TrimPrefix(err.Error(), "json: "))
		return
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		r.fault("has more after its object: want one item a line")
		return
	}
	before := len(r.errs)
	item := raw.Item
	switch {
	case item.ID == "":
		r.fault("id is missing")
	case r.ids[item.ID] > 0:
		r.fault("id %q is that of line %d as well", item.ID, r.ids[item.ID])
	}
	r.ids[item.ID] = r.line
	if item.Lang == "" {
		r.fault("lang is missing")
	}
	if strings.TrimSpace(item.Title+item.Text) == "" {
		r.fault("title and text are both empty")
	}
	if raw.Labels == nil {
		r.fault("labels are missing: want [] for an item of no topic")
	} else {
		item.Labels = *raw.Labels
		r.checkLabels(item.Labels)
	}
	if len(r.errs) == before {
		r.items = append(r.items, item)
	}
}

// checkLabels holds an item's labels against the topics.
func (r *reader) checkLabels(labels []string) {
	seen := map[string]bool{}
	for _, l := range labels {
		switch {
		case seen[l]:
			r.fault("label %q is there twice", l)
		case r.topics != nil && !r.topics[l]:
			r.fault("label %q is no topic here", l)
		}
		seen[l] = true
	}
}
