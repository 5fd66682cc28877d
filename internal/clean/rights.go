package clean

import (
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// rights are the item's own, else its source's, else the default for that kind of source; and no
// more than what its site states of it lets us.
func rights(item news.Item, src news.Source) news.Rights {
	granted := news.Excerpt
	if src.Own() {
		granted = news.Full
	}
	for _, r := range []news.Rights{src.Rights, item.Rights} {
		switch r {
		case news.Full, news.Excerpt, news.Headline:
			granted = r
		}
	}
	for _, s := range item.Signals {
		granted = lesser(granted, most(s))
	}
	return granted
}

// lesser is what two rights both allow.
func lesser(a, b news.Rights) news.Rights {
	if a == news.Headline || b == news.Full {
		return a
	}
	if b == news.Headline || a == news.Full {
		return b
	}
	return a
}

// most is the most that a statement of a site lets us pass on. Whoever does not want to be quoted
// in a search wants no summary here; whoever wants no copies kept, reserves the mining of texts or
// has terms of a licence that we do not know, no full text. What is said of training and the like
// is for our readers.
func most(s news.Signal) news.Rights {
	value := strings.ToLower(s.Value)
	switch s.Name {
	case "robots":
		return ofRobots(value)
	case "content-signal", "content-usage":
		return ofUsage(value)
	case "tdm-reservation":
		if strings.Trim(value, `" `) != "0" {
			return news.Excerpt
		}
	case "license":
		return news.Excerpt
	}
	return news.Full
}

// ofRobots reads directives for robots, as noindex or max-snippet:0.
func ofRobots(value string) news.Rights {
	granted := news.Full
	value = strings.ReplaceAll(value, ": ", ":") // "max-snippet: 0", and "teletipo: noindex"
	for word := range strings.FieldsFuncSeq(strings.TrimPrefix(value, "teletipo:"), func(c rune) bool {
		return c == ',' || c == ' '
	}) {
		switch word {
		case "nosnippet", "max-snippet:0":
			return news.Headline
		case "noindex", "noarchive", "nocache", "none":
			granted = news.Excerpt
		}
	}
	return granted
}

// ofUsage reads preferences, as search=no, ai-train=no or search=n.
func ofUsage(value string) news.Rights {
	for part := range strings.FieldsFuncSeq(value, func(c rune) bool {
		return c == ',' || c == ';' || c == ' '
	}) {
		key, said, _ := strings.Cut(part, "=")
		if key == "search" && said != "y" && said != "yes" && said != "?1" && said != "" {
			return news.Headline
		}
	}
	return news.Full
}
