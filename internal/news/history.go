package news

import (
	"slices"
	"time"
)

// Version is an article as readers saw it from Time until its next version.
type Version struct {
	Revision int       `json:"revision"`
	Time     time.Time `json:"time"` // when it was accepted
	Status   Status    `json:"status"`
	// Changed names what differs from the version before: new, source, title, summary, content,
	// authors, media, status, link, language or rights. It is empty when that version is no longer
	// kept.
	Changed []string `json:"changed,omitempty"`
	Source  string   `json:"source,omitempty"` // id
	URL     string   `json:"url,omitempty"`
	Title   string   `json:"title"`
	Summary string   `json:"summary,omitempty"`
	Content string   `json:"content,omitempty"`
	Lang    string   `json:"lang,omitempty"`
	Authors []Author `json:"authors,omitempty"`
	Media   []Media  `json:"media,omitempty"`
	Rights  Rights   `json:"rights"`
}

// ChangedSince names what differs from an earlier version.
func (v *Version) ChangedSince(before *Version) []string {
	var changed []string
	for _, part := range []struct {
		name string
		same bool
	}{
		{"source", v.Source == before.Source},
		{"title", v.Title == before.Title},
		{"summary", v.Summary == before.Summary},
		{"content", v.Content == before.Content},
		{"authors", slices.Equal(v.Authors, before.Authors)},
		{"media", slices.Equal(v.Media, before.Media)},
		{"status", v.Status == before.Status},
		{"link", v.URL == before.URL},
		{"language", v.Lang == before.Lang},
		{"rights", v.Rights == before.Rights},
	} {
		if !part.same {
			changed = append(changed, part.name)
		}
	}
	return changed
}
