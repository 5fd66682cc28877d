package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/teletipo/teletipo/internal/lint"
	"github.com/teletipo/teletipo/internal/news"
)

type lintCmd struct {
	What []string `arg:"" name:"feed" help:"Files, addresses, or topics of a running daemon."`
}

// lintWait is how long one answer of a server may take.
const lintWait = 30 * time.Second

// Run judges each feed against the checklist, and fails if one has a fault.
func (c *lintCmd) Run(in *invocation) error {
	client := &http.Client{
		Timeout:   lintWait,
		Transport: &http.Transport{DisableCompression: true, Proxy: http.ProxyFromEnvironment},
	}
	defer client.CloseIdleConnections()
	var reports []lint.Report
	var errs []error
	var addresses []string
	for _, what := range c.What {
		more, err := in.lintAddresses(what)
		if err != nil {
			errs = append(errs, err)
		}
		addresses = append(addresses, more...)
	}
	bar := in.bar("lint", len(addresses))
	defer bar.Close()
	for _, address := range addresses {
		r, err := in.lint(client, address)
		bar.Step()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		reports = append(reports, r)
	}
	bar.Close()
	if err := in.printLint(reports); err != nil {
		return err
	}
	for _, r := range reports {
		if r.Faults > 0 {
			errs = append(errs, news.Errorf(news.Invalid, "%s: %d faults", r.Name, r.Faults))
		}
	}
	return errors.Join(errs...)
}

// lintAddresses lists what a name stands for: itself if it is a file or an address, else the
// documents of a topic.
func (in *invocation) lintAddresses(what string) ([]string, error) {
	if isAddress(what) {
		return []string{what}, nil
	}
	if _, err := os.Stat(what); err == nil {
		return []string{what}, nil
	}
	cfg, err := in.load()
	if err != nil {
		return nil, err
	}
	key := news.ParseFeedKey(what)
	known := append([]string{news.All}, news.TopicIDs(cfg.Topics)...)
	if !slices.Contains(known, key.Topic) {
		return nil, news.Errorf(news.NotFound, "%s is no file, no http(s) address and no topic (%s)",
			what, strings.Join(known, ", "))
	}
	var list []string
	for _, format := range news.Formats {
		list = append(list, cfg.Site.PublicURL+news.FeedPath(key, format))
	}
	return list, nil
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// lint judges one feed.
func (in *invocation) lint(client *http.Client, address string) (lint.Report, error) {
	if isAddress(address) {
		return lint.Probe(in.ctx, client, "teletipo-lint/"+version, address)
	}
	body, err := os.ReadFile(address)
	if err != nil {
		return lint.Report{}, news.Errorf(news.NotFound, "lint: %w", err)
	}
	return lint.Judge(lint.Document{Name: address, Body: body, Asked: time.Now()}), nil
}

// printLint writes reports for a person or, if asked, a program.
func (in *invocation) printLint(reports []lint.Report) error {
	if in.flags.JSON {
		return listed(in, reports)
	}
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(in.stdout)
		}
		if err := writeLint(in.stdout, r); err != nil {
			return err
		}
	}
	return nil
}

// writeLint writes a report as a table, with what does not apply in one line.
func writeLint(w io.Writer, r lint.Report) error {
	fmt.Fprintf(w, "%s (%s)\n", r.Name, cmp.Or(r.Format, lint.Unknown))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var skipped []string
	looked := 0
	for _, line := range r.Lines {
		if line.Result == lint.Skipped {
			skipped = append(skipped, line.Name)
			continue
		}
		looked++
		fmt.Fprintf(table, "  %s\t%s\t%s\n", line.Result, line.Name, line.Text)
		for _, f := range line.Findings {
			fmt.Fprintf(table, "  \t\t→ %s: %s\n", f.Where, f.Message)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%d faults and %d doubts in %d lines; not applicable: %s\n",
		r.Faults, r.Doubts, looked, strings.Join(skipped, " "))
	return err
}
