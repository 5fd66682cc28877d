package classify_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/teletipo/teletipo/internal/classify"
	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// methodTopics use everything that rules can say; they never change.
func methodTopics() []news.Topic {
	water := news.Topic{
		ID: "water", Threshold: 3, TitleWeight: 2,
		Terms: []news.Term{
			{Text: "river", Lang: "en", Weight: 2},
			{Text: "río", Lang: "es", Weight: 2},
			{Text: "treaty", Lang: "en", Weight: 1.5},
			{Text: "US", Weight: .5},
			{Text: "live stream", Lang: "en"},
			{Text: "stream", Lang: "en", Weight: 1},
			{Text: "film", Lang: "en", Weight: -2},
			{Text: "Río Bravo", Weight: 3},
			{Text: "presa", Lang: "es", Weight: 1},
			{Text: "Laredo, Texas", Weight: 1},
		},
		Groups: []news.Group{
			groupOf("place", "Laredo", "Río Bravo"), groupOf("flow", "river", "río", "water"),
			groupOf("change", "rises", "plan", "crece"), groupOf("abroad", "Seine"),
		},
		Together: []news.Together{
			{All: []string{"place", "flow"}, Weight: 2, Sentence: true},
			{All: []string{"flow", "change"}, Weight: 1.25},
			{All: []string{"flow", "abroad"}, Weight: -3},
		},
		Calibration: news.Calibration{Slope: 1.5, Middle: 2}, Publish: .9, Doubt: .6,
	}
	anchored := news.Topic{
		ID: "anchored", Threshold: 2, TitleWeight: 3, Terms: []news.Term{{Text: "bridge", Weight: 1}},
		Groups: []news.Group{groupOf("here", "Laredo")}, Anchors: []string{"here"}, Parent: "all-water",
	}
	parent := news.Topic{ID: "all-water", Threshold: 1, TitleWeight: 1, Langs: []string{"en", "es"}}
	both := news.Topic{ID: "both", All: []string{"water", "anchored"}}
	return []news.Topic{water, anchored, parent, both}
}

// TestMethod holds that the number of the method is raised when articles are placed otherwise: the
// golden file of a number never changes.
func TestMethod(t *testing.T) {
	c := compile(t, methodTopics()...)
	var b bytes.Buffer
	for _, a := range []news.Article{
		{Lang: "en", Title: "River rises at Laredo bridge", Summary: "The US water treaty is old."},
		{Lang: "en", Title: "Two rivers: a film", Summary: "Live streams by the Seine, and a stream."},
		{Lang: "es", Title: "Crece el Río Bravo", Summary: "Las presas. Los planes del río."},
		{Lang: "en", Title: "A plane over the bridge", Summary: "From Laredo, Texas says, to the river."},
		{Lang: "", Title: "Río: river", Summary: ""},
		{Lang: "de", Title: "Laredo: die Bridge", Summary: "Der Río Bravo."},
	} {
		text := body("#THE BRIDGE OF LAREDO\n" + words(20) + "\n#At the bridge\n" + words(120) + "\nThe river rises. A river plan for Laredo’s bridges.")
		for _, passages := range [][]news.Passage{nil, text} {
			fmt.Fprintf(&b, "%s, %d passages\n", a.Title, len(passages))
			for _, v := range c.Explain(a, nil, passages) {
				fmt.Fprintf(&b, "  %s %v %v %v %v\n", v.Topic, v.Score, v.Placed, v.Doubtful, v.Probability)
				for _, e := range v.Evidence {
					fmt.Fprintf(&b, "    %v %s %d %s\n", e.Weight, e.Place, e.Count, e.Term)
				}
			}
		}
	}
	name := fmt.Sprintf("method-%d.golden", classify.Method)
	before, err := os.ReadFile(filepath.Join("testdata", name))
	if errors.Is(err, fs.ErrNotExist) {
		newstest.Golden(t, name, b.Bytes()) // written with -update
	} else if err != nil {
		t.Fatal(err)
	} else if !bytes.Equal(before, b.Bytes()) {
		t.Fatalf("articles are placed otherwise: raise the method number in method.go, remove %s "+
			"and run this with -update\n%s", name, b.Bytes())
	}
	if all, err := filepath.Glob("testdata/method-*.golden"); err != nil || len(all) != 1 {
		t.Errorf("golden files of methods are %v: want one", all)
	}
}
