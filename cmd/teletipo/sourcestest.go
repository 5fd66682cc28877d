package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/health"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
	"github.com/teletipo/teletipo/internal/source"
)

type sourcesTestCmd struct {
	What  string `arg:"" name:"what" help:"A source's id, or any address."`
	Items int    `help:"Show so many items (default ${default})." default:"10" short:"n"`
	Again bool   `help:"Ask once more with the validators, to see if they hold."`
	Allowed
}

// Run looks at a source once and tells what it does and sees, step by step. It stores nothing.
func (c *sourcesTestCmd) Run(in *invocation) error {
	in.allow = c.Allow
	cfg, err := in.load()
	if err != nil {
		return err
	}
	src, configured, err := testedSource(&cfg, c.What)
	if err != nil {
		return err
	}
	t := &trial{in: in}
	t.describe(src, configured, cfg.SourcePlaces[src.ID])
	quiet := slog.New(slog.DiscardHandler)
	fetcher := daemon.NewFetcher(quiet, &cfg, version)
	defer fetcher.Close()
	reader := source.New(quiet, fetcher, time.Now)
	start := time.Now()
	reading, err := reader.Read(traced(in.ctx, t), src, news.Validators{})
	t.answer(&reading, time.Since(start))
	if err != nil {
		t.say("failed", "%v (%s)", err, news.KindOf(err))
		return fmt.Errorf("source %s: %w", src.ID, err)
	}
	if c.Again {
		t.again(in.ctx, reader, src, reading.Validators)
	}
	candidates, err := t.read(&cfg, src, reading.Documents)
	if err != nil {
		return err
	}
	results, err := in.weighing(candidates)
	if err != nil {
		return err
	}
	t.items(&cfg, candidates, results, c.Items)
	return nil
}

// trial tells of one look at a source as it goes on.
type trial struct {
	in         *invocation
	classifier *classify.Classifier
	rejected   int
}

// say writes one step: a line for people, or one of JSON.
func (t *trial) say(step, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if t.in.flags.JSON {
		t.in.printJSON(map[string]string{"step": step, "text": text})
		return
	}
	fmt.Fprintf(t.in.stdout, "%-11s %s\n", step, text)
}

func (t *trial) describe(src news.Source, configured bool, place string) {
	if !configured {
		place = "not configured, shown as `teletipo sources add` would make it"
	}
	t.say("source", "%s: %s, %s, rights %s (%s)", src.ID, src.Name, src.Kind, src.Rights, place)
}

// answer tells what came back.
func (t *trial) answer(reading *news.Reading, took time.Duration) {
	status := "no HTTP status"
	if reading.Status > 0 {
		status = fmt.Sprintf("HTTP %d", reading.Status)
	}
	t.say("answer", "%s in %s", status, health.Span(took))
	if reading.RetryAfter > 0 {
		t.say("answer", "asks to be left alone for %s", health.Span(reading.RetryAfter))
	}
	if reading.Note != "" {
		t.say("note", "%s", reading.Note)
	}
	if reading.Moved != "" {
		t.say("moved", "its server redirects for good to %s", reading.Moved)
	}
	for _, doc := range reading.Documents {
		address := news.Shown(doc.URL)
		if address == "" {
			address = doc.Name
		}
		t.say("document", "%s: %s, %s", address, size(int64(len(doc.Body))), orDash(doc.MediaType))
	}
	if len(reading.Documents) == 0 {
		return
	}
	switch v := reading.Validators; {
	case v.ETag == "" && v.LastModified == "":
		t.say("validators", "none: every look will cost the whole document")
	default:
		t.say("validators", "ETag %s, Last-Modified %s", orDash(v.ETag), orDash(v.LastModified))
	}
}

