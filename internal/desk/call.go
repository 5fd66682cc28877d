package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
)

// Call is something that can be asked or ordered at a desk. Over the socket it is a POST of the
// request as JSON to its path, answered with the answer as JSON, or with a problem and the HTTP
// status of its kind.
type Call[In, Out any] struct {
	path string
	do   func(*Service, context.Context, In) (Out, error)
}

// None is the request or the answer of a call that has none.
type None struct{}

// Ask makes the call. The error has the kind and the text that the desk's own had; it is
// Unreachable if the daemon does not answer.
func (c *Call[In, Out]) Ask(ctx context.Context, d *Desk, in In) (out Out, err error) {
	err = d.post(ctx, c.path, in, func(answer io.Reader) error {
		if err := json.NewDecoder(answer).Decode(&out); err != nil {
			return fmt.Errorf("answer of the running daemon: %w", err)
		}
		return nil
	})
	return out, err
}

// serve has a service answer the call.
func (c *Call[In, Out]) serve(mux *http.ServeMux, log *slog.Logger, s *Service) {
	mux.Handle("POST "+c.path, handle(log,
		func(w http.ResponseWriter, r *http.Request, in In) error {
			out, err := c.do(s, r.Context(), in)
			if err != nil {
				return writeProblem(w, err)
			}
			return writeJSON(w, http.StatusOK, out)
		}))
}

// handle makes a handler of a function that takes the request as a value and answers it. Its error
// says that the answer did not arrive.
func handle[In any](
	log *slog.Logger, answer func(http.ResponseWriter, *http.Request, In) error,
) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		err := readJSON(w, r, &in)
		if err != nil {
			err = writeProblem(w, err)
		} else {
			err = answer(w, r, in)
		}
		if err != nil {
			log.Debug("operator call not answered", "path", r.URL.Path, "error", err)
		}
	}
}

// post sends a request to a path, and has its answer read unless it is a problem.
func (d *Desk) post(
	ctx context.Context, path string, in any, read func(answer io.Reader) error,
) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://teletipo"+path,
		bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := d.http.Do(req)
	if err != nil {
		return news.Errorf(news.Unreachable, "the running daemon does not answer: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return read(resp.Body)
	}
	var p problem
	if err := json.NewDecoder(resp.Body).Decode(&p); err != nil {
		return news.Errorf(news.Internal,
			"the running daemon answered %s; is it another version?", resp.Status)
	}
	return p.err()
}

// mostBody bounds a request: the largest file that may be handed over, in base64, and some room.
const mostBody = 32 << 20

// problem is an error on its way.
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

// writeProblem answers with an error.
func writeProblem(w http.ResponseWriter, err error) error {
	return writeJSON(w, news.KindOf(err).HTTPStatus(), problemOf(err))
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
