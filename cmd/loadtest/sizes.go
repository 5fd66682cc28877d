package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/ingest"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// batch is how many articles one ingest brings; so many ingests are timed, after a few that show a
// store that was just opened what a running daemon has seen long since.
const (
	batch  = 50
	warmUp = 10
	rounds = 40
)

// sized is a store with so many articles in it, and what ingests into it took.
type sized struct {
	*store.Store
	size        int
	flow        *ingest.Flow
	alone, flew []cost // by the store alone, and by the whole flow but for fetching
}

// runSizes fills a store with so many articles for each size, closes it, and then times ingests
// of 50 new ones into each of them in turn, so that what else the machine does meets all alike.
func (s *settings) runSizes(ctx context.Context, stdout io.Writer) (err error) {
	dir, remove, err := s.directory()
	if err != nil {
		return err
	}
	defer remove()
	var stores []*sized
	defer func() {
		for _, st := range stores {
			err = errors.Join(err, st.Close())
		}
	}()
	for size := range strings.SplitSeq(s.sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return fmt.Errorf("-sizes: %w", err)
		}
		st, err := filled(ctx, stdout, filepath.Join(dir, size), n)
		if err != nil {
			return err
		}
		stores = append(stores, st)
	}
	f := &fixture{feeds: 1, items: batch, addr: s.addr}
	for round := range warmUp + rounds {
		doc := news.Document{
			URL: "http://" + s.addr + "/feed/1", MediaType: "application/rss+xml",
			Body: f.document(1, (round+1)*batch), Time: newestDate,
		}
		for _, st := range stores {
			if err := st.round(ctx, round, doc); err != nil {
				return err
			}
		}
	}
	tellSizes(stdout, stores)
	return nil
}

// round times one ingest of each way.
func (st *sized) round(ctx context.Context, round int, doc news.Document) error {
	candidates := madeUp(st.size+round*batch, batch)
	alone, err := measure(func() error {
		_, err := st.Accept(ctx, candidates)
		return err
	})
	if err != nil {
		return err
	}
	src := news.Source{ID: "load", Kind: news.KindFeed, URL: doc.URL, Rights: news.Excerpt}
	flew, err := measure(func() error {
		report, err := st.flow.Take(ctx, src, doc)
		if n := report.Count(news.Accepted); err == nil && n != batch {
			err = fmt.Errorf("%d of %d articles were new", n, batch)
		}
		return err
	})
	if err == nil && round >= warmUp {
		st.alone, st.flew = append(st.alone, alone), append(st.flew, flew)
	}
	return err
}

// tellSizes prints a line for each store, with how many times as long as for the first it took.
func tellSizes(stdout io.Writer, stores []*sized) {
	for _, st := range stores {
		fmt.Fprintf(stdout, "%9d articles, %d more:", st.size, batch)
		for _, way := range []struct {
			name        string
			costs, base []cost
		}{
			{"store alone", st.alone, stores[0].alone},
			{"parsed, cleaned, placed and stored", st.flew, stores[0].flew},
		} {
			c, base := median(way.costs), median(way.base)
			fmt.Fprintf(stdout, "  %s %.2f ms wall (%.2f×), %.2f ms CPU (%.2f×)", way.name,
				ms(c.wall), ms(c.wall)/ms(base.wall), ms(c.cpu), ms(c.cpu)/ms(base.cpu))
		}
		fmt.Fprintln(stdout)
	}
}

// median takes the middle of the times, of each kind by itself: others use this machine too.
func median(costs []cost) cost {
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.wall, b.wall) })
	wall := costs[len(costs)/2].wall
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.cpu, b.cpu) })
	return cost{wall, costs[len(costs)/2].cpu}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// filled opens a store with n articles in it, all of them on the disk: writing them there while
// ingests are timed would hold up the larger store alone.
func filled(ctx context.Context, stdout io.Writer, dir string, n int) (*sized, error) {
	log := slog.New(slog.DiscardHandler)
	st, err := store.Open(log, dir, store.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	start := time.Now()
	for i := 0; i < n && err == nil; i += 1000 {
		_, err = st.Accept(ctx, madeUp(i, min(1000, n-i)))
	}
	if err := errors.Join(err, st.Close()); err != nil {
		return nil, err
	}
	syscall.Sync()
	fmt.Fprintf(stdout, "%9d articles stored in %s\n", n, time.Since(start).Round(time.Second))
	if st, err = store.Open(log, dir, store.Options{}); err != nil {
		return nil, err
	}
	cfg, err := builtIn(dir)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	rules, err := classify.Compile("loadtest", cfg.Topics, cfg.Sources)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	flow := ingest.New(ingest.Parts{
		Log: log, Archive: st, InForce: classify.Enforce(rules), Now: time.Now,
	})
	return &sized{Store: st, size: n, flow: flow}, nil
}

// madeUp is n articles from number first on, each in a topic.
func madeUp(first, n int) []news.Candidate {
	candidates := make([]news.Candidate, n)
	for i := range candidates {
		k := first + i
		source, guid := fmt.Sprintf("load-%d", k/batch%200), fmt.Sprintf("guid-%d", k)
		a := news.Article{
			ID: news.MintID(source, guid), Source: source, GUID: guid, Lang: "en",
			URL: fmt.Sprintf("https://load.example/%d/%d", k/batch, k), Rights: news.Excerpt,
			Title: fmt.Sprintf("Council meets for the %d. time", k), Summary: "It rose late.",
			Content:     "<p>" + strings.Repeat("The council met and rose late. ", 10) + "</p>",
			Published:   newestDate.Add(time.Duration(k) * time.Second),
			Fingerprint: fmt.Sprintf("%032x", k),
		}
		candidates[i] = news.Candidate{
			Article: a, Item: news.Item{GUID: guid, URL: a.URL, Title: a.Title, Content: a.Content},
			Placements: []news.Placement{{Topic: fmt.Sprintf("topic-%d", k%8), Score: 9, Threshold: 6}},
		}
	}
	return candidates
}
