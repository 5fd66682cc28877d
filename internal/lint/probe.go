package lint

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// Asker sends one request as it stands and gives the answer; an http.Client does, if its transport
// leaves Accept-Encoding alone.
type Asker interface {
	Do(req *http.Request) (*http.Response, error)
}

// Bounds of a probe.
const (
	largest  = 10 << 20 // bytes of a document
	farthest = 10       // archives that are walked through
)

// codings are those that are asked for one at a time; identity is "".
var codings = []string{"", "gzip", "br", "zstd"}

// Probe judges the feed at an address, and how its server answers: about thirty requests, one
// after the other. A feed that changed meanwhile is looked at again, twice at most, since answers
// about two documents contradict each other. The error is Unreachable if not even the first is
// answered with a document.
func Probe(ctx context.Context, asker Asker, agent, address string) (Report, error) {
	for again := 2; ; again-- {
		p, err := look(ctx, asker, agent, address)
		if err != nil {
			return Report{}, err
		}
		if r := p.report(); r.Faults+r.Doubts == 0 || again == 0 || !p.moved() {
			return r, nil
		}
	}
}

// look asks for a feed in every way.
func look(ctx context.Context, asker Asker, agent, address string) (*probe, error) {
	p := &probe{
		ctx: ctx, asker: asker, agent: agent, address: address,
		notes: newNotes(address), answers: map[string]answer{},
	}
	first, err := p.ask(http.MethodGet)
	if err != nil {
		return nil, news.Errorf(news.Unreachable, "ask %s: %w", address, err)
	}
	if first.status != http.StatusOK {
		return nil, news.Errorf(news.Unreachable, "ask %s: status %d in place of a feed",
			address, first.status)
	}
	p.answers[""] = first
	p.name, p.address = first.url, first.url // after redirects
	rel := p.document(Document{
		Name: first.url, URL: first.url, MediaType: first.header.Get("Content-Type"),
		Body: first.body, Asked: first.date(),
	})
	for _, ask := range []func(){
		p.negotiation, p.validators, p.notModified, p.modifiedSince, p.methods, p.ranges, p.variants,
		p.deltas, func() { p.walk(rel) },
	} {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		ask()
	}
	return p, nil
}

// moved reports whether the feed is another document than it was at first.
func (p *probe) moved() bool {
	now, err := p.ask(http.MethodGet)
	return err == nil && now.status == http.StatusOK && !bytes.Equal(now.body, p.answers[""].body)
}

// probe is a feed being asked for in every way.
type probe struct {
	*notes
	ctx     context.Context
	asker   Asker
	agent   string
	address string
	answers map[string]answer // of plain requests, by the coding asked for
}

// answer is what came back.
type answer struct {
	url    string // after redirects
	status int
	header http.Header
	body   []byte // as it was sent, in its coding
}

// coding is the content coding of an answer, "" for identity.
func (a answer) coding() string {
	c := strings.ToLower(a.header.Get("Content-Encoding"))
	if c == "identity" {
		return ""
	}
	return c
}

// date is when an answer was made, as its server says.
func (a answer) date() time.Time {
	at, _ := http.ParseTime(a.header.Get("Date"))
	return at
}

// ask sends a request with pairs of field names and values.
func (p *probe) ask(method string, fields ...string) (answer, error) {
	return p.askAt(p.address, method, fields...)
}

func (p *probe) askAt(address, method string, fields ...string) (answer, error) {
	req, err := http.NewRequestWithContext(p.ctx, method, address, nil)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("User-Agent", p.agent)
	for i := 0; i+1 < len(fields); i += 2 {
		req.Header.Add(fields[i], fields[i+1])
	}
	resp, err := p.asker.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest+1))
	if err == nil && len(body) > largest {
		err = fmt.Errorf("more than %d MB", largest>>20)
	}
	return answer{resp.Request.URL.String(), resp.StatusCode, resp.Header, body}, err
}

// try asks, and notes it as a fault of a line when there is no answer at all.
func (p *probe) try(line string, method string, fields ...string) (answer, bool) {
	a, err := p.ask(method, fields...)
	if err != nil {
		p.fault(line, request(method, fields...), "no answer: %v", err)
	}
	return a, err == nil
}

