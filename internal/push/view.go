package push

import (
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// outcome is the answer to a push: what became of the article.
type outcome struct {
	ID         string           `json:"id"`   // urn:uuid:…
	Name       string           `json:"name"` // that its source gives it
	Outcome    news.Outcome     `json:"outcome"`
	Reason     string           `json:"reason,omitempty"`
	Status     news.Status      `json:"status"`
	Revision   int              `json:"revision"`
	Title      string           `json:"title"`
	Language   string           `json:"language,omitempty"`
	Placements []news.Placement `json:"placements"`
	Links      links            `json:"links"`
}

// links are an article's addresses: here, and for readers.
type links struct {
	Self string `json:"self"`
	Page string `json:"page"`
}

// stored is an article as it is stored, as an item of JSON Feed 1.1: what GET gives can be edited
// and put.
type stored struct {
	ID            string       `json:"id"` // urn:uuid:…
	URL           string       `json:"url,omitempty"`
	Title         string       `json:"title"`
	ContentHTML   string       `json:"content_html"`
	Summary       string       `json:"summary,omitempty"`
	Published     time.Time    `json:"date_published"`
	Modified      time.Time    `json:"date_modified,omitzero"`
	Authors       []author     `json:"authors,omitempty"`
	Tags          []string     `json:"tags,omitempty"`
	Language      string       `json:"language,omitempty"`
	Attachments   []attachment `json:"attachments,omitempty"`
	TeletipoState state        `json:"_teletipo"`
}

type author struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type attachment struct {
	URL   string `json:"url"`
	Type  string `json:"mime_type,omitempty"`
	Size  int64  `json:"size_in_bytes,omitempty"`
	Title string `json:"title,omitempty"`
}

// state is what JSON Feed has no word for. Of what is pushed only Rights are read.
type state struct {
	Rights     news.Rights      `json:"rights"`
	Name       string           `json:"name"`
	Source     string           `json:"source"`
	Status     news.Status      `json:"status"`
	Revision   int              `json:"revision"`
	FirstSeen  time.Time        `json:"first_seen"`
	Updated    time.Time        `json:"updated"`
	Placements []news.Placement `json:"placements"`
	Decisions  []news.Decision  `json:"decisions,omitempty"`
	Links      links            `json:"links"`
}

// linksOf returns the addresses of an article.
func (p *pushing) linksOf(id news.ID) links {
	base := p.Site.PublicURL
	return links{Self: base + Prefix + "articles/" + id.String(), Page: base + news.ArticlePath(id)}
}

// outcomeOf says what became of a pushed article.
func (p *pushing) outcomeOf(r *news.Result, e *news.Entry) outcome {
	return outcome{
		ID: e.ID.URN(), Name: e.GUID, Outcome: r.Outcome, Reason: r.Reason,
		Status: e.Status, Revision: e.Revision, Title: e.Title, Language: e.Lang,
		Placements: placements(e), Links: p.linksOf(e.ID),
	}
}

// storedOf shows an article as it is stored.
func (p *pushing) storedOf(e *news.Entry) stored {
	s := stored{
		ID: e.ID.URN(), URL: e.URL, Title: e.Title, ContentHTML: e.Content, Summary: e.Summary,
		Published: e.Published, Modified: e.Modified, Tags: e.Tags, Language: e.Lang,
		TeletipoState: state{
			Rights: e.Rights, Name: e.GUID, Source: e.Source, Status: e.Status,
			Revision: e.Revision, FirstSeen: e.FirstSeen, Updated: e.Updated,
			Placements: placements(e), Decisions: e.Decisions, Links: p.linksOf(e.ID),
		},
	}
	for _, a := range e.Authors {
		s.Authors = append(s.Authors, author{Name: a.Name, URL: a.URL})
	}
	for _, m := range e.Media {
		s.Attachments = append(s.Attachments, attachment{m.URL, m.Type, m.Length, m.Title})
	}
	return s
}

// placements returns an empty list, not null, for an article in no topic.
func placements(e *news.Entry) []news.Placement {
	return append([]news.Placement{}, e.Placements...)
}
