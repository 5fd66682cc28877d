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

// WithdrawSource takes all articles of a source back.
func (s *Service) WithdrawSource(
	ctx context.Context, source string, dry bool, each func(news.Result),
) (int, error) {
	return s.archive.WithdrawSource(ctx, source, dry, each)
}

// WithdrawSource has the daemon take all articles of a source back. What it took back before the
// connection broke stays so.
func (c *Client) WithdrawSource(
	ctx context.Context, source string, dry bool, each func(news.Result),
) (n int, err error) {
	broken := func(err error) error {
		return news.Errorf(news.Unreachable, "the running daemon broke off its answer: %w; "+
			"what it told of is done, order it again for the rest", err)
	}
	err = c.send(ctx, pathWithdrawSource, withdrawal{source, dry}, func(body io.Reader) error {
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

// withdrawSource answers a Client's WithdrawSource line by line, so that it can tell how far it is.
func withdrawSource(log *slog.Logger, d Desk) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var order withdrawal
		if err := readJSON(w, r, &order); err != nil {
			if err := writeJSON(w, news.KindOf(err).HTTPStatus(), problemOf(err)); err != nil {
				log.Debug("operator call not answered", "path", r.URL.Path, "error", err)
			}
			return
		}
		w.Header().Set("Content-Type", "application/x-ndjson")
		lines := json.NewEncoder(w)
		answer := http.NewResponseController(w)
		n, err := d.WithdrawSource(r.Context(), order.Source, order.Dry, func(result news.Result) {
			lines.Encode(withdrawn{Result: &result}) // who does not listen shows at the last line
		})
		err = lines.Encode(withdrawn{Count: &n, Problem: problemOf(err)})
		if err == nil {
			err = answer.Flush()
		}
		if err != nil {
			log.Debug("operator call not answered", "path", r.URL.Path, "error", err)
		}
	}
}
