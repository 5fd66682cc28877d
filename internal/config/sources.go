package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/cascadia"
	"github.com/goccy/go-yaml/ast"

	"github.com/teletipo/teletipo/internal/news"
)

// Why a key makes no sense in a source of some kind.
const (
	forFolders     = "is for folders: a site does not say that it removed an article"
	wantURL        = "is for folders: want url"
	forPolled      = "is for sources that are polled"
	forOthers      = "is for others' sources: the desk's own speak for every link"
	forFiles       = "is for folders: their files may be read while they are written"
	forPages       = "is for pages, and for feeds with full_text"
	wantFull       = "is for pages: want full_text, which reads each item's own page"
	wantFollow     = "is for feeds: want follow, which reads each article's own page"
	alwaysFollowed = "is for pages and feeds: of a sitemap each article's page is always read"
	lookedAt       = "is for sources that are looked at: articles are pushed into this one"
)

// noFolder are the keys of folders alone.
var noFolder = map[string]string{
	"path": wantURL, "on_remove": forFolders, "ready": forFiles,
}

// noPage are the keys of web pages.
var noPage = map[string]string{
	"selectors": forPages, "follow": forPages, "full_text": forPages,
}

// also is a table of keys with more of them.
func also(keys ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, more := range keys {
		maps.Copy(all, more)
	}
	return all
}

// keysOf says for each kind that can be configured which keys it needs, and which make no sense in
// it and why.
var keysOf = map[news.SourceKind]struct {
	needs   []string
	refused map[string]string
}{
	news.KindFeed: {
		needs: []string{"url"}, refused: also(noFolder, map[string]string{"follow": wantFull}),
	},
	news.KindPage: {
		needs: []string{"url"}, refused: also(noFolder, map[string]string{"full_text": wantFollow}),
	},
	news.KindSitemap: {
		needs:   []string{"url"},
		refused: also(noFolder, map[string]string{"follow": alwaysFollowed, "full_text": alwaysFollowed}),
	},
	news.KindWordPress: {needs: []string{"url"}, refused: also(noFolder, noPage)},
	news.KindFolder: {
		needs: []string{"path"},
		refused: also(noPage, map[string]string{
			"url": "is for feeds: want path", "slowest": forPolled, "sites": forOthers,
			"allow": forPolled, "per_hour": forPolled,
			"every": "is for feeds: folders are swept as sweep_every says",
		}),
	},
	news.KindPush: {
		refused: also(noPage, map[string]string{
			"url": lookedAt, "path": lookedAt, "every": lookedAt, "slowest": forPolled,
			"on_remove": forFolders, "sites": forOthers, "allow": forPolled, "per_hour": forPolled,
			"ready": forFiles,
		}),
	},
}

// reserved are the ids that the program itself gives to what comes from no configured source.
var reserved = []string{InboxID, string(news.KindFile), news.PushID}

// How often a source is polled that does not say, and at most.
const (
	defaultEvery  = 15 * time.Minute
	shortestEvery = time.Minute
)

// sourceDefaults is the name of the sources that come with the program.
const sourceDefaults = "configs/sources.yaml"

// loadSources reads all sources, those of the data directory last.
func (l *loader) loadSources() {
	c := &l.cfg
	if c.Inbox != "" {
		c.Sources = append(c.Sources, news.Source{
			ID: InboxID, Name: "Inbox", Kind: news.KindFolder, Path: c.Inbox,
			Every: c.SweepEvery, Rights: news.Full, Enabled: true,
		})
	}
	c.Sources = append(c.Sources, news.Source{
		ID: news.PushID, Name: "Pushed", Kind: news.KindPush, Rights: news.Full, Enabled: true,
	})
	places := map[string]place{InboxID: l.places["inbox"]}
	if l.sourceFile == "" {
		r := l.reader(sourceDefaults, c.Data)
		maps.Copy(places, l.readSources(r, l.opts.Defaults.Sources))
	} else if data, err := l.contentOf(l.sourceFile); err != nil {
		l.faultAt("sources", l.sourceFile+" "+reason(err))
	} else {
		r := l.reader(l.sourceFile, filepath.Dir(l.sourceFile))
		maps.Copy(places, l.readSources(r, data))
	}
	own := filepath.Join(c.Data, OwnSourcesFile)
	if _, err := os.Lstat(own); (err == nil || l.opts.Instead[own] != nil) && c.Data != "" {
		if data, err := l.contentOf(own); err != nil {
			l.faults = append(l.faults, Fault{File: own, Message: reason(err)})
		} else {
			maps.Copy(places, l.readSources(l.reader(own, c.Data), data))
		}
	}
	l.checkFolders(places)
	c.SourcePlaces = make(map[string]string, len(places))
	for id, p := range places {
		c.SourcePlaces[id] = fmt.Sprintf("%s:%d", p.file, p.line)
	}
}

