package lint

import (
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The elements of RSS 2.0 by what they stand in, and those of Atom (RFC 4287, appendix B).
var (
	rssElements = map[string][]string{
		"channel": strings.Fields(`title link description language copyright managingEditor webMaster
			pubDate lastBuildDate category generator docs cloud ttl image rating textInput skipHours
			skipDays item`),
		"item": strings.Fields(`title link description author category comments enclosure guid pubDate
			source`),
	}
	atomElements = map[string][]string{
		"feed": strings.Fields(`author category contributor generator icon id link logo rights subtitle
			title updated entry`),
		"entry": strings.Fields(`author category content contributor id link published rights source
			summary title updated`),
		"source": strings.Fields(`author category contributor generator icon id link logo rights subtitle
			title updated`),
		"author": {"name", "uri", "email"}, "contributor": {"name", "uri", "email"},
	}
)

// elements holds what stands in an element, in a namespace that is not open to others, to a table.
func (n *notes) elements(of *node, space string, table map[string][]string, line string) {
	for _, c := range of.children {
		if c.name.Space == space && !slices.Contains(table[of.name.Local], c.name.Local) {
			n.fault(line, c.where(), "<%s> has no place in <%s>", cut(c.name.Local), of.name.Local)
		}
	}
}

// languageTag is the form of a tag; which language it names is another matter.
var languageTag = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

// language judges a language, if one is told.
func (n *notes) language(where, tag string) {
	if tag == "" {
		return
	}
	n.look("languages")
	if !languageTag.MatchString(tag) {
		n.fault("languages", where, "%q is no language tag", cut(tag))
	}
}

// atomPerson judges what a person has beside a name (RFC 4287, section 3.2).
func (n *notes) atomPerson(c *node) {
	if uri := c.first(nsAtom, "uri"); uri != nil && !iri(uri.value()) {
		n.fault("atom-parts", uri.where(), "uri %q is no absolute IRI", cut(uri.value()))
	}
	if email := c.first(nsAtom, "email"); email != nil {
		if a, err := mail.ParseAddress(email.value()); err != nil || a.Address != email.value() {
			n.fault("atom-parts", email.where(), "%q is no mail address", cut(email.value()))
		}
	}
}

// rssModules judges a channel's or item's elements of modules, as far as they are known here.
func (n *notes) rssModules(of *node) {
	for _, c := range of.all("", "ttl") {
		if minutes, err := strconv.Atoi(c.value()); err != nil || minutes < 0 {
			n.fault("rss-parts", c.where(), "ttl %q is no number of minutes", cut(c.value()))
		}
	}
	for _, name := range []string{"content", "thumbnail"} {
		for _, c := range of.all(nsMedia, name) {
			if address := c.attr("url"); address != "" && !absolute(address) {
				n.fault("rss-parts", c.where(), "%s %q is not absolute", name, cut(address))
			}
		}
	}
	for _, c := range slices.Concat(of.all("", "language"), of.all(nsDC, "language")) {
		n.language(c.where(), c.value())
	}
	n.pace(of)
}

// pace holds the syndication module to telling the same rhythm as ttl.
func (n *notes) pace(of *node) {
	period := of.first(nsPace, "updatePeriod")
	minutes := map[string]int{"hourly": 60, "daily": 24 * 60, "weekly": 7 * 24 * 60}[period.value()]
	ttl, err := strconv.Atoi(of.first("", "ttl").value())
	if minutes == 0 || err != nil {
		return
	}
	times, err := strconv.Atoi(of.first(nsPace, "updateFrequency").value())
	if err != nil || times < 1 {
		times = 1
	}
	if minutes/times != ttl {
		n.doubt("rss-parts", period.where(), "every %d minutes, by ttl every %d", minutes/times, ttl)
	}
}
