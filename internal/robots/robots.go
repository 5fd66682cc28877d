// Package robots reads what a site asks of programs in its robots.txt (RFC 9309): what they may
// ask for, how fast, and where its sitemaps are. When that is asked about is left to package
// source; feeds are not among it, for they are there to be read by programs.
//
//	rules := robots.Parse(body, robots.Agent)
//	if rule, ok := rules.Allows("https://paper.example/news/1"); !ok {
//		// rule.Line says where the site forbids it
//	}
package robots

import (
	"bytes"
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// Agent is the product token that robots.txt files name us by.
const Agent = "teletipo"

// Bounds on a robots.txt file and on what it asks for.
const (
	maxBytes    = 500 << 10 // that are read (RFC 9309, section 2.5)
	maxSitemaps = 100
	maxUsage    = 10 // lines of each kind
	maxDelay    = 5 * time.Minute
)

// Rules are what a robots.txt file says to one program. The zero value allows everything.
type Rules struct {
	Delay    time.Duration // that it wants between two requests (Crawl-delay), at most 5 minutes
	Sitemaps []string      // absolute addresses, in the file's order
	rules    []Rule
	usage    []usage
}

// usage is a line of Content-Usage or Content-Signal, for the paths of a pattern.
type usage struct {
	signal news.Signal
	match  string
}

// Rule is one line of allow or disallow.
type Rule struct {
	Allow   bool
	Pattern string // as it stands in the file
	Line    int    // counted from 1

	match string // Pattern in the form that paths are compared in
}

// group are the rules that the file has for some programs.
type group struct {
	rules []Rule
	usage []usage
	delay time.Duration
}

// Parse reads a robots.txt file for the program with a product token. Whatever is no line of the
// protocol is passed over, and of a file that is too long the end.
func Parse(body []byte, agent string) *Rules {
	p := parser{agent: agent}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if len(body) > maxBytes { // what is left of a line would mean something else
		body = body[:bytes.LastIndexAny(body[:maxBytes], "\r\n")+1]
	}
	// A line ends in CR, LF or both.
	text := strings.ReplaceAll(string(body), "\r\n", "\n")
	number := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		number++
		p.line(line, number)
	}
	of := p.all
	if p.named {
		of = p.own
	}
	return &Rules{
		Delay: of.delay, Sitemaps: p.sitemaps, rules: of.rules,
		usage: slices.Concat(of.usage, p.licences),
	}
}

// parser is a file on its way. A program's groups are taken together, wherever they stand.
type parser struct {
	agent    string
	own, all group // of the program, and of every program that has none of its own
	named    bool  // there is a group of the program

	groups   []*group // of own and all, those that the lines are for
	inRules  bool     // the next user-agent begins another group
	sitemaps []string
	licences []usage // for every program
}

func (p *parser) line(line string, number int) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	key, value, ok := strings.Cut(line, ":")
	if !ok { // as people write it
		if i := strings.IndexAny(line, " \t"); i > 0 {
			key, value = line[:i], line[i:]
		}
	}
	key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
	switch key {
	case "user-agent":
		p.agents(value)
	case "allow":
		p.rule(Rule{Allow: true, Pattern: value, Line: number})
	case "disallow":
		p.rule(Rule{Pattern: value, Line: number})
	case "crawl-delay":
		p.delay(value)
	case "content-usage", "content-signal", "license":
		p.usage(key, value)
	case "sitemap":
		u, err := url.Parse(value)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
			len(p.sitemaps) < maxSitemaps {
			p.sitemaps = append(p.sitemaps, u.String())
		}
	}
}

// agents notes whom the lines that follow are for (RFC 9309, section 2.2.1). Lines of other
// records end no group (section 2.2.4).
func (p *parser) agents(value string) {
	if p.inRules {
		p.groups, p.inRules = nil, false
	}
	if value == "*" || strings.HasPrefix(value, "* ") {
		p.linesFor(&p.all)
		return
	}
	end := strings.IndexFunc(value, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '-'
	})
	if end >= 0 {
		value = value[:end] // without version
	}
	if strings.EqualFold(value, p.agent) {
		p.linesFor(&p.own)
		p.named = true
	}
}

func (p *parser) linesFor(g *group) {
	if !slices.Contains(p.groups, g) {
		p.groups = append(p.groups, g)
	}
}

func (p *parser) rule(r Rule) {
	p.inRules = true
	if r.Pattern == "" {
		return // says nothing
	}
	r.match = pattern(r.Pattern)
	for _, g := range p.groups {
		g.rules = append(g.rules, r)
	}
}

// usage notes what a line says of the use of pages: those that a path before it matches, or all.
func (p *parser) usage(name, value string) {
	u := usage{signal: news.Signal{Name: name, Value: value, From: "robots.txt"}, match: "/"}
	if path, rest, ok := strings.Cut(value, " "); ok && strings.HasPrefix(path, "/") {
		u.signal.Value, u.match = strings.TrimSpace(rest), pattern(path)
	}
	const longest = 300
	switch {
	case value == "" || len(value) > longest || !utf8.ValidString(value):
	case name == "license": // of RSL, which knows no groups
		if len(p.licences) < maxUsage {
			p.licences = append(p.licences, u)
		}
	default:
		for _, g := range p.groups {
			if len(g.usage) < maxUsage {
				g.usage = append(g.usage, u)
			}
		}
	}
}

// Signals are what the file says of the use of an address: all that matches it, since who says no
// in one line does not say yes in another.
func (r *Rules) Signals(address string) (found []news.Signal) {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	path := normal(cmp.Or(u.EscapedPath(), "/"), "*$")
	for _, use := range r.usage {
		if matches(use.match, path) && !slices.Contains(found, use.signal) {
			found = append(found, use.signal)
		}
	}
	return found
}

func (p *parser) delay(value string) {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || !(seconds > 0) {
		return
	}
	wait := time.Duration(math.Min(seconds, maxDelay.Seconds()) * float64(time.Second))
	for _, g := range p.groups {
		g.delay = max(g.delay, wait)
	}
}

// Allows reports whether an address may be asked for, and by which rule: the longest that matches,
// of two the one that allows; the zero Rule if none does (RFC 9309, section 2.2.2).
func (r *Rules) Allows(address string) (by Rule, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return Rule{}, false
	}
	path := cmp.Or(u.EscapedPath(), "/")
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	if path == "/robots.txt" {
		return Rule{}, true
	}
	path = normal(path, "*$")
	best, found := Rule{Allow: true}, false
	for _, rule := range r.rules {
		longer := len(rule.match) - len(best.match)
		if (!found || longer > 0 || longer == 0 && rule.Allow) && matches(rule.match, path) {
			best, found = rule, true
		}
	}
	if !found {
		return Rule{}, true
	}
	return best, best.Allow
}
