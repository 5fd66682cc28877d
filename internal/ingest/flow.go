package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/boilerplate"
	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/extract"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/signals"
)

// Reader looks at a source once. Keep says that all of a reading is dealt with, so that the reader
// need not yield it again; without it the next Read yields it once more.
type Reader interface {
	Read(ctx context.Context, src news.Source, last news.Validators) (news.Reading, error)
	Keep(src news.Source, reading news.Reading)
}

// Archive decides what becomes of articles and stores them: when it returns without an error they
// are on disk. All articles of one document come in one call.
type Archive interface {
	Accept(ctx context.Context, candidates []news.Candidate) ([]news.Result, error)
	// Weigh tells what Accept would make of candidates now.
	Weigh(candidates []news.Candidate) ([]news.Result, error)
	// Knows reports whether any article ever came from a source.
	Knows(source string) (bool, error)
	// WithdrawKnown withdraws the article that a source knows under a guid. If there is none, that
	// is no error.
	WithdrawKnown(ctx context.Context, source, guid string) (news.Result, error)
	// WithdrawGone withdraws the articles of a folder's files that are not present; it is Refused
	// if that looks like an accident.
	WithdrawGone(ctx context.Context, source string, present []string) ([]news.Result, error)
}

// Polls remembers what polling teaches about each source.
type Polls interface {
	State(source string) (news.PollState, error)
	Save(source string, state news.PollState) error
}

// Flow takes sources and documents through every stage. It is safe for concurrent use, and never
// polls one source twice at once.
type Flow struct {
	parser   parser
	log      *slog.Logger
	reader   Reader
	archive  Archive
	polls    Polls
	cleaner  *clean.Cleaner
	inForce  *classify.InForce
	journal  *Journal
	now      func() time.Time
	underWay claims
	known    *memory
	pushed   tally
	starts   starts
	pages    Pages
	items    Items
	asked    asked
}

// Parts are what a flow is made of.
type Parts struct {
	Log     *slog.Logger
	Reader  Reader // not needed where documents are only handed over
	Archive Archive
	Pages   Pages // together with Items; nil where no article's own page is read
	Items   Items
	Polls   Polls // not needed where no configured source is run
	InForce *classify.InForce
	Journal *Journal // of what is being read, nil for none
	Now     func() time.Time
	Words   *boilerplate.Words // that are taken out of texts; nil for the built-in ones
}

// New makes a flow.
func New(p Parts) *Flow {
	parser := parser{words: p.Words}
	if parser.words == nil {
		parser.words = boilerplate.BuiltIn()
	}
	return &Flow{
		parser: parser,
		log:    p.Log, reader: p.Reader, archive: p.Archive, polls: p.Polls,
		cleaner: clean.New(), inForce: p.InForce, journal: p.Journal, now: p.Now,
		pages: p.Pages, items: p.Items,
		underWay: claims{taken: map[string]chan struct{}{}},
		known:    newMemory(parser),
		starts:   starts{began: p.Now(), failing: map[string]time.Time{}},
	}
}

// Run looks at a configured source, stores what it has, and remembers what that taught: first the
// articles, then the validators and the next due time, so that a crash reads again and never
// skips. A run of the same source that is under way is waited for.
func (f *Flow) Run(ctx context.Context, src news.Source) (news.Report, error) {
	release, err := f.underWay.claim(ctx, src.ID)
	if err != nil {
		return news.Report{Source: src.ID}, err
	}
	defer release()
	before, err := f.polls.State(src.ID)
	if err != nil {
		return news.Report{Source: src.ID}, err
	}
	start := f.now()
	reading, report, runErr := f.look(ctx, src, validators(before, start),
		terms{roomFor(src, before, start), opening(before)})
	if runErr != nil && (ctx.Err() != nil || errors.Is(runErr, news.ErrUnwritable)) {
		return report, runErr // stopped, or not stored, which says nothing about the source
	}
	after := learn(before, src, reading, &report, runErr, f.now())
	if after.LastPoll != before.LastPoll {
		after.Took = f.now().Sub(start)
		f.starts.hasten(src.ID, &after, reading.RetryAfter, runErr, after.LastPoll)
	}
	f.tell(ctx, src, before, after, &report, runErr)
	if src.Kind == news.KindFolder && !worthSaving(before, after, &report) {
		return report, runErr
	}
	if err := f.polls.Save(src.ID, after); err != nil {
		return report, fmt.Errorf("source %s: %w", src.ID, err)
	}
	return report, runErr
}

