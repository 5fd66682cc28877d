package parse

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/dates"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/rawdoc"
)

// parseWordPress reads a list of posts as WordPress's API gives it (wp/v2/posts with _embed).
// Posts that are protected by a password or not published are left out. A field of a wrong type
// counts as missing; a post that is none is a fault and costs no other. A list that breaks off
// gives the posts before. Known is as in ParseNew.
func parseWordPress(
	doc news.Document, words *boilerplate.Words, known func(mark uint64) bool,
) (
	items []news.Item, passed []uint64, faults []error, err error,
) {
	if len(doc.Body) > maxDocument {
		return nil, nil, nil, doc.TooLarge("%d bytes, more than %d", len(doc.Body), maxDocument)
	}
	text := rawdoc.DecodeFeed(doc.Body, doc.MediaType)
	if start := bytes.TrimSpace(text); len(start) == 0 || start[0] != '[' {
		return nil, nil, nil, news.Errorf(news.Invalid, "parse %s: not a list of posts but %s",
			doc.Label(), rawdoc.LooksLike(doc.Body, text, ""))
	}
	if err := checkJSON(doc, text); err != nil {
		return nil, nil, nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	in := rawdoc.Cursor{Text: text}
	_, err = dec.Token() // the bracket
	number, context := 0, wpContext(doc.URL)
	for err == nil && dec.More() && number < maxFeedItems {
		var raw json.RawMessage
		if err = dec.Decode(&raw); err != nil {
			break
		}
		number++
		mark := markOf(context, raw)
		if known != nil && known(mark) {
			passed = append(passed, mark)
			continue
		}
		post := wpObject(raw)
		if post == nil {
			at := int(dec.InputOffset()) - len(raw)
			cause := fmt.Errorf("it is no post but %s", rawdoc.Clip(string(raw)))
			faults = append(faults, atLine(&itemFault{number, at, cause}, doc, &in))
			continue
		}
		if post.public() {
			item := post.item(doc)
			item.Mark = mark
			strip(&item, words)
			items = append(items, item)
		}
	}
	switch {
	case err == nil && dec.More():
		return nil, nil, nil, doc.TooLarge("more than %d posts", maxFeedItems)
	case err == nil:
		_, err = dec.Token()
	}
	if err != nil {
		line, column := rawdoc.Position(text, brokenAt(dec, err))
		faults = append(faults, news.Errorf(news.Invalid, "parse %s: after item %d: line %d, "+
			"column %d: %w", doc.Label(), number, line, column, err))
	}
	return items, passed, faults, nil
}

// wpContext is what posts take from the address of their list: all of it but what is asked for.
func wpContext(address string) []byte {
	address, _, _ = strings.Cut(address, "?")
	return []byte(address)
}

// wpFields is an object of the API: a post, an author, a term or an image.
type wpFields map[string]json.RawMessage

// wpObject reads an object, nil if it is none.
func wpObject(raw json.RawMessage) (fields wpFields) {
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	return fields
}

// wpList reads a list, empty if it is none.
func wpList(raw json.RawMessage) (list []json.RawMessage) {
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// text is the first text that one of the fields has: a string, a number's digits, or what an
// object has as "rendered".
func (f wpFields) text(names ...string) string {
	for _, name := range names {
		raw := f[name]
		if o := f.object(name); o != nil {
			raw = o["rendered"]
		}
		if s := wpString(raw); s != "" {
			return s
		}
	}
	return ""
}

// wpString reads a string or a number, empty if it is neither.
func wpString(raw json.RawMessage) string {
	var s string
	var n json.Number
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(s)
	}
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// object is a field that is an object, nil if it is none.
func (f wpFields) object(name string) wpFields { return wpObject(f[name]) }

// public reports whether everybody may read a post.
func (f wpFields) public() bool {
	for _, name := range []string{"content", "excerpt"} {
		if string(f.object(name)["protected"]) == "true" {
			return false
		}
	}
	status := f.text("status")
	return status == "" || status == "publish"
}

func (f wpFields) item(doc news.Document) news.Item {
	home := wpHome(doc.URL)
	base := cmp.Or(rawdoc.Link(doc.URL, f.text("link")), news.Base(doc.URL))
	embedded := f.object("_embedded")
	return news.Item{
		GUID:      f.guid(home),
		URL:       rawdoc.Link(doc.URL, f.text("link")),
		Base:      base,
		Title:     f.text("title"),
		Summary:   f.text("excerpt"),
		Content:   f.text("content"),
		Lang:      f.lang(),
		Authors:   wpAuthors(base, embedded),
		Tags:      wpTags(embedded),
		Media:     f.media(base, embedded),
		Published: f.date("date"),
		Modified:  f.date("modified"),
		Origin:    news.Origin{ID: home, Link: home},
	}
}

// guid is what the site's feed calls the post as well: its guid, with & where the database has an
// entity. A post without one gets the form that WordPress gives it, from its number.
func (f wpFields) guid(home string) string {
	if guid := html.UnescapeString(f.text("guid")); guid != "" {
		return guid
	}
	if id := f.text("id"); id != "" && home != "" {
		return home + "?p=" + id
	}
	return ""
}

// wpHome is the address of the site that an API belongs to, with a slash at its end.
func wpHome(api string) string {
	u, err := url.Parse(api)
	if err != nil || u.Host == "" {
		return ""
	}
	home := u.Path
	if root, _, found := strings.Cut(u.Path, "/wp/v2/"); found {
		home = path.Dir(root) // without "wp-json", or what the site calls it
	}
	home = strings.TrimSuffix(strings.TrimSuffix(home, "index.php"), "/")
	return u.Scheme + "://" + u.Host + home + "/"
}

// date is a date of the post's, in UTC. A site that gives only its local time gets it believed.
func (f wpFields) date(name string) time.Time {
	if t := dates.Parse(f.text(name + "_gmt")); !t.IsZero() {
		return t
	}
	return dates.Parse(f.text(name))
}

var wpTongue = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}$`)

// lang is what a plugin for several languages says of the post: WordPress itself says nothing.
func (f wpFields) lang() string {
	for _, name := range []string{"lang", "language", "locale", "wpml_current_locale"} {
		lang := f.text(name)
		if o := f.object(name); o != nil {
			lang = o.text("locale", "slug", "code")
		}
		if wpTongue.MatchString(lang) {
			return strings.ReplaceAll(lang, "_", "-")
		}
	}
	return ""
}

// wpAuthors reads the embedded authors. One that may not be seen is an error there, without name.
func wpAuthors(base string, embedded wpFields) []news.Author {
	var authors []news.Author
	for _, raw := range wpList(embedded["author"]) {
		in := wpObject(raw)
		author := person(html.UnescapeString(in.text("name")))
		author.URL = rawdoc.Link(base, in.text("url", "link"))
		authors = append(authors, author)
	}
	return tidyAuthors(authors)
}

// wpTags reads the embedded categories and tags, a list for each taxonomy.
func wpTags(embedded wpFields) []string {
	var tags []string
	for _, terms := range wpList(embedded["wp:term"]) {
		for _, raw := range wpList(terms) {
			term := wpObject(raw)
			if slices.Contains([]string{"category", "post_tag", ""}, term.text("taxonomy")) {
				tags = append(tags, html.UnescapeString(term.text("name")))
			}
		}
	}
	return tidyTags(tags)
}

// media is the featured image, as WordPress embeds it or as Jetpack names it.
func (f wpFields) media(base string, embedded wpFields) []news.Media {
	g := gallery{base: base}
	for _, raw := range wpList(embedded["wp:featuredmedia"]) {
		in := wpObject(raw)
		details := in.object("media_details")
		g.add(news.Media{
			URL: in.text("source_url"), Type: in.text("mime_type"),
			Length: size(details.text("filesize")),
			Width:  pixels(details.text("width")), Height: pixels(details.text("height")),
			Title: html.UnescapeString(in.text("alt_text", "title")),
		})
	}
	if len(g.media) == 0 {
		g.add(news.Media{URL: f.text("jetpack_featured_media_url")})
	}
	return g.media
}