// again asks with the validators, as the next poll will.
func (t *trial) again(
	ctx context.Context, reader *source.Reader, src news.Source, v news.Validators,
) {
	reading, err := reader.Read(ctx, src, v)
	switch {
	case err != nil:
		t.say("again", "asked with them: %v", err)
	case reading.NotModified:
		t.say("again", "asked with them: 304, they hold")
	default:
		t.say("again", "asked with them: HTTP %d and a whole document, they do not hold",
			reading.Status)
	}
}

// read parses documents, and cleans and places what is in them, as a run would.
func (t *trial) read(
	cfg *config.Config, src news.Source, docs []news.Document,
) (candidates []news.Candidate, err error) {
	if t.classifier, err = classify.New(cfg.Topics); err != nil {
		return nil, err
	}
	cleaner := clean.New()
	for _, doc := range docs {
		items, faults, err := ingest.Parse(doc)
		if err != nil {
			t.say("parse", "%v", err)
			return nil, err
		}
		t.say("parse", "%s: %d items, %d faults", format(doc), len(items), len(faults))
		for _, fault := range faults {
			t.say("fault", "%v", fault)
		}
		for _, item := range items {
			article, text, err := cleaner.Clean(item, src, time.Now())
			if err != nil {
				t.rejected++
				t.say("rejected", "%v", err)
				continue
			}
			candidates = append(candidates, news.Candidate{
				Item: item, Article: article,
				Placements: t.classifier.Place(article, src.Topics, text),
			})
		}
	}
	return candidates, nil
}

// format names a document's format.
func format(doc news.Document) string {
	if doc.MediaType == news.WordPressPosts {
		return "WordPress posts"
	}
	return cmp.Or(parse.FeedFormat(doc), "no feed format")
}

// items tells of each article: its identity, its topics, what would become of it; then the sums.
func (t *trial) items(
	cfg *config.Config, candidates []news.Candidate, results []news.Result, most int,
) {
	counts := map[news.Outcome]int{news.Rejected: t.rejected}
	for i := range candidates {
		counts[results[i].Outcome]++
		if i < most {
			t.item(i+1, cfg, &candidates[i], &results[i])
		}
	}
	if left := len(candidates) - most; left > 0 {
		t.say("item", "… and %d more: --items %d shows them", left, len(candidates))
	}
	t.say("would be", "%d accepted, %d updated, %d unchanged, %d rejected; nothing was stored",
		counts[news.Accepted], counts[news.Updated], counts[news.Unchanged], counts[news.Rejected])
}

func (t *trial) item(n int, cfg *config.Config, c *news.Candidate, r *news.Result) {
	a := &c.Article
	t.say("item", "%d. %q, %s, %s", n, a.Title, orDash(a.Lang), minute(a.Published))
	t.say("  guid", "%s", a.GUID)
	if c.Item.URL == a.URL {
		t.say("  link", "%s", orDash(a.URL))
	} else {
		t.say("  link", "%s (canonical of %s)", orDash(a.URL), orDash(c.Item.URL))
	}
	t.say("  id", "%s", r.ID)
	verdicts := t.classifier.Explain(*a, always(cfg, a.Source), clean.Passages(*a))
	scores := make([]string, 0, len(verdicts))
	for _, v := range verdicts {
		score := fmt.Sprintf("not in %s (%.1f of %.1f)", v.Topic, v.Score, v.Threshold)
		if v.Placed {
			score = fmt.Sprintf("in %s (%.1f of %.1f: %s)", v.Topic, v.Score, v.Threshold,
				evidenceWords(v.Evidence, 3))
		}
		scores = append(scores, score)
	}
	t.say("  topics", "%s", orDash(strings.Join(scores, ", ")))
	if r.Reason != "" {
		t.say("  would be", "%s: %s", r.Outcome, r.Reason)
		return
	}
	t.say("  would be", "%s", r.Outcome)
}

// always lists the topics that a source belongs to as a whole.
func always(cfg *config.Config, id string) []string {
	for _, src := range cfg.Sources {
		if src.ID == id {
			return src.Topics
		}
	}
	return nil
}
