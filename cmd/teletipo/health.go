package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/teletipo/teletipo/internal/config"
	"github.com/teletipo/teletipo/internal/daemon"
	"github.com/teletipo/teletipo/internal/desk"
	"github.com/teletipo/teletipo/internal/news"
)

// healthWait is how long a daemon may take to say that it is well.
const healthWait = 5 * time.Second

type healthCmd struct{}

// Run asks the daemon of the data directory, and fails if none runs or if it is not well.
func (healthCmd) Run(in *invocation) error {
	cfg, err := in.settings()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(in.ctx, healthWait)
	defer cancel()
	condition, err := conditionOf(ctx, &cfg)
	switch {
	case err != nil:
		return err
	case !condition.Ready:
		return news.Errorf(news.Unreachable, "the daemon of %s is not well: %s", cfg.Data,
			strings.Join(condition.Why, "; "))
	case in.flags.JSON:
		condition.Why = append([]string{}, condition.Why...)
		return in.printJSON(condition)
	case len(condition.Why) > 0:
		fmt.Fprintf(in.stdout, "ok: readers are served, but\n%s\n", strings.Join(condition.Why, "\n"))
	default:
		fmt.Fprintln(in.stdout, "ok")
	}
	if condition.Backup != nil {
		fmt.Fprintf(in.stdout, "last backup %s\n", condition.Backup.Format(time.RFC3339))
	}
	in.printFaults(condition.Faults) // it serves nevertheless
	return nil
}

// conditionOf asks the daemon of a data directory: by its socket or, where none could be made on a
// file system that is read-only, by the operator's listener.
func conditionOf(ctx context.Context, cfg *config.Config) (desk.Condition, error) {
	if client, ok := desk.Dial(ctx, cfg.Data); ok {
		defer client.Close()
		return desk.Health.Ask(ctx, client, desk.None{})
	}
	address := cfg.Admin
	if host, port, err := net.SplitHostPort(address); err == nil {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			address = net.JoinHostPort("127.0.0.1", port)
		}
	}
	none := news.Errorf(news.Unreachable, "no daemon runs with the data directory %s", cfg.Data)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return desk.Condition{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return desk.Condition{}, none
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return desk.Condition{}, err
	}
	if resp.Header.Get(daemon.DataHeader) != daemon.DataName(cfg.Data) {
		return desk.Condition{}, fmt.Errorf("%w; what answers at %s is of another", none, address)
	}
	condition := desk.Condition{Ready: resp.StatusCode == http.StatusOK}
	if said := strings.TrimSpace(string(body)); said != "ok" {
		condition.Why = strings.Split(said, "\n")
	}
	return condition, nil
}
