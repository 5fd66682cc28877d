package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

type checkCmd struct{}

// Run reads all that is configured, and fails with every fault and its place.
func (checkCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	if _, err := classify.New(cfg.Topics); err != nil {
		return err
	}
	if in.flags.JSON {
		return in.printJSON(map[string]any{
			"ok": true, "topics": topicIDs(cfg.Topics), "sources": len(cfg.Sources),
		})
	}
	_, err = fmt.Fprintf(in.stdout, "ok: %d topics (%s), %d sources\n",
		len(cfg.Topics), strings.Join(topicIDs(cfg.Topics), ", "), len(cfg.Sources))
	return err
}

// healthWait is how long a daemon may take to say that it is well.
const healthWait = 5 * time.Second

type healthCmd struct{}

// Run asks the operator's listener of a running daemon, and fails if it is not well.
func (healthCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(in.ctx, healthWait)
	defer cancel()
	address := cfg.Admin
	if host, port, err := net.SplitHostPort(address); err == nil {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			address = net.JoinHostPort("127.0.0.1", port)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return news.Errorf(news.Unreachable, "no daemon answers at %s: %w", address, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return err
	}
	said := strings.TrimSpace(string(body))
	if resp.StatusCode != http.StatusOK {
		return news.Errorf(news.Unreachable, "the daemon at %s is not well: %s", address, said)
	}
	_, err = fmt.Fprintln(in.stdout, said)
	return err
}