// contentOf reads a file of sources.
func (l *loader) contentOf(file string) ([]byte, error) {
	if content := l.opts.Instead[file]; content != nil {
		return content, nil
	}
	return os.ReadFile(file)
}

// readSources reads one file of sources, each in the place of an earlier one of the same id, and
// tells where each is.
func (l *loader) readSources(r *reader, data []byte) map[string]place {
	places := make(map[string]place)
	root := r.parse(data)
	if root == nil {
		return places
	}
	fields{"sources": list(nil, func(r *reader, n ast.Node) {
		s := l.readSource(r, n)
		first, twice := places[s.ID]
		switch same := func(before news.Source) bool { return before.ID == s.ID }; {
		case s.ID == "": // noted already
		case twice:
			r.fault(n, "has the id %q of the source on line %d: ids name one source for good",
				s.ID, first.line)
		case slices.ContainsFunc(l.cfg.Sources, same):
			l.cfg.Sources[slices.IndexFunc(l.cfg.Sources, same)] = s
			places[s.ID] = r.place(n)
		default:
			l.cfg.Sources = append(l.cfg.Sources, s)
			places[s.ID] = r.place(n)
		}
	})}.read(r, root)
	return places
}

// readSource reads one source.
func (l *loader) readSource(r *reader, n ast.Node) news.Source {
	s := news.Source{Enabled: true, Every: defaultEvery}
	l.sourceFields(&s).read(r, n)
	r.require(n, sourceNeeds...)
	r.checkSlowest(n, s)
	keys := keysOf[s.Kind]
	r.require(n, keys.needs...)
	for _, key := range slices.Sorted(maps.Keys(keys.refused)) {
		r.refuse(n, key, keys.refused[key])
	}
	switch {
	case s.Kind.Polled() && s.Kind != news.KindFeed && strings.HasPrefix(s.URL, "file:"):
		r.refuse(n, "url", "is no site on the web: want its address, with http:// or https://")
	case s.Kind == news.KindSitemap:
		s.Follow = true
	case s.Kind == news.KindFolder:
		s.Every = l.cfg.SweepEvery
		if s.Path != "" {
			s.Path, _ = filepath.Abs(s.Path) // fails only without a working directory
		}
	case s.Kind == news.KindPush:
		s.Every = 0
	}
	if s.Kind.Polled() {
		l.allowLiteral(&s)
	}
	if s.Rights == "" {
		s.Rights = news.Excerpt
		if s.Own() {
			s.Rights = news.Full
		}
	}
	return s
}

// sourceNeeds are the keys that every source has.
var sourceNeeds = []string{"id", "name", "kind"}

// sourceFields is the table of the keys of a source.
func (l *loader) sourceFields(s *news.Source) fields {
	kinds := slices.Sorted(maps.Keys(keysOf))
	return fields{
		"id":        parsed(&s.ID, sourceID),
		"name":      parsed(&s.Name, filled),
		"kind":      choice(&s.Kind, kinds...),
		"url":       parsed(&s.URL, feedLink),
		"path":      filePath(&s.Path),
		"lang":      parsed(&s.Lang, languageTag),
		"every":     parsed(&s.Every, duration(shortestEvery, 30*24*time.Hour)),
		"slowest":   parsed(&s.Slowest, duration(shortestEvery, 30*24*time.Hour)),
		"rights":    choice(&s.Rights, news.Full, news.Excerpt, news.Headline),
		"enabled":   boolean(&s.Enabled),
		"topics":    l.fixedTopics(&s.Topics),
		"tags":      tags(&s.Tags),
		"sites":     sites(&s.Sites),
		"allow":     allowance(&s.Allow),
		"public":    boolean(&s.Public),
		"per_hour":  count(&s.PerHour, 1, 1e6),
		"on_remove": choice(&s.OnRemove, news.KeepArticles, news.WithdrawArticles),
		"ready":     parsed(&s.Ready, ready),
		"selectors": selectors(&s.Rule),
		"follow":    boolean(&s.Follow),
		"full_text": boolean(&s.Follow),
	}
}

// selectors reads where things are on a page.
func selectors(rule *news.PageRule) fields {
	return fields{
		"items":   parsed(&rule.Items, selector),
		"link":    parsed(&rule.Link, selector),
		"title":   parsed(&rule.Title, selector),
		"date":    parsed(&rule.Date, selector),
		"summary": parsed(&rule.Summary, selector),
		"image":   parsed(&rule.Image, selector),
		"author":  parsed(&rule.Author, selector),
		"content": parsed(&rule.Content, selector),
	}
}

