package desk

import (
	"context"

	"github.com/teletipo/teletipo/internal/news"
)

// weighing is candidates on their way through the socket: an article's own form leaves out its
// content.
type weighing struct {
	Candidates []news.Candidate `json:"candidates"`
	Contents   []string         `json:"contents"` // of the candidates, in their order
}

// Weigh has the daemon tell what would become of candidates.
func (c *Client) Weigh(
	ctx context.Context, candidates []news.Candidate,
) (results []news.Result, err error) {
	w := weighing{Contents: make([]string, len(candidates))}
	for i, candidate := range candidates {
		w.Contents[i] = candidate.Article.Content
		// What it was made of decides nothing, and can be large.
		candidate.Item = news.Item{GUID: candidate.Item.GUID, URL: candidate.Item.URL}
		w.Candidates = append(w.Candidates, candidate)
	}
	err = c.post(ctx, pathWeigh, w, &results)
	return results, err
}

// weigh answers a Client's Weigh.
func weigh(ctx context.Context, d Desk, w weighing) ([]news.Result, error) {
	if len(w.Contents) != len(w.Candidates) {
		return nil, news.Errorf(news.Invalid, "%d contents of %d candidates",
			len(w.Contents), len(w.Candidates))
	}
	for i, content := range w.Contents {
		w.Candidates[i].Article.Content = content
	}
	return d.Weigh(ctx, w.Candidates)
}

// Weigh tells what would become of candidates.
func (s *Service) Weigh(
	_ context.Context, candidates []news.Candidate,
) ([]news.Result, error) {
	return s.archive.Weigh(candidates)
}
