package serve

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// Header values of a delta that never change.
var (
	deltaMethod  = []string{"feed"}
	deltaCaching = []string{"no-store, im"}
	deltaVary    = []string{"Accept-Encoding, A-IM, If-None-Match"}
)

// serveFeed answers for a feed: as serve does, but with what is new alone if the reader asks for
// that and says what it has (RFC 3229, with the instance manipulation "feed").
func (p *public) serveFeed(d *document, w http.ResponseWriter, r *http.Request) {
	wanted, there := r.Header["A-Im"] // as net/http writes A-IM
	if !there {
		d.serve(w, r)
		return
	}
	accept := r.Header["Accept-Encoding"]
	chosen := &d.variants[choose(accept, d.codings)]
	if v := d.current(r.Header, accept, chosen); v != nil {
		d.notModified(w, v)
		return
	}
	if wantsDelta(wanted) && !misreads(r.UserAgent()) {
		base, tag, ok := olderInstance(r.Header["If-None-Match"], d.edition)
		if ok && p.delta(d, base, tag, w, r) {
			return
		}
	}
	d.whole(w, r, chosen)
}

// delta answers 226, or tells that it can't. The ETag is that of the whole feed as it is now, in
// the coding that is sent: a reader who applies the delta has that instance. No cache may keep the
// answer that does not know of deltas.
func (p *public) delta(
	d *document, base uint64, tag string, w http.ResponseWriter, r *http.Request,
) bool {
	reps, ok := p.editions.Delta(d.edition, base)
	if !ok {
		return false
	}
	rep, full := pickDelta(reps, d, r.Header["Accept-Encoding"])
	if rep == nil {
		return false
	}
	h := w.Header()
	h["Cache-Control"] = deltaCaching
	h["Content-Length"] = []string{strconv.Itoa(len(rep.Body))}
	h["Content-Type"] = d.mediaType
	h["Delta-Base"] = []string{tag}
	h["Delta-Cut"] = []string{news.SeqText(d.edition.Archived)}
	h["Etag"] = full.tag
	h["Im"] = deltaMethod
	h["Last-Modified"] = d.lastModified
	h["Link"] = d.link
	h["Vary"] = deltaVary
	h["X-Content-Type-Options"] = noSniffing
	if full.coding != nil {
		h["Content-Encoding"] = full.coding
	}
	w.WriteHeader(http.StatusIMUsed)
	send(w, r, rep.Body)
	return true
}

// pickDelta chooses among the codings that there is both a delta and a whole feed in.
func pickDelta(
	reps []news.Representation, d *document, accept []string,
) (*news.Representation, *variant) {
	var codings []string
	var deltas []*news.Representation
	var fulls []*variant
	for i := range reps {
		for j, coding := range d.codings {
			if coding == reps[i].Coding {
				codings = append(codings, coding)
				deltas, fulls = append(deltas, &reps[i]), append(fulls, &d.variants[j])
			}
		}
	}
	if len(codings) == 0 || codings[len(codings)-1] != "" {
		return nil, nil // there is nothing to fall back on
	}
	i := choose(accept, codings)
	return deltas[i], fulls[i]
}

// wantsDelta reports whether an A-IM field, given as its lines, lists "feed" and does not rule it
// out with a weight of 0 (RFC 3229, section 10.5.3).
func wantsDelta(lines []string) bool {
	wanted := unlisted
	for _, line := range lines {
		for line != "" {
			var element string
			element, line, _ = strings.Cut(line, ",")
			if name, q := parseCoding(element); strings.EqualFold(name, "feed") {
				wanted = min(wanted, q)
			}
		}
	}
	return wanted != unlisted && wanted > 0
}

// misreads reports whether a program asks for deltas without knowing it: the library feedparser
// does for whoever uses it, and under its own name for those who give it none. Of them rss2email
// takes a 226 for an error (3.13.1, feed.py). Those who name themselves are taken at their word.
func misreads(agent string) bool { return strings.HasPrefix(agent, "feedparser/") }

// olderInstance finds, among the tags of If-None-Match, the newest instance of a feed that a delta
// to its edition can start from, whatever its coding; weak tags count, since a proxy may have
// weakened them. What it gives is the strong tag of that instance.
func olderInstance(lines []string, e *news.Edition) (base uint64, tag string, ok bool) {
	consider := func(listed string) {
		epoch, seq, ours := news.TagState(listed)
		if ours && epoch == e.Epoch && seq >= e.Base && seq < e.Seq && (!ok || seq > base) {
			base, tag, ok = seq, listed, true
		}
	}
	for _, rest := range lines {
		for rest != "" {
			var listed string
			listed, rest = nextTag(rest)
			consider(listed)
		}
	}
	for _, meant := range bentTags(lines) {
		consider(meant)
	}
	return base, tag, ok
}
