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
	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

type checkCmd struct{}

// Run reads all that is configured, and fails with every fault and its place.
func (checkCmd) Run(in *invocation) error {
	cfg, err := in.load()
	if err != nil {
		return err
	}
	if in.flags.JSON {
		return in.printJSON(map[string]any{
			"ok": true, "topics": news.TopicIDs(cfg.Topics), "sources": len(cfg.Sources),
		})
	}
	_, err = fmt.Fprintf(in.stdout, "ok: %d topics (%s), %d sources\n",
		len(cfg.Topics), strings.Join(news.TopicIDs(cfg.Topics), ", "), len(cfg.Sources))
	return err
}

// compileFaults tells what in topics only classify can tell.
func compileFaults(topics []news.Topic) []config.TopicFault {
	var faults []config.TopicFault
	for _, f := range classify.Check(topics) {
		faults = append(faults, config.TopicFault{
			Topic: f.Topic, Where: f.Where, Message: f.Message,
		})
	}
	return faults
}

// healthWait is how long a daemon may take to say that it is well.
const healthWait = 5 * time.Second

type healthCmd struct{}

// Run asks the operator's listener of a running daemon, and fails if it is not well.
func (healthCmd) Run(in *invocation) error {
	cfg, err := in.settings()
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
	fmt.Fprintln(in.stdout, said)
	if client, ok := desk.Dial(ctx, cfg.Data); ok {
		defer client.Close()
		if report, err := desk.Topics.Ask(ctx, client, desk.None{}); err == nil {
			in.printFaults(report.Faults) // it serves nevertheless
		}
	}
	return nil
}
