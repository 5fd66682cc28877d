package lint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func position(line, column int) string { return fmt.Sprintf("line %d, column %d", line, column) }

// rss judges an RSS 2.0 document (RSS 2.0 and the RSS Best Practices Profile).
func (n *notes) rss(root *node, doc Document) relations {
	n.look("rss-required", "rss-guid", "rss-dates", "rss-persons", "rss-parts", "rss-self",
		"rss-text", "rss-elements")
	channel := root.first("", "channel")
	if channel == nil {
		n.fault("rss-required", root.where(), "there is no <channel>")
		return relations{}
	}
	if v := root.attr("version"); v != "2.0" {
		n.doubt("rss-required", root.where(), "version is %q, not 2.0", v)
	}
	for _, name := range []string{"title", "description", "link"} {
		if channel.first("", name).value() == "" {
			n.fault("rss-required", channel.where(), "channel has no %s", name)
		}
	}
	if link := channel.first("", "link"); link.value() != "" && !absolute(link.value()) {
		n.fault("rss-required", link.where(), "link %q is not absolute", link.value())
	}
	n.rssDates(channel, "pubDate", "lastBuildDate")
	n.persons(channel, "managingEditor", "webMaster")
	n.rssTimes(channel)
	n.rssSelf(channel, doc)
	n.elements(channel, "", rssElements, "rss-elements")
	n.rssModules(channel)
	rel := n.history(channel)
	guids := map[string]bool{}
	items := channel.all("", "item")
	for _, item := range items {
		n.rssItem(item, guids)
		rel.items = append(rel.items, rssItem(item))
	}
	return rel
}

// rssItem judges an item.
func (n *notes) rssItem(item *node, guids map[string]bool) {
	if item.first("", "title").value() == "" && item.first("", "description").value() == "" {
		n.fault("rss-required", item.where(), "item has neither title nor description")
	}
	for _, name := range []string{"link", "guid", "description"} {
		for _, c := range item.all("", name) {
			if c.value() == "" {
				n.fault("rss-required", c.where(), "empty <%s> in place of none", name)
			}
		}
	}
	for _, name := range []string{"title", "link", "description", "pubDate"} {
		if all := item.all("", name); len(all) > 1 {
			n.doubt("rss-required", all[1].where(), "item has %d elements %s", len(all), name)
		}
	}
	n.elements(item, "", rssElements, "rss-elements")
	n.rssModules(item)
	n.guid(item, guids)
	n.rssDates(item, "pubDate")
	n.persons(item, "author")
	if item.first("", "author") != nil && item.first(nsDC, "creator") != nil {
		n.doubt("rss-persons", item.where(), "author and dc:creator both")
	}
	n.enclosures(item)
	for _, c := range item.all("", "source") {
		if !absolute(c.attr("url")) {
			n.fault("rss-parts", c.where(), "source has no absolute url")
		}
	}
	if title := item.first("", "title"); title != nil && len(title.children) > 0 {
		n.fault("rss-text", title.where(), "title has elements")
	} else if title != nil && markup.MatchString(title.value()) {
		n.doubt("rss-text", title.where(), "markup in a title, which is plain text")
	} else if title != nil && escaped.MatchString(title.value()) {
		n.doubt("rss-text", title.where(), "title looks escaped twice: %q", cut(title.value()))
	}
	description, encoded := item.first("", "description"), item.first(nsContent, "encoded")
	if encoded != nil && description == nil {
		n.doubt("rss-text", encoded.where(), "content:encoded without a description")
	}
	for _, c := range []*node{description, encoded} {
		if c == nil {
			continue
		}
		if ref := relativeIn(c.text); ref != "" {
			n.fault("rss-text", c.where(), "relative address %q in HTML", cut(ref))
		}
	}
}

// rssItem is what readers take of an item.
func rssItem(of *node) item {
	it := item{
		where: of.where(), id: of.first("", "guid").value(),
		name:     of.first("", "link").value() + " " + of.first("", "title").value(),
		html:     of.first("", "description").value() + of.first(nsContent, "encoded").value(),
		pictures: mediaPictures(of),
	}
	date := of.first("", "pubDate")
	it.published, _, it.misdated = rfc822(date.value())
	it.misdated = it.misdated && date != nil
	if date, ok := isRFC3339(of.first(nsDC, "date").value()); ok && it.published.IsZero() {
		it.published = date
	}
	it.updated, _ = isRFC3339(of.first(nsTerms, "modified").value())
	if it.updated.IsZero() {
		it.updated = it.published
	}
	return it
}

