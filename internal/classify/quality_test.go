package classify_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
)

// labelledItem is one labelled article of a set that is not ours to pass on, so it lies outside
// the repository and may be absent.
type labelledItem struct {
	Lang, Title, Text string
	Labels            []string
	Uncertain         bool
}

// labelled reads the set, or skips the test.
func labelled(t *testing.T) []labelledItem {
	t.Helper()
	data, err := os.ReadFile("../../../shared/topics/dev.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no labelled articles here")
	} else if err != nil {
		t.Fatal(err)
	}
	var items []labelledItem
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		var item labelledItem
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	return items
}

// tally counts right and wrong placements.
type tally struct {
	right, wrong, missed int
}

func (n *tally) add(want, got bool) {
	switch {
	case want && got:
		n.right++
	case got:
		n.wrong++
	case want:
		n.missed++
	}
}

func (n *tally) precision() float64 { return float64(n.right) / float64(max(1, n.right+n.wrong)) }
func (n *tally) recall() float64    { return float64(n.right) / float64(max(1, n.right+n.missed)) }

// f1 is the harmonic mean of precision and recall.
func (n *tally) f1() float64 {
	return float64(2*n.right) / float64(max(1, 2*n.right+n.wrong+n.missed))
}

// TestQuality holds the topic files against labelled articles. What it logs is the figure for
// texts that the rules were tuned on; expect less of others.
func TestQuality(t *testing.T) {
	list := topics(t)
	c, err := classify.New(list)
	if err != nil {
		t.Fatal(err)
	}
	certain, all := map[string]*tally{}, map[string]*tally{}
	count := func(in map[string]*tally, key string, want, got bool) {
		if in[key] == nil {
			in[key] = &tally{}
		}
		in[key].add(want, got)
	}
	for _, item := range labelled(t) {
		a := news.Article{Title: item.Title, Summary: item.Text, Lang: item.Lang}
		for _, v := range c.Explain(a, nil, nil) {
			want := slices.Contains(item.Labels, v.Topic)
			for _, key := range []string{v.Topic, v.Topic + " " + item.Lang, "lang " + item.Lang} {
				count(all, key, want, v.Placed)
				if !item.Uncertain {
					count(certain, key, want, v.Placed)
				}
			}
		}
	}
	for key, floor := range map[string]float64{
		"us-mexico": .93, "us-mexico en": .93, "us-mexico es": .90,
		"border": .92, "border en": .92, "border es": .85,
		"cartels": .93, "cartels en": .90, "cartels es": .93,
		"lang en": .93, "lang es": .92,
	} {
		n, with := certain[key], all[key]
		t.Logf("%-12s precision %.2f recall %.2f F1 %.2f (%d right, %d wrong, %d missed), "+
			"with uncertain items F1 %.2f", key, n.precision(), n.recall(), n.f1(),
			n.right, n.wrong, n.missed, with.f1())
		if n.f1() < floor {
			t.Errorf("%s: F1 is %.3f: want %.2f or more", key, n.f1(), floor)
		}
	}
}
