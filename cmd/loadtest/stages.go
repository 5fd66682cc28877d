package main

import (
	"context"
	"fmt"
	"io"

	"github.com/teletipo/teletipo/internal/clean"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/parse"
)

// runStages takes every document through the stages one after the other, each alone, and tells
// what each cost. The documents are read in batches, so that memory stays bounded.
func (s *settings) runStages(ctx context.Context, stdout io.Writer) error {
	stop, err := s.startFixture(ctx)
	if err != nil {
		return err
	}
	defer stop()
	addresses, err := s.addresses(ctx)
	if err != nil {
		return err
	}
	d, closeDesk, err := s.openDesk(ctx)
	if err != nil {
		return err
	}
	defer closeDesk()
	b := &bench{desk: d, cleaner: clean.New(), costs: map[string]cost{}}
	for _, src := range sourcesOf(addresses) {
		if err := b.source(ctx, src); err != nil {
			return err
		}
	}
	fresh := d.NewPublisher()
	if err := b.stage("publish", func() error { return fresh.Start(ctx) }); err != nil {
		return err
	}
	for _, name := range []string{"fetch", "parse", "clean", "classify", "store", "publish"} {
		c := b.costs[name]
		fmt.Fprintf(stdout, "%-9s %s  %6.0f µs CPU an article\n", name, c,
			float64(c.cpu.Microseconds())/float64(max(1, b.articles)))
	}
	fmt.Fprintf(stdout, "%d articles, %.0f MB of documents\n", b.articles, float64(b.bytes)/1e6)
	return nil
}

// bench adds up what stages cost.
type bench struct {
	*desk
	cleaner  *clean.Cleaner
	costs    map[string]cost
	articles int
	bytes    int64
}

func (b *bench) stage(name string, f func() error) error {
	spent, err := measure(f)
	c := b.costs[name]
	b.costs[name] = cost{c.wall + spent.wall, c.cpu + spent.cpu}
	return err
}

// source takes one feed through every stage.
func (b *bench) source(ctx context.Context, src news.Source) error {
	var resp news.Response
	err := b.stage("fetch", func() (err error) {
		resp, err = b.Fetcher.Fetch(ctx, news.Request{URL: src.URL})
		return err
	})
	if err != nil {
		return err
	}
	b.bytes += int64(len(resp.Document.Body))
	var items []news.Item
	err = b.stage("parse", func() (err error) {
		items, _, err = parse.Parse(resp.Document)
		return err
	})
	if err != nil {
		return err
	}
	candidates := make([]news.Candidate, len(items))
	texts := make([][]news.Passage, len(items))
	err = b.stage("clean", func() (err error) {
		for i, item := range items {
			candidates[i].Item = item
			candidates[i].Article, texts[i], err = b.cleaner.Clean(item, src, resp.Document.Time)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.articles += len(items)
	if err := b.stage("classify", func() error {
		for i := range candidates {
			a := candidates[i].Article
			candidates[i].Placements = b.InForce.Rules().Place(a, nil, texts[i])
		}
		return nil
	}); err != nil {
		return err
	}
	return b.stage("store", func() error {
		_, err := b.Store.Accept(ctx, candidates)
		return err
	})
}