// guid judges an item's name.
func (n *notes) guid(item *node, guids map[string]bool) {
	all := item.all("", "guid")
	if len(all) == 0 {
		n.doubt("rss-guid", item.where(), "item has no guid")
		return
	}
	if len(all) > 1 {
		n.fault("rss-guid", all[1].where(), "item has %d guids", len(all))
	}
	guid := all[0]
	if guids[guid.value()] {
		n.fault("rss-guid", guid.where(), "guid %q stands twice", cut(guid.value()))
	}
	guids[guid.value()] = true
	if guid.attr("isPermaLink") != "false" && !absolute(guid.value()) {
		n.fault("rss-guid", guid.where(), "guid %q is no address, and isPermaLink is not false",
			cut(guid.value()))
	}
}

// rssDates judges dates.
func (n *notes) rssDates(of *node, names ...string) {
	for _, name := range names {
		for _, c := range of.all("", name) {
			switch _, problem, fault := rfc822(c.value()); {
			case fault:
				n.fault("rss-dates", c.where(), "%s %q %s", name, cut(c.value()), problem)
			case problem != "":
				n.doubt("rss-dates", c.where(), "%s %q %s", name, cut(c.value()), problem)
			}
		}
	}
}

var mailbox = regexp.MustCompile(`^[^@\s]+@[^@\s]+( \([^()]+\))?$`)

// persons judges elements that name a person.
func (n *notes) persons(of *node, names ...string) {
	for _, name := range names {
		for _, c := range of.all("", name) {
			if !mailbox.MatchString(c.value()) {
				n.fault("rss-persons", c.where(), "%s %q is not `mail (Name)`", name, cut(c.value()))
			}
		}
	}
}

// enclosures judges the enclosures and categories of an item.
func (n *notes) enclosures(item *node) {
	all := item.all("", "enclosure")
	if len(all) > 1 {
		n.doubt("rss-parts", all[1].where(), "%d enclosures: readers take one", len(all))
	}
	for _, c := range all {
		if length, err := strconv.ParseInt(c.attr("length"), 10, 64); !absolute(c.attr("url")) ||
			err != nil || length < 0 || !strings.Contains(c.attr("type"), "/") {
			n.fault("rss-parts", c.where(), "enclosure needs url, length (0 if unknown) and type")
		}
	}
	for _, c := range item.all("", "category") {
		if c.value() == "" {
			n.fault("rss-parts", c.where(), "empty category")
		} else if strings.Count(c.value(), ",") > 1 {
			n.doubt("rss-parts", c.where(), "several terms in one category: %q", cut(c.value()))
		}
	}
}

// rssTimes judges what a channel says about when to ask.
func (n *notes) rssTimes(channel *node) {
	if hours := channel.first("", "skipHours"); hours != nil {
		for _, c := range hours.all("", "hour") {
			if h, err := strconv.Atoi(c.value()); err != nil || h < 0 || h > 23 {
				n.fault("rss-parts", c.where(), "hour %q is not 0 to 23", cut(c.value()))
			}
		}
	}
	if cloud := channel.first("", "cloud"); cloud != nil {
		for _, name := range []string{"domain", "port", "path", "registerProcedure", "protocol"} {
			if cloud.attr(name) == "" && name != "registerProcedure" {
				n.fault("rss-parts", cloud.where(), "cloud has no %s", name)
			}
		}
	}
}

// rssSelf judges what a channel says of its own address and language.
func (n *notes) rssSelf(channel *node, doc Document) {
	self := channel.link("self")
	switch {
	case self == nil:
		n.doubt("rss-self", channel.where(), "no atom:link rel=\"self\"")
	case !absolute(self.attr("href")):
		n.fault("rss-self", self.where(), "self %q is not absolute", cut(self.attr("href")))
	case doc.URL != "" && !sameAddress(self.attr("href"), doc.URL):
		n.fault("rss-self", self.where(), "self is %s, served at %s", self.attr("href"), doc.URL)
	}
	if self != nil && self.attr("type") != "application/rss+xml" {
		n.doubt("rss-self", self.where(), "self has type %q, not application/rss+xml", self.attr("type"))
	}
	if channel.first("", "language").value() == "" && channel.first(nsDC, "language").value() == "" {
		n.doubt("rss-self", channel.where(), "no language")
	}
}

// longestQuote bounds what a finding repeats of a document.
const longestQuote = 80

// cut shortens what a finding quotes.
func cut(s string) string {
	if len(s) <= longestQuote {
		return s
	}
	return strings.ToValidUTF8(s[:longestQuote], "") + "…"
}
