package parse

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/mmcdole/gofeed/rss"

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

// rssAuthors takes the first vocabulary that names anybody.
func rssAuthors(in *rss.Item, x extensions) []news.Author {
	if authors := namesOnly(x.texts("dc:creator")); len(authors) > 0 {
		return authors
	}
	if authors := namesOnly([]string{in.Author}); len(authors) > 0 {
		return authors
	}
	var authors []news.Author
	for _, e := range x["atom"]["author"] {
		child := func(name string) string {
			if c := e.Children[name]; len(c) > 0 {
				return c[0].Value
			}
			return ""
		}
		authors = append(authors, news.Author{
			Name: child("name"), Email: child("email"), URL: child("uri"),
		})
	}
	if authors = tidyAuthors(authors); len(authors) > 0 {
		return authors
	}
	return namesOnly([]string{x.text("dc:author", "itunes:author", "media:credit")})
}

// tidyAuthors leaves out who has no name, and whoever is named twice. An address has to do as a
// name if there is no other.
func tidyAuthors(authors []news.Author) []news.Author {
	var tidy []news.Author
	for _, a := range authors {
		a.Name = strings.Join(strings.Fields(a.Name), " ")
		a.Email = strings.TrimPrefix(strings.TrimSpace(a.Email), "mailto:")
		a.Name = cmp.Or(a.Name, a.Email)
		same := func(b news.Author) bool { return strings.EqualFold(a.Name, b.Name) }
		if a.Name != "" && !slices.ContainsFunc(tidy, same) {
			tidy = append(tidy, a)
		}
	}
	return tidy
}

// tidyTags leaves out empty tags, and those named twice.
func tidyTags(tags []string) []string {
	var tidy []string
	for _, tag := range tags {
		tag = strings.Join(strings.Fields(tag), " ")
		same := func(other string) bool { return strings.EqualFold(tag, other) }
		if tag != "" && !slices.ContainsFunc(tidy, same) {
			tidy = append(tidy, tag)
		}
	}
	return tidy
}
