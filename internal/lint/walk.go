package lint

import (
	"net/http"
	"strings"
)

// deltas asks for what is new alone (RFC 3229).
func (p *probe) deltas() {
	plain := p.answers[""]
	tag := plain.header.Get("ETag")
	if tag == "" {
		return
	}
	p.look("delta-asked")
	if a, ok := p.try("delta-asked", http.MethodGet, "A-IM", "feed", "If-None-Match", tag); ok &&
		a.status == http.StatusIMUsed {
		p.fault("delta-asked", request("GET", "A-IM", "feed", "If-None-Match", tag),
			"226 though nothing is new")
	}
	a, ok := p.try("delta-asked", http.MethodGet, "A-IM", "feed", "If-None-Match", `"teletipo-lint"`)
	if !ok || a.status != http.StatusIMUsed {
		return
	}
	where := request("GET", "A-IM", "feed", "If-None-Match", `"teletipo-lint"`)
	p.fault("delta-asked", where, "226 for a tag that was never given")
	p.look("delta-fields", "delta-caching")
	if !strings.Contains(a.header.Get("IM"), "feed") {
		p.fault("delta-fields", where, "226 without IM: feed")
	}
	if a.header.Get("ETag") != tag {
		p.fault("delta-fields", where, "ETag %s is not that of the full document, %s",
			a.header.Get("ETag"), tag)
	}
	if a.header.Get("Content-Type") != plain.header.Get("Content-Type") {
		p.fault("delta-fields", where, "Content-Type %s, of the full document %s",
			a.header.Get("Content-Type"), plain.header.Get("Content-Type"))
	}
	caching := a.header.Get("Cache-Control")
	if !strings.Contains(caching, "no-store") && !strings.Contains(caching, "private") {
		p.fault("delta-caching", where, "Cache-Control %q lets shared caches keep it", caching)
	}
}

// walk goes back through the archives (RFC 5005). In JSON they are the pages that
// next_url names.
func (p *probe) walk(rel relations) {
	if rel.prev == "" {
		return
	}
	p.look("archive-links", "archive-caching", "archive-chain")
	format, subscription := p.format, p.address
	defer func() { p.format = format }()
	seen := map[string]bool{subscription: true}
	for next := rel.prev; next != "" && len(seen) <= farthest; {
		if seen[next] {
			p.fault("archive-chain", next, "was met before: the chain does not end")
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
		p.fault("archive-chain", address, "status %d, %v: the chain is broken", a.status, err)
		return ""
	}
	rel := p.document(Document{
		Name: address, URL: address, MediaType: a.header.Get("Content-Type"), Body: a.body,
	})
	if p.format != format {
		p.fault("archive-chain", address, "is %s, the current document %s", p.format, format)
		return ""
	}
	if format != JSON {
		if !rel.archive {
			p.fault("archive-links", address, "does not say fh:archive")
		}
		if rel.current != "" && !sameAddress(rel.current, subscription) {
			p.fault("archive-links", address, "current is %s, not %s", rel.current, subscription)
		}
	}
	caching := a.header.Get("Cache-Control")
	if a.header.Get("ETag") == "" {
		p.doubt("archive-caching", address, "no ETag")
	}
	if strings.Contains(caching, "immutable") {
		p.doubt("archive-caching", address, "Cache-Control %q: a withdrawal would never be seen", caching)
	}
	return rel.prev
}
