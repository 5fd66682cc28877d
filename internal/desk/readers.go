package desk

import (
	"context"

	"github.com/teletipo/teletipo/internal/news"
)

// Counts knows who reads the feeds.
type Counts interface {
	Readers() []news.Readership
}

// Count tells the desk of who serves readers from now on. It is called before the desk is asked
// anything.
func (s *Service) Count(counts Counts) { s.counts = counts }

// Readers lists who reads the feeds. The error is Refused if this process serves no readers.
func (s *Service) Readers(context.Context) ([]news.Readership, error) {
	if s.counts == nil {
		return nil, news.Errorf(news.Refused,
			"only a running daemon knows its readers: start it with `teletipo serve`")
	}
	return s.counts.Readers(), nil
}

// Readers has the daemon list who reads its feeds.
func (c *Client) Readers(ctx context.Context) (list []news.Readership, err error) {
	err = c.post(ctx, pathReaders, struct{}{}, &list)
	return list, err
}
