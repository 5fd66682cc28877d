package main

import (
	"errors"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// TestFullDisk runs a daemon in a process of its own that may write no further than a little way
// into a file, as on a disk that is full, also for root. It serves, says what is wrong, refuses a
// push for now, and stores what waits once there is room.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	flags := " --data " + data + " --listen 127.0.0.1:0 --admin 127.0.0.1:0 "
	first := limited(t, "unlimited", flags)
	first.stop(t)
	d := limited(t, "1", flags) // of 512 or 1,024 bytes
	write(t, filepath.Join(data, "inbox", "story.md"), "---\ntitle: The river floods the border\n---\n"+
		"Mexico and the United States: the Rio Grande floods the border and its towns.\n")
	d.waitFor(t, "/readyz", "nothing can be stored at the moment")
	if page := d.get(t, d.operator+"/metrics"); !strings.Contains(page, "teletipo_store_writable 0") {
		t.Error("the metric does not say it")
	}
	if page := d.get(t, d.public+"/feeds/all.json"); !strings.Contains(page, `"version"`) {
		t.Errorf("the feed is not served: %s", page)
	}
	// RLIMIT_FSIZE of another process, back to what it may be (prlimit(2)).
	limit := syscall.Rlimit{Cur: 1 << 40, Max: 1 << 40}
	_, _, failed := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(d.command.Process.Pid),
		syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if failed != 0 {
		t.Skipf("prlimit: %v", failed)
	}
	d.waitFor(t, "/readyz", "ok\n")
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if strings.Contains(d.log.String(), "source=inbox status=0 not_modified=false ") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("what waited was never stored\n%s", d.log.String())
		}
	}
	d.stop(t)
}

// limitedDaemon is a daemon in a process of its own.
type limitedDaemon struct {
	command          *exec.Cmd
	log              *syncBuffer
	public, operator string
	ended            chan error
}

// limited starts a daemon whose files may have so many blocks, and waits until it is ready.
func limited(t *testing.T, blocks, flags string) *limitedDaemon {
	t.Helper()
	script := "ulimit -S -f " + blocks + "; exec teletipo" + flags + "serve"
	d := &limitedDaemon{
		command: exec.Command("bash", "-c", script), log: &syncBuffer{}, ended: make(chan error, 1),
	}
	d.command.Stdout, d.command.Stderr = d.log, d.log
	if err := d.command.Start(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = d.command.Process.Kill() })
	go func() { d.ended <- d.command.Wait() }()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if found := readyAt.FindStringSubmatch(d.log.String()); found != nil {
			d.public, d.operator = "http://"+found[1], "http://"+found[2]
			return d
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready\n%s", d.log.String())
		}
	}
}

func (d *limitedDaemon) get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v\n%s", url, resp.Status, err, body)
	}
	return string(body)
}

// waitFor waits until the operator is told something.
func (d *limitedDaemon) waitFor(t *testing.T, path, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		page := d.get(t, d.operator+path)
		if strings.Contains(page, text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s says %q, want %q\n%s", path, page, text, d.log.String())
		}
	}
}

func (d *limitedDaemon) stop(t *testing.T) {
	t.Helper()
	err := errors.Join(d.command.Process.Signal(syscall.SIGTERM), <-d.ended)
	if err != nil {
		t.Fatalf("the daemon ended with %v\n%s", err, d.log.String())
	}
}
