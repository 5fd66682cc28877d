package desk

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
)

// Handler serves a desk to Clients.
func Handler(log *slog.Logger, d Desk) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST "+pathIngest, call(log,
		func(ctx context.Context, handed news.Handed) (reportWire, error) {
			return toWire(d.Ingest(ctx, handed)), nil
		}))
	mux.Handle("POST "+pathExplain, call(log, d.Explain))
	mux.Handle("POST "+pathArticles, call(log, d.Articles))
	mux.Handle("POST "+pathHistory, call(log, d.History))
	mux.Handle("POST "+pathWithdraw, call(log, d.Withdraw))
	mux.Handle("POST "+pathWithdrawSource, withdrawSource(log, d))
	editorial(mux, log, d)
	mux.Handle("POST "+pathSources, call(log,
		func(ctx context.Context, _ struct{}) ([]news.SourceStatus, error) {
			return d.Sources(ctx)
		}))
	mux.Handle("POST "+pathReaders, call(log,
		func(ctx context.Context, _ struct{}) ([]news.Readership, error) {
			return d.Readers(ctx)
		}))
	mux.Handle("POST "+pathWeigh, call(log,
		func(ctx context.Context, w weighing) ([]news.Result, error) { return weigh(ctx, d, w) }))
	mux.Handle("POST "+pathTokenAdd, call(log,
		func(ctx context.Context, o tokenOrder) (NewToken, error) {
			return d.AddToken(ctx, o.Name, o.Source)
		}))
	mux.Handle("POST "+pathTokenRevoke, call(log,
		func(ctx context.Context, name string) (struct{}, error) {
			return struct{}{}, d.RevokeToken(ctx, name)
		}))
	mux.Handle("POST "+pathTokens, call(log,
		func(ctx context.Context, _ struct{}) ([]news.Token, error) { return d.Tokens(ctx) }))
	return mux
}

// call makes a handler of a function from one JSON value to another.
func call[In, Out any](
	log *slog.Logger, f func(context.Context, In) (Out, error),
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		var out Out
		err := readJSON(w, r, &in)
		if err == nil {
			out, err = f(r.Context(), in)
		}
		if err != nil {
			err = writeJSON(w, news.KindOf(err).HTTPStatus(), problemOf(err))
		} else {
			err = writeJSON(w, http.StatusOK, out)
		}
		if err != nil {
			log.Debug("operator call not answered", "path", r.URL.Path, "error", err)
		}
	}
}
