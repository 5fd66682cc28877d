package fetch

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/teletipo/teletipo/internal/news"
)

func TestFetchEndsWithItsContext(t *testing.T) {
	arrived := make(chan struct{}, 1)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	c := client(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	answers := make(chan error, 2)
	for range 2 { // the second waits for its turn
		go func() {
			_, err := c.Fetch(ctx, news.Request{URL: url})
			answers <- err
		}()
	}
	<-arrived
	cancel()
	for range 2 {
		if err := <-answers; !errors.Is(err, context.Canceled) || news.KindOf(err) != news.Internal {
			t.Errorf("error %v of kind %v", err, news.KindOf(err))
		}
	}
	if len(c.gates.hosts) != 0 {
		t.Errorf("%d gates left behind", len(c.gates.hosts))
	}
}

func TestFetchOneRequestAtATimePerHost(t *testing.T) {
	var under, most atomic.Int32
	url := serve(t, func(http.ResponseWriter, *http.Request) {
		most.Store(max(most.Load(), under.Add(1)))
		for range 100 {
			runtime.Gosched() // the chance for another request to come in
		}
		under.Add(-1)
	})
	c := client(t, Options{})
	answers := make(chan error)
	for range 8 {
		go func() {
			_, err := c.Fetch(t.Context(), news.Request{URL: url})
			answers <- err
		}()
	}
	for range 8 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at a time", most.Load())
	}
}

func TestGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gates
		leave, err := g.enter(t.Context(), "a.example")
		if err != nil {
			t.Fatal(err)
		}
		var second, other bool
		go func() {
			leave, _ := g.enter(t.Context(), "A.example")
			second = true
			leave()
		}()
		go func() {
			leave, _ := g.enter(t.Context(), "b.example")
			other = true
			leave()
		}()
		synctest.Wait()
		if second || !other {
			t.Errorf("same host let in: %v, other host let in: %v", second, other)
		}
		leave()
		synctest.Wait()
		if !second || len(g.hosts) != 0 {
			t.Errorf("let in: %v, gates left behind: %d", second, len(g.hosts))
		}
	})
}
