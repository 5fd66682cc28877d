package push

import (
	"cmp"
	"html"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"github.com/teletipo/teletipo/internal/news"
)

// extension is the member that has what JSON Feed has no word for.
const extension = "_teletipo"

// readItem reads an item of JSON Feed 1.1. Every fault is found, not only the first. The id is
// given apart: whether it is right depends on the address.
func readItem(body []byte) (item news.Item, id string, trouble *problem) {
	var faults []fault
	o := reading(body, "", &faults)
	item = news.Item{
		URL:       cmp.Or(o.link("url"), o.link("external_url")),
		Title:     html.EscapeString(o.text("title")), // it is plain text
		Summary:   html.EscapeString(o.text("summary")),
		Content:   o.text("content_html"),
		Lang:      o.text("language"),
		Tags:      o.texts("tags"),
		Published: o.date("date_published"),
		Modified:  o.date("date_modified"),
	}
	if text := o.text("content_text"); item.Content == "" {
		item.Content = paragraphs(text)
	}
	if _, err := language.Parse(item.Lang); item.Lang != "" && err != nil {
		o.note("language", "is no language tag such as en or es-MX: "+strconv.Quote(item.Lang))
	}
	item.Authors = authors(o)
	for _, name := range []string{"image", "banner_image"} {
		if link := o.link(name); link != "" {
			item.Media = append(item.Media, news.Media{URL: link, Type: news.ImageType(link)})
		}
	}
	for _, a := range o.objects("attachments") {
		link := a.link("url")
		if link == "" {
			a.note("url", "is missing: an attachment needs its address")
		}
		item.Media = append(item.Media, news.Media{
			URL: link, Type: a.text("mime_type"), Length: a.size("size_in_bytes"),
			Title: a.text("title"),
		})
	}
	if raw, ok := o.get(extension); ok {
		own := reading(raw, "/"+extension, &faults)
		item.Rights = news.Rights(own.text("rights"))
		switch item.Rights {
		case "", news.Full, news.Excerpt, news.Headline:
		default:
			own.note("rights", "want full, excerpt or headline")
		}
	}
	id = o.name("id")
	if strings.TrimSpace(item.Title+item.Summary+item.Content) == "" && len(faults) == 0 {
		faults = append(faults, fault{"", "has neither title nor summary nor content"})
	}
	if len(faults) > 0 {
		return item, id, invalid(faults...)
	}
	return item, id, nil
}

// invalid is the problem of a body that is JSON, but no article.
func invalid(faults ...fault) *problem {
	detail := "the body is no article: " + faults[0].Pointer + " " + faults[0].Detail
	if faults[0].Pointer == "" {
		detail = "the body " + faults[0].Detail
	}
	if more := len(faults) - 1; more > 0 {
		detail += ", and " + strconv.Itoa(more) + " more"
	}
	return wrong(http.StatusUnprocessableEntity, detail, faults...)
}

// authors reads the list of JSON Feed 1.1, or else the one author of 1.0.
func authors(o object) (list []news.Author) {
	all := o.objects("authors")
	if raw, ok := o.get("author"); ok && len(all) == 0 {
		all = append(all, reading(raw, "/author", o.faults))
	}
	for _, a := range all {
		list = append(list, news.Author{Name: a.text("name"), URL: a.link("url")})
	}
	return list
}

// paragraphs makes HTML of plain text: paragraphs end at empty lines.
func paragraphs(text string) string {
	var b strings.Builder
	text = strings.ReplaceAll(text, "\r\n", "\n")
	open := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" && open:
			b.WriteString("</p>\n")
			open = false
			continue
		case line == "":
			continue
		case open:
			b.WriteString("<br>\n")
		default:
			b.WriteString("<p>")
			open = true
		}
		b.WriteString(html.EscapeString(line))
	}
	if open {
		b.WriteString("</p>\n")
	}
	return b.String()
}
