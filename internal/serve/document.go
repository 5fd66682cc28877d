package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// document is what an address holds, ready to be sent in several codings. Header values are
// kept as net/http wants them, so that an answer allocates nothing; nobody may change them.
type document struct {
	edition      *news.Edition // that it was made for; nil for a page that depends on none
	modified     time.Time     // zero if unknown
	lastModified []string      // nil if unknown
	mediaType    []string
	caching      []string
	policy       []string // Content-Security-Policy; nil for none
	codings      []string // of the variants, in the same order
	variants     []variant
}

// variant is a document in one coding.
type variant struct {
	etag   string
	tag    []string // the same, as a header
	coding []string // nil for the identity
	length []string
	body   []byte
}

// Header values that never change.
var (
	varyEncoding = []string{"Accept-Encoding"}
	noSniffing   = []string{"nosniff"}
)

// editionDocument makes a document of an edition.
func editionDocument(e *news.Edition) *document {
	maxAge := strconv.FormatInt(int64(e.MaxAge/time.Second), 10)
	d := &document{
		edition:      e,
		modified:     e.Modified,
		lastModified: []string{e.Modified.UTC().Format(http.TimeFormat)},
		mediaType:    []string{e.Format.MediaType() + "; charset=utf-8"},
		caching:      []string{"public, max-age=" + maxAge},
	}
	for _, rep := range e.Representations {
		d.add(rep.Coding, rep.ETag, rep.Body)
	}
	return d
}

// pageDocument makes a document of a page, its ETag from its bytes.
func pageDocument(e *news.Edition, policy string, body []byte) *document {
	d := &document{
		edition:   e,
		mediaType: []string{"text/html; charset=utf-8"},
		caching:   []string{briefly},
		policy:    []string{policy},
	}
	sum := sha256.Sum256(body)
	d.add("", `"`+hex.EncodeToString(sum[:16])+`"`, body)
	return d
}

// add appends a variant.
func (d *document) add(coding, etag string, body []byte) {
	v := variant{
		etag:   etag,
		tag:    []string{etag},
		length: []string{strconv.Itoa(len(body))},
		body:   body,
	}
	if coding != "" {
		v.coding = []string{coding}
	}
	d.codings = append(d.codings, coding)
	d.variants = append(d.variants, v)
}

// serve answers GET and HEAD: 304 if the reader has it, else the variant that it likes best.
// Query and Range are ignored.
func (d *document) serve(w http.ResponseWriter, r *http.Request) {
	accept := r.Header["Accept-Encoding"]
	chosen := &d.variants[choose(accept, d.codings)]
	if v := d.current(r.Header, accept, chosen); v != nil {
		d.notModified(w, v)
		return
	}
	h := w.Header()
	h["Cache-Control"] = d.caching
	h["Content-Length"] = chosen.length
	h["Content-Type"] = d.mediaType
	h["Etag"] = chosen.tag
	h["Vary"] = varyEncoding
	h["X-Content-Type-Options"] = noSniffing
	if chosen.coding != nil {
		h["Content-Encoding"] = chosen.coding
	}
	if d.lastModified != nil {
		h["Last-Modified"] = d.lastModified
	}
	if d.policy != nil {
		h["Content-Security-Policy"] = d.policy
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(chosen.body) // it fails only for a reader that left
	}
}

// notModified sends a 304 with what a cache needs to go on using what it has (RFC 9110,
// section 15.4.5), and nothing that describes a body.
func (d *document) notModified(w http.ResponseWriter, v *variant) {
	h := w.Header()
	h["Cache-Control"] = d.caching
	h["Etag"] = v.tag
	h["Vary"] = varyEncoding
	if d.lastModified != nil {
		h["Last-Modified"] = d.lastModified
	}
	w.WriteHeader(http.StatusNotModified)
}

// current finds the variant that the reader says it has, nil if it must be sent one. A tag counts
// only if this request accepts its coding: else a cache would pair the answer with a body that
// it may not use for this request. If-None-Match, whatever it holds, silences If-Modified-Since.
func (d *document) current(h http.Header, accept []string, chosen *variant) *variant {
	tags, conditional := h["If-None-Match"]
	if !conditional {
		if d.unmodifiedSince(h["If-Modified-Since"]) {
			return chosen
		}
		return nil
	}
	if anyTag(tags) || listed(tags, chosen.etag) {
		return chosen
	}
	for i := range d.variants {
		v := &d.variants[i]
		if v != chosen && listed(tags, v.etag) && weight(accept, d.codings[i]) > 0 {
			return v
		}
	}
	return nil
}

// unmodifiedSince reads If-Modified-Since, given as its lines. More than one date, or what is no
// date, says nothing (RFC 9110, section 13.1.3).
func (d *document) unmodifiedSince(lines []string) bool {
	if len(lines) != 1 || d.lastModified == nil {
		return false
	}
	if lines[0] == d.lastModified[0] {
		return true
	}
	since, err := http.ParseTime(lines[0])
	return err == nil && !d.modified.After(since)
}

// anyTag tells whether If-None-Match is "*", which every document matches.
func anyTag(lines []string) bool {
	return len(lines) == 1 && blankless(lines[0]) == "*"
}

// listed tells whether a strong tag of ours is in If-None-Match, given as its lines, by weak
// comparison (RFC 9110, section 8.8.3.2). What is no tag is passed over.
func listed(lines []string, etag string) bool {
	for _, rest := range lines {
		for rest != "" {
			var tag string
			if tag, rest = nextTag(rest); tag == etag {
				return true
			}
		}
	}
	return false
}

// nextTag cuts the first tag off a list, without its W/ but with its quotes; it is empty where
// the list has something else. A comma inside the quotes belongs to the tag.
func nextTag(list string) (tag, rest string) {
	list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
	if len(list) > 0 && list[0] == '"' {
		if end := strings.IndexByte(list[1:], '"'); end >= 0 {
			return list[:end+2], list[end+2:]
		}
	}
	_, rest, _ = strings.Cut(list, ",")
	return "", rest
}
