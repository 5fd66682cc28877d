package boilerplate

import "strings"

// IsButton reports whether a line is the label of a button or of a field in a form.
func (w *Words) IsButton(line string) bool {
	return len(line) < 100 && w.is(buttons, plainLine(line))
}

// HeadsOthers reports whether a line stands over links to other articles.
func (w *Words) HeadsOthers(line string) bool {
	if len(line) > 100 {
		return false
	}
	line = plainLine(line)
	return w.is(otherArticles, line) || w.is(toAnother, line)
}

// LeadsElsewhere reports whether a line begins with words that lead to another article, and goes on
// with its title: "Read more: The river rises".
func (w *Words) LeadsElsewhere(line string) bool {
	line = strings.TrimLeft(strings.ToLower(line[:min(len(line), 60)]), " ([*>»→•-–—¡¿")
	i := strings.IndexAny(line, ":|–—>»(…!")
	return i > 0 && i < 40 && w.is(toAnother, plainLine(line[:i])) || w.is(toAnother, plainLine(line))
}

// IsLabel reports whether a line begins as lines of names and dates do: "By Ana Ruiz", "Photo: …".
func (w *Words) IsLabel(line string) bool {
	line = strings.TrimLeft(line, " ([*-–—")
	first, _, _ := strings.Cut(strings.ToLower(line[:min(len(line), 60)]), " ")
	first, _, _ = strings.Cut(first, ":")
	return w.is(labels, first)
}

// CallsToFollow reports whether a short line begins as calls to follow or to subscribe do.
func (w *Words) CallsToFollow(line string) bool {
	if len(line) > 140 {
		return false
	}
	line = strings.ToLower(strings.TrimLeft(line, " ([*>»→•-–—¡¿"))
	for n := 2; n >= 1; n-- {
		if words := strings.Fields(line); len(words) > n &&
			w.is(toFollow, plainLine(strings.Join(words[:n], " "))) {
			return true
		}
	}
	return false
}

// Excuse returns the kind of page that a text stands on if it has words in it that pages have in
// place of an article, and how many of its bytes those words are; none otherwise.
func (w *Words) Excuse(text string) (kind string, size int) {
	text = strings.ToLower(strings.ReplaceAll(text, "’", "'"))
	for _, e := range w.excuses {
		i := strings.Index(text, e.words)
		if i < 0 || isWordAt(text, i-1) || isWordAt(text, i+len(e.words)) {
			continue
		}
		if size += len(e.words); kind == "" {
			kind = e.kind
		}
		text = text[:i] + strings.Repeat("-", len(e.words)) + text[i+len(e.words):]
	}
	return kind, size
}

// isWordAt reports whether a byte of a text in lower case belongs to a word or number.
func isWordAt(text string, i int) bool {
	return i >= 0 && i < len(text) &&
		(text[i] >= 'a' && text[i] <= 'z' || text[i] >= '0' && text[i] <= '9' || text[i] >= 0x80)
}