// selector wants a CSS selector.
func selector(s string) (string, error) {
	if _, err := cascadia.ParseGroup(s); err != nil {
		return "", fmt.Errorf("%q is no CSS selector: %w", s, err)
	}
	return s, nil
}

// checkSlowest notes a bound that makes no sense beside the rest of its source.
func (r *reader) checkSlowest(n ast.Node, s news.Source) {
	if s.Slowest > 0 && s.Slowest < s.Every && s.Kind.Polled() {
		r.refuse(n, "slowest", "is shorter than every: want at least "+s.Every.String())
	}
}

// refuse notes a key that must not be there.
func (r *reader) refuse(n ast.Node, key, message string) {
	field := strings.TrimPrefix(fieldName(n)+"."+key, ".")
	if p, ok := r.places[field]; ok {
		r.note(p, field, message)
	}
}

// sourceID wants the id of a source.
func sourceID(s string) (string, error) {
	if !idForm.MatchString(s) {
		return "", fmt.Errorf("%q is no id: want a-z, 0-9 and hyphens, at most 63", s)
	}
	if slices.Contains(reserved, s) {
		return "", fmt.Errorf("%q is an id that the program gives itself: choose another", s)
	}
	return s, nil
}

// fixedTopics reads the topics that all articles of a source belong to.
func (l *loader) fixedTopics(dst *[]string) value {
	return list(textShape, func(r *reader, n ast.Node) {
		var id string
		parsed(&id, filled).read(r, n)
		id = cmp.Or(l.newName(id), id)
		known := func(t news.Topic) bool { return t.ID == id }
		switch {
		case id == "": // noted already
		case slices.Contains(*dst, id):
			r.fault(n, "is in the list twice: keep one")
		case !slices.ContainsFunc(l.cfg.Topics, known):
			r.fault(n, "%q is no topic: want one of %s", id, strings.Join(l.topicIDs(), ", "))
		}
		*dst = append(*dst, id)
	})
}

// sites reads the sites that a source speaks for beside that of its own address.
func sites(dst *[]string) value {
	return list(textShape, func(r *reader, n ast.Node) {
		var address string
		parsed(&address, siteName).read(r, n)
		*dst = append(*dst, address)
	})
}

// siteName wants a host, or a host and a path, without a scheme.
func siteName(s string) (string, error) {
	u, err := url.Parse("https://" + s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		strings.Contains(s, "://") {
		return "", fmt.Errorf("%q is no site: want a host, or a host and a path, as "+
			"paper.example or medium.com/@ana", s)
	}
	return s, nil
}

// ready reads how it is told that a file is written: quiet with or without a duration, rename or
// marker.
func ready(s string) (news.Ready, error) {
	how, after, timed := strings.Cut(s, " ")
	if how == string(news.ReadyQuiet) && timed {
		quiet, err := duration(time.Second, 24*time.Hour)(after)
		return news.Ready{How: news.ReadyQuiet, Quiet: quiet}, err
	}
	known, err := oneOf(news.ReadyQuiet, news.ReadyRename, news.ReadyMarker)(s)
	return news.Ready{How: known}, err
}

// tags reads the tags that all articles of a source get beside their own.
func tags(dst *[]string) value {
	return list(textShape, func(r *reader, n ast.Node) {
		var tag string
		parsed(&tag, filled).read(r, n)
		switch {
		case tag == "": // noted already
		case slices.Contains(*dst, tag):
			r.fault(n, "is in the list twice: keep one")
		default:
			*dst = append(*dst, tag)
		}
	})
}

func (l *loader) topicIDs() []string {
	ids := make([]string, len(l.cfg.Topics))
	for i, t := range l.cfg.Topics {
		ids[i] = t.ID
	}
	return ids
}

// checkFolders finds folders inside others: a file in both would be two articles.
func (l *loader) checkFolders(places map[string]place) {
	for i, s := range l.cfg.Sources {
		for _, other := range l.cfg.Sources[:i] {
			if !folder(s) || !folder(other) {
				continue
			}
			if inside(s.Path, other.Path) || inside(other.Path, s.Path) {
				p := places[s.ID]
				l.faults = append(l.faults, Fault{p.file, p.line, p.column, s.ID, fmt.Sprintf(
					"shares the folder of source %q, %s: a file in both would be two articles",
					other.ID, other.Path)})
			}
		}
	}
}

func folder(s news.Source) bool { return s.Kind == news.KindFolder && s.Enabled && s.Path != "" }

// inside reports whether a path is a directory, or lies somewhere below it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
