package classify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/teletipo/teletipo/internal/news"
)

// compiled are rules of a program without topics.
func compiled(t *testing.T, program string) *Rules {
	t.Helper()
	rules, err := Compile(program, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// A document keeps the rules that it was begun by; whoever waits for all such documents waits for
// no others.
func TestInForceSwapsUnderDocuments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two, three := compiled(t, "1"), compiled(t, "2"), compiled(t, "3")
		f := Enforce(one)
		oldest, leaveOldest := f.Enter()
		f.Refuse("a.yaml:1:1: has no title")
		f.Swap(two)
		older, leaveOlder := f.Enter()
		f.Swap(three)
		now, _ := f.Enter() // never stored
		if oldest != one || older != two || now != three || f.Rules() != three || f.Faults() != "" {
			t.Errorf("documents have the wrong rules, or the faults of files that are replaced")
		}
		settled := make(chan error, 1)
		go func() { settled <- f.Settle(t.Context()) }()
		leaveOlder()
		synctest.Wait()
		select {
		case err := <-settled:
			t.Errorf("settled while a document of the first rules is on its way: %v", err)
		default:
		}
		leaveOldest()
		if err := <-settled; err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := f.Settle(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
	})
}

func TestInForceWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := compiled(t, "1"), compiled(t, "2")
		f := Enforce(one)
		rules, ctx, stop := f.While(t.Context())
		defer stop()
		synctest.Wait()
		if rules != one || ctx.Err() != nil {
			t.Errorf("the first rules have ended before they were replaced: %v", ctx.Err())
		}
		f.Swap(two)
		synctest.Wait()
		if ctx.Err() == nil {
			t.Error("rules are in force after they were replaced")
		}
		rules, ctx, stop = f.While(t.Context())
		stop()
		if rules != two || ctx.Err() == nil {
			t.Errorf("not stopped: %v", ctx.Err())
		}
	})
}

// Editors' decisions are settled by the topics that are in force when they are asked about.
func TestInForceDecide(t *testing.T) {
	topics := []news.Topic{{
		ID: "water", Titles: map[string]string{"en": "Water"}, Threshold: 2, TitleWeight: 1,
		Terms: []news.Term{{Text: "river", Weight: 2}},
	}}
	rules, err := Compile("1", topics, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := Enforce(compiled(t, "1"))
	decisions := []news.Decision{{Topic: "water", In: true, By: "ana"}}
	if got := f.Decide(news.Article{}, nil, decisions); len(got) != 0 {
		t.Errorf("placed in a topic that there is not: %v", got)
	}
	f.Swap(rules)
	if got := f.Decide(news.Article{}, nil, decisions); len(got) != 1 || got[0].Topic != "water" {
		t.Errorf("placed in %v", got)
	}
}
