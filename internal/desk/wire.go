package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
)

// The operator API: JSON over HTTP. Every call is a POST of a request below that answers with the
// named value, or with a problem and the status of its kind.
const (
	pathIngest   = "/v1/ingest"   // news.Handed → reportWire
	pathExplain  = "/v1/explain"  // news.Handed → []news.Explanation
	pathArticles = "/v1/articles" // news.Query → []news.Entry
	pathHistory  = "/v1/history"  // news.ID → []news.Version
	pathWithdraw = "/v1/withdraw" // news.ID → news.Result
	pathSources  = "/v1/sources"  // null → []news.SourceStatus
	pathReaders  = "/v1/readers"  // null → []news.Readership
	pathWeigh    = "/v1/weigh"    // weighing → []news.Result

	pathWithdrawSource = "/v1/withdraw/source" // withdrawal → lines of withdrawn

	pathTokens      = "/v1/tokens"        // null → []news.Token
	pathTokenAdd    = "/v1/tokens/add"    // tokenOrder → NewToken
	pathTokenRevoke = "/v1/tokens/revoke" // name → nothing
)

// mostBody bounds a request: the largest file that may be handed over, in base64, and some room.
const mostBody = 32 << 20

// problem is an error on its way through the socket.
type problem struct {
	Kind    news.Kind `json:"kind"`
	Message string    `json:"message"`
}

func problemOf(err error) *problem {
	if err == nil {
		return nil
	}
	return &problem{Kind: news.KindOf(err), Message: err.Error()}
}

func (p *problem) err() error {
	if p == nil {
		return nil
	}
	return &news.Error{Kind: p.Kind, Err: errors.New(p.Message)}
}

// reportWire is a report, and the error that came beside it.
type reportWire struct {
	Source      string        `json:"source"`
	NotModified bool          `json:"not_modified,omitempty"`
	Documents   int           `json:"documents"`
	Bytes       int64         `json:"bytes"`
	Later       int           `json:"later,omitempty"`
	Results     []news.Result `json:"results"`
	Faults      []*problem    `json:"faults,omitempty"`
	Problem     *problem      `json:"problem,omitempty"`
}

func toWire(r news.Report, err error) reportWire {
	w := reportWire{
		Source: r.Source, NotModified: r.NotModified, Documents: r.Documents, Bytes: r.Bytes,
		Later: r.Later, Results: r.Results, Problem: problemOf(err),
	}
	for _, fault := range r.Faults {
		w.Faults = append(w.Faults, problemOf(fault))
	}
	return w
}

func (w *reportWire) report() (news.Report, error) {
	r := news.Report{
		Source: w.Source, NotModified: w.NotModified, Documents: w.Documents, Bytes: w.Bytes,
		Later: w.Later, Results: w.Results,
	}
	for _, fault := range w.Faults {
		r.Faults = append(r.Faults, fault.err())
	}
	return r, w.Problem.err()
}

// readJSON reads one JSON value of bounded size from a request.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	body := http.MaxBytesReader(w, r.Body, mostBody)
	if err := json.NewDecoder(body).Decode(into); err != nil {
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return news.Errorf(news.TooLarge, "the request is larger than %d bytes", tooLarge.Limit)
		}
		return news.Errorf(news.Invalid, "the request is not the JSON that %s takes: %w",
			r.URL.Path, err)
	}
	return nil
}

// writeJSON answers with a value.
func writeJSON(w http.ResponseWriter, status int, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(encoded)
	return err
}
