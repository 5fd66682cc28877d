package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
)

// withdrawal orders that all articles of a source are withdrawn.
type withdrawal struct {
	Source string `json:"source"`
	Dry    bool   `json:"dry,omitempty"`
}

// withdrawn is a line of the answer to a withdrawal: a result, or, on the last one, how many there
// were and what broke it off.
type withdrawn struct {
	Result  *news.Result `json:"result,omitempty"`
	Count   *int         `json:"count,omitempty"`
	Problem *problem     `json:"problem,omitempty"`
}

// WithdrawSource takes all articles of a source back, and tells each as it is done; a dry run
// tells which it would be. The count is of those told, also beside an error: what was told before
// the connection broke stays done.
func WithdrawSource(
	ctx context.Context, d *Desk, source string, dry bool, each func(news.Result),
) (n int, err error) {
	broken := func(err error) error {
		return news.Errorf(news.Unreachable, "the running daemon broke off its answer: %w; "+
			"what it told of is done, order it again for the rest", err)
	}
	err = d.post(ctx, withdrawSourceCall, withdrawal{source, dry}, func(body io.Reader) error {
		lines := json.NewDecoder(bufio.NewReader(body))
		for {
			var w withdrawn
			switch err := lines.Decode(&w); {
			case err != nil && ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				return broken(err)
			case w.Result != nil:
				n++
				each(*w.Result)
			case w.Count != nil:
				n = *w.Count
				return w.Problem.err()
			default:
				return broken(fmt.Errorf("a line of it says nothing"))
			}
		}
	})
	return n, err
}

// withdrawSource answers WithdrawSource line by line, so that it can tell how far it is.
func withdrawSource(log *slog.Logger, s *Service) http.HandlerFunc {
	return handle(log, func(w http.ResponseWriter, r *http.Request, order withdrawal) error {
		w.Header().Set("Content-Type", "application/x-ndjson")
		lines := json.NewEncoder(w)
		n, err := s.Archive.WithdrawSource(r.Context(), order.Source, order.Dry,
			func(result news.Result) {
				lines.Encode(withdrawn{Result: &result}) // who does not listen shows at the last line
			})
		if err := lines.Encode(withdrawn{Count: &n, Problem: problemOf(err)}); err != nil {
			return err
		}
		return http.NewResponseController(w).Flush()
	})
}
