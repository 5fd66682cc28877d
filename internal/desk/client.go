package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/teletipo/teletipo/internal/news"
)

// Client is the Desk of a daemon, reached through its socket.
type Client struct {
	http http.Client
}

// Dial connects to the daemon of a data directory. If none listens there, ok is false and the
// caller may open the directory itself.
func Dial(ctx context.Context, dataDir string) (client *Client, ok bool) {
	path, err := SocketPath(dataDir)
	if err != nil {
		return nil, false
	}
	if checkPrivate(path) != nil {
		return nil, false
	}
	var dialer net.Dialer
	probe, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, false
	}
	probe.Close()
	return &Client{http: http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", path)
		},
	}}}, true
}

// Close gives up the connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Ingest has the daemon read what is handed over.
func (c *Client) Ingest(ctx context.Context, handed news.Handed) (news.Report, error) {
	var w reportWire
	if err := c.post(ctx, pathIngest, handed, &w); err != nil {
		return news.Report{}, err
	}
	return w.report()
}

// Explain has the daemon explain.
func (c *Client) Explain(
	ctx context.Context, handed news.Handed,
) (explanations []news.Explanation, err error) {
	err = c.post(ctx, pathExplain, handed, &explanations)
	return explanations, err
}

// Articles lists what the daemon has stored.
func (c *Client) Articles(
	ctx context.Context, q news.Query,
) (entries []news.Entry, err error) {
	err = c.post(ctx, pathArticles, q, &entries)
	return entries, err
}

// History has the daemon list an article's versions.
func (c *Client) History(ctx context.Context, id news.ID) (versions []news.Version, err error) {
	err = c.post(ctx, pathHistory, id, &versions)
	return versions, err
}

// Withdraw has the daemon take an article back.
func (c *Client) Withdraw(ctx context.Context, id news.ID) (result news.Result, err error) {
	err = c.post(ctx, pathWithdraw, id, &result)
	return result, err
}

// Sources lists the daemon's sources.
func (c *Client) Sources(ctx context.Context) (list []news.SourceStatus, err error) {
	err = c.post(ctx, pathSources, struct{}{}, &list)
	return list, err
}

// post makes one call that is answered with one value.
func (c *Client) post(ctx context.Context, path string, in, out any) error {
	return c.send(ctx, path, in, func(answer io.Reader) error {
		if err := json.NewDecoder(answer).Decode(out); err != nil {
			return fmt.Errorf("answer of the running daemon: %w", err)
		}
		return nil
	})
}

// send makes one call, and has its answer read unless it is a problem.
func (c *Client) send(
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
	resp, err := c.http.Do(req)
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
