package daemon

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/publish"
	"github.com/teletipo/teletipo/internal/store"
)

var damages = flag.Int("damage", 3,
	"at how many places TestDamage damages a store, in each of its ways")

// What a damaged store has come to. Anything else fails the test.
const (
	right   = "served right"
	leftOut = "left out, with a report"
	refused = "refused, with a clear word"
)

// ways are the ways in which a file is damaged at an offset.
var ways = map[string]func(file []byte, offset int, r *rand.Rand) []byte{
	"flip a bit": func(file []byte, offset int, r *rand.Rand) []byte {
		file[offset] ^= 1 << r.IntN(8)
		return file
	},
	"zero a page": func(file []byte, offset int, _ *rand.Rand) []byte {
		page := os.Getpagesize()
		clear(file[offset/page*page:][:page])
		return file
	},
	"cut": func(file []byte, offset int, _ *rand.Rand) []byte { return file[:offset] },
}

const damagedArticles = 150

// anHourAgo is when everything is stored, so that no edition waits for its stamp.
func anHourAgo() time.Time { return time.Now().Add(-time.Hour) }

// damagedPiece is an article of which every part can be told from its number.
func damagedPiece(i int) news.Candidate {
	guid := fmt.Sprintf("story-%03d", i)
	title := fmt.Sprintf("Report %d of the border", i)
	a := news.Article{
		ID: news.MintID("wire", guid), Source: "wire", GUID: guid,
		URL: "https://wire.example/" + guid, Title: title, Summary: "In short: " + title,
		Content: strings.Repeat("<p>"+title+", at length.</p>", 1+i*i%200), Lang: []string{"en", "es"}[i%2],
		Rights: news.Full, Published: time.Now().Add(-2 * time.Hour).UTC().Truncate(time.Second),
		Fingerprint: guid,
	}
	return news.Candidate{
		Item: news.Item{GUID: guid, Title: title}, Article: a,
		Placements: []news.Placement{{Topic: []string{"border", "cartels"}[i/2%2], Score: 9, Threshold: 6}},
	}
}

// TestDamage damages a store at random offsets, publishes every feed of what is left, reads every
// article, and writes. Whatever the damage, no altered text is served, nothing panics or hangs, and
// what is missing is reported.
func TestDamage(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	whole, used := damageable(t)
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		outcomes := map[string]int{}
		for range *damages {
			offset := r.IntN(used)
			file := ways[way](slices.Clone(whole), offset, r)
			outcome, err := survive(t.Context(), t.TempDir(), file)
			if err != nil {
				t.Errorf("%s at %d (seed %d): %v", way, offset, seed, err)
			}
			outcomes[outcome]++
		}
		t.Logf("%s: %d times: %v", way, *damages, outcomes)
	}
}