// Once looks at a source that is not configured, and remembers nothing about it but its articles.
func (f *Flow) Once(ctx context.Context, src news.Source) (news.Report, error) {
	known, err := f.archive.Knows(src.ID)
	if err != nil {
		return news.Report{Source: src.ID}, err
	}
	_, report, err := f.look(ctx, src, news.Validators{}, terms{nil, !known})
	return report, err
}

// terms are those on which a source is looked at.
type terms struct {
	room    *int // for new articles, nil for any number
	opening bool // the source is new: see opening
}

// look reads a source and takes its documents through the flow.
func (f *Flow) look(
	ctx context.Context, src news.Source, last news.Validators, on terms,
) (news.Reading, news.Report, error) {
	report := news.Report{Source: src.ID}
	if err := f.journal.refused(src.ID); err != nil {
		return news.Reading{}, report, err
	}
	var reading news.Reading
	err := f.guard(src.ID, "read", func() (err error) {
		reading, err = f.reader.Read(ctx, src, last)
		return err
	})
	report.Faults = append(report.Faults, reading.Faults...)
	if err != nil {
		return reading, report, of(src, err)
	}
	report.NotModified, report.Later = reading.NotModified, reading.Later
	for _, doc := range reading.Documents {
		report.Documents++
		report.Bytes += int64(len(doc.Body))
		err := f.guard(src.ID, name(doc), func() error {
			return f.take(ctx, src, doc, &report, on)
		})
		if err != nil {
			if src.Kind != news.KindFolder || news.KindOf(err) == news.Internal {
				return reading, report, of(src, err)
			}
			report.Faults = append(report.Faults, err) // one bad file never loses the others
		}
	}
	if err := f.removed(ctx, src, reading, &report); err != nil {
		return reading, report, err
	}
	if report.Later > reading.Later { // pages of articles are still to be read
		reading.Validators = reading.Again
	}
	if report.Count(news.Deferred) == 0 {
		f.reader.Keep(src, reading)
	}
	return reading, report, nil
}

// Take takes one document that was handed over through the flow. Nothing is fetched for it.
func (f *Flow) Take(
	ctx context.Context, src news.Source, doc news.Document,
) (news.Report, error) {
	report := news.Report{Source: src.ID, Documents: 1, Bytes: int64(len(doc.Body))}
	src.Follow = false
	err := f.guard(src.ID, name(doc), func() error { return f.take(ctx, src, doc, &report, terms{}) })
	return report, err
}

// take is the flow: a document is parsed, its items are cleaned, their articles are placed, and
// all of them are stored together. What is wrong with one item never loses the others.
func (f *Flow) take(
	ctx context.Context, src news.Source, doc news.Document, report *news.Report, on terms,
) error {
	done, err := f.journal.begin(ctx, src.ID, doc.Name)
	if err != nil {
		return err
	}
	defer done()
	read, err := f.read(src, doc, report)
	if err != nil {
		report.Faults = append(report.Faults, read.faults...)
		return err
	}
	for i := range read.items {
		read.items[i].Signals = signals.Union(read.items[i].Signals, doc.Signals)
	}
	if doc.MediaType != news.ArticlePage {
		read.items = f.follow(ctx, src, read.items, report)
	}
	rules, leave := f.inForce.Enter()
	defer leave()
	of := owner(src, read.items)
	candidates, refused := f.candidates(rules, of, read.items)
	if whole, err := f.clashes(read.passed, candidates); whole || err != nil {
		if err != nil {
			return err
		}
		if read, err = f.known.readWhole(src, doc); err != nil {
			return err
		}
		candidates, refused = f.candidates(rules, of, read.items)
	}
	filed(candidates, of, doc)
	if err := f.undated(candidates, src, of, on); err != nil {
		return err
	}
	if err := f.withdraw(ctx, of, read.items, report); err != nil {
		return err
	}
	report.Faults = append(report.Faults, read.faults...)
	report.Results = append(report.Results, refused...)
	report.Results = append(report.Results, unchanged(src, read.passed)...)
	results, err := f.accept(ctx, candidates, on.room)
	report.Results = append(report.Results, results...)
	if err == nil {
		f.known.keep(src, doc, read.passed, candidates, results)
	}
	return err
}

