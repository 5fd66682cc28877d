package serve

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// archiveCaching bounds how long a withdrawn article lives on in copies of an archive.
const archiveCaching = "max-age=3600"

// archive answers for a closed archive document (RFC 5005, section 4). The one after the newest
// is not closed yet: what it will hold is in the feed itself.
func (p *public) archive(w http.ResponseWriter, r *http.Request) {
	name, last := r.PathValue("feed"), r.PathValue("document")
	number, format, ok := parseArchive(last)
	f := p.feeds[name+"."+string(format)]
	if !ok || f == nil {
		p.elsewhere(w, r, "/archive/"+last, name)
		return
	}
	newest := p.editions.Archives(f.key)
	switch {
	case number == newest+1:
		w.Header().Set("Location", "../../"+documentName(f.key, f.format))
		say(w, http.StatusTemporaryRedirect, briefly,
			"This archive is not closed yet: what it will hold is in the feed.\n")
		return
	case number > newest:
		p.notFound(w, r)
		return
	}
	e, err := p.editions.Archive(f.key, f.format, number)
	switch {
	case err != nil && news.KindOf(err) == news.NotFound:
		p.notFound(w, r)
		return
	case err != nil:
		p.fail(w, r, fmt.Errorf("archive %d of feed %s: %w", number, f.key, err))
		return
	}
	d := editionDocument(e)
	d.caching, d.vary = []string{archiveCaching}, varyEncoding
	d.link = archiveLinks(p.settings.Site, f.key, f.format, number)
	d.serve(w, r)
}

// parseArchive reads the name of an archive document, "12.atom". A number has one spelling only.
func parseArchive(name string) (number int, format news.Format, ok bool) {
	digits, ending, _ := strings.Cut(name, ".")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 1 || strconv.Itoa(number) != digits {
		return 0, "", false
	}
	return number, news.Format(ending), true
}
