package classify_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestSample places an article as copied from a web page in all three topics. The article is
// not ours to pass on, and may be absent.
func TestSample(t *testing.T) {
	data, err := os.ReadFile("../../../shared/samples/mexico-rejects-us-military-action.txt")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no sample here")
	} else if err != nil {
		t.Fatal(err)
	}
	title, rest, _ := strings.Cut(string(data), "\n")
	c := compile(t, topics(t)...)
	var text []news.Passage
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		if line == "Leave a Reply" {
			break
		}
		heading := line != "" && len(line) < 30 && !strings.ContainsAny(line, ".:")
		text = append(text, news.Passage{Heading: heading, Text: line})
	}
	for _, v := range c.Explain(news.Article{Title: title, Lang: "en"}, nil, text) {
		t.Logf("%s %.2f", v.Topic, v.Score)
		for _, e := range v.Evidence {
			t.Logf("    %+.2f %s: %s ×%d", e.Weight, e.Place, e.Term, e.Count)
		}
		if v.Score < v.Threshold+1 {
			t.Errorf("not safely in %s, %.2f of %.2f", v.Topic, v.Score, v.Threshold)
		}
		// What a person would point at is among what counted.
		found := map[string]bool{}
		for _, c := range v.Contexts {
			found[c.Match] = true
		}
		for _, words := range map[string][]string{
			"border":    {"border crossings", "Border"},
			"cartels":   {"Cartels", "Drug Cartels"},
			"us-mexico": {"Military Action", "Ronald Johnson"},
		}[v.Topic] {
			if !found[words] {
				t.Errorf("%s: %q counted nothing", v.Topic, words)
			}
		}
	}
}
