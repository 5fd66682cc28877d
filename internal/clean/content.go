package clean

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// html makes safe HTML of HTML by others: a sequence of blocks with nothing in it but what
// newPolicy allows, references absolute, well-formed also as XML, at most maxContent bytes.
// Cleaning its result again changes nothing. A heading at the beginning that only repeats the
// title goes.
func (c *Cleaner) html(raw string, base *url.URL, title string) string {
	if strings.TrimSpace(raw) == "" {
		return ""
	}
	raw = withoutCDATA(raw[:min(len(raw), maxRaw)])
	w := newWriter(title)
	nodes, err := parseFragment(raw)
	if err != nil { // nested beyond reason: what it says, without how
		w.text(plain(withoutTags(raw)))
		return c.guard(w.finish())
	}
	walk := walker{w: w, base: base}
	for _, n := range nodes {
		walk.node(n)
	}
	return c.guard(w.finish())
}

func parseFragment(raw string) ([]*html.Node, error) {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	// Without scripting, so that what is inside noscript is elements and not raw text.
	return html.ParseFragmentWithOptions(strings.NewReader(raw), body,
		html.ParseOptionEnableScripting(false))
}

// guard passes HTML through the policy, unless it plainly is what that would let through.
func (c *Cleaner) guard(s string) string {
	if isAllowed(s) {
		return s
	}
	return c.sanitize(s)
}

// sanitize passes HTML through the policy, and undoes bluemonday's escaping of quotation marks
// where they are harmless: it would make feeds longer and harder to read.
func (c *Cleaner) sanitize(s string) string {
	s = c.policy.Sanitize(s)
	if !strings.Contains(s, "&#3") {
		return s
	}
	s = strings.ReplaceAll(s, "&#39;", "'") // attributes are in double quotes
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		text, rest, found := strings.Cut(s, "<")
		b.WriteString(strings.ReplaceAll(text, "&#34;", `"`))
		if !found {
			break
		}
		tag, after, _ := strings.Cut(rest, ">")
		b.WriteString("<" + tag + ">")
		s = after
	}
	return b.String()
}
