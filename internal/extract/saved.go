package extract

import (
	"regexp"

	"github.com/teletipo/teletipo/internal/news"
)

// saved match what browsers, and programs that save pages whole, write into a file of where it is
// from.
var saved = []*regexp.Regexp{
	regexp.MustCompile(`<!-- saved from url=\(\d+\)(https?://[^\s<>"]+) -->`),
	regexp.MustCompile(`(?s)Page saved with SingleFile\s+url: (https?://[^\s<>"]+)`),
}

// SavedFrom is the address that a saved page is from: what the program says that saved it, else
// what the page calls itself. It is empty if neither says.
func SavedFrom(body []byte) string {
	start := body[:min(len(body), 16<<10)]
	for _, form := range saved {
		if m := form.FindSubmatch(start); m != nil {
			return string(m[1])
		}
	}
	p, err := readPage(news.Document{Body: body})
	if err != nil {
		return ""
	}
	m := p.readMeta()
	for _, address := range []string{m.links["canonical"], m.first("og:url")} {
		if isWeb.MatchString(address) {
			return address
		}
	}
	return ""
}

var isWeb = regexp.MustCompile(`^https?://[^/\s]+`)
