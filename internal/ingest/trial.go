package ingest

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"slices"

	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
)

// Trying says how a source is tried.
type Trying struct {
	// Weigh tells what would become of candidates; what their articles were made of is not told
	// beyond guid and link.
	Weigh func(ctx context.Context, candidates []news.Candidate) ([]news.Result, error)
	// Rule is the one in force, against which a listing's is compared; nil for no comparison.
	Rule  *news.PageRule
	Again bool            // ask once more with the validators, to see if they hold
	Tell  func(news.Step) // is told of each step of the exchange as it happens; nil for nobody
}

// Try looks at a source as Run would for the first time, and says what that does and sees. It
// stores and remembers nothing. The trial is valid as far as it came also beside an error.
func (f *Flow) Try(ctx context.Context, src news.Source, how Trying) (news.Trial, error) {
	t := trial{flow: f, src: src}
	t.Source = src
	t.Source.URL = src.Shown(src.URL)
	x := &exchange{tell: how.Tell}
	start := f.now()
	reading, err := f.reader.Read(x.traced(ctx), src, news.Validators{})
	t.Exchange = x.steps()
	t.answered(&reading)
	t.Answer.Took = f.now().Sub(start)
	if err != nil {
		t.Failed = fmt.Sprintf("%v (%s)", err, news.KindOf(err))
		return t.Trial, of(src, err)
	}
	if how.Again {
		t.again(ctx, reading.Validators)
	}
	for i, doc := range reading.Documents {
		if doc.MediaType == news.ListingPage {
			t.list(&t.Documents[i], doc, how.Rule)
		}
		if err := t.read(&t.Documents[i], doc); err != nil {
			t.Failed = err.Error()
			return t.Trial, err
		}
	}
	return t.Trial, t.weigh(ctx, how)
}

// trial is a Trial on its way.
type trial struct {
	news.Trial
	flow       *Flow
	src        news.Source
	candidates []news.Candidate // one for each article
}

// answered notes what came back.
func (t *trial) answered(reading *news.Reading) {
	t.Answer = news.Answered{
		Status: reading.Status, RetryAfter: reading.RetryAfter, Note: reading.Note,
		Moved: reading.Moved, Validators: reading.Validators,
	}
	t.Answer.Validators.Mark = "" // what it is asked with stays here
	for _, doc := range reading.Documents {
		t.Documents = append(t.Documents, news.TriedDocument{
			Address:   cmp.Or(news.Shown(doc.URL), doc.Name),
			MediaType: doc.MediaType, Bytes: len(doc.Body),
		})
	}
}

// again asks with the validators, as the next poll will.
func (t *trial) again(ctx context.Context, v news.Validators) {
	reading, err := t.flow.reader.Read(ctx, t.src, v)
	switch {
	case err != nil:
		t.Again = err.Error()
	case reading.NotModified:
		t.Again = "304, they hold"
	default:
		t.Again = fmt.Sprintf("HTTP %d and a whole document, they do not hold", reading.Status)
	}
}

// read parses a document, and cleans and places what is in it.
func (t *trial) read(tried *news.TriedDocument, doc news.Document) error {
	items, _, faults, err := t.flow.parser.parse(t.src, doc, nil)
	if err != nil {
		return err
	}
	tried.Read, tried.Format, tried.Items = true, format(doc), len(items)
	for _, fault := range faults {
		tried.Faults = append(tried.Faults, fault.Error())
	}
	rules := t.flow.inForce.Rules()
	for _, item := range items {
		article, text, err := t.flow.cleaner.Clean(item, t.src, t.flow.now())
		if err != nil {
			tried.Rejected = append(tried.Rejected, err.Error())
			continue
		}
		t.candidates = append(t.candidates, news.Candidate{
			Item:       news.Item{GUID: item.GUID, URL: item.URL}, // the rest decides nothing
			Article:    article,
			Placements: rules.Place(article, t.src.Topics, text),
		})
		t.Articles = append(t.Articles, news.TriedArticle{
			GUID: article.GUID, URL: article.URL, Link: item.URL, Title: article.Title,
			Lang: article.Lang, Published: article.Published,
			Verdicts: rules.Explain(article, t.src.Topics, text),
		})
	}
	return nil
}

// list notes what selectors found on a page that lists articles, and what the rule in force would
// have found else.
func (t *trial) list(tried *news.TriedDocument, doc news.Document, inForce *news.PageRule) {
	list, _ := extract.Listing(doc) // its error comes with read
	tried.Outline, tried.Selectors = list.Outline, list.Steps
	if inForce == nil {
		return
	}
	doc.Rule = *inForce
	before, _ := extract.Listing(doc)
	tried.More, tried.Less = without(list.Items, before.Items), without(before.Items, list.Items)
}

// without lists the titles of items that are not among others.
func without(items, others []news.Item) (titles []string) {
	for _, item := range items {
		if !slices.ContainsFunc(others, func(o news.Item) bool { return o.URL == item.URL }) {
			titles = append(titles, html.UnescapeString(item.Title))
		}
	}
	return titles
}

// format names a document's format.
func format(doc news.Document) string {
	switch doc.MediaType {
	case news.WordPressPosts:
		return "WordPress posts"
	case news.ListingPage:
		return "page that lists articles"
	case news.ArticlePage:
		return "page of an article"
	case news.ReadItems:
		return "sitemaps"
	}
	return cmp.Or(parse.FeedFormat(doc), "no feed format")
}

// weigh notes what would become of each article.
func (t *trial) weigh(ctx context.Context, how Trying) error {
	results, err := how.Weigh(ctx, t.candidates)
	if err != nil {
		return err
	}
	for i := range results {
		a := &t.Articles[i]
		a.ID, a.Outcome, a.Reason = results[i].ID, results[i].Outcome, results[i].Reason
	}
	return nil
}
