package desk

import (
	"context"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// Flow takes sources and documents through the stages.
type Flow interface {
	Run(ctx context.Context, src news.Source) (news.Report, error)
	Once(ctx context.Context, src news.Source) (news.Report, error)
	Take(ctx context.Context, src news.Source, doc news.Document) (news.Report, error)
}

// Finder finds the best way to read what is at an address, and says what was tried.
type Finder interface {
	Find(ctx context.Context, address string, allow news.Allowance) (news.Way, error)
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
	GiveBack(ctx context.Context, id news.ID) (news.Result, error)
	Weigh(candidates []news.Candidate) ([]news.Result, error)
	Decide(
		ctx context.Context, id news.ID, decisions []news.Decision, reset []string,
	) (news.Result, error)
	Stored(after uint64, most int) (batch []news.Stored, last uint64, err error)
	Classified() (news.Classified, error)
	ClassifiedBy() ([]news.Topic, error)
	Counts(topics []string) ([]int, error)
	Verify(ctx context.Context) (news.Verified, error)
}

// Polls is what polling has taught.
type Polls interface {
	State(source string) (news.PollState, error)
}

// Asides knows what was put aside after the process died while it was read.
type Asides interface {
	// Aside names what of a source was put aside; see news.PollState.
	Aside(source string) []string
	// Retry has the source looked at soon and this read once more, and returns how much that is.
	Retry(src news.Source) (int, error)
}

// Counts knows who reads the feeds.
type Counts interface {
	Readers() []news.Readership
}

// Service answers calls in the process that owns the data directory. All of its fields are set
// before the first call.
type Service struct {
	Flow      Flow
	Explainer Explainer
	Archive   Archive
	Polls     Polls
	Tokens    Secrets
	InForce   *classify.InForce
	Counts    Counts               // nil if this process serves no readers
	Sources   func() []news.Source // in force
	Asides    Asides
	// Reload has the configuration read again now, and returns what is wrong with it; nil if
	// nobody is served.
	Reload func(ctx context.Context) (faults string, err error)
	// Backup writes a backup of the data directory.
	Backup func(ctx context.Context, w io.Writer) error
	// Finder finds the best way to read an address; nil if all are taken for feeds.
	Finder Finder
	// LastBackup is when the newest backup that is known of was made, zero if none is.
	LastBackup func() time.Time
	// Retain drops what was kept for its time, or only counts it.
	Retain func(ctx context.Context, dry bool) (news.Retained, error)
	// Condition says whether readers are served, and what does not work; nil if nobody is served.
	Condition func() (ready bool, why []string)
	Public    string // where readers are served on this machine
}

// ingest reads a file's bytes, a configured source, or a feed by its URL.
func (s *Service) ingest(ctx context.Context, handed news.Handed) (report, error) {
	return reportOf(s.read(ctx, handed)), nil
}

func (s *Service) read(ctx context.Context, handed news.Handed) (news.Report, error) {
	if handed.URL != "" {
		return s.page(ctx, handed)
	}
	if handed.Path != "" {
		src, doc := s.document(handed)
		return s.Flow.Take(ctx, src, doc)
	}
	if src, ok := s.source(handed.Name); ok && src.Kind == news.KindPush {
		return news.Report{}, news.Errorf(news.Refused,
			"source %s can't be read: programs push articles into it", src.ID)
	} else if ok {
		return s.run(ctx, src)
	}
	if src, ok := passing(handed.Name); ok {
		return s.once(ctx, src)
	}
	return news.Report{}, news.Errorf(news.NotFound,
		"%s is no file, no http(s) address and no source; `teletipo sources` lists the sources",
		handed.Name)
}

// once reads what is at an address in the best way.
func (s *Service) once(ctx context.Context, src news.Source) (news.Report, error) {
	if s.Finder == nil {
		return s.Flow.Once(ctx, src)
	}
	found, err := s.Finder.Find(ctx, src.URL, src.Allow)
	if err != nil {
		return news.Report{Source: src.ID, Way: &found}, err
	}
	src.Kind, src.URL = found.Kind, found.URL
	src.Follow = src.Kind == news.KindPage || src.Kind == news.KindSitemap
	report, err := s.Flow.Once(ctx, src)
	report.Way = &found
	return report, err
}

// Who asks for a folder waits until files that were just written have settled.
const (
	settleWait = time.Second
	mostLooks  = 60
)

// run looks at a configured source, and again as long as it leaves something for later.
func (s *Service) run(ctx context.Context, src news.Source) (news.Report, error) {
	total, err := s.Flow.Run(ctx, src)
	for look := 1; err == nil && total.Later > 0 && look < mostLooks; look++ {
		select {
		case <-time.After(settleWait):
		case <-ctx.Done():
			return total, ctx.Err()
		}
		var more news.Report
		more, err = s.Flow.Run(ctx, src)
		if src.Kind != news.KindFolder && more.Count(news.Accepted) == 0 {
			return total, err // its site wants to be left alone: the rest comes with its next look
		}
		total.Documents += more.Documents
		total.Bytes += more.Bytes
		total.Later = more.Later
		total.Results = append(total.Results, more.Results...)
		total.Faults = append(total.Faults, more.Faults...)
	}
	if err == nil && total.Later > 0 && src.Kind == news.KindFolder {
		err = news.Errorf(news.Busy, "source %s: %d files are still being written",
			src.ID, total.Later)
	}
	return total, err
}

// explain explains each article of a file or of what is at an address, or the stored article that
// Name is the id of.
func (s *Service) explain(
	ctx context.Context, handed news.Handed,
) ([]news.Explanation, error) {
	if handed.Path != "" {
		return s.Explainer.Explain(s.document(handed))
	}
	if src, ok := passing(handed.Name); ok {
		if known, ok := s.source(handed.Name); ok {
			src = known
		}
		return s.Explainer.ExplainSource(ctx, src)
	}
	id, err := news.ParseID(handed.Name)
	if err != nil {
		return nil, news.Errorf(news.NotFound,
			"%s is no file, no http(s) address and no article's id", handed.Name)
	}
	entry, err := s.Archive.Article(id)
	if err != nil {
		return nil, err
	}
	if entry.Status.Ended() {
		return nil, news.Errorf(news.Gone, "article %s is %s, its text is gone", id, entry.Status)
	}
	src, _ := s.source(entry.Source)
	e := s.Explainer.ExplainArticle(entry.Article, src.Topics, entry.Decisions)
	e.Source, e.From = entry.Source, entry.From
	return []news.Explanation{e}, nil
}

// articles lists what is stored. A topic or source that nobody knows is NotFound.
func (s *Service) articles(_ context.Context, q news.Query) ([]news.Entry, error) {
	entries, err := s.Archive.Articles(q)
	if err != nil || len(entries) > 0 {
		return entries, err
	}
	topics := news.TopicIDs(s.InForce.Rules().Topics)
	if q.Topic != "" && !slices.Contains(topics, q.Topic) {
		return nil, news.Errorf(news.NotFound, "there is no topic %q; there are %s", q.Topic,
			strings.Join(topics, ", "))
	}
	if _, known := s.source(q.Source); q.Source != "" && !known && q.Source != FileSource {
		return nil, news.Errorf(news.NotFound, "there is no source %q, and no article came from one; "+
			"`teletipo sources` lists them", q.Source)
	}
	return entries, nil
}

// entry returns one article, with its content.
func (s *Service) entry(_ context.Context, id news.ID) (news.Entry, error) {
	return s.Archive.Article(id)
}

// history lists an article's versions.
func (s *Service) history(_ context.Context, id news.ID) ([]news.Version, error) {
	return s.Archive.History(id)
}

// withdraw takes an article back.
func (s *Service) withdraw(ctx context.Context, id news.ID) (news.Result, error) {
	return s.Archive.Withdraw(ctx, id)
}

// giveBack takes an article's link away from it.
func (s *Service) giveBack(ctx context.Context, id news.ID) (news.Result, error) {
	return s.Archive.GiveBack(ctx, id)
}

// weigh tells what would become of candidates.
func (s *Service) weigh(_ context.Context, c []news.Candidate) ([]news.Result, error) {
	return s.Archive.Weigh(c)
}

func (s *Service) listSources(context.Context, None) ([]news.SourceStatus, error) {
	return s.SourceStates()
}

// retry has a source looked at again soon.
func (s *Service) retry(_ context.Context, source string) (int, error) {
	src, ok := s.source(source)
	switch {
	case !ok:
		return 0, news.Errorf(news.NotFound, "there is no source %q; `teletipo sources` lists them",
			source)
	case !src.Enabled:
		return 0, news.Errorf(news.Refused, "source %s is not enabled: `teletipo sources enable %s`",
			src.ID, src.ID)
	}
	n, err := s.Asides.Retry(src)
	if err == nil && n == 0 && src.Kind == news.KindPush {
		err = news.Errorf(news.NotFound, "nothing of source %s is put aside, and programs push into it",
			source)
	}
	return n, err
}

// reload has the configuration read again.
func (s *Service) reload(ctx context.Context, _ None) (string, error) {
	if s.Reload == nil {
		return "", news.Errorf(news.Refused, "no daemon runs: start it with `teletipo serve`")
	}
	return s.Reload(ctx)
}

// SourceStates lists every configured source with its state.
func (s *Service) SourceStates() ([]news.SourceStatus, error) {
	var list []news.SourceStatus
	var errs []error
	for _, src := range s.Sources() {
		state, err := s.Polls.State(src.ID)
		// What it is asked with stays here: see news.Shown.
		state.Validators.Mark, state.RetiredURL = "", src.Shown(state.RetiredURL)
		src.URL = src.Shown(src.URL)
		state.Aside = s.Asides.Aside(src.ID)
		list = append(list, news.SourceStatus{Source: src, State: state})
		errs = append(errs, err)
	}
	return list, errors.Join(errs...)
}

// health says how the daemon is.
func (s *Service) health(context.Context, None) (c Condition, err error) {
	if s.Condition == nil {
		return c, news.Errorf(news.Refused, "no daemon runs: start it with `teletipo serve`")
	}
	c.Ready, c.Why = s.Condition()
	c.Public = s.Public
	c.Faults = s.InForce.Faults()
	if last := s.LastBackup(); !last.IsZero() {
		c.Backup = &last
	}
	return c, nil
}

// verify looks at all that is stored.
func (s *Service) verify(ctx context.Context, _ None) (news.Verified, error) {
	return s.Archive.Verify(ctx)
}

// retain drops what was kept for its time.
func (s *Service) retain(ctx context.Context, dry bool) (news.Retained, error) {
	return s.Retain(ctx, dry)
}

// readers lists who reads the feeds.
func (s *Service) readers(context.Context, None) ([]news.Readership, error) {
	if s.Counts == nil {
		return nil, news.Errorf(news.Refused,
			"only a running daemon knows its readers: start it with `teletipo serve`")
	}
	return s.Counts.Readers(), nil
}

// source finds a configured source by its id or its URL. One that is switched off may still be
// read by hand.
func (s *Service) source(name string) (news.Source, bool) {
	sources := s.Sources()
	i := slices.IndexFunc(sources, func(src news.Source) bool {
		return src.ID == name || src.URL != "" && src.URL == name
	})
	if i < 0 {
		return news.Source{}, false
	}
	return sources[i], true
}

// document makes a handed file a document of the folder source that it lies in, or of no
// configured source: then it is known by its absolute path.
func (s *Service) document(handed news.Handed) (news.Source, news.Document) {
	src := news.Source{
		ID: FileSource, Name: "Files", Kind: news.KindFile, Rights: news.Full, Enabled: true,
	}
	doc := news.Document{Name: handed.Path, Body: handed.Body, Time: handed.Time}
	for _, folder := range s.Sources() {
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
	address = news.FeedAddress(address)
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return news.Source{}, false
	}
	return news.Source{
		ID: news.AddressID(strings.TrimSuffix(address, "/")), Name: u.Host,
		Kind: news.KindFeed, URL: address, Rights: news.Excerpt, Enabled: true,
	}, true
}
