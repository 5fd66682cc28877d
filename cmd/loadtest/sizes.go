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
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/store"
)

// batch is how many articles one ingest brings.
const batch = 50

// runSizes fills a store with so many articles for each size, closes it, and then times ingests
// of 50 new ones into each of them in turn, so that what else the machine does meets all alike.
func (s *settings) runSizes(ctx context.Context, stdout io.Writer) error {
	dir, remove, err := s.directory()
	if err != nil {
		return err
	}
	defer remove()
	var stores []*store.Store
	defer func() {
		for _, st := range stores {
			st.Close()
		}
	}()
	var sizes []int
	for size := range strings.SplitSeq(s.sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			return fmt.Errorf("-sizes: %w", err)
		}
		st, err := filled(ctx, stdout, filepath.Join(dir, size), n)
		if err != nil {
			return err
		}
		stores, sizes = append(stores, st), append(sizes, n)
	}
	const rounds = 40
	spent := make([][]cost, len(stores))
	for round := range rounds {
		for i, st := range stores {
			candidates := madeUp(sizes[i]+round*batch, batch)
			c, err := measure(func() error {
				_, err := st.Accept(ctx, candidates)
				return err
			})
			if err != nil {
				return err
			}
			spent[i] = append(spent[i], c)
		}
	}
	var base cost
	for i, costs := range spent {
		c := median(costs)
		if i == 0 {
			base = c
		}
		fmt.Fprintf(stdout, "%9d articles: %d more take %6.2f ms wall, %6.2f ms CPU; %.2f× and %.2f×\n",
			sizes[i], batch, ms(c.wall), ms(c.cpu), ms(c.wall)/ms(base.wall), ms(c.cpu)/ms(base.cpu))
	}
	return nil
}

// median takes the middle of the times, of each kind by itself: others use this machine too.
func median(costs []cost) cost {
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.wall, b.wall) })
	wall := costs[len(costs)/2].wall
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.cpu, b.cpu) })
	return cost{wall, costs[len(costs)/2].cpu}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// filled opens a store with n articles in it.
func filled(ctx context.Context, stdout io.Writer, dir string, n int) (*store.Store, error) {
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
	fmt.Fprintf(stdout, "%9d articles stored in %s\n", n, time.Since(start).Round(time.Second))
	return store.Open(log, dir, store.Options{})
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
