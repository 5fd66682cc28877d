package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

// article shows one article as it is stored.
func (in *invocation) article(ctx context.Context, d *desk.Desk, id news.ID) error {
	e, err := desk.Entry.Ask(ctx, d, id)
	switch {
	case err != nil:
		return err
	case in.flags.JSON:
		return in.printJSON(&e)
	}
	return in.page(func() error {
		_, err := in.stdout.Write(shownArticle(&e, cmp.Or(in.width, widthElsewhere)))
		return err
	})
}

// shownArticle writes an article down for a person.
func shownArticle(e *news.Entry, width int) (text []byte) {
	line := func(name, format string, args ...any) {
		if value := fmt.Sprintf(format, args...); value != "" && value != "-" {
			text = fmt.Appendf(text, "%-10s %s\n", name, value)
		}
	}
	text = append(text, wrapped(cmp.Or(e.Title, "(no title)"), width)+"\n\n"...)
	line("id", "%s", e.ID)
	line("status", "%s, version %d", e.Status, e.Revision)
	line("published", "%s", local(e.Published))
	line("updated", "%s", local(e.Updated))
	line("source", "%s", e.Source)
	line("link", "%s", e.URL)
	line("language", "%s", e.Lang)
	line("rights", "%s", e.Rights)
	for _, s := range e.Signals {
		line("signal", "%s: %s (%s)", s.Name, s.Value, s.From)
	}
	names := make([]string, 0, len(e.Authors))
	for _, a := range e.Authors {
		names = append(names, a.Name)
	}
	line("authors", "%s", strings.Join(names, ", "))
	line("tags", "%s", strings.Join(e.Tags, ", "))
	for _, p := range e.Placements {
		line("topic", "%s %.1f (%s)", p.Topic, p.Score, evidenceWords(p.Evidence, 3))
	}
	for _, m := range e.Media {
		line("media", "%s", m.URL)
	}
	passages := clean.Passages(e.Article)
	if e.Content == "" && e.Summary != "" {
		text = append(text, "\n"+wrapped(e.Summary, width)+"\n"...)
	}
	for _, p := range passages {
		if p.Text != e.Title && e.Content != "" {
			text = append(text, "\n"+wrapped(p.Text, width)+"\n"...)
		}
	}
	return text
}

// wrapped breaks a text into lines at its spaces.
func wrapped(text string, width int) string {
	var b strings.Builder
	at := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case at == 0:
		case at+1+n > width:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
