package lint

import (
	"strings"
	"time"
)

// atom judges an Atom document (RFC 4287).
func (n *notes) atom(feed *node, doc Document) relations {
	n.look("atom-required", "atom-ids", "atom-authors", "atom-links", "atom-parts", "atom-order",
		"atom-bases", "atom-elements")
	n.basics(feed, "feed")
	self := feed.link("self")
	switch {
	case self == nil:
		n.doubt("atom-links", feed.where(), "no link rel=\"self\"")
	case doc.URL != "" && !sameAddress(self.attr("href"), doc.URL):
		n.fault("atom-links", self.where(), "self is %s, served at %s", self.attr("href"), doc.URL)
	}
	n.alternates(feed)
	n.texts(feed)
	if feed.xmlAttr("lang") == "" {
		n.doubt("atom-bases", feed.where(), "no xml:lang")
	}
	rel := n.history(feed)
	updated, _ := isRFC3339(feed.first(nsAtom, "updated").value())
	seen := map[[2]string]bool{}
	live := map[string]time.Time{}
	for _, entry := range feed.all(nsAtom, "entry") {
		n.entry(feed, entry)
		id, when := entry.first(nsAtom, "id").value(), entry.first(nsAtom, "updated").value()
		if seen[[2]string{id, when}] {
			n.fault("atom-ids", entry.where(), "id %s stands twice with the same updated", cut(id))
		}
		seen[[2]string{id, when}] = true
		rel.items = append(rel.items, atomItem(entry))
		at, ok := isRFC3339(when)
		if ok && at.After(updated) {
			n.fault("atom-order", entry.where(), "entry updated %s, the feed %s", when,
				updated.Format(time.RFC3339))
		}
		if live[id].Before(at) {
			live[id] = at
		}
	}
	n.tombstones(feed, live)
	return rel
}

// basics judges what feeds and entries have alike: exactly one id, title and updated.
func (n *notes) basics(of *node, what string) {
	n.elements(of, nsAtom, atomElements, "atom-elements")
	n.language(of.where(), of.xmlAttr("lang"))
	for _, name := range []string{"id", "title", "updated"} {
		if all := of.all(nsAtom, name); len(all) != 1 {
			n.fault("atom-required", of.where(), "%s has %d elements %s, not one", what, len(all), name)
		}
	}
	for _, name := range []string{"updated", "published"} {
		for _, c := range of.all(nsAtom, name) {
			if _, ok := isRFC3339(c.value()); !ok {
				n.fault("atom-required", c.where(), "%s %q is no RFC 3339 date with upper-case T and Z", name,
					cut(c.value()))
			}
		}
	}
	if id := of.first(nsAtom, "id"); id != nil && !iri(id.value()) {
		n.fault("atom-ids", id.where(), "id %q is no absolute IRI", cut(id.value()))
	}
	for _, name := range []string{"author", "contributor"} {
		for _, c := range of.all(nsAtom, name) {
			if c.first(nsAtom, "name").value() == "" {
				n.fault("atom-authors", c.where(), "%s without a name", name)
			}
			n.elements(c, nsAtom, atomElements, "atom-elements")
			n.atomPerson(c)
		}
	}
	for _, c := range of.all(nsAtom, "category") {
		if c.attr("term") == "" {
			n.fault("atom-parts", c.where(), "category without a term")
		}
		if scheme := c.attr("scheme"); scheme != "" && !iri(scheme) {
			n.fault("atom-parts", c.where(), "scheme %q is no absolute IRI", cut(scheme))
		}
	}
}

// entry judges an entry.
func (n *notes) entry(feed, entry *node) {
	n.basics(entry, "entry")
	n.alternates(entry)
	n.texts(entry)
	source := entry.first(nsAtom, "source")
	if entry.first(nsAtom, "author") == nil && feed.first(nsAtom, "author") == nil &&
		(source == nil || source.first(nsAtom, "author") == nil) {
		n.fault("atom-authors", entry.where(), "nobody is the author")
	}
	if source != nil {
		n.elements(source, nsAtom, atomElements, "atom-elements")
		for _, name := range []string{"id", "title", "updated"} {
			if source.first(nsAtom, name) == nil {
				n.doubt("atom-parts", source.where(), "source has no %s", name)
			}
		}
	}
	content := entry.first(nsAtom, "content")
	if content == nil && entry.link("alternate") == nil {
		n.fault("atom-links", entry.where(), "neither content nor an alternate link")
	}
	if content != nil && content.attr("src") != "" && entry.first(nsAtom, "summary") == nil {
		n.fault("atom-links", content.where(), "content lies elsewhere, and there is no summary")
	}
	updated, ok := isRFC3339(entry.first(nsAtom, "updated").value())
	published, dated := isRFC3339(entry.first(nsAtom, "published").value())
	if ok && dated && updated.Before(published) {
		n.doubt("atom-order", entry.where(), "updated before it was published")
	}
	base := feed.xmlAttr("base") + entry.xmlAttr("base")
	if content != nil && content.attr("type") == "html" && base+content.xmlAttr("base") == "" {
		if ref := relativeIn(content.text); ref != "" {
			n.fault("atom-bases", content.where(), "relative address %q without xml:base", cut(ref))
		}
	}
	for _, link := range entry.all(nsAtom, "link") {
		if href := link.attr("href"); base == "" && !iri(href) {
			n.fault("atom-bases", link.where(), "link %q is relative, without xml:base", cut(href))
		}
	}
}

