package lint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// object is a JSON object as it was read.
type object = map[string]any

// jsonVersion is what version must be, exactly (JSON Feed 1.1).
const jsonVersion = "https://jsonfeed.org/version/1.1"

// practical is the size above which readers were seen to give up on JSON.
const practical = 250 << 10

// json judges a JSON Feed.
func (n *notes) json(doc Document) relations {
	n.look("json-required", "json-items", "json-addresses", "json-parts", "media-type")
	n.mediaType(doc, "application/feed+json", "application/json")
	if bytes.HasPrefix(doc.Body, []byte("\uFEFF")) {
		n.fault("media-type", "document", "begins with a byte order mark")
	}
	if len(doc.Body) > practical {
		n.doubt("media-type", "document", "%d kB are more than many readers take", len(doc.Body)>>10)
	}
	var feed object
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(doc.Body, []byte("\uFEFF"))))
	if err := d.Decode(&feed); err != nil {
		n.fault("well-formed", place(doc.Body, min(int(d.InputOffset()), len(doc.Body))), "%v", err)
		return relations{}
	}
	n.look("well-formed")
	n.encoding(doc.Body)
	n.spelledJSON(doc.Body, d)
	n.jsonTop(feed, doc)
	n.authors(feed, "feed")
	n.extensions(feed, "feed")
	rel := relations{prev: text(feed, "next_url")}
	items, _ := feed["items"].([]any)
	seen := map[string]bool{}
	for i, value := range items {
		where := fmt.Sprintf("items[%d]", i)
		item, ok := value.(object)
		if !ok {
			n.fault("json-required", where, "is no object")
			continue
		}
		id := text(item, "id")
		if seen[id] && id != "" {
			n.fault("json-items", where+".id", "%q stands twice", cut(id))
		}
		seen[id] = true
		rel.items = append(rel.items, jsonItem(item, where))
		n.jsonItem(item, where)
	}
	return rel
}

// spelledJSON finds what a decoder lets pass: half a pair of surrogates, something after the value,
// and names that stand twice in an object (RFC 8259, sections 4 and 8.2).
func (n *notes) spelledJSON(body []byte, read *json.Decoder) {
	if _, err := read.Token(); err != io.EOF {
		n.fault("well-formed", place(body, int(read.InputOffset())), "there is something after the value")
	}
	for _, at := range surrogate.FindAllIndex(body, -1) {
		pair := body[at[0]:at[1]]
		if len(pair) < 12 {
			n.fault("well-formed", place(body, at[0]), "%s is half of a character", pair)
		}
	}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\uFEFF"))))
	n.names(d, body)
}

