package score_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/score"
)

// scored are items whose title is their score in the topic rain; those from 5 on are labelled, but
// for every tenth.
func scored(t *testing.T) ([]score.Item, score.Placer) {
	t.Helper()
	var lines strings.Builder
	for i := range 200 {
		points := float64(i%20)/2 + .25
		labels := ""
		if (points >= 5) != (i%10 == 0) {
			labels = `"rain"`
		}
		fmt.Fprintf(&lines, `{"id":"%d","lang":"en","title":"%.2f","text":"n%d","labels":[%s],"date":"%d-01-01","source":"s%d"}`+
			"\n", i, points, i, labels, 2020+i%3, i%7)
	}
	return read(t, lines.String()), func(item score.Item) []news.Verdict {
		var points float64
		if _, err := fmt.Sscan(item.Title, &points); err != nil {
			t.Fatal(err)
		}
		v := news.Verdict{Placement: news.Placement{Topic: "rain", Score: points, Threshold: 5}}
		v.Placed = points >= 5
		v.Probability = .8
		return []news.Verdict{v}
	}
}

// TestCalibrate finds the middle where labels turn, and none for too few items.
func TestCalibrate(t *testing.T) {
	items, place := scored(t)
	c := score.Calibrate(items, topics, place)["rain"]
	if math.Abs(c.Middle-5) > .5 || c.Slope < .3 || c.Slope > 2 {
		t.Errorf("calibration is %+v: want a middle of about 5", c)
	}
	if got := score.Calibrate(items[:12], topics, place); len(got) != 0 {
		t.Errorf("calibrated on 12 items: %v", got)
	}
}

// TestThresholds chooses about 5, and tells what choosing costs on other parts.
func TestThresholds(t *testing.T) {
	items, place := scored(t)
	list := score.Thresholds(items, topics, place)
	if len(list) != 1 || list[0].Topic != "rain" || math.Abs(list[0].Best-5) > .5 {
		t.Fatalf("thresholds are %+v", list)
	}
	for _, by := range []string{"story", "year", "source"} {
		if f1 := list[0].Cross[by]; f1 < .8 || f1 > list[0].F1 {
			t.Errorf("across %s F1 is %.3f: want no more than %.3f", by, f1, list[0].F1)
		}
	}
	var b strings.Builder
	if err := score.WriteThresholds(&b, list); err != nil || !strings.Contains(b.String(), "rain") {
		t.Errorf("%v, written %q", err, b.String())
	}
}

// TestReliability counts how often a probability came true.
func TestReliability(t *testing.T) {
	items, place := scored(t)
	report := score.Measure(items, topics, place)
	n, right := 0, 0
	for _, bin := range report.Reliability["rain"] {
		n, right = n+bin.Items, right+bin.Right
		if bin.Items > 0 && (bin.Low != .7 || math.Abs(bin.Said-.8) > 1e-9) {
			t.Errorf("bin is %+v: want all in that of .8", bin)
		}
	}
	if n != 200 || right != 100 {
		t.Errorf("%d items, %d right", n, right)
	}
	var b strings.Builder
	if err := report.WriteReliability(&b); err != nil || !strings.Contains(b.String(), "0.80  0.50    200") {
		t.Errorf("%v, written %q", err, b.String())
	}
}

// TestRules shows what counted wrongly first.
func TestRules(t *testing.T) {
	report := score.Measure(read(t, set), topics, byWord)
	if len(report.Rules) != 2 || report.Rules[0].Wrong != 1 || report.Rules[0].Rule != "snow" {
		t.Errorf("rules are %+v", report.Rules)
	}
	var b strings.Builder
	if err := report.WriteRules(&b); err != nil || !strings.Contains(b.String(), "3      1      rain") {
		t.Errorf("%v, written %q", err, b.String())
	}
}

// TestManyStories finds the stories of as many items as a week of feeds has.
func TestManyStories(t *testing.T) {
	items := make([]score.Item, 20_000)
	for i := range items {
		items[i] = score.Item{
			Lang: "en", Title: fmt.Sprintf("Matter%d settled today in town%d", i/2, i/2),
		}
	}
	stories := score.Stories(items)
	if n := stories[len(stories)-1] + 1; n != len(items)/2 {
		t.Errorf("%d stories: want %d", n, len(items)/2)
	}
}