// request writes a request for a person.
func request(method string, fields ...string) string {
	s := method
	for i := 0; i+1 < len(fields); i += 2 {
		s += fmt.Sprintf(" %s: %s", fields[i], cut(fields[i+1]))
	}
	return s
}

// negotiation asks for each coding.
func (p *probe) negotiation() {
	p.look("accept-encoding")
	for _, coding := range codings[1:] {
		a, ok := p.try("accept-encoding", http.MethodGet, "Accept-Encoding", coding)
		if !ok {
			continue
		}
		p.answers[coding] = a
		if got := a.coding(); got != "" && got != coding {
			p.fault("accept-encoding", request("GET", "Accept-Encoding", coding), "answered in %q", got)
		}
	}
	if got := p.answers[""].coding(); got != "" {
		p.fault("accept-encoding", "GET without Accept-Encoding", "answered in %q", got)
	}
	for _, value := range []string{"gzip;q=0, br;q=0, zstd;q=0", "x-unheard-of", ""} {
		a, ok := p.try("accept-encoding", http.MethodGet, "Accept-Encoding", value)
		if ok && a.coding() != "" {
			p.fault("accept-encoding", request("GET", "Accept-Encoding", value), "answered in %q",
				a.coding())
		}
	}
	if !p.compresses() {
		p.doubt("accept-encoding", "GET Accept-Encoding: gzip", "never compressed")
	}
}

// compresses reports whether the server has any coding but the identity.
func (p *probe) compresses() bool {
	for coding, a := range p.answers {
		if coding != "" && a.coding() != "" {
			return true
		}
	}
	return false
}

// validators compares tags.
func (p *probe) validators() {
	p.look("etag", "vary", "freshness")
	plain := p.answers[""]
	tag := plain.header.Get("ETag")
	switch {
	case tag == "":
		p.doubt("etag", "GET", "no ETag")
	case strings.HasPrefix(tag, "W/"):
		p.doubt("etag", "GET", "%s is weak", tag)
	}
	again, ok := p.try("etag", http.MethodGet)
	if ok && string(again.body) == string(plain.body) && again.header.Get("ETag") != tag {
		p.fault("etag", "GET, twice", "same bytes, other ETag: %s and %s", tag, again.header.Get("ETag"))
	}
	if ok && string(again.body) != string(plain.body) && again.header.Get("ETag") == tag && tag != "" {
		p.fault("etag", "GET, twice", "other bytes under the same ETag %s", tag)
	}
	if ok {
		p.sameIDs(plain, again)
	}
	tags := map[string]string{}
	for _, coding := range codings {
		a, asked := p.answers[coding]
		if !asked || coding != a.coding() {
			continue
		}
		// Only what was the same before and after is held against what came in between.
		if text, err := decode(a); ok && string(again.body) == string(plain.body) &&
			(err != nil || string(text) != string(plain.body)) {
			p.fault("accept-encoding", request("GET", "Accept-Encoding", coding),
				"does not decode to the plain document (error: %v)", err)
		}
		t := a.header.Get("ETag")
		if other, taken := tags[t]; taken && t != "" && !strings.HasPrefix(t, "W/") {
			p.fault("etag", request("GET", "Accept-Encoding", coding), "strong tag of coding %q: %s",
				other, t)
		}
		tags[t] = coding
		if p.compresses() && !varies(a.header, "Accept-Encoding") {
			p.fault("vary", request("GET", "Accept-Encoding", coding), "Vary is %q",
				a.header.Get("Vary"))
		}
	}
	caching := plain.header.Get("Cache-Control")
	if !strings.Contains(caching, "max-age") && !strings.Contains(caching, "no-") &&
		plain.header.Get("Expires") == "" {
		p.doubt("freshness", "GET", "neither max-age nor Expires")
	}
}

// varies reports whether Vary names a field.
func varies(h http.Header, name string) bool {
	for _, value := range h.Values("Vary") {
		for field := range strings.SplitSeq(value, ",") {
			if f := strings.TrimSpace(field); f == "*" || strings.EqualFold(f, name) {
				return true
			}
		}
	}
	return false
}

// ago is how far the past lies that an invalid or old date names.
const ago = 10 * 365 * 24 * time.Hour

// decode undoes the coding of an answer.
func decode(a answer) ([]byte, error) {
	var r io.Reader = bytes.NewReader(a.body)
	switch a.coding() {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(largest))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	}
	return io.ReadAll(io.LimitReader(r, largest))
}
