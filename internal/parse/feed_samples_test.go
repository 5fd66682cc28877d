package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// samples is a collection of real and of broken feeds, which is no part of this repository.
const samples = "../../../shared/samples/"

type sample struct {
	File  string `json:"file"`
	Items int    `json:"items"` // as python3-feedparser counts them
	Body  []byte `json:"-"`
}

// readSamples reads a part of the collection with its manifest, or skips the test.
func readSamples(t *testing.T, dir string) []sample {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(samples, dir, "MANIFEST.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the collection is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	for line := range bytes.Lines(manifest) {
		var s sample
		if err := json.Unmarshal(line, &s); err != nil {
			t.Fatal(err)
		}
		if s.Body, err = os.ReadFile(filepath.Join(samples, dir, s.File)); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		t.Fatal("the manifest is empty")
	}
	return list
}

func TestRealFeeds(t *testing.T) {
	for _, s := range readSamples(t, "feeds") {
		items, faults, err := Parse(news.Document{Name: s.File, Body: s.Body})
		if err != nil || len(faults) > 0 || len(items) != s.Items {
			t.Errorf("%s: %d items, want %d; %v; %v", s.File, len(items), s.Items, faults, err)
		}
	}
}

func TestBrokenFeeds(t *testing.T) {
	for _, s := range readSamples(t, "malformed") {
		items, faults, err := Parse(news.Document{Name: s.File, Body: s.Body})
		switch {
		case err != nil:
			if news.KindOf(err) != news.Invalid ||
				!strings.HasPrefix(err.Error(), "parse "+s.File+": not a feed but ") {
				t.Errorf("%s: %v of kind %v", s.File, err, news.KindOf(err))
			}
		case len(items)+len(faults) == 0:
			if text := strings.ToLower(string(s.Body)); strings.Contains(text, "<item ") ||
				strings.Contains(text, "<item>") || strings.Contains(text, "<entry>") {
				t.Errorf("%s: nothing read", s.File)
			}
		}
		for _, fault := range faults {
			if !strings.HasPrefix(fault.Error(), "parse "+s.File+": item ") {
				t.Errorf("%s: fault %v", s.File, fault)
			}
		}
	}
}
