package main

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/opml"
)

// opmlPrefix is of the attributes that hold what OPML has no word for.
const (
	opmlPrefix    = "teletipo:"
	opmlNamespace = "https://github.com/teletipo/teletipo/opml"
)

// Bounds of what a list of strangers' may put into our own.
const (
	mostNameRunes = 200
	mostTags      = 16
)

// exported lists sources as OPML, in a folder for each tag, one in the other.
func exported(title string, sources []news.Source) opml.Document {
	doc := opml.Document{
		Attributes: []opml.Attribute{
			{Name: "version", Value: "2.0"}, {Name: "xmlns:teletipo", Value: opmlNamespace},
		},
		Head: []opml.Field{{Name: "title", Value: title}},
	}
	for _, src := range sources {
		if !src.Kind.Polled() || src.Kind == news.KindPage ||
			src.Kind == news.KindSitemap { // which is no feed to anybody else
			continue
		}
		into := opml.Folder(&doc.Outlines, src.Tags[:min(len(src.Tags), mostTags)]...)
		*into = append(*into, outline(src))
	}
	return doc
}

// outline is a source as OPML has it; what is as usual is left out.
func outline(src news.Source) opml.Outline {
	o := opml.Outline{}
	add := func(name, value string) {
		if value != "" {
			o.Attributes = append(o.Attributes, opml.Attribute{Name: name, Value: value})
		}
	}
	add("text", src.Name)
	add("type", "rss")
	add("xmlUrl", src.URL)
	add("language", src.Lang)
	add(opmlPrefix+"id", src.ID)
	if src.Kind != news.KindFeed {
		add(opmlPrefix+"kind", string(src.Kind))
	}
	add(opmlPrefix+"every", src.Every.String())
	add(opmlPrefix+"rights", string(src.Rights))
	add(opmlPrefix+"topics", strings.Join(src.Topics, " "))
	if !src.Enabled {
		add(opmlPrefix+"enabled", "false")
	}
	return o
}

type sourcesImportCmd struct {
	File  string `arg:"" help:"OPML file."`
	Trust bool   `help:"Of a list of your own: take its topics, rights and file addresses too."`
}

// Run adds the feeds of a list that are not there yet, all of them or, on an error, none.
func (c *sourcesImportCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		return news.Errorf(news.NotFound, "import: %w", err)
	}
	defer file.Close()
	doc, wrong, err := opml.Read(file)
	if err != nil {
		return fmt.Errorf("import %s: %w", c.File, err)
	}
	var done imported
	for _, fault := range wrong {
		in.sayImport(&done, "wrong", c.File, fault.Error())
	}
	feeds := slices.Collect(doc.Feeds())
	bar := in.bar("import", len(feeds))
	defer bar.Close()
	known := knownSources(&cfg)
	var added []news.Source
	for _, feed := range feeds {
		src, why := c.source(&cfg, known, &feed)
		if why == "" {
			added = append(added, src)
		} else {
			bar.Around(func() { in.sayImport(&done, "skipped", feed.URL, why) })
		}
		bar.Step()
	}
	if len(added) > 0 {
		if err := config.AddSources(in.options(), added); err != nil {
			return fmt.Errorf("import %s: nothing added: %w", c.File, err)
		}
	}
	bar.Close()
	done.Added, done.Skipped = len(added), len(feeds)-len(added)
	return in.imported(&cfg, added, &done)
}

// imported tells what was added, and has a running daemon look at it.
func (in *invocation) imported(cfg *config.Config, added []news.Source, done *imported) error {
	for _, src := range added {
		in.sayImport(done, "added", src.URL, src.ID)
	}
	next, faults := "`teletipo serve` will poll them", ""
	if d, runs := desk.Dial(in.ctx, cfg.Data); runs && len(added) > 0 {
		defer d.Close()
		var err error
		if faults, err = desk.Reload.Ask(in.ctx, d, desk.None{}); err != nil {
			return err
		}
		next = "the daemon looks at them: `teletipo sources` shows what comes of that"
	}
	if in.flags.JSON {
		return in.printJSON(done)
	}
	fmt.Fprintf(in.stdout, "%d added to %s, %d skipped\n", len(added), ownSources(cfg), done.Skipped)
	if len(added) > 0 && faults == "" {
		fmt.Fprintln(in.stdout, next)
	}
	in.printFaults(faults)
	return nil
}

// sayImport tells what became of one feed: "added" with its id, or "skipped" with why; and what is
// "wrong" in the file.
func (in *invocation) sayImport(done *imported, what, address, text string) {
	if in.flags.JSON {
		done.Feeds = append(done.Feeds, importedFeed{what, address, text})
		return
	}
	fmt.Fprintf(in.stdout, "%-8s %s: %s\n", what, address, text)
}

// source makes a source of a feed of a list, or says why it is left out. What a stranger's list
// could do harm with is taken only from one that is trusted.
func (c *sourcesImportCmd) source(
	cfg *config.Config, known *known, feed *opml.Feed,
) (src news.Source, why string) {
	feed.URL = news.FeedAddress(feed.URL)
	if why := c.unfit(feed.URL); why != "" {
		return src, why
	}
	if place, there := known.place("", feed.URL); there {
		return src, place
	}
	attribute := func(name string) string {
		return strings.TrimSpace(feed.Outline.Get(opmlPrefix + name))
	}
	src = news.Source{
		Kind: news.KindFeed, URL: feed.URL, Name: oneLine(feed.Name),
		Rights: news.Excerpt, Enabled: attribute("enabled") != "false", Tags: tagsOf(feed.Folders),
	}
	if news.SourceKind(attribute("kind")) == news.KindWordPress {
		src.Kind = news.KindWordPress
	}
	if lang := cmp.Or(feed.Outline.Get("language"), feed.Outline.Get("lang")); lang != "" {
		if tag, err := language.Parse(lang); err == nil && tag != language.Und {
			src.Lang = tag.String()
		}
	}
	every, err := time.ParseDuration(attribute("every"))
	if err == nil && every >= time.Minute && every <= 30*24*time.Hour {
		src.Every = every
	}
	if attribute("rights") == string(news.Headline) {
		src.Rights = news.Headline
	}
	if c.Trust {
		src.Rights = cmp.Or(news.Rights(attribute("rights")), src.Rights)
		for _, topic := range strings.Fields(attribute("topics")) {
			if slices.Contains(news.TopicIDs(cfg.Topics), topic) && !slices.Contains(src.Topics, topic) {
				src.Topics = append(src.Topics, topic)
			}
		}
	}
	if id := attribute("id"); id != "" && id == idOf(id) {
		if _, taken := known.ids[id]; !taken {
			src.ID = id
		}
	}
	known.complete(&src)
	return src, ""
}

// unfit says why an address can't be a source's.
func (c *sourcesImportCmd) unfit(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || strings.ContainsFunc(address, unicode.IsControl):
		return "is no address"
	case u.Scheme == "file" && c.Trust && u.Host == "" && strings.HasPrefix(u.Path, "/"):
		return ""
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "is no web address"
	case u.User != nil:
		return "has a name or password in it: take it out"
	}
	return ""
}

// tagsOf makes tags of the folders that a feed lies in.
func tagsOf(folders []string) []string {
	var tags []string
	for _, folder := range folders {
		tag := oneLine(folder)
		if tag != "" && !slices.Contains(tags, tag) && len(tags) < mostTags {
			tags = append(tags, tag)
		}
	}
	return tags
}

// oneLine makes a bounded line without control characters of a stranger's text.
func oneLine(text string) string {
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), mostNameRunes)]))
}
