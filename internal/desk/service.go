package desk

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Desk is what can be asked and ordered. Service does it in this process, Client has a daemon do
// it; both answer alike, errors and their kinds included.
type Desk interface {
	Editorial
	// Ingest reads what was handed over now, once. Its report is valid also beside an error.
	Ingest(ctx context.Context, handed news.Handed) (news.Report, error)
	// Explain says what every topic makes of an article: of each in a file or at an address, or of
	// a stored one.
	Explain(ctx context.Context, handed news.Handed) ([]news.Explanation, error)
	// Articles lists what is stored, newest first.
	Articles(ctx context.Context, q news.Query) ([]news.Entry, error)
	// History lists the versions of an article, the newest first.
	History(ctx context.Context, id news.ID) ([]news.Version, error)
	// Withdraw takes an article back everywhere, for good.
	Withdraw(ctx context.Context, id news.ID) (news.Result, error)
	// WithdrawSource takes all articles of a source back, and tells each as it is done; a dry run
	// tells which it would be. The count is of those told, also beside an error.
	WithdrawSource(
		ctx context.Context, source string, dry bool, each func(news.Result),
	) (int, error)
	// Sources lists every source with its state.
	Sources(ctx context.Context) ([]news.SourceStatus, error)
	// Readers lists who reads the feeds, those that ask most first; Refused if no daemon runs.
	Readers(ctx context.Context) ([]news.Readership, error)
	// AddToken makes a token that lets a program push into a source. Its secret is told once.
	AddToken(ctx context.Context, name, source string) (NewToken, error)
	// RevokeToken makes a token worthless at once.
	RevokeToken(ctx context.Context, name string) error
	// Tokens lists the tokens by name.
	Tokens(ctx context.Context) ([]news.Token, error)
	// Weigh tells what would become of candidates if they were offered now, and stores nothing.
	Weigh(ctx context.Context, candidates []news.Candidate) ([]news.Result, error)
}

// Flow takes sources and documents through the stages.
type Flow interface {
	Run(ctx context.Context, src news.Source) (news.Report, error)
	Once(ctx context.Context, src news.Source) (news.Report, error)
	Take(ctx context.Context, src news.Source, doc news.Document) (news.Report, error)
}

// Explainer says what every topic makes of articles, storing nothing.
type Explainer interface {
	ExplainSource(ctx context.Context, src news.Source) ([]news.Explanation, error)
	Explain(src news.Source, doc news.Document) ([]news.Explanation, error)
	ExplainArticle(
		article news.Article, always []string, decisions []news.Decision,
	) news.Explanation
}

// Archive is what is stored.
type Archive interface {
	Article(id news.ID) (news.Entry, error)
	Articles(q news.Query) ([]news.Entry, error)
	History(id news.ID) ([]news.Version, error)
	Withdraw(ctx context.Context, id news.ID) (news.Result, error)
	WithdrawSource(
		ctx context.Context, source string, dry bool, each func(news.Result),
	) (int, error)
	Weigh(candidates []news.Candidate) ([]news.Result, error)
	Shelf
}

// Polls is what polling has taught.
type Polls interface {
	State(source string) (news.PollState, error)
}

// Service is the Desk of the process that owns the data directory.
type Service struct {
	flow      Flow
	explainer Explainer
	archive   Archive
	polls     Polls
	tokens    Tokens
	topics    Topics // see Govern
	sources   []news.Source
	counts    Counts // nil if nobody is served
}

// NewService makes the desk of this process.
func NewService(
	flow Flow, explainer Explainer, archive Archive, polls Polls, tokens Tokens,
	sources []news.Source,
) *Service {
	return &Service{
		flow: flow, explainer: explainer, archive: archive, polls: polls, tokens: tokens,
		sources: sources,
	}
}

// Ingest reads a file's bytes, a configured source, or a feed by its URL.
func (s *Service) Ingest(ctx context.Context, handed news.Handed) (news.Report, error) {
	if handed.Path != "" {
		src, doc := s.document(handed)
		return s.flow.Take(ctx, src, doc)
	}
	if src, ok := s.source(handed.Name); ok && src.Kind == news.KindPush {
		return news.Report{}, news.Errorf(news.Refused,
			"source %s can't be read: programs push articles into it", src.ID)
	} else if ok {
		return s.run(ctx, src)
	}
	if src, ok := passing(handed.Name); ok {
		return s.flow.Once(ctx, src)
	}
	return news.Report{}, news.Errorf(news.NotFound,
		"%s is no file, no http(s) address and no source; `teletipo sources` lists the sources",
		handed.Name)
}

