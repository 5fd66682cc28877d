package lint

import (
	"net/http"
	"strings"
	"time"
)

// notModified asks with tags.
func (p *probe) notModified() {
	plain := p.answers[""]
	tag := plain.header.Get("ETag")
	if tag == "" {
		return // noted already
	}
	p.look("not-modified", "if-none-match", "etag-coding")
	weak := tag
	if !strings.HasPrefix(tag, "W/") {
		weak = "W/" + tag
	}
	for _, value := range []string{tag, weak, `"x", ` + tag + `, "y"`, "*"} {
		a, ok := p.try("if-none-match", http.MethodGet, "If-None-Match", value)
		if !ok {
			continue
		}
		if a.status != http.StatusNotModified {
			p.fault("if-none-match", request("GET", "If-None-Match", value), "status %d, not 304", a.status)
		} else if value == tag {
			p.notModifiedFields(a, plain)
		}
	}
	p.statusFor("if-none-match", http.StatusOK, http.MethodGet, "If-None-Match", `"x"`)
	if modified := plain.header.Get("Last-Modified"); modified != "" {
		p.statusFor("if-none-match", http.StatusOK, http.MethodGet, "If-None-Match", `"x"`,
			"If-Modified-Since", modified)
		past := time.Now().Add(-ago).UTC().Format(http.TimeFormat)
		p.statusFor("if-none-match", http.StatusNotModified, http.MethodGet, "If-None-Match", tag,
			"If-Modified-Since", past)
	}
	p.statusFor("if-none-match", http.StatusNotModified, http.MethodHead, "If-None-Match", tag)
	for coding, a := range p.answers {
		other := a.header.Get("ETag")
		if coding == "" || a.coding() == "" || other == tag || strings.HasPrefix(other, "W/") {
			continue
		}
		p.statusFor("etag-coding", http.StatusOK, http.MethodGet, "Accept-Encoding", "identity",
			"If-None-Match", other)
		p.statusFor("if-none-match", http.StatusNotModified, http.MethodGet, "Accept-Encoding", coding,
			"If-None-Match", other)
	}
}

// statusFor holds a request to a status.
func (p *probe) statusFor(line string, want int, method string, fields ...string) {
	if a, ok := p.try(line, method, fields...); ok && a.status != want {
		p.fault(line, request(method, fields...), "status %d, not %d", a.status, want)
	}
}

// notModifiedFields judges a 304 beside the 200 that it stands for (RFC 9110, section 15.4.5).
func (p *probe) notModifiedFields(a, full answer) {
	const where = "304"
	if len(a.body) > 0 {
		p.fault("not-modified", where, "has a body of %d bytes", len(a.body))
	}
	for _, name := range []string{"ETag", "Cache-Control", "Expires", "Content-Location", "Date"} {
		if full.header.Get(name) != "" && a.header.Get(name) == "" {
			p.fault("not-modified", where, "has no %s, which the 200 has", name)
		}
	}
	if full.header.Get("Vary") != "" && a.header.Get("Vary") == "" {
		p.fault("vary", where, "has no Vary, which the 200 has")
	}
	if tag := a.header.Get("ETag"); tag != "" && tag != full.header.Get("ETag") {
		p.fault("not-modified", where, "has ETag %s, asked with %s", tag, full.header.Get("ETag"))
	}
	for _, name := range []string{"Content-Encoding", "Content-Type"} {
		if a.header.Get(name) != "" {
			p.doubt("not-modified", where, "has %s, and nothing that it could describe", name)
		}
	}
}

// modifiedSince asks with dates.
func (p *probe) modifiedSince() {
	p.look("if-modified-since")
	plain := p.answers[""]
	modified := plain.header.Get("Last-Modified")
	if modified == "" {
		p.doubt("if-modified-since", "GET", "no Last-Modified")
		return
	}
	at, err := http.ParseTime(modified)
	if err != nil {
		p.fault("if-modified-since", "GET", "Last-Modified %q is no date", modified)
		return
	}
	if date, err := http.ParseTime(plain.header.Get("Date")); err == nil && at.After(date) {
		p.fault("if-modified-since", "GET", "Last-Modified %s is after Date %s", modified,
			plain.header.Get("Date"))
	}
	p.statusFor("if-modified-since", http.StatusNotModified, http.MethodGet,
		"If-Modified-Since", modified)
	p.statusFor("if-modified-since", http.StatusOK, http.MethodGet, "If-Modified-Since",
		at.Add(-time.Second).UTC().Format(http.TimeFormat))
	p.statusFor("if-modified-since", http.StatusOK, http.MethodGet, "If-Modified-Since", "yesterday")
}

// methods asks otherwise than by GET.
func (p *probe) methods() {
	p.look("methods")
	plain := p.answers[""]
	if head, ok := p.try("methods", http.MethodHead); ok {
		if head.status != http.StatusOK {
			p.fault("methods", "HEAD", "status %d", head.status)
		}
		for _, name := range []string{"ETag", "Vary", "Content-Type", "Last-Modified"} {
			if got, want := head.header.Get(name), plain.header.Get(name); got != want {
				p.fault("methods", "HEAD", "%s is %q, of GET %q", name, got, want)
			}
		}
		length := head.header.Get("Content-Length")
		if length != "" && plain.header.Get("Content-Length") != "" &&
			length != plain.header.Get("Content-Length") {
			p.fault("methods", "HEAD", "Content-Length is %s, of GET %s", length,
				plain.header.Get("Content-Length"))
		}
	}
	const unheard = "UNHEARDOF" // it asks for nothing, so that it can't do harm
	a, ok := p.try("methods", unheard)
	switch {
	case !ok || a.status == http.StatusNotImplemented || a.status == http.StatusBadRequest:
	case a.status != http.StatusMethodNotAllowed:
		p.doubt("methods", unheard, "status %d, not 405 or 501", a.status)
	case a.header.Get("Allow") == "":
		p.fault("methods", unheard, "405 without Allow")
	}
}

// ranges asks for a part.
func (p *probe) ranges() {
	p.look("ranges")
	plain := p.answers[""]
	const part = "bytes=0-9"
	a, ok := p.try("ranges", http.MethodGet, "Range", part)
	if !ok {
		return
	}
	switch a.status {
	case http.StatusOK:
		if plain.header.Get("Accept-Ranges") == "bytes" {
			p.doubt("ranges", request("GET", "Range", part), "Accept-Ranges: bytes, and yet a 200")
		}
	case http.StatusPartialContent:
		if len(a.body) != 10 || string(a.body) != string(plain.body[:min(10, len(plain.body))]) {
			p.fault("ranges", request("GET", "Range", part), "%d bytes that are not those", len(a.body))
		}
		p.statusFor("ranges", http.StatusOK, http.MethodGet, "Range", part, "If-Range", `"x"`)
		p.statusFor("ranges", http.StatusOK, http.MethodGet, "Range", part,
			"If-Range", `W/"x"`)
	default:
		p.fault("ranges", request("GET", "Range", part), "status %d", a.status)
	}
}

// variants asks with a query that means nothing.
func (p *probe) variants() {
	address := p.address + "?teletipo-lint=1"
	if strings.Contains(p.address, "?") {
		address = p.address + "&teletipo-lint=1"
	}
	p.look("freshness")
	a, err := p.askAt(address, http.MethodGet)
	if err != nil || a.status != http.StatusOK {
		return // it refuses what it does not know: that makes no variant
	}
	if got, want := a.header.Get("ETag"), p.answers[""].header.Get("ETag"); got != want {
		p.doubt("freshness", "GET ?teletipo-lint=1", "another ETag: %s and %s", got, want)
	}
}
