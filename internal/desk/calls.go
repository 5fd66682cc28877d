package desk

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// The calls.
var (
	// Explain says what every topic makes of an article: of each in a file or at an address, or of
	// a stored one.
	Explain = Call[news.Handed, []news.Explanation]{"/v1/explain", (*Service).explain}
	// Articles lists what is stored, the newest first, without contents.
	Articles = Call[news.Query, []news.Entry]{"/v1/articles", (*Service).articles}
	// Entry returns one article, with its content.
	Entry = Call[news.ID, news.Entry]{"/v1/article", (*Service).entry}
	// History lists the versions of an article, the newest first.
	History = Call[news.ID, []news.Version]{"/v1/history", (*Service).history}
	// Withdraw takes an article back everywhere, for good.
	Withdraw = Call[news.ID, news.Result]{"/v1/withdraw", (*Service).withdraw}
	// GiveBack takes an article's link away from it, so that another can have it.
	GiveBack = Call[news.ID, news.Result]{"/v1/giveback", (*Service).giveBack}
	// Place keeps an editor's decisions about where an article belongs, and takes others back.
	Place = Call[Placing, news.Result]{"/v1/place", (*Service).place}

	// Sources lists every source with its state.
	Sources = Call[None, []news.SourceStatus]{"/v1/sources", (*Service).listSources}
	// Retry has a source, by its id, looked at soon, whatever came of it before. What of it was put
	// aside is read once more; it returns how much that is.
	Retry = Call[string, int]{"/v1/sources/retry", (*Service).retry}
	// Weigh tells what would become of candidates if they were offered now, and stores nothing.
	// What their articles were made of need not be told beyond guid and link.
	Weigh = Call[[]news.Candidate, []news.Result]{"/v1/weigh", (*Service).weigh}

	// Topics tells which topics are in force, and how far the stored articles are placed by them.
	Topics = Call[None, news.TopicsReport]{"/v1/topics", (*Service).topics}
	// ClassifiedBy returns the rules by which the stored articles are placed, none if nobody knows.
	ClassifiedBy = Call[None, []news.Topic]{"/v1/topics/stored", (*Service).classifiedBy}
	// Stored returns stored articles, page by page.
	Stored = Call[Page, StoredPage]{"/v1/stored", (*Service).stored}

	// Reload has the daemon read its configuration again now. It returns what is wrong with it; then
	// the last good one stays in force.
	Reload = Call[None, string]{"/v1/reload", (*Service).reload}
	// Health says how the daemon is.
	Health = Call[None, Condition]{"/v1/health", (*Service).health}

	// Verify looks whether all that is stored is sound.
	Verify = Call[None, news.Verified]{"/v1/verify", (*Service).verify}
	// Retain drops what was kept for as long as the settings say or, if true, only counts it.
	Retain = Call[bool, news.Retained]{"/v1/retain", (*Service).retain}

	// Readers lists who reads the feeds, those that ask most first; Refused if no daemon runs.
	Readers = Call[None, []news.Readership]{"/v1/readers", (*Service).readers}

	// AddToken makes a token that lets a program push into a source.
	AddToken = Call[TokenOrder, NewToken]{"/v1/tokens/add", (*Service).addToken}
	// RevokeToken makes the token of a name worthless at once.
	RevokeToken = Call[string, None]{"/v1/tokens/revoke", (*Service).revokeToken}
	// Tokens lists the tokens by name.
	Tokens = Call[None, []news.Token]{"/v1/tokens", (*Service).listTokens}

	// See Ingest and WithdrawSource.
	ingestCall         = Call[news.Handed, report]{"/v1/ingest", (*Service).ingest}
	withdrawSourceCall = "/v1/withdraw/source" // withdrawal → lines of withdrawn
)

// Condition is how a daemon is.
type Condition struct {
	Ready  bool     `json:"ready"`            // it serves its readers
	Public string   `json:"public,omitempty"` // where on this machine, as http://127.0.0.1:8080
	Why    []string `json:"why"`              // it does not, or what else does not work
	Faults string   `json:"faults,omitempty"` // of the configuration that is not in force
	// Backup is when the newest backup that is known of was made.
	Backup *time.Time `json:"backup,omitempty"`
}

// Placing is what an editor orders.
type Placing struct {
	ID        news.ID         `json:"id"`
	Decisions []news.Decision `json:"decisions,omitempty"` // about topics that are in force
	Reset     []string        `json:"reset,omitempty"`     // topics that the rules decide again
}

// Page asks for stored articles.
type Page struct {
	After uint64 `json:"after"` // a key: those that follow it
	Most  int    `json:"most"`  // articles; at most 1,000 are given at once
}

// StoredPage is some stored articles, with their contents.
type StoredPage struct {
	Batch []news.Stored `json:"batch"`
	Last  uint64        `json:"last"` // the key that it has come to: Page.After if none follows
}

// TokenOrder asks for a token.
type TokenOrder struct {
	Name   string `json:"name"`
	Source string `json:"source"` // of kind push
	// Pages are the sources of whose sites it may hand in pages; it does nothing else then.
	Pages []string `json:"pages,omitempty"`
}

// NewToken is a token with its secret, which is told once.
type NewToken struct {
	news.Token
	Secret string `json:"secret"`
}

// Handler has a service answer every call.
func Handler(log *slog.Logger, s *Service) http.Handler {
	mux := http.NewServeMux()
	for _, c := range []interface {
		serve(mux *http.ServeMux, log *slog.Logger, s *Service)
	}{
		&Explain, &Articles, &Entry, &History, &Withdraw, &GiveBack, &Place, &Sources, &Retry, &Weigh,
		&Topics, &ClassifiedBy, &Stored, &Reload, &Health, &Readers, &AddToken, &RevokeToken,
		&Tokens, &Retain, &ingestCall, &Verify,
	} {
		c.serve(mux, log, s)
	}
	mux.Handle("POST "+withdrawSourceCall, withdrawSource(log, s))
	mux.Handle("POST "+backupCall, answerBackup(log, s))
	return mux
}

// Ingest reads what is handed over now, once. Its report is valid also beside an error.
func Ingest(ctx context.Context, d *Desk, handed news.Handed) (news.Report, error) {
	r, err := ingestCall.Ask(ctx, d, handed)
	if err != nil {
		return news.Report{}, err
	}
	return r.news()
}

// report is a report on its way, with the error that came beside it.
type report struct {
	Source      string        `json:"source"`
	NotModified bool          `json:"not_modified,omitempty"`
	Documents   int           `json:"documents"`
	Bytes       int64         `json:"bytes"`
	Later       int           `json:"later,omitempty"`
	Results     []news.Result `json:"results"`
	Faults      []*problem    `json:"faults,omitempty"`
	Problem     *problem      `json:"problem,omitempty"`
	Way         *news.Way     `json:"way,omitempty"`
}

func reportOf(r news.Report, err error) report {
	out := report{
		Source: r.Source, NotModified: r.NotModified, Documents: r.Documents, Bytes: r.Bytes,
		Later: r.Later, Results: r.Results, Problem: problemOf(err), Way: r.Way,
	}
	for _, fault := range r.Faults {
		out.Faults = append(out.Faults, problemOf(fault))
	}
	return out
}

func (r *report) news() (news.Report, error) {
	out := news.Report{
		Source: r.Source, NotModified: r.NotModified, Documents: r.Documents, Bytes: r.Bytes,
		Later: r.Later, Results: r.Results, Way: r.Way,
	}
	for _, fault := range r.Faults {
		out.Faults = append(out.Faults, fault.err())
	}
	return out, r.Problem.err()
}