// Who asks for a folder waits until files that were just written have settled.
const (
	settleWait = time.Second
	mostLooks  = 60
)

// run looks at a configured source, and again as long as it leaves something for later.
func (s *Service) run(ctx context.Context, src news.Source) (news.Report, error) {
	total, err := s.flow.Run(ctx, src)
	for look := 1; err == nil && total.Later > 0 && look < mostLooks; look++ {
		select {
		case <-time.After(settleWait):
		case <-ctx.Done():
			return total, ctx.Err()
		}
		var more news.Report
		more, err = s.flow.Run(ctx, src)
		total.Documents += more.Documents
		total.Bytes += more.Bytes
		total.Later = more.Later
		total.Results = append(total.Results, more.Results...)
		total.Faults = append(total.Faults, more.Faults...)
	}
	if err == nil && total.Later > 0 {
		err = news.Errorf(news.Busy, "source %s: %d files are still being written",
			src.ID, total.Later)
	}
	return total, err
}

// Explain explains each article of a file or of what is at an address, or the stored article that
// Name is the id of.
func (s *Service) Explain(
	ctx context.Context, handed news.Handed,
) ([]news.Explanation, error) {
	if handed.Path != "" {
		return s.explainer.Explain(s.document(handed))
	}
	if src, ok := passing(handed.Name); ok {
		if known, ok := s.source(handed.Name); ok {
			src = known
		}
		return s.explainer.ExplainSource(ctx, src)
	}
	id, err := news.ParseID(handed.Name)
	if err != nil {
		return nil, news.Errorf(news.NotFound,
			"%s is no file, no http(s) address and no article's id", handed.Name)
	}
	entry, err := s.archive.Article(id)
	if err != nil {
		return nil, err
	}
	if entry.Status == news.Withdrawn {
		return nil, news.Errorf(news.Gone, "article %s is withdrawn, its text is gone", id)
	}
	src, _ := s.source(entry.Source)
	return []news.Explanation{
		s.explainer.ExplainArticle(entry.Article, src.Topics, entry.Decisions),
	}, nil
}

// Articles lists what is stored.
func (s *Service) Articles(_ context.Context, q news.Query) ([]news.Entry, error) {
	return s.archive.Articles(q)
}

// History lists an article's versions.
func (s *Service) History(_ context.Context, id news.ID) ([]news.Version, error) {
	return s.archive.History(id)
}

// Withdraw takes an article back.
func (s *Service) Withdraw(ctx context.Context, id news.ID) (news.Result, error) {
	return s.archive.Withdraw(ctx, id)
}

// Sources lists every configured source with its state.
func (s *Service) Sources(context.Context) ([]news.SourceStatus, error) {
	var list []news.SourceStatus
	var errs []error
	for _, src := range s.sources {
		state, err := s.polls.State(src.ID)
		list = append(list, news.SourceStatus{Source: src, State: state})
		errs = append(errs, err)
	}
	return list, errors.Join(errs...)
}

// source finds a configured source by its id or its URL. One that is switched off may still be
// read by hand.
func (s *Service) source(name string) (news.Source, bool) {
	i := slices.IndexFunc(s.sources, func(src news.Source) bool {
		return src.ID == name || src.URL != "" && src.URL == name
	})
	if i < 0 {
		return news.Source{}, false
	}
	return s.sources[i], true
}

// document makes a handed file a document of the folder source that it lies in, or of no
// configured source: then it is known by its absolute path.
func (s *Service) document(handed news.Handed) (news.Source, news.Document) {
	src := news.Source{
		ID: FileSource, Name: "Files", Kind: news.KindFile, Rights: news.Full, Enabled: true,
	}
	doc := news.Document{Name: handed.Path, Body: handed.Body, Time: handed.Time}
	for _, folder := range s.sources {
		if folder.Kind != news.KindFolder {
			continue
		}
		name, err := filepath.Rel(folder.Path, handed.Path)
		if err == nil && filepath.IsLocal(name) {
			src, doc.Name = folder, filepath.ToSlash(name)
			break
		}
	}
	doc.Source = src.ID
	return src, doc
}

// FileSource is the id of the source that files outside every folder source belong to.
const FileSource = "file"

// passing makes a source of a feed's address that nobody configured. Its id is the address, and
// its articles are somebody else's.
func passing(address string) (news.Source, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return news.Source{}, false
	}
	return news.Source{
		ID: strings.TrimSuffix(address, "/"), Name: u.Host, Kind: news.KindFeed, URL: address,
		Rights: news.Excerpt, Enabled: true,
	}, true
}
