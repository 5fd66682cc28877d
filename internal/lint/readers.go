package lint

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// item is what readers sort, compare and show of an item or entry.
type item struct {
	where, id          string
	name               string // its address and title, which tell it from the others
	published, updated time.Time
	misdated           bool   // it has a date that can't be read, which another line says
	html               string // what it says, as far as that is HTML
	pictures           []picture
}

// picture is one that an item comes with.
type picture struct {
	where string
	width int // as stated, 0 if it is not
}

// items judges what makes readers drop items or show them at the wrong place. Asked is when the
// document was read, zero if that is not known.
func (n *notes) items(list []item, asked time.Time) {
	n.look("item-order", "item-dates")
	n.order(list)
	n.dates(list, asked)
	for i := range list {
		n.pictures(&list[i])
	}
}

// order wants the newest items first, by publication or by update: readers that take the first few,
// or stop at the first that they know, see no others.
func (n *notes) order(list []item) {
	sorted := func(date func(item) time.Time) (wrong item, ok bool) {
		var last time.Time
		for _, it := range list {
			at := date(it)
			if at.IsZero() {
				continue
			}
			if !last.IsZero() && at.After(last) {
				return it, false
			}
			last = at
		}
		return item{}, true
	}
	wrong, ok := sorted(func(it item) time.Time { return it.published })
	if ok {
		return
	}
	if _, ok = sorted(func(it item) time.Time { return it.updated }); !ok {
		n.doubt("item-order", wrong.where, "is newer than the item before it")
	}
}

// skew is how far clocks may differ.
const skew = 10 * time.Minute

// dates wants a date of each item, its own, that has come: readers that ask for what is newer than
// the newest that they have pass over others.
func (n *notes) dates(list []item, asked time.Time) {
	at := map[time.Time]int{}
	for _, it := range list {
		if it.published.IsZero() {
			if !it.misdated {
				n.doubt("item-dates", it.where, "no date")
			}
			continue
		}
		at[it.published.UTC()]++
		if !asked.IsZero() && it.published.After(asked.Add(skew)) {
			n.doubt("item-dates", it.where, "%s is in the future", it.published.Format(time.RFC3339))
		}
	}
	for _, it := range list {
		if date := it.published.UTC(); at[date] > 1 {
			n.doubt("item-dates", it.where, "%d items have the date %s", at[date],
				it.published.Format(time.RFC3339))
			delete(at, date)
		}
	}
}

// leastWidth is what Flipboard asks of a picture, in pixels. Others ask for as much or less.
const leastWidth = 400

// img finds pictures in HTML, width the width that they state.
var (
	img   = regexp.MustCompile(`(?i)<img(?:\s[^>]*)?/?>`)
	width = regexp.MustCompile(`(?i)\swidth\s*=\s*["']?([0-9]+)(?:px)?["'\s/>]`)
)

// pictures wants one of an item's pictures to be large enough, where all state their width.
func (n *notes) pictures(it *item) {
	all := it.pictures
	for _, tag := range img.FindAllString(it.html, -1) {
		p := picture{where: it.where}
		if m := width.FindStringSubmatch(tag); m != nil {
			p.width, _ = strconv.Atoi(m[1])
		}
		all = append(all, p)
	}
	widest := picture{}
	for _, p := range all {
		if p.width == 0 {
			return // nobody knows
		}
		if p.width > widest.width {
			widest = p
		}
	}
	if len(all) == 0 {
		return
	}
	n.look("pictures")
	if widest.width < leastWidth {
		n.doubt("pictures", widest.where, "the largest picture is %d pixels wide, less than %d",
			widest.width, leastWidth)
	}
}

// mediaPictures lists the pictures that an item has as elements of Media RSS.
func mediaPictures(of *node) (list []picture) {
	for _, c := range of.children {
		kind := c.attr("type") + c.attr("medium")
		switch {
		case c.is(nsMedia, "group"):
			list = append(list, mediaPictures(c)...)
		case c.is(nsMedia, "thumbnail"), c.is(nsMedia, "content") && strings.Contains(kind, "image"):
			w, _ := strconv.Atoi(c.attr("width"))
			list = append(list, picture{c.where(), w})
		}
	}
	return list
}

// inline are the elements that a title may well have. Anything else that begins like a tag is text
// that readers drop, as "<3" and "List<String>" are.
var inline = regexp.MustCompile(`(?i)^</?(a|abbr|b|bdi|bdo|big|br|cite|code|del|dfn|em|font|` +
	`i|img|ins|kbd|mark|q|rp|rt|ruby|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr)` +
	`(\s[^<>]*)?/?>`)

// readsAsTag finds text in HTML that reads as a tag and is none, "" if there is none.
func readsAsTag(html string) string {
	for i := range len(html) {
		if html[i] != '<' || strings.HasPrefix(html[i:], "<!--") {
			continue
		}
		if rest := html[i+1:]; rest != "" && rest[0] != ' ' && !inline.MatchString(html[i:]) {
			return html[i:]
		}
	}
	return ""
}

// sameIDs holds two readings of a feed to naming an item alike. An item that changes its id is a
// new one for every reader.
func (p *probe) sameIDs(first, again answer) {
	p.look("ids-stay")
	before := map[string]string{}
	for _, it := range itemsOf(first) {
		before[it.name] = it.id
	}
	for _, it := range itemsOf(again) {
		if id := before[it.name]; id != "" && it.id != "" && id != it.id {
			p.fault("ids-stay", "GET, twice", "%s is called %s, and %s the next time",
				cut(strings.TrimSpace(it.name)), cut(id), cut(it.id))
		}
	}
}

// itemsOf reads the items of an answer.
func itemsOf(a answer) []item { return newNotes("").document(Document{Body: a.body}).items }
