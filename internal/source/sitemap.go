package source

import (
	"cmp"
	"context"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/signals"
	"github.com/teletipo/teletipo/internal/sitemap"
)

// maxMaps is how many sitemaps one look asks for; others of an index wait for their turn.
const maxMaps = 10

// mapTypes asks for sitemaps.
const mapTypes = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, " +
	"text/plain;q=0.7, */*;q=0.1"

// mapPaths are where sites have their sitemaps if robots.txt does not say.
var mapPaths = []string{
	"/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml", "/wp-sitemap.xml",
}

// mapLook is one look at the sitemaps of a site.
type mapLook struct {
	*Reader
	src     news.Source
	mark    mapMark
	reading news.Reading
	known   map[uint32]uint16 // pages by mapKey: their dates, at the look before
	fresh   []news.Item       // pages that no sitemap had
	moved   []news.Item       // that have another date now
	asked   map[string]bool
	news    bool // there are sitemaps of news
	signals []news.Signal
	changed bool // a sitemap is not as it was
}

// sitemap looks at the sitemaps of a site, those of news first; where there are such, at no others.
// It yields the pages that are new or moved since the last look, the newest first; at the first
// look the newest.
func (r *Reader) sitemap(
	ctx context.Context, src news.Source, last news.Validators,
) (news.Reading, error) {
	s := mapLook{
		Reader: r, src: src, mark: readMapMark(last.Mark, src.URL), asked: map[string]bool{},
		reading: news.Reading{Validators: last},
	}
	s.known = s.mark.known()
	before := s.mark.text()
	if err := s.all(ctx); err != nil {
		return s.reading, err
	}
	s.mark.prune()
	s.reading.Validators = news.Validators{Mark: s.mark.text()}
	s.reading.Again = news.Validators{Mark: before}
	s.reading.NotModified = !s.changed
	if s.changed {
		s.yield()
	}
	return s.reading, nil
}

// all reads the sitemaps of a source. One of several that can't be read is a fault, if another can.
func (s *mapLook) all(ctx context.Context) error {
	roots, named, err := s.roots(ctx)
	if err != nil {
		return err
	}
	var first error
	read := 0
	for _, root := range roots {
		if s.news && mapRank(root) > 0 {
			break
		}
		err := s.read(ctx, sitemap.Child{URL: root})
		if err == nil {
			if read++; !named {
				s.mark.Found = root
				break
			}
			continue
		}
		first = cmp.Or(first, err)
		if s.isEnough(ctx, err) {
			return err
		}
		if named {
			s.reading.Faults = append(s.reading.Faults, err)
		}
	}
	switch {
	case read > 0:
		return nil
	case named:
		s.reading.Faults = nil
		return first
	}
	return news.Errorf(news.NotFound, "fetch %s: robots.txt names no sitemap, and there is none at "+
		"%s: name its address", news.Shown(s.src.URL), strings.Join(mapPaths, ", "))
}

// isEnough reports whether a site has had enough of us, or the look is to end.
func (s *mapLook) isEnough(ctx context.Context, err error) bool {
	return ctx.Err() != nil || s.reading.RetryAfter > 0 || s.reading.Challenged ||
		news.KindOf(err) == news.Busy
}

// roots are the sitemaps to begin with: that of the source's address, or, if it is a site's home
// page, those that robots.txt names. If it names none, they are guesses.
func (s *mapLook) roots(ctx context.Context) (roots []string, named bool, err error) {
	u, err := url.Parse(s.src.URL)
	if err != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return []string{s.src.URL}, true, nil
	}
	rules, err := s.sites.Rules(ctx, s.src.URL, s.src.Allow)
	if err != nil {
		return nil, false, err
	}
	if len(rules.Sitemaps) > 0 {
		roots = slices.Clone(rules.Sitemaps)
		slices.SortStableFunc(roots, func(a, b string) int {
			return cmp.Compare(mapRank(a), mapRank(b))
		})
		return roots, true, nil
	}
	if s.mark.Found != "" {
		return []string{s.mark.Found}, true, nil
	}
	return at(u, mapPaths...), false, nil
}

// mapRank tells by its name whether a sitemap is of news (0), of lists, people or pictures (2) or
// of anything (1).
func mapRank(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 1
	}
	name := strings.ToLower(u.Path)
	for _, word := range []string{"news", "noticias"} {
		if strings.Contains(name, word) {
			return 0
		}
	}
	name = path.Base(name)
	for _, word := range []string{
		"category", "categoria", "post_tag", "tag-", "-tag", "tags", "taxonom", "author", "autor",
		"users", "page-sitemap", "posts-page", "image", "video",
	} {
		if strings.Contains(name, word) {
			return 2
		}
	}
	return 1
}

// read asks for a sitemap, and for those that it names if it is an index.
func (s *mapLook) read(ctx context.Context, of sitemap.Child) error {
	if s.asked[of.URL] || len(s.asked) >= maxMaps {
		return nil
	}
	s.asked[of.URL] = true
	state := s.mark.Maps[of.URL]
	resp, err := s.sites.Fetch(ctx, news.Request{
		URL: of.URL, Validators: state.Given, Accept: mapTypes, Allow: s.src.Allow,
		MaxBytes: sitemap.MaxBytes,
	})
	s.reading.Status = cmp.Or(s.reading.Status, resp.Status)
	s.reading.Challenged = s.reading.Challenged || resp.Challenge != ""
	s.reading.AddNote(resp.Note)
	if err != nil {
		s.reading.RetryAfter = max(s.reading.RetryAfter, resp.RetryAfter)
		return err
	}
	sum := bytesSum(resp.Document.Body)
	if same := resp.NotModified || sum == state.Sum; !same {
		m, err := sitemap.Read(resp.Document)
		if err != nil {
			return err
		}
		s.changed = true
		state = mapState{
			Sum: sum, News: m.News, Children: m.Children, Seen: s.compare(state.Seen, m.Items),
		}
	}
	s.signals = signals.Union(s.signals, resp.Document.Signals)
	state.Given, state.Stamp = resp.Validators, of.Modified
	s.mark.Maps[of.URL] = state
	s.news = s.news || state.News
	return s.children(ctx, state.Children)
}

// children reads the sitemaps of an index: those of news, and if there are none the others, the
// last changed first. One whose date has not moved is not asked for, nor are those of lists.
func (s *mapLook) children(ctx context.Context, all []sitemap.Child) error {
	children := slices.Clone(all)
	slices.Reverse(children) // without dates, the last has the newest pages
	slices.SortStableFunc(children, func(a, b sitemap.Child) int {
		return cmp.Or(cmp.Compare(mapRank(a.URL), mapRank(b.URL)), b.Modified.Compare(a.Modified))
	})
	for i, child := range children {
		rank := mapRank(child.URL)
		if s.news && rank > 0 || rank > 1 && mapRank(children[0].URL) < rank {
			break
		}
		state, known := s.mark.Maps[child.URL]
		s.news = s.news || state.News
		if known && !child.Modified.IsZero() && state.Stamp.Equal(child.Modified) {
			continue
		}
		if err := s.read(ctx, child); err != nil {
			if s.isEnough(ctx, err) || i == 0 && len(children) == 1 {
				return err
			}
			s.reading.Faults = append(s.reading.Faults, err)
		}
	}
	return nil
}
