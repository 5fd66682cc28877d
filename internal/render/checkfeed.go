package render

import (
	"strconv"
	"strings"
	"time"
)

// rule is how often an element may stand in its parent, and what it must be like.
type rule struct {
	least, most int
	check       func(*element) error // nil: anything
}

// rules are all that an element may and must hold, by name. What is not in the table is a fault.
type rules map[string]rule

const many = 1 << 30

// hold checks an element's children against the rules, in the order in which they stand.
func (e *element) hold(r rules) error {
	count := make(map[string]int, len(r))
	for _, child := range e.children {
		rule, known := r[child.name]
		count[child.name]++
		switch {
		case !known:
			return fault("%s: %s is not wanted here", e.name, child.name)
		case count[child.name] > rule.most:
			return fault("%s: %s stands here more than %d times", e.name, child.name, rule.most)
		case rule.check == nil:
			continue
		}
		if err := rule.check(child); err != nil {
			return fault("%s: %s: %w", e.name, child.name, err)
		}
	}
	for name, rule := range r {
		if count[name] < rule.least {
			return fault("%s: %s is missing", e.name, name)
		}
	}
	return nil
}

// child finds the first child of a name, nil if there is none.
func (e *element) child(name string) *element {
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// content is the text of the first child of a name, empty if there is none.
func (e *element) content(name string) string {
	if c := e.child(name); c != nil {
		return c.text
	}
	return ""
}

// attr is the value of an attribute, empty if it is not there.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// Checks of single elements.

func filled(e *element) error {
	if strings.TrimSpace(e.text) == "" {
		return fault("it is empty")
	}
	if len(e.children) > 0 {
		return fault("it has elements inside")
	}
	return nil
}

func isAddress(e *element) error  { return checkAddress(e.text) }
func isIRI(e *element) error      { return checkIRI(e.text) }
func isTag(e *element) error      { return checkTag(e.text) }
func isRFC822(e *element) error   { return checkDate(e.text, time.RFC1123Z) }
func isRFC3339(e *element) error  { return checkDate(e.text, time.RFC3339) }
func hasAddress(e *element) error { return checkAddress(e.attr("url")) }

func isMinutes(e *element) error {
	if n, err := strconv.Atoi(e.text); err != nil || n <= 0 {
		return fault("%q is no number of minutes", e.text)
	}
	return nil
}

// isFile wants an address, a length and a media type.
func isFile(e *element) error {
	if n, err := strconv.ParseInt(e.attr("length"), 10, 64); err != nil || n < 0 {
		return fault("%q is no length", e.attr("length"))
	}
	if mediaType(e.attr("type")) == "" {
		return fault("%q is no media type", e.attr("type"))
	}
	return hasAddress(e)
}

// unique refuses what was seen before.
type unique map[string]bool

func (u unique) add(what string) error {
	if u[what] {
		return fault("%s stands here twice", what)
	}
	u[what] = true
	return nil
}
