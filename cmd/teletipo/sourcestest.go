package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/source"
)

type sourcesTestCmd struct {
	What  string `arg:"" name:"what" help:"A source's id, or any address." predictor:"source"`
	Items int    `help:"Show so many items (default ${default})." default:"10" short:"n"`
	Again bool   `help:"Ask once more with the validators, to see if they hold."`
	Rule  string `help:"File with selectors to try in the place of the page's own." placeholder:"FILE"`
	Page  string `help:"Saved page to read in the place of the site." placeholder:"FILE"`
	Allowed
}

// Run looks at a source once and tells what it does and sees, step by step. It stores nothing.
func (c *sourcesTestCmd) Run(in *invocation) error {
	in.allow, in.empty = c.Allow, true
	cfg, err := in.load()
	if err != nil {
		return err
	}
	in.allow = nil // this process asks; the daemon only weighs
	if _, err := in.missing(&cfg); err != nil {
		return err
	}
	src, configured, err := testedSource(&cfg, c.What)
	if err != nil {
		return err
	}
	rules, err := classify.Compile(version, cfg.Topics, cfg.Sources)
	if err != nil {
		return err
	}
	place := cfg.SourcePlaces[src.ID]
	if !configured {
		place = in.asAdded(&cfg, &src, c.Page)
	}
	trying := ingest.Trying{
		Weigh: in.weigh, Again: c.Again,
		Tell: func(s news.Step) { in.step(s.Name, "%s", s.Text) },
	}
	if c.Rule != "" {
		inForce := src.Rule
		trying.Rule = &inForce
		if src.Rule, err = config.ReadRule(c.Rule); err != nil {
			return err
		}
	}
	in.steps.w = in.stdout
	in.step("source", "%s: %s, %s, rights %s (%s)", src.ID, src.Name, src.Kind, src.Rights, place)
	quiet := slog.New(slog.DiscardHandler)
	fetcher := daemon.NewFetcher(quiet, &cfg, version)
	defer fetcher.Close()
	var reader ingest.Reader = source.New(quiet, fetcher, time.Now)
	if c.Page != "" {
		handed, err := handPage(c.Page, src.URL)
		if err != nil {
			return err
		}
		reader = savedReader{handed}
	}
	flow := ingest.New(ingest.Parts{
		Log: quiet, Reader: reader,
		InForce: classify.Enforce(rules), Now: time.Now, Words: cfg.Words,
	})
	trial, err := flow.Try(in.ctx, src, trying)
	in.printAnswer(&trial)
	if trial.Failed == "" && err == nil {
		in.printTried(&trial, c.Items)
	}
	if in.flags.JSON {
		err = errors.Join(in.steps.close(), err)
	}
	return err
}

// savedReader yields a saved page as the look at its source would.
type savedReader struct{ news.Handed }

func (r savedReader) Read(
	_ context.Context, src news.Source, _ news.Validators,
) (news.Reading, error) {
	return news.Reading{Documents: []news.Document{{
		Source: src.ID, URL: r.URL, Body: r.Body, Rule: src.Rule,
		MediaType: desk.PageType(src, r.URL),
	}}}, nil
}

func (savedReader) Keep(news.Source, news.Reading) {}

// weigh asks the owner of the data directory what would become of candidates.
func (in *invocation) weigh(
	ctx context.Context, candidates []news.Candidate,
) (results []news.Result, err error) {
	err = in.withDesk(func(_ context.Context, d *desk.Desk) error {
		results, err = desk.Weigh.Ask(ctx, d, candidates)
		return err
	})
	return results, err
}

// step writes one step: a line for people, or one of JSON.
func (in *invocation) step(name, format string, args ...any) {
	s := news.Step{Name: name, Text: fmt.Sprintf(format, args...)}
	if in.flags.JSON {
		_ = in.steps.add(s) // who does not read on is told at the end
		return
	}
	fmt.Fprintf(in.stdout, "%-11s %s\n", s.Name, s.Text)
}

