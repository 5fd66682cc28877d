package schedule

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// start makes and starts a schedule that logs into the buffer it gives back.
func start(t *testing.T, jobs ...Job) (*Schedule, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := New(slog.New(slog.NewTextHandler(&log, nil)), jobs)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	return s, &log
}

func nothing() {}

// TestJobsRunAtOnceAndThenAtTheirCadence looks at when jobs run and not at how often: on a clock
// that stands still meanwhile gocron now and then runs one twice in the same instant.
func TestJobsRunAtOnceAndThenAtTheirCadence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		began, ran := time.Now(), map[string][]time.Duration{}
		job := func(name string, every time.Duration) Job {
			return Job{name, every, func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				ran[name] = append(ran[name], time.Since(began))
				return nil
			}}
		}
		s, _ := start(t, job("fast", time.Second), job("slow", 4*time.Second))
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if err := s.Stop(t.Context(), nothing); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for name, every := range map[string]time.Duration{"fast": time.Second, "slow": 4 * time.Second} {
			var want []time.Duration
			for at := time.Duration(0); at <= 10*time.Second; at += every {
				want = append(want, at)
			}
			if got := slices.Compact(ran[name]); !slices.Equal(got, want) {
				t.Errorf("the %s job ran at %v, want %v", name, got, want)
			}
		}
	})
}

func TestAJobNeverRunsTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most, runs atomic.Int32
		s, _ := start(t, Job{"long", time.Second, func(context.Context) error {
			most.Store(max(most.Load(), running.Add(1)))
			time.Sleep(3500 * time.Millisecond)
			running.Add(-1)
			runs.Add(1)
			return nil
		}})
		time.Sleep(20 * time.Second)
		if err := s.Stop(t.Context(), nothing); err != nil {
			t.Fatal(err)
		}
		if most.Load() != 1 || runs.Load() < 4 {
			t.Errorf("%d runs, up to %d at once; want at least 4, one at a time", runs.Load(), most.Load())
		}
	})
}

func TestErrorsAndPanicsAreLoggedAndTheJobRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		s, log := start(t, Job{"shaky", time.Second, func(context.Context) error {
			switch runs.Add(1) {
			case 1:
				return errors.New("no luck")
			case 2:
				panic("out of ideas")
			}
			return nil
		}})
		time.Sleep(5 * time.Second)
		if err := s.Stop(t.Context(), nothing); err != nil {
			t.Fatal(err)
		}
		if runs.Load() < 4 {
			t.Errorf("%d runs, want at least 4", runs.Load())
		}
		for _, want := range []string{"no luck", "out of ideas", "job=shaky"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, log)
			}
		}
	})
}

func TestStopWaitsForTheJobUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		finished := false
		s, _ := start(t, Job{"long", time.Hour, func(ctx context.Context) error {
			select {
			case <-time.After(10 * time.Second):
				finished = true
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}})
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := s.Stop(ctx, nothing); err != nil {
			t.Fatal(err)
		}
		if !finished {
			t.Error("Stop did not wait")
		}
	})
}

func TestStopCancelsAfterTheGraceIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ended error
		s, _ := start(t, Job{"stuck", time.Hour, func(ctx context.Context) error {
			<-ctx.Done()
			ended = ctx.Err()
			return ended
		}})
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		if err := s.Stop(ctx, nothing); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(ended, context.Canceled) {
			t.Errorf("the job ended with %v, want context.Canceled", ended)
		}
		if waited := time.Since(began); waited < 5*time.Second {
			t.Errorf("Stop gave the job %s, want the whole grace", waited)
		}
	})
}
