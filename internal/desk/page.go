package desk

import (
	"context"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/site"
)

// page reads a saved web page.
func (s *Service) page(ctx context.Context, handed news.Handed) (news.Report, error) {
	return HandPage(ctx, s.Flow, s.Sources(), handed)
}

// HandPage reads a saved web page by the rule of the one of some sources that its site belongs to,
// as if it had been fetched. The error is Refused if there is none.
func HandPage(
	ctx context.Context, flow Flow, sources []news.Source, handed news.Handed,
) (news.Report, error) {
	src, ok := PageSource(sources, handed.URL)
	if !ok {
		return news.Report{}, news.Errorf(news.Refused,
			"%s: no source of the kind page, and no feed with full_text, is of its site: add one, or "+
				"put the site into its sites", news.Shown(handed.URL))
	}
	return flow.Take(ctx, src, news.Document{
		Source: src.ID, URL: handed.URL, Body: handed.Body, Time: handed.Time, Rule: src.Rule,
		MediaType: PageType(src, handed.URL),
	})
}

// PageSource finds the source that reads a page: the one whose listing it is, else one of the kind
// page that speaks for its site, else a feed that reads pages of its site.
func PageSource(sources []news.Source, address string) (found news.Source, ok bool) {
	best := 0
	for _, src := range sources {
		rank := 0
		switch owned := site.Owned(address, append([]string{src.URL}, src.Sites...)...); {
		case src.Kind == news.KindPage && PageType(src, address) == news.ListingPage:
			rank = 3
		case src.Kind == news.KindPage && owned:
			rank = 2
		case src.Follow && owned:
			rank = 1
		}
		if rank > best {
			found, best = src, rank
		}
	}
	return found, best > 0
}

// PageType says how a source reads a page: as a listing if it is at the source's own address, but
// for the query that leads to another page of it, else as an article.
func PageType(src news.Source, address string) string {
	own, _, _ := strings.Cut(src.URL, "?")
	address, _, _ = strings.Cut(address, "?")
	address, _, _ = strings.Cut(address, "#")
	if src.Kind == news.KindPage && strings.TrimRight(own, "/") == strings.TrimRight(address, "/") {
		return news.ListingPage
	}
	return news.ArticlePage
}
