package desk

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// Shelf has the stored articles, and where they belong.
type Shelf interface {
	Decide(
		ctx context.Context, id news.ID, decisions []news.Decision, reset []string,
	) (news.Result, error)
	Stored(after uint64, most int) (batch []news.Stored, last uint64, err error)
	Classified() (news.Classified, error)
	ClassifiedBy() ([]news.Topic, error)
	Counts(topics []string) ([]int, error)
}

// Topics has the topics in force, the hash of their rules, and why the topic files as they are now
// are not; that is empty if they are.
type Topics interface {
	InForce() (topics []news.Topic, rules, faults string)
}

// Editorial is the part of a Desk that is about topics.
type Editorial interface {
	// Entry gives one article, without its content.
	Entry(ctx context.Context, id news.ID) (news.Entry, error)
	// Place keeps an editor's decisions about where an article belongs, and takes back those about
	// the topics of reset. A topic that is not in force can't be decided for.
	Place(
		ctx context.Context, id news.ID, decisions []news.Decision, reset []string,
	) (news.Result, error)
	// Topics tells which topics are in force, and how far the stored articles are placed by them.
	Topics(ctx context.Context) (news.TopicsReport, error)
	// ClassifiedBy gives the rules by which the stored articles are placed, nil if nobody knows.
	ClassifiedBy(ctx context.Context) ([]news.Topic, error)
	// Stored gives the articles that follow after a key, at most so many, and the key that it has
	// come to: after itself if no article follows.
	Stored(ctx context.Context, after uint64, most int) ([]news.Stored, uint64, error)
}

// The operator API's calls about topics.
const (
	pathEntry        = "/v1/article"       // news.ID → news.Entry
	pathPlace        = "/v1/place"         // placing → news.Result
	pathTopics       = "/v1/topics"        // null → news.TopicsReport
	pathClassifiedBy = "/v1/topics/stored" // null → []news.Topic
	pathStored       = "/v1/stored"        // page → storedWire
)

// placing is what an editor orders.
type placing struct {
	ID        news.ID         `json:"id"`
	Decisions []news.Decision `json:"decisions,omitempty"`
	Reset     []string        `json:"reset,omitempty"`
}

// page asks for some of the stored articles.
type page struct {
	After uint64 `json:"after"`
	Most  int    `json:"most"`
}

// storedWire is some stored articles on their way through the socket, with their contents, which
// an article's own form leaves out.
type storedWire struct {
	Batch    []news.Stored `json:"batch"`
	Contents []string      `json:"contents"`
	Last     uint64        `json:"last"`
}

// mostPage bounds how many articles are given at once.
const mostPage = 1000

// Govern tells which topics are in force; before it there are none.
func (s *Service) Govern(topics Topics) { s.topics = topics }

// inForce gives the topics in force.
func (s *Service) inForce() (topics []news.Topic, rules, faults string) {
	if s.topics == nil {
		return nil, "", ""
	}
	return s.topics.InForce()
}

// Entry gives one article.
func (s *Service) Entry(_ context.Context, id news.ID) (news.Entry, error) {
	entry, err := s.archive.Article(id)
	entry.Content = ""
	return entry, err
}

// Place keeps an editor's decisions.
func (s *Service) Place(
	ctx context.Context, id news.ID, decisions []news.Decision, reset []string,
) (news.Result, error) {
	topics, _, _ := s.inForce()
	for _, d := range decisions {
		is := func(t news.Topic) bool { return t.ID == d.Topic }
		switch {
		case !slices.ContainsFunc(topics, is):
			names := make([]string, 0, len(topics))
			for _, t := range topics {
				names = append(names, t.ID)
			}
			return news.Result{}, news.Errorf(news.NotFound, "there is no topic %q; there are %s",
				d.Topic, strings.Join(names, ", "))
		case strings.TrimSpace(d.By) == "":
			return news.Result{}, news.Errorf(news.Invalid, "nobody is named who decided: want --by")
		}
	}
	return s.archive.Decide(ctx, id, decisions, reset)
}