// atomItem is what readers take of an entry.
func atomItem(of *node) item {
	it := item{
		where: of.where(), id: of.first(nsAtom, "id").value(), pictures: mediaPictures(of),
		name: of.first(nsAtom, "title").value(),
	}
	if link := of.link("alternate"); link != nil {
		it.name = link.attr("href") + " " + it.name
	}
	for _, name := range []string{"summary", "content"} {
		if c := of.first(nsAtom, name); c != nil && c.attr("type") == "html" {
			it.html += c.text
		}
	}
	it.updated, _ = isRFC3339(of.first(nsAtom, "updated").value())
	if published := of.first(nsAtom, "published"); published == nil {
		it.published, it.misdated = it.updated, of.first(nsAtom, "updated") != nil
	} else {
		it.published, _ = isRFC3339(published.value())
		it.misdated = true
	}
	return it
}

// alternates allows one alternate link for each type and language.
func (n *notes) alternates(of *node) {
	seen := map[[2]string]bool{}
	for _, link := range of.all(nsAtom, "link") {
		if linkRel(link) != "alternate" {
			continue
		}
		kind := [2]string{link.attr("type"), link.attr("hreflang")}
		if seen[kind] {
			n.fault("atom-links", link.where(), "a second alternate of type %q and language %q",
				kind[0], kind[1])
		}
		seen[kind] = true
	}
}

// texts judges text constructs (RFC 4287, section 3.1) and content.
func (n *notes) texts(of *node) {
	for _, name := range []string{"title", "subtitle", "summary", "rights", "content"} {
		for _, c := range of.all(nsAtom, name) {
			if c.attr("src") != "" && (len(c.children) > 0 || c.value() != "") {
				n.fault("atom-parts", c.where(), "%s lies elsewhere, and is not empty here", name)
			}
			switch kind := c.attr("type"); kind {
			case "", "text":
				if len(c.children) > 0 {
					n.fault("atom-parts", c.where(), "%s of type text has elements", name)
				} else if name == "title" && markup.MatchString(c.text) {
					n.doubt("atom-parts", c.where(), "%s of type text shows markup: %q", name, cut(c.value()))
				}
			case "html":
				if len(c.children) > 0 {
					n.fault("atom-parts", c.where(), "%s of type html must be escaped", name)
				} else if strings.Contains(c.text, "&lt;p&gt;") {
					n.doubt("atom-parts", c.where(), "%s looks escaped twice", name)
				} else if text := readsAsTag(c.text); name == "title" && text != "" {
					n.doubt("atom-parts", c.where(), "%q reads as a tag in a title of type html", cut(text))
				}
			case "xhtml":
				if len(c.children) != 1 || !c.children[0].is(nsXHTML, "div") {
					n.fault("atom-parts", c.where(), "%s of type xhtml is not one div", name)
				}
			}
		}
	}
}

// tombstones judges deleted entries (RFC 6721). Live entries come with when they were updated.
func (n *notes) tombstones(feed *node, live map[string]time.Time) {
	seen := map[[2]string]bool{}
	for _, c := range feed.all(nsTomb, "deleted-entry") {
		n.look("tombstones")
		ref, when := c.attr("ref"), c.attr("when")
		at, ok := isRFC3339(when)
		if ref == "" || !ok {
			n.fault("tombstones", c.where(), "needs ref and when, an RFC 3339 date")
		}
		if seen[[2]string{ref, when}] {
			n.fault("tombstones", c.where(), "%s is deleted twice at %s", cut(ref), when)
		}
		seen[[2]string{ref, when}] = true
		changed, is := isRFC3339(feed.first(nsAtom, "updated").value())
		if ok && is && at.After(changed) {
			n.doubt("tombstones", c.where(), "%s is deleted after the feed was updated", cut(ref))
		}
		if updated, is := live[ref]; is && ok && !updated.After(at) {
			n.doubt("tombstones", c.where(), "%s is deleted, and stands here as it was before", cut(ref))
		}
	}
}

// history judges what a feed says of archives and pages (RFC 5005); in RSS it says the same by
// atom:link.
func (n *notes) history(feed *node) relations {
	href := func(rel string) string {
		if link := feed.link(rel); link != nil {
			return link.attr("href")
		}
		return ""
	}
	rel := relations{
		current: href("current"), prev: href("prev-archive"), next: href("next-archive"),
		archive: feed.first(nsHistory, "archive") != nil,
	}
	if !rel.archive && rel.next+rel.current != "" {
		n.doubt("archive-links", feed.where(), "links as an archive does, and does not say fh:archive")
	}
	if rel.archive {
		n.look("archive-links")
		for _, other := range []string{rel.current, rel.prev, rel.next} {
			if other != "" && sameAddress(other, href("self")) {
				n.fault("archive-links", feed.where(), "%s is the archive itself", cut(other))
			}
		}
		if rel.current == "" {
			n.doubt("archive-links", feed.where(), "an archive without a link to the current document")
		}
	}
	for _, name := range []string{"first", "last", "previous", "next"} {
		if link := feed.link(name); link != nil {
			n.look("paging")
			if !absolute(link.attr("href")) {
				n.fault("paging", link.where(), "%s %q is no absolute address", name, cut(link.attr("href")))
			}
		}
	}
	if complete := feed.first(nsHistory, "complete"); complete != nil {
		n.look("complete")
		for _, name := range []string{"prev-archive", "next-archive", "next", "previous"} {
			if feed.link(name) != nil {
				n.fault("complete", complete.where(), "complete, and has a link %s", name)
			}
		}
	}
	return rel
}
