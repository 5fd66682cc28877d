package news

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// hidden stands for a part of an address that may be a secret.
const hidden = "…"

// Shown is a web address as anybody may see it, in logs, errors and lists: whoever knows a feed's
// address may read it where the address holds a key. So there is no user and no fragment in it; of
// a query only parameters that never hold a key, and of a path only what reads like words and small
// numbers. For the rest stands "…". It is the only place that decides what may be a secret.
func Shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(an address that can't be read)"
	}
	if u.Host == "" && u.Scheme == "" && u.RawQuery == "" {
		return address // a name, or a path on this machine
	}
	if u.Opaque != "" {
		return u.Scheme + ":" + hidden
	}
	var b strings.Builder
	if u.Scheme != "" {
		b.WriteString(u.Scheme + ":")
	}
	if u.Scheme == "file" {
		return address
	}
	if u.Host != "" {
		b.WriteString("//" + u.Host)
	}
	b.WriteString(shownPath(u))
	if u.RawQuery != "" {
		b.WriteString("?" + shownQuery(u.RawQuery))
	}
	return b.String()
}

// HoldsSecret reports whether an address has anything that may be a secret.
func HoldsSecret(address string) bool {
	u, err := url.Parse(address)
	return err != nil || Shown(address) != u.String() && Shown(address) != address
}

// AddressID makes of an address the id of a source that has no other: the address itself, unless it
// may hold a secret.
func AddressID(address string) string {
	if !HoldsSecret(address) {
		return address
	}
	id := MintID("address", address)
	return Shown(address) + "#" + hex.EncodeToString(id[:4])
}

// Base is what references in a document resolve against that came from an address: without its
// query, which a reference to the document itself would repeat, and without what of its path may
// hold a secret, or all of it if a directory does.
func Base(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	base := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if path := u.EscapedPath(); shownPath(u) != path {
		base.Path = path[:strings.LastIndexByte(path, '/')+1]
		if base.RawPath = ""; shownPath(&base) != base.Path {
			base.Path = "/"
		}
	}
	return base.String()
}

func shownPath(u *url.URL) string {
	segments := strings.Split(u.EscapedPath(), "/")
	secret := false
	for i, segment := range segments {
		name, err := url.PathUnescape(segment)
		secret = secret || err != nil || announces(name)
		if secret && segment != "" || !isPlain(name) {
			segments[i] = hidden
		}
	}
	return strings.Join(segments, "/")
}

// harmless are parameters that choose what a feed or an API lists. None of them holds a key.
var harmless = []string{
	"_fields", "after", "before", "cat", "category", "context", "feed", "format", "hl", "lang",
	"language", "limit", "modified_after", "modified_before", "offset", "order", "orderby", "output",
	"page", "paged", "per_page", "rest_route", "section", "status", "tag", "topic", "type",
}

func shownQuery(query string) string {
	var shown []string
	for parameter := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(parameter, "=")
		text, err := url.QueryUnescape(value)
		plain := func(part string) bool { return !isPlain(part) }
		parts := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("/,:+", c) })
		switch {
		case err != nil || !slices.Contains(harmless, key), slices.ContainsFunc(parts, plain):
			if len(shown) == 0 || shown[len(shown)-1] != hidden {
				shown = append(shown, hidden)
			}
		default:
			shown = append(shown, parameter)
		}
	}
	return strings.Join(shown, "&")
}

// announces reports whether a segment of a path says that a secret is in it, or follows.
func announces(segment string) bool {
	segment = strings.ToLower(segment)
	return slices.ContainsFunc([]string{
		"secret", "token", "private", "signed", "signature", "password", "apikey", "api-key", "auth",
		"session", "credential",
	}, func(word string) bool { return strings.Contains(segment, word) })
}

// Bounds of what reads like a word or a small number. A year, a month and a number of a page or an
// article are no secret; what a machine has drawn has letters and digits mixed, cases mixed, no
// vowels, or no end.
const (
	longestWord   = 16
	longestNumber = 8
	mostClusters  = 5 // consonants in a row
)

// isPlain reports whether a segment consists of words and small numbers.
func isPlain(segment string) bool {
	for part := range strings.FieldsFuncSeq(segment, func(c rune) bool {
		return strings.ContainsRune("-_.~@ '()!$", c)
	}) {
		letters := strings.TrimRightFunc(part, unicode.IsDigit)
		digits := len(part) - len(letters)
		switch {
		case letters == "" && digits <= longestNumber:
		case letters != "" && digits <= 2 && isWord(letters):
		default:
			return false
		}
	}
	return true
}

// isWord reports whether letters read like a word: of one case but for the first, or an
// abbreviation, with vowels between the consonants.
func isWord(letters string) bool {
	runes := []rune(letters)
	if len(runes) > longestWord || slices.ContainsFunc(runes, func(c rune) bool {
		return !unicode.IsLetter(c)
	}) {
		return false
	}
	if len(runes) <= 4 {
		return true // rss, xml, html; too short to be a key
	}
	rest := string(runes[1:])
	if strings.ToLower(rest) != rest {
		return false
	}
	cluster := 0
	for _, c := range strings.ToLower(letters) {
		if cluster++; strings.ContainsRune("aeiouyáéíóúü", c) || c > 0xff {
			cluster = 0
		}
		if cluster >= mostClusters {
			return false
		}
	}
	return true
}
