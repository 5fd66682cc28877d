package parse

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// jsonHead is what a JSON Feed says of itself (jsonfeed.org/version/1.1; author is of 1.0).
type jsonHead struct {
	Title       string        `json:"title"`
	HomePageURL string        `json:"home_page_url"`
	FeedURL     string        `json:"feed_url"`
	Language    string        `json:"language"`
	Author      *jsonPerson   `json:"author"`
	Authors     []*jsonPerson `json:"authors"`
}

// jsonEntry is an item of a JSON Feed.
type jsonEntry struct {
	ID            looseText        `json:"id"`
	URL           string           `json:"url"`
	ExternalURL   string           `json:"external_url"`
	Title         string           `json:"title"`
	ContentHTML   string           `json:"content_html"`
	ContentText   string           `json:"content_text"`
	Summary       string           `json:"summary"`
	Image         string           `json:"image"`
	BannerImage   string           `json:"banner_image"`
	DatePublished string           `json:"date_published"`
	DateModified  string           `json:"date_modified"`
	Language      string           `json:"language"`
	Author        *jsonPerson      `json:"author"`
	Authors       []*jsonPerson    `json:"authors"`
	Tags          []string         `json:"tags"`
	Attachments   []jsonAttachment `json:"attachments"`
}

type jsonPerson struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type jsonAttachment struct {
	URL         string      `json:"url"`
	MimeType    string      `json:"mime_type"`
	Title       string      `json:"title"`
	SizeInBytes looseNumber `json:"size_in_bytes"`
}

// looseText is a text that may be written as a number or anything else, as an id "must be coerced".
type looseText string

func (s *looseText) UnmarshalJSON(raw []byte) error {
	var text string
	switch {
	case string(raw) == "null":
	case json.Unmarshal(raw, &text) == nil:
		*s = looseText(text)
	default:
		*s = looseText(strings.TrimSpace(string(raw)))
	}
	return nil
}

// looseNumber is a whole number that may be written as a text; 0 if it is none.
type looseNumber int64

func (n *looseNumber) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSpace(strings.Trim(string(raw), `"`))
	if f, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(f) < 1<<53 {
		*n = looseNumber(f)
	}
	return nil
}
