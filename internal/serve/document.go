package serve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzip"

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
	vary         []string
	link         []string // RFC 8288; nil for none
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
	made   *news.Representation // what makes the body, if that is nil
}

// Header values that never change.
var (
	varyEncoding = []string{"Accept-Encoding"}
	varyFeed     = []string{"Accept-Encoding, A-IM"} // a feed may be answered with a delta
	noSniffing   = []string{"nosniff"}
)

// editionDocument makes a document of an edition.
func editionDocument(e *news.Edition) *document {
	d := &document{
		edition:      e,
		modified:     e.Modified,
		lastModified: []string{e.Modified.UTC().Format(http.TimeFormat)},
		mediaType:    []string{e.Format.MediaType() + "; charset=utf-8"},
		caching:      []string{caching(e)},
		vary:         varyFeed,
	}
	for i := range e.Representations {
		rep := &e.Representations[i]
		d.add(rep.Coding, rep.ETag, rep.Body)
		if rep.Body == nil {
			v := &d.variants[len(d.variants)-1]
			v.length, v.made = []string{strconv.Itoa(rep.Size)}, rep
		}
	}
	return d
}

// textDocument makes a document of something that is no edition, in gzip too if that is shorter,
// its ETags from its bytes.
func textDocument(mediaType, caching string, body []byte) *document {
	d := &document{
		mediaType: []string{mediaType},
		caching:   []string{caching},
		vary:      varyEncoding,
	}
	if zipped := zip(body); len(zipped) < len(body) {
		d.add("gzip", contentTag(zipped), zipped)
	}
	d.add("", contentTag(body), body)
	return d
}

// pageDocument makes a document of a page.
func pageDocument(e *news.Edition, policy string, body []byte) *document {
	d := textDocument("text/html; charset=utf-8", briefly, body)
	d.edition, d.policy = e, []string{policy}
	return d
}

// contentTag is a strong tag of some bytes.
func contentTag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// zip compresses; the same bytes always give the same bytes, since nothing says when.
func zip(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// size is about what a document takes of memory.
func (d *document) size() int {
	n := 1 << 10
	for i := range d.variants {
		n += len(d.variants[i].body)
	}
	return n
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
	d.whole(w, r, chosen)
}

// whole sends a variant.
func (d *document) whole(w http.ResponseWriter, r *http.Request, chosen *variant) {
	body := chosen.body
	if chosen.made != nil && r.Method != http.MethodHead {
		var err error
		if body, err = chosen.made.Bytes(); err != nil { // it is of our own bytes
			say(w, http.StatusInternalServerError, noStore, "This can't be made. Please ask again.\n")
			return
		}
	}
	h := w.Header()
	h["Cache-Control"] = d.caching
	h["Content-Length"] = chosen.length
	h["Content-Type"] = d.mediaType
	h["Etag"] = chosen.tag
	h["Vary"] = d.vary
	h["X-Content-Type-Options"] = noSniffing
	if chosen.coding != nil {
		h["Content-Encoding"] = chosen.coding
	}
	if d.lastModified != nil {
		h["Last-Modified"] = d.lastModified
	}
	if d.link != nil {
		h["Link"] = d.link
	}
	if d.policy != nil {
		h["Content-Security-Policy"] = d.policy
	}
	send(w, r, body)
}

// send writes a body, unless it was not asked for.
func send(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Method == http.MethodHead {
		return
	}
	if len(body) > easyBody {
		// Without a deadline of its own the body has the listener's.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience(len(body))))
	}
	_, _ = w.Write(body) // it fails only for a reader that left, or takes too long
}

// notModified sends a 304 with what a cache needs to go on using what it has (RFC 9110,
// section 15.4.5), and nothing that describes a body.
func (d *document) notModified(w http.ResponseWriter, v *variant) {
	h := w.Header()
	h["Cache-Control"] = d.caching
	h["Etag"] = v.tag
	h["Vary"] = d.vary
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
	if mayBeBent(tags) {
		return d.bent(tags, accept, chosen)
	}
	return nil
}

// bent finds the variant whose tag was bent on its way, as current does. What is exactly a tag of
// ours means itself and nothing else.
func (d *document) bent(tags, accept []string, chosen *variant) *variant {
	var found *variant
	for listed, tag := range bentTags(tags) {
		if d.has(listed) {
			continue
		}
		for i := range d.variants {
			v := &d.variants[i]
			if tag == v.etag && weight(accept, d.codings[i]) > 0 && (found == nil || v == chosen) {
				found = v
			}
		}
	}
	return found
}

// has reports whether a tag is that of a variant.
func (d *document) has(etag string) bool {
	is := func(v variant) bool { return v.etag == etag }
	return slices.ContainsFunc(d.variants, is)
}

// aheadOfUs is by how much a reader's clock may be ahead: dates of its own making are believed.
const aheadOfUs = 24 * time.Hour

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
	if err != nil {
		return foreignDate(lines[0]).Equal(d.modified.Truncate(time.Second))
	}
	if since.After(time.Now().Add(aheadOfUs)) {
		return false // we gave it when our clock was wrong: it says nothing of what it has
	}
	return !d.modified.After(since)
}
