package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"
)

// cost is what something took of this machine.
type cost struct {
	wall, cpu time.Duration
}

// measure runs f and tells what this process spent on it.
func measure(f func() error) (cost, error) {
	start, before := time.Now(), processorTime(syscall.RUSAGE_SELF)
	err := f()
	return cost{time.Since(start), processorTime(syscall.RUSAGE_SELF) - before}, err
}

// processorTime is user and system time together.
func processorTime(who int) time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(who, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// forgetPeak has the kernel count the peak of memory anew (proc(5), clear_refs).
func forgetPeak() {
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

// memory reads a figure of /proc/PID/status in MB, as "VmHWM" or "RssAnon"; PID may be self.
func memory(pid, name string) float64 {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if fields := bytes.Fields(line); len(fields) > 1 && string(fields[0]) == name+":" {
			kB, _ := strconv.ParseFloat(string(fields[1]), 64)
			return kB * 1024 / 1e6
		}
	}
	return 0
}

func (c cost) String() string {
	return fmt.Sprintf("%7.2f s wall  %7.2f s CPU", c.wall.Seconds(), c.cpu.Seconds())
}

// peak is the most memory that was in use: all, with the pages of files that the kernel may take
// back at any time, and the process's own.
type peak struct{ all, own float64 }

// watchMemory notes the memory in use until the function that it gives is called.
func watchMemory() func() peak {
	done, seen := make(chan struct{}), make(chan peak)
	go func() {
		var most peak
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			most.own = max(most.own, memory("self", "RssAnon"))
			select {
			case <-tick.C:
			case <-done:
				most.all = memory("self", "VmHWM")
				seen <- most
				return
			}
		}
	}()
	return func() peak {
		close(done)
		return <-seen
	}
}