// Topics tells which topics are in force.
func (s *Service) Topics(context.Context) (news.TopicsReport, error) {
	topics, rules, faults := s.inForce()
	report := news.TopicsReport{Rules: rules, Faults: faults, Topics: []news.TopicCount{}}
	names := make([]string, 0, len(topics))
	for _, t := range topics {
		names = append(names, t.ID)
	}
	counts, err := s.archive.Counts(names)
	if err != nil {
		return report, err
	}
	for i, t := range topics {
		report.Topics = append(report.Topics, news.TopicCount{
			ID: t.ID, Titles: t.Titles, Articles: counts[i],
		})
	}
	report.Classified, err = s.archive.Classified()
	return report, err
}

// ClassifiedBy gives the rules by which the stored articles are placed.
func (s *Service) ClassifiedBy(context.Context) ([]news.Topic, error) {
	return s.archive.ClassifiedBy()
}

// Stored gives some of the stored articles.
func (s *Service) Stored(
	_ context.Context, after uint64, most int,
) ([]news.Stored, uint64, error) {
	return s.archive.Stored(after, min(most, mostPage))
}

// Entry has the daemon give one article.
func (c *Client) Entry(ctx context.Context, id news.ID) (entry news.Entry, err error) {
	err = c.post(ctx, pathEntry, id, &entry)
	return entry, err
}

// Place has the daemon keep an editor's decisions.
func (c *Client) Place(
	ctx context.Context, id news.ID, decisions []news.Decision, reset []string,
) (result news.Result, err error) {
	err = c.post(ctx, pathPlace, placing{id, decisions, reset}, &result)
	return result, err
}

// Topics asks the daemon for its topics.
func (c *Client) Topics(ctx context.Context) (report news.TopicsReport, err error) {
	err = c.post(ctx, pathTopics, struct{}{}, &report)
	return report, err
}

// ClassifiedBy asks the daemon for the rules that its articles are placed by.
func (c *Client) ClassifiedBy(ctx context.Context) (topics []news.Topic, err error) {
	err = c.post(ctx, pathClassifiedBy, struct{}{}, &topics)
	return topics, err
}

// Stored asks the daemon for some of its articles.
func (c *Client) Stored(
	ctx context.Context, after uint64, most int,
) ([]news.Stored, uint64, error) {
	var w storedWire
	if err := c.post(ctx, pathStored, page{after, most}, &w); err != nil {
		return nil, after, err
	}
	if len(w.Contents) != len(w.Batch) {
		return nil, after, news.Errorf(news.Internal, "the running daemon gave %d contents of %d "+
			"articles; is it another version?", len(w.Contents), len(w.Batch))
	}
	for i, content := range w.Contents {
		w.Batch[i].Entry.Content = content
	}
	return w.Batch, w.Last, nil
}

// editorial adds the calls about topics.
func editorial(mux *http.ServeMux, log *slog.Logger, d Desk) {
	mux.Handle("POST "+pathEntry, call(log, d.Entry))
	mux.Handle("POST "+pathPlace, call(log,
		func(ctx context.Context, p placing) (news.Result, error) {
			return d.Place(ctx, p.ID, p.Decisions, p.Reset)
		}))
	mux.Handle("POST "+pathTopics, call(log,
		func(ctx context.Context, _ struct{}) (news.TopicsReport, error) { return d.Topics(ctx) }))
	mux.Handle("POST "+pathClassifiedBy, call(log,
		func(ctx context.Context, _ struct{}) ([]news.Topic, error) { return d.ClassifiedBy(ctx) }))
	mux.Handle("POST "+pathStored, call(log,
		func(ctx context.Context, p page) (storedWire, error) { return storedPage(ctx, d, p) }))
}

// storedPage answers a Client's Stored.
func storedPage(ctx context.Context, d Desk, p page) (w storedWire, err error) {
	w.Batch, w.Last, err = d.Stored(ctx, p.After, p.Most)
	w.Contents = make([]string, len(w.Batch))
	for i := range w.Batch {
		w.Contents[i] = w.Batch[i].Entry.Content
	}
	return w, err
}