// surrogate is a pair of surrogates as JSON escapes them, or a half of one; what escapes a
// backslash is passed over.
var surrogate = regexp.MustCompile(
	`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)

// names reads a value and finds names that stand twice in one of its objects.
func (n *notes) names(d *json.Decoder, body []byte) {
	token, err := d.Token()
	delim, is := token.(json.Delim)
	if err != nil || !is {
		return
	}
	seen := map[json.Token]bool{}
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return
			}
			if seen[name] {
				n.doubt("well-formed", place(body, int(d.InputOffset())), "%q stands there twice", name)
			}
			seen[name] = true
		}
		n.names(d, body)
	}
	_, _ = d.Token() // its end, as was read before
}

// jsonTop judges a feed's own members.
func (n *notes) jsonTop(feed object, doc Document) {
	if v := text(feed, "version"); v != jsonVersion {
		n.fault("json-required", "version", "%q is not %s", cut(v), jsonVersion)
	}
	if text(feed, "title") == "" {
		n.fault("json-required", "title", "there is none")
	}
	if _, ok := feed["items"].([]any); !ok {
		n.fault("json-required", "items", "must be an array, also when it is empty")
	}
	for _, name := range []string{"home_page_url", "feed_url"} {
		if v := text(feed, name); v == "" {
			n.doubt("json-addresses", name, "there is none")
		} else if !absolute(v) {
			n.fault("json-addresses", name, "%q is not absolute", cut(v))
		}
	}
	n.language("language", text(feed, "language"))
	self := text(feed, "feed_url")
	if doc.URL != "" && self != "" && !sameAddress(self, doc.URL) {
		n.fault("json-addresses", "feed_url", "is %s, served at %s", self, doc.URL)
	}
	if next := text(feed, "next_url"); next != "" && (next == self || !absolute(next)) {
		n.fault("json-addresses", "next_url", "%q does not lead on", cut(next))
	}
	hubs, _ := feed["hubs"].([]any)
	for i, value := range hubs {
		if hub, _ := value.(object); text(hub, "type") == "" || text(hub, "url") == "" {
			n.fault("json-parts", fmt.Sprintf("hubs[%d]", i), "needs type and url")
		}
	}
}

// jsonItem judges an item.
func (n *notes) jsonItem(item object, where string) {
	switch id, is := item["id"].(string); {
	case !is:
		n.fault("json-items", where+".id", "must be a string")
	case strings.TrimSpace(id) == "":
		n.fault("json-items", where+".id", "is blank")
	}
	n.language(where+".language", text(item, "language"))
	for _, name := range []string{"url", "external_url", "image", "banner_image"} {
		if v := text(item, name); v != "" && !absolute(v) {
			n.fault("json-addresses", where+"."+name, "%q is not absolute", cut(v))
		}
	}
	if text(item, "content_html") == "" && text(item, "content_text") == "" {
		n.fault("json-items", where, "neither content_html nor content_text")
	}
	for _, name := range []string{"title", "summary"} {
		if markup.MatchString(text(item, name)) {
			n.doubt("json-items", where+"."+name, "markup in what is plain text: %q", cut(text(item, name)))
		} else if escaped.MatchString(text(item, name)) {
			n.doubt("json-items", where+"."+name, "looks escaped: %q", cut(text(item, name)))
		}
	}
	for _, name := range []string{"date_published", "date_modified"} {
		if v, ok := item[name]; ok {
			if s, _ := v.(string); !dated(s) {
				n.fault("json-parts", where+"."+name, "%v is no RFC 3339 date", v)
			}
		}
	}
	n.authors(item, where)
	n.extensions(item, where)
	list, _ := item["attachments"].([]any)
	for i, value := range list {
		a, _ := value.(object)
		at := fmt.Sprintf("%s.attachments[%d]", where, i)
		if !absolute(text(a, "url")) || text(a, "mime_type") == "" {
			n.fault("json-parts", at, "needs url, an absolute one, and mime_type")
		}
		if _, ok := a["size"]; ok {
			n.fault("json-parts", at, "size is called size_in_bytes")
		}
	}
	if _, ok := item["banner_"]; ok {
		n.fault("json-parts", where, "banner_ is called banner_image")
	}
}

// jsonItem is what readers take of an item.
func jsonItem(of object, where string) item {
	it := item{
		where: where, id: text(of, "id"), name: text(of, "url") + " " + text(of, "title"),
		html: text(of, "content_html"),
	}
	it.published, _ = isRFC3339(text(of, "date_published"))
	it.misdated = of["date_published"] != nil
	if it.updated, _ = isRFC3339(text(of, "date_modified")); it.updated.IsZero() {
		it.updated = it.published
	}
	if it.published.IsZero() {
		it.published = it.updated
	}
	return it
}

func dated(s string) bool { _, ok := isRFC3339(s); return ok }

// authors judges lists of persons.
func (n *notes) authors(of object, where string) {
	value, ok := of["authors"]
	if !ok {
		if _, old := of["author"]; old {
			n.doubt("json-parts", where+".author", "is called authors, a list, since version 1.1")
		}
		return
	}
	list, ok := value.([]any)
	if !ok {
		n.fault("json-parts", where+".authors", "is no array")
	}
	for i, value := range list {
		a, _ := value.(object)
		if text(a, "name")+text(a, "url")+text(a, "avatar") == "" {
			n.fault("json-parts", fmt.Sprintf("%s.authors[%d]", where, i),
				"has neither name, url nor avatar")
		}
		if u := text(a, "url"); u != "" && !iri(u) {
			n.fault("json-parts", fmt.Sprintf("%s.authors[%d].url", where, i), "%q is not absolute", cut(u))
		}
	}
}

var extensionName = regexp.MustCompile(`^_[a-zA-Z][^.]*$`)

// known are the members of JSON Feed 1.1, of feeds and of items.
var known = strings.Fields(`version title home_page_url feed_url description user_comment next_url
	icon favicon authors author language expired hubs items id url external_url content_html
	content_text summary image banner_image date_published date_modified tags attachments banner_`)

// extensions judges the names of what is not of JSON Feed itself.
func (n *notes) extensions(of object, where string) {
	for name := range of {
		if !slices.Contains(known, name) && !extensionName.MatchString(name) {
			n.fault("json-parts", where, "%q is no member of JSON Feed, nor named like an extension (_name)",
				cut(name))
		}
	}
}

// text returns a member that is a string, else "".
func text(of object, name string) string {
	s, _ := of[name].(string)
	return s
}
