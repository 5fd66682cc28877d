package parse

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// The forms in which RSS writes a person: "mail (Name)", "Name (mail)" and "Name <mail>".
var (
	mailAndName = regexp.MustCompile(`^([^\s@()<>]+@[^\s@()<>]+)\s*\((.*)\)$`)
	nameAndMail = regexp.MustCompile(`^(.*?)\s*[(<]([^\s@()<>]+@[^\s@()<>]+)[)>]$`)
	mailAlone   = regexp.MustCompile(`^[^\s@()<>]+@[^\s@()<>]+$`)
)

// person reads a person out of a text.
func person(text string) news.Author {
	text = strings.Join(strings.Fields(text), " ")
	if m := mailAndName.FindStringSubmatch(text); m != nil {
		return news.Author{Name: m[2], Email: m[1]}
	}
	if m := nameAndMail.FindStringSubmatch(text); m != nil {
		return news.Author{Name: m[1], Email: m[2]}
	}
	if mailAlone.MatchString(text) {
		return news.Author{Email: text}
	}
	return news.Author{Name: text}
}

// namesOnly reads a person out of each text.
func namesOnly(texts []string) []news.Author {
	var authors []news.Author
	for _, text := range texts {
		authors = append(authors, person(text))
	}
	return tidyAuthors(authors)
}

// authors takes the first vocabulary that names anybody.
func (in *rssItem) authors() []news.Author {
	x := in.others
	if authors := namesOnly(x.texts("dc:creator")); len(authors) > 0 {
		return authors
	}
	if authors := namesOnly([]string{in.author}); len(authors) > 0 {
		return authors
	}
	var authors []news.Author
	for _, e := range x.all("atom:author") {
		authors = append(authors, news.Author{
			Name: e.first("name"), Email: e.first("email"), URL: e.first("uri"),
		})
	}
	if authors = tidyAuthors(authors); len(authors) > 0 {
		return authors
	}
	return namesOnly([]string{x.text("dc:author", "itunes:author")})
}

// tidyAuthors leaves out who has no name, and whoever is named twice. An address has to do as a
// name if there is no other.
func tidyAuthors(authors []news.Author) []news.Author {
	var tidy []news.Author
	seen := once{}
	for _, a := range authors {
		a.Name = strings.Join(strings.Fields(a.Name), " ")
		a.Email = strings.TrimPrefix(strings.TrimSpace(a.Email), "mailto:")
		a.Name = cmp.Or(a.Name, a.Email)
		if a.Name != "" && seen.first(a.Name) {
			tidy = append(tidy, a)
		}
	}
	return tidy
}

// tidyTags leaves out empty tags, and those named twice.
func tidyTags(tags []string) []string {
	var tidy []string
	seen := once{}
	for _, tag := range tags {
		tag = strings.Join(strings.Fields(tag), " ")
		if tag != "" && seen.first(tag) {
			tidy = append(tidy, tag)
		}
	}
	return tidy
}

// tags returns what other vocabularies say that an item is about.
func (list parts) tags() []string {
	tags := list.texts("dc:subject")
	for _, p := range list.all("media:category") {
		if tag := cmp.Or(p.attr("label"), p.text()); !strings.Contains(tag, "/") { // a path is no word
			tags = append(tags, tag)
		}
	}
	for _, p := range list.all("itunes:category") {
		tags = append(tags, p.attr("text"))
		for inner := range p.children() {
			tags = append(tags, inner.attr("text"))
		}
	}
	tags = append(tags, strings.Split(list.text("media:keywords"), ",")...)
	return append(tags, strings.Split(list.text("itunes:keywords"), ",")...)
}

// once knows the words that have been, whatever their case.
type once map[string]bool

// first reports whether a word has not been before.
func (o once) first(word string) bool {
	word = strings.ToLower(word)
	was := o[word]
	o[word] = true
	return !was
}
