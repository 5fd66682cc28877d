package lint

import (
	"net/http"
	"strings"
)

// deltas asks for what is new alone (lines 31 to 34, RFC 3229).
func (p *probe) deltas() {
	plain := p.answers[""]
	tag := plain.header.Get("ETag")
	if tag == "" {
		return
	}
	p.look(31)
	if a, ok := p.try(31, http.MethodGet, "A-IM", "feed", "If-None-Match", tag); ok &&
		a.status == http.StatusIMUsed {
		p.fault(31, request("GET", "A-IM", "feed", "If-None-Match", tag),
			"226 though nothing is new")
	}
	a, ok := p.try(31, http.MethodGet, "A-IM", "feed", "If-None-Match", `"teletipo-lint"`)
	if !ok || a.status != http.StatusIMUsed {
		return
	}
	where := request("GET", "A-IM", "feed", "If-None-Match", `"teletipo-lint"`)
	p.fault(31, where, "226 for a tag that was never given")
	p.look(32, 34)
	if !strings.Contains(a.header.Get("IM"), "feed") {
		p.fault(32, where, "226 without IM: feed")
	}
	if a.header.Get("ETag") != tag {
		p.fault(32, where, "ETag %s is not that of the full document, %s", a.header.Get("ETag"), tag)
	}
	if a.header.Get("Content-Type") != plain.header.Get("Content-Type") {
		p.fault(32, where, "Content-Type %s, of the full document %s", a.header.Get("Content-Type"),
			plain.header.Get("Content-Type"))
	}
	caching := a.header.Get("Cache-Control")
	if !strings.Contains(caching, "no-store") && !strings.Contains(caching, "private") {
		p.fault(34, where, "Cache-Control %q lets shared caches keep it", caching)
	}
}

// walk goes back through the archives (lines 35 to 39, RFC 5005). In JSON they are the pages that
// next_url names.
func (p *probe) walk(rel relations) {
	if rel.prev == "" {
		return
	}
	p.look(36, 37, 39)
	format, subscription := p.format, p.address
	defer func() { p.format = format }()
	seen := map[string]bool{subscription: true}
	for next := rel.prev; next != "" && len(seen) <= farthest; {
		if seen[next] {
			p.fault(39, next, "was met before: the chain does not end")
			return
		}
		seen[next] = true
		if next = p.archive(next, subscription, format); next == "" {
			return
		}
	}
}

// archive judges one archive document and tells which comes next.
func (p *probe) archive(address, subscription string, format Format) string {
	a, err := p.askAt(address, http.MethodGet)
	if err != nil || a.status != http.StatusOK {
		p.fault(39, address, "status %d, %v: the chain is broken", a.status, err)
		return ""
	}
	rel := p.document(Document{
		Name: address, URL: address, MediaType: a.header.Get("Content-Type"), Body: a.body,
	})
	if p.format != format {
		p.fault(39, address, "is %s, the current document %s", p.format, format)
		return ""
	}
	if format != JSON {
		if !rel.archive {
			p.fault(36, address, "does not say fh:archive")
		}
		if rel.current != "" && !sameAddress(rel.current, subscription) {
			p.fault(36, address, "current is %s, not %s", rel.current, subscription)
		}
	}
	caching := a.header.Get("Cache-Control")
	if a.header.Get("ETag") == "" {
		p.fault(37, address, "no ETag")
	}
	if strings.Contains(caching, "immutable") {
		p.fault(37, address, "Cache-Control %q: a withdrawal would never be seen", caching)
	}
	return rel.prev
}
