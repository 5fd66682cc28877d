package ingest

import (
	"fmt"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Revive takes up sources again whose server said 410 at an address that they no longer have.
func Revive(polls Polls, sources []news.Source) error {
	for _, src := range sources {
		st, err := polls.State(src.ID)
		if err == nil && !st.Retired.IsZero() && st.RetiredURL != src.URL {
			st.Retired, st.RetiredURL, st.Failures, st.Error = time.Time{}, "", 0, ""
			err = polls.Save(src.ID, st)
		}
		if err != nil {
			return fmt.Errorf("source %s: %w", src.ID, err)
		}
	}
	return nil
}