// read parses a document. Of a page that lists articles it notes how many they are, and its shape.
func (f *Flow) read(
	src news.Source, doc news.Document, report *news.Report,
) (document, error) {
	if doc.MediaType != news.ListingPage {
		read, err := f.known.read(src, doc)
		if doc.MediaType == news.ArticlePage && err == nil {
			read.items[0].Page = &news.PageMark{Asked: f.now().UTC()} // see follow
		}
		return read, err
	}
	doc.Lang = src.Lang
	list, err := extract.Listing(doc)
	report.Listed, report.Outline = len(list.Items), list.Outline
	return document{items: list.Items}, err
}

// candidates makes articles of items and places them, the oldest first, so that the newest has
// the highest sequence and tops its feeds; of one date, or none, the last of the document first, so
// that they stand in feeds as they stand there. Items that nothing can be made of are refused.
func (f *Flow) candidates(
	rules *classify.Rules, src news.Source, items []news.Item,
) (candidates []news.Candidate, refused []news.Result) {
	candidates = make([]news.Candidate, 0, len(items))
	for _, item := range items {
		if item.Withdrawn {
			continue // see withdraw
		}
		article, text, err := f.cleaner.Clean(item, src, f.now())
		if err != nil {
			refused = append(refused, rejected(src, item, err))
			continue
		}
		candidates = append(candidates, news.Candidate{
			Item: item, Article: article,
			Placements: rules.Place(article, src.Topics, text),
		})
	}
	slices.Reverse(candidates)
	slices.SortStableFunc(candidates, func(a, b news.Candidate) int {
		return cmp.Compare(a.Article.Published.Unix(), b.Article.Published.Unix())
	})
	return candidates, refused
}

// undated marks what a new source has without a date as of any age. A feed that was handed over as
// a file is new if nothing ever came from it.
func (f *Flow) undated(candidates []news.Candidate, src, of news.Source, on terms) error {
	if src.Kind == news.KindFile && of.Kind.Polled() {
		known, err := f.archive.Knows(of.ID)
		if err != nil {
			return err
		}
		on.opening = !known
	}
	for i := range candidates {
		candidates[i].Backlog = on.opening && of.Kind.Polled() && candidates[i].Article.Undated
	}
	return nil
}

// owner corrects whose articles a handed file holds: a feed document is somebody else's, and its
// guids are that feed's own, wherever the file lies.
func owner(src news.Source, items []news.Item) news.Source {
	if src.Kind != news.KindFile {
		return src
	}
	for _, item := range items {
		if feed := item.Origin; feed != (news.Origin{}) {
			src.ID = cmp.Or(news.AddressID(cmp.Or(feed.URL, feed.ID, feed.Link)), src.ID)
			src.Kind, src.Rights = news.KindFeed, news.Excerpt
			break
		}
	}
	return src
}

// of says of which source an error is. Of one that is known by its address alone the error says it.
func of(src news.Source, err error) error {
	if strings.Contains(src.ID, "://") {
		return err
	}
	return fmt.Errorf("source %s: %w", src.ID, err)
}

// rejected reports an item that no article could be made of.
func rejected(src news.Source, item news.Item, err error) news.Result {
	title := item.Title
	if title == "" {
		title = cmp.Or(item.URL, item.GUID)
	}
	return news.Result{
		Outcome: news.Rejected, Reason: err.Error(), Source: src.ID, Title: title, Lang: item.Lang,
	}
}
