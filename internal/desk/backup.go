package desk

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

const backupCall = "/v1/backup" // None → the file

// stalled is how long who takes a backup may take nothing: the store grows as long as it is read.
const stalled = time.Minute

// Backup writes a backup of the data directory. Whether it is whole, its end says.
func Backup(ctx context.Context, d *Desk, to io.Writer) error {
	return d.post(ctx, backupCall, None{}, func(body io.Reader) error {
		_, err := io.Copy(to, body)
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return news.Errorf(news.Unreachable, "the backup broke off: %w", err)
		}
		return nil
	})
}

// answerBackup answers Backup.
func answerBackup(log *slog.Logger, s *Service) http.HandlerFunc {
	return handle(log, func(w http.ResponseWriter, r *http.Request, _ None) error {
		w.Header().Set("Content-Type", "application/zstd")
		to := &patient{ResponseWriter: w, control: http.NewResponseController(w)}
		err := s.Backup(r.Context(), to)
		if err != nil && !to.begun {
			return writeProblem(w, err)
		}
		return err
	})
}

// patient is an answer whose reader must go on taking it.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	begun   bool
}

// Write writes on. In this process there are no deadlines, and no need.
func (p *patient) Write(b []byte) (int, error) {
	p.begun = true
	_ = p.control.SetWriteDeadline(time.Now().Add(stalled))
	return p.ResponseWriter.Write(b)
}
