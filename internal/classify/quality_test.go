package classify_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// headlines is a set of our own: headlines made up after the kind of news that there was from 2016
// to 2026, hard ones among them, labelled by who wrote them.
const headlines = "testdata/headlines.jsonl"

// others is a set of articles that are not ours to pass on, so it lies outside the repository and
// may be absent.
const others = "../../../shared/topics/dev.jsonl"

// labelledItem is one labelled article of a set.
type labelledItem struct {
	Lang, Title, Text string
	Labels            []string
	Uncertain         bool
}

// labelled reads a set, or skips the test when others is not there.
func labelled(t *testing.T, name string) []labelledItem {
	t.Helper()
	data, err := os.ReadFile(name)
	if name == others && errors.Is(err, fs.ErrNotExist) {
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
	holdQuality(t, others, map[string]float64{
		"us-mexico": .90, "border": .93, "cartels": .92, "lang en": .93, "lang es": .90,
	})
}

// TestHeadlines does the same with our own set.
func TestHeadlines(t *testing.T) {
	holdQuality(t, headlines, map[string]float64{
		"us-mexico": .91, "border": .92, "cartels": .89, "lang en": .91, "lang es": .90,
	})
}

// hard is a set of our own: the news that is mistaken for ours most easily, and ordinary news, of
// 2025 and 2026, written before the rules that it judges.
const hard = "../score/testdata/hard.jsonl"

// TestHard does the same with news that no rule was written on.
func TestHard(t *testing.T) {
	holdQuality(t, hard, map[string]float64{
		"us-mexico": .92, "border": .89, "cartels": .91, "lang en": .91, "lang es": .91,
	})
}

// holdQuality holds that F1 of the certain items of a set is not below floors.
func holdQuality(t *testing.T, set string, floors map[string]float64) {
	t.Helper()
	c := compile(t, topics(t)...)
	certain, all := map[string]*tally{}, map[string]*tally{}
	count := func(in map[string]*tally, key string, want, got bool) {
		if in[key] == nil {
			in[key] = &tally{}
		}
		in[key].add(want, got)
	}
	for _, item := range labelled(t, set) {
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
	for _, key := range slices.Sorted(maps.Keys(floors)) {
		n, with := certain[key], all[key]
		t.Logf("%-12s precision %.2f recall %.2f F1 %.2f (%d right, %d wrong, %d missed), "+
			"with uncertain items F1 %.2f", key, n.precision(), n.recall(), n.f1(),
			n.right, n.wrong, n.missed, with.f1())
		if n.f1() < floors[key] {
			t.Errorf("%s: F1 is %.3f: want %.2f or more", key, n.f1(), floors[key])
		}
	}
}
