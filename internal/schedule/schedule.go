// Package schedule runs a table of jobs, each at its own cadence and never twice at once. It
// knows of a job no more than its name, its cadence and its function.
package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// Job is one line of the table. Run ends soon after its context does; its error is logged and the
// job runs again at its next time.
type Job struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Schedule runs jobs from Start until Stop.
type Schedule struct {
	log     *slog.Logger
	cron    gocron.Scheduler
	running sync.WaitGroup
	mu      sync.Mutex
	closed  bool
	ctx     context.Context // of all jobs; ours, since gocron's ends the moment it shuts down
	cancel  context.CancelFunc
}

// New makes a schedule of the jobs.
func New(log *slog.Logger, jobs []Job) (*Schedule, error) {
	cron, err := gocron.NewScheduler(gocron.WithGlobalJobOptions(
		gocron.WithSingletonMode(gocron.LimitModeReschedule)))
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	s := &Schedule{log: log, cron: cron}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, job := range jobs {
		_, err := cron.NewJob(gocron.DurationJob(job.Every),
			gocron.NewTask(func() { s.run(job) }),
			gocron.WithName(job.Name), gocron.WithStartAt(gocron.WithStartImmediately()))
		if err != nil {
			s.cancel()
			return nil, fmt.Errorf("schedule: job %s: %w", job.Name, err)
		}
	}
	return s, nil
}

// Start begins to run the jobs, each for the first time at once.
func (s *Schedule) Start() { s.cron.Start() }

// run runs one job, unless the schedule is stopping. A panic ends this run of the job alone;
// gocron would let it end the process.
func (s *Schedule) run(job Job) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	defer func() {
		if value := recover(); value != nil {
			s.log.Error("job panicked", "job", job.Name, "panic", value, "stack", string(debug.Stack()))
		}
	}()
	if err := job.Run(s.ctx); err != nil && s.ctx.Err() == nil {
		s.log.Error("job failed", "job", job.Name, "error", err)
	}
}

// Stop starts no job any more and waits for those under way, and for also to return; when ctx
// ends it cancels them, and waits for them to notice.
func (s *Schedule) Stop(ctx context.Context, also func()) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		also()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.cancel()
		<-done
	}
	s.cancel()
	return s.cron.Shutdown()
}