// damageable makes a store, and tells how much of its file is used.
func damageable(t *testing.T) (whole []byte, used int) {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(slog.New(slog.DiscardHandler), dir, store.Options{NoSync: true, Now: anHourAgo})
	if err != nil {
		t.Fatal(err)
	}
	for i := range damagedArticles {
		if _, err := s.Accept(t.Context(), []news.Candidate{damagedPiece(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := editionsOf(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err = os.ReadFile(filepath.Join(dir, "teletipo.db"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(dir, "teletipo.db"), 0, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		used = int(tx.Size())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return whole[:used], used
}

// survive opens a damaged file, and does with it what a daemon does. The error is of what must not
// happen.
func survive(ctx context.Context, dir string, file []byte) (outcome string, err error) {
	path := filepath.Join(dir, "teletipo.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return "", err
	}
	defer os.Remove(path)
	s, err := store.Open(slog.New(slog.DiscardHandler), dir, store.Options{NoSync: true, Now: anHourAgo})
	if err != nil {
		if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "`teletipo restore` a backup") {
			return "", fmt.Errorf("refused without a clear word: %w", err)
		}
		return refused, nil
	}
	missing, err := served(ctx, s)
	if err == nil {
		err = written(ctx, s)
	}
	told := len(s.Damage()) > 0 || s.Unwritable() != nil
	if err := errors.Join(err, s.Close()); err != nil {
		return "", err
	}
	switch {
	case missing == 0 && !told:
		return right, nil
	case missing > 0 && !told:
		return "", fmt.Errorf("%d articles are missing, and nothing is said of it", missing)
	}
	return leftOut, nil
}

// served publishes every feed and reads every article, and counts what is not there.
func served(ctx context.Context, s *store.Store) (missing int, err error) {
	shown, err := editionsOf(ctx, s)
	if err != nil {
		return 0, err
	}
	for i := range damagedArticles {
		want := damagedPiece(i).Article
		if !shown[want.ID] {
			missing++
		}
		got, err := s.Article(want.ID)
		switch {
		case err != nil:
			missing++
		case got.Title != want.Title || got.Content != want.Content || got.URL != want.URL:
			return 0, fmt.Errorf("article %s is altered: %q", want.ID, got.Title)
		}
		if _, err := s.History(want.ID); err != nil && len(err.Error()) == 0 {
			return 0, err
		}
	}
	if _, err := s.Articles(news.Query{Limit: 1000}); err != nil {
		missing++
	}
	return missing, nil
}

// written adds an article and withdraws another: if that is not possible, an error says so.
func written(ctx context.Context, s *store.Store) error {
	_, _ = s.Accept(ctx, []news.Candidate{damagedPiece(damagedArticles)})
	_, _ = s.Withdraw(ctx, damagedPiece(7).Article.ID)
	_, err := editionsOf(ctx, s)
	return err
}

// editionsOf publishes every feed with all of its articles, checks what their documents say, and
// tells which articles are in one.
func editionsOf(ctx context.Context, s *store.Store) (map[news.ID]bool, error) {
	p := publish.New(slog.New(slog.DiscardHandler), s, publish.Settings{
		Installation: s.Installation(),
		Site:         news.Site{PublicURL: "https://news.example", Title: "News", Languages: []string{"en"}},
		Topics:       []news.Topic{{ID: "border"}, {ID: "cartels"}},
		Window:       news.Extent{Least: 50, Span: 48 * time.Hour, Size: 1 << 20},
	})
	_ = s.EnsureFeeds(p.Feeds())
	_ = p.Start(ctx) // it says what could not be made
	shown := map[news.ID]bool{}
	for _, key := range p.Feeds() {
		e, ok := p.Edition(key, news.JSON)
		if !ok {
			continue
		}
		if err := readDocument(e, shown); err != nil {
			return nil, fmt.Errorf("feed %s: %w", key, err)
		}
		for n := range p.Archives(key) {
			e, err := p.Archive(key, news.JSON, n+1)
			if err != nil {
				continue
			}
			if err := readDocument(e, shown); err != nil {
				return nil, fmt.Errorf("feed %s, archive %d: %w", key, n+1, err)
			}
		}
	}
	return shown, nil
}

// readDocument checks that a document says of each article what that says itself.
func readDocument(e *news.Edition, shown map[news.ID]bool) error {
	var doc struct {
		Items []struct {
			ID, Title, URL string
			Content        string `json:"content_html"`
		}
	}
	zipped := slices.IndexFunc(e.Representations, func(r news.Representation) bool {
		return r.Coding == "gzip"
	})
	body, err := gzip.NewReader(bytes.NewReader(e.Representations[zipped].Body))
	if err == nil {
		err = json.NewDecoder(body).Decode(&doc)
	}
	if err != nil {
		return err
	}
	for _, item := range doc.Items {
		id, err := news.ParseID(strings.TrimPrefix(item.ID, "urn:uuid:"))
		if err != nil {
			return err
		}
		var n int
		if _, err := fmt.Sscanf(item.Title, "Report %d of the border", &n); err != nil {
			return fmt.Errorf("title %q: %w", item.Title, err)
		}
		want := damagedPiece(n).Article
		if id != want.ID || item.URL != want.URL || item.Content != want.Content {
			return fmt.Errorf("article %s is altered: %q", id, item.Title)
		}
		shown[id] = true
	}
	return nil
}
