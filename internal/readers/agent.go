package readers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a User-Agent can make us keep.
const (
	maxAgent = 512 // bytes that are looked at
	maxName  = 40  // runes of a family's name
)

// Names of families that no program goes by.
const (
	nameless = "(none)"
	Others   = "(others)" // all that there was no room for
)

// family is the name of the program that a User-Agent tells of, without its version: "Feedly" of
// "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)".
func family(agent string) string {
	agent = agent[:min(len(agent), maxAgent)]
	if name, ok := masked(agent); ok {
		return clean(name)
	}
	name := agent
	if end := strings.IndexAny(name, "/(;,[<"); end >= 0 {
		name = name[:end]
	}
	return clean(unversioned(name))
}

// masked reads a User-Agent that begins as a browser's does: most programs that show themselves so
// name themselves behind "compatible;".
func masked(agent string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(agent, "Mozilla/")
	if !ok {
		return "", false
	}
	if _, name, ok = strings.Cut(rest, "compatible;"); ok {
		name = strings.TrimLeft(name, " ")
		if end := strings.IndexAny(name, "/;)(,"); end >= 0 {
			name = name[:end]
		}
		return unversioned(name), true
	}
	for _, browser := range [...]struct{ mark, name string }{
		{"Firefox/", "Firefox"},
		{"Thunderbird/", "Thunderbird"},
		{"Edg/", "Edge"},
		{"OPR/", "Opera"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	} {
		if strings.Contains(rest, browser.mark) {
			return browser.name, true
		}
	}
	return "Mozilla", true
}

// unversioned cuts a name before the first word, but for the first of all, that is no part of one:
// a number, a version, a dash, an address or a "key:value".
func unversioned(name string) string {
	for i := 1; i < len(name); i++ {
		if name[i-1] != ' ' {
			continue
		}
		word, _, _ := strings.Cut(name[i:], " ")
		version := strings.TrimPrefix(word, "v")
		if word == "-" || strings.ContainsAny(word, ":@") ||
			version != "" && '0' <= version[0] && version[0] <= '9' {
			return name[:i]
		}
	}
	return name
}

// clean makes a bounded name of printable characters with single blanks.
func clean(name string) string {
	if plain(name) {
		return name
	}
	name = strings.Map(func(c rune) rune {
		if c == utf8.RuneError || !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	if runes := []rune(name); len(runes) > maxName {
		name = strings.TrimSpace(string(runes[:maxName]))
	}
	if name == "" {
		return nameless
	}
	return name
}

// plain reports whether a name is clean as it is, as most are.
func plain(name string) bool {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7f {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

// subscribers reads how many people a User-Agent says it reads for, "12 subscribers", false if it
// says nothing.
func subscribers(agent string) (n int64, ok bool) {
	agent = agent[:min(len(agent), maxAgent)]
	for _, word := range [...]string{" subscriber", " reader"} {
		before, _, found := strings.Cut(agent, word)
		if !found {
			continue
		}
		digits := len(before)
		for digits > 0 && '0' <= before[digits-1] && before[digits-1] <= '9' {
			digits--
		}
		number := before[digits:]
		if number == "" || len(number) > 9 {
			continue
		}
		for _, c := range []byte(number) {
			n = 10*n + int64(c-'0')
		}
		return n, true
	}
	return 0, false
}