// printAnswer tells what came back, and what could be read of it.
func (in *invocation) printAnswer(t *news.Trial) {
	a, status := &t.Answer, "no HTTP status"
	if a.Status > 0 {
		status = fmt.Sprintf("HTTP %d", a.Status)
	}
	in.step("answer", "%s in %s", status, news.ShortDuration(a.Took))
	if a.RetryAfter > 0 {
		in.step("answer", "asks to be left alone for %s", news.ShortDuration(a.RetryAfter))
	}
	if a.Note != "" {
		in.step("note", "%s", a.Note)
	}
	if a.Moved != "" {
		in.step("moved", "its server redirects for good to %s", a.Moved)
	}
	for _, doc := range t.Documents {
		in.step("document", "%s: %s, %s", doc.Address, size(int64(doc.Bytes)), orDash(doc.MediaType))
	}
	switch v := a.Validators; {
	case len(t.Documents) == 0:
	case v.ETag == "" && v.LastModified == "":
		in.step("validators", "none: every look will cost the whole document")
	default:
		in.step("validators", "ETag %s, Last-Modified %s", orDash(v.ETag), orDash(v.LastModified))
	}
	if t.Again != "" {
		in.step("again", "asked with them: %s", t.Again)
	}
	for _, doc := range t.Documents {
		if doc.Read {
			in.step("parse", "%s: %d items, %d faults", doc.Format, doc.Items, len(doc.Faults))
		}
		in.printFound(&doc)
		for _, fault := range doc.Faults {
			in.step("fault", "%s", fault)
		}
		for _, why := range doc.Rejected {
			in.step("rejected", "%s", why)
		}
	}
	if t.Failed != "" {
		in.step("failed", "%s", t.Failed)
	}
}

// printFound tells what selectors found on a page, and against the rule in force.
func (in *invocation) printFound(doc *news.TriedDocument) {
	if doc.Outline != "" {
		in.step("outline", "%s", doc.Outline)
	}
	for _, s := range doc.Selectors {
		in.step("selector", "%s (%s): %d found%s", s.Key, s.Selector, s.Elements,
			strings.Join(append([]string{""}, s.First...), "; "))
	}
	for _, title := range doc.More {
		in.step("more", "%s", title)
	}
	for _, title := range doc.Less {
		in.step("less", "%s", title)
	}
}

// printTried tells of each article: its identity, its topics, what would become of it; then the
// sums.
func (in *invocation) printTried(t *news.Trial, most int) {
	most = max(0, min(most, len(t.Articles)))
	for i := range t.Articles[:most] {
		in.printTriedArticle(i+1, &t.Articles[i])
	}
	if left := len(t.Articles) - most; left > 0 {
		in.step("item", "… and %d more: --items %d shows them", left, len(t.Articles))
	}
	counts := t.Outcomes()
	in.step("would be", "%d accepted, %d updated, %d unchanged, %d rejected; nothing was stored",
		counts[news.Accepted], counts[news.Updated], counts[news.Unchanged], counts[news.Rejected])
}

func (in *invocation) printTriedArticle(n int, a *news.TriedArticle) {
	in.step("item", "%d. %q, %s, %s", n, a.Title, orDash(a.Lang), local(a.Published))
	in.step("  guid", "%s", a.GUID)
	if a.Link == a.URL {
		in.step("  link", "%s", orDash(a.URL))
	} else {
		in.step("  link", "%s (canonical of %s)", orDash(a.URL), orDash(a.Link))
	}
	in.step("  id", "%s", a.ID)
	scores := make([]string, 0, len(a.Verdicts))
	for _, v := range a.Verdicts {
		score := fmt.Sprintf("not in %s (%.1f of %.1f)", v.Topic, v.Score, v.Threshold)
		if v.Placed {
			score = fmt.Sprintf("in %s (%.1f of %.1f: %s)", v.Topic, v.Score, v.Threshold,
				evidenceWords(v.Evidence, 3))
		}
		scores = append(scores, score)
	}
	in.step("  topics", "%s", orDash(strings.Join(scores, ", ")))
	if a.Reason != "" {
		in.step("  would be", "%s: %s", a.Outcome, a.Reason)
		return
	}
	in.step("  would be", "%s", a.Outcome)
}

// asAdded makes a source what `sources add` would make of it, unless a saved page is read in its
// place, and says so.
func (in *invocation) asAdded(cfg *config.Config, src *news.Source, page string) string {
	if page == "" {
		_ = in.find(cfg, src) // if it finds nothing, the look at it as a feed says why
	}
	return "not configured, shown as `teletipo sources add` would make it"
}
