package render

import (
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
)

// Check tells what is wrong with a feed document of ours, nil if nothing is. It is strict: XML
// must be well-formed with all its namespaces declared, JSON must name nothing twice, and an
// element or member that nobody decided to publish is a fault like a missing one. The error is
// Invalid, and names the place.
func Check(format news.Format, doc []byte) error {
	_, err := CheckParts(format, doc)
	return err
}

// CheckParts does what Check does, and tells where the document has its entries and tombstones, in
// the order in which they stand. Cut takes some of them out.
func CheckParts(format news.Format, doc []byte) ([]news.Part, error) {
	if err := checkText(doc); err != nil {
		return nil, err
	}
	switch format {
	case news.RSS:
		return checkRSS(doc)
	case news.Atom:
		return checkAtom(doc)
	case news.JSON:
		return checkJSON(doc)
	}
	return nil, fault("feed format %q is unknown", format)
}

// fault is what is wrong with a document.
func fault(format string, args ...any) error { return news.Errorf(news.Invalid, format, args...) }

// checkText holds a document to UTF-8 without a byte order mark and without characters that
// XML 1.0 forbids. JSON escapes those, so that one of them there is a fault too.
func checkText(doc []byte) error {
	if strings.HasPrefix(string(doc[:min(len(doc), 3)]), "\uFEFF") {
		return fault("byte 0: a byte order mark is not wanted")
	}
	i := forbidden(doc)
	if i < 0 {
		return nil
	}
	if r, size := utf8.DecodeRune(doc[i:]); size > 1 || r < utf8.RuneSelf {
		return fault("byte %d: character U+%04X is forbidden", i, r)
	}
	return fault("byte %d: %#02x is not UTF-8", i, doc[i])
}

// checkAddress holds s to being an absolute web address.
func checkAddress(s string) error {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return fault("%q is not a URL", s)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fault("%q is not an absolute web address", s)
	case badURI(s) >= 0:
		return fault("%q has a character that must be escaped", s)
	}
	return nil
}

// checkIRI holds s to being an absolute IRI: a scheme, something after it, and no character that
// RFC 3987 leaves out.
func checkIRI(s string) error {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() || len(s) == len(u.Scheme)+1 {
		return fault("%q is not an absolute IRI", s)
	}
	if strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError ||
			strings.ContainsRune("\"<>\\^`{|}", r)
	}) {
		return fault("%q has a character that an IRI may not hold", s)
	}
	return nil
}

// checkDate holds s to a layout, exactly.
func checkDate(s, layout string) error {
	if t, err := time.Parse(layout, s); err != nil || t.Format(layout) != s {
		return fault("%q is not a date like %q", s, layout)
	}
	return nil
}

// checkTag holds s to the form of a language tag.
func checkTag(s string) error {
	if languageTag(s) == "" {
		return fault("%q is not a language tag", s)
	}
	return nil
}
