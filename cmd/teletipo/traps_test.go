package main

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestPublicAddressWithAPath: the site is found below the path of its public address, whether a
// proxy passes that on or takes it away, and every link has it.
func TestPublicAddressWithAPath(t *testing.T) {
	_, flags := setUp(t, web(t))
	write(t, flags[1], "public_url: https://news.example/wire/\nsources: sources.yaml\n")
	d := startDaemon(t, flags...)
	for path, want := range map[string]int{
		"/feeds/all.atom": http.StatusOK, "/wire/feeds/all.atom": http.StatusOK, "/wire/": http.StatusOK,
		"/wire/topics/border": http.StatusOK, "/wire/feeds/none.atom": http.StatusNotFound,
		"/wiretap/feeds/all.atom": http.StatusNotFound, "/wire/api/v1/openapi.json": http.StatusOK,
	} {
		a := d.get(path)
		if a.status != want {
			t.Errorf("%s: status %d, want %d", path, a.status, want)
		}
		if strings.HasSuffix(path, "all.atom") && want == http.StatusOK &&
			!strings.Contains(a.body, `href="https://news.example/wire/feeds/all.atom"`) {
			t.Errorf("%s does not say where it is:\n%s", path, a.body)
		}
	}
	d.terminate()
}

// TestBesideADaemon: a command asks the daemon of its data directory and no other, and says so if
// a flag can't have an effect there.
func TestBesideADaemon(t *testing.T) {
	dir, flags := setUp(t, web(t))
	d := startDaemon(t, flags...)
	article := write(t, filepath.Join(dir, "tunnel.txt"), tunnel)
	_, err := teletipo(t, append([]string{"ingest", "--allow", "10.0.0.0/8", article}, flags...)...)
	if err == nil || !strings.Contains(err.Error(), "--allow has no effect beside the running daemon") {
		t.Errorf("ingest --allow: %v", err)
	}
	_, err = teletipo(t, "health", "--data", t.TempDir(), "--admin", strings.TrimPrefix(d.admin, "http://"))
	if news.KindOf(err) != news.Unreachable || !strings.Contains(err.Error(), "is of another") {
		t.Errorf("health of another data directory: %v", err)
	}
	out, err := teletipo(t, append([]string{"health", "--json"}, flags...)...)
	if err != nil || out != `{"ready":true,"public":"`+d.public+`","why":[]}`+"\n" {
		t.Errorf("health --json: %s, %v", out, err)
	}
	d.terminate()
}

// TestConfirm: only a yes is a yes, and where there is nobody to say it that is an error.
func TestConfirm(t *testing.T) {
	for said, want := range map[string]bool{
		"y\n": true, "yes\n": true, "Sí": true, "n\n": false, "\n": false, "of course\n": false,
	} {
		var asked bytes.Buffer
		in := &invocation{stdin: strings.NewReader(said), stderr: &asked}
		if got, err := in.confirm("Withdraw %d?", 3); err != nil || got != want {
			t.Errorf("%q: %v, %v", said, got, err)
		}
		if !strings.HasPrefix(asked.String(), "Withdraw 3? [y/N] ") {
			t.Errorf("asked %q", asked.String())
		}
	}
	in := &invocation{stdin: strings.NewReader(""), stderr: &bytes.Buffer{}}
	if ok, err := in.confirm("Withdraw?"); ok || err == nil || !strings.Contains(err.Error(), "--yes") {
		t.Errorf("nobody: %v, %v", ok, err)
	}
}

// TestInterrupted: who is interrupted says what was done, and ends as shells expect.
func TestInterrupted(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes what is asked, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	command := exec.Command("teletipo", "--data", dir, "ingest", "--allow", "127.0.0.0/8",
		write(t, filepath.Join(dir, "tunnel.txt"), tunnel), "http://"+silent.Addr().String()+"/feed.xml")
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	asked, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer asked.Close()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err = command.Wait()
	if ended, ok := errors.AsType[*exec.ExitError](err); !ok || ended.ExitCode() != 130 {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(out.String(), "total: 1 accepted, 0 updated") ||
		errs.String() != "teletipo: interrupted\n" {
		t.Errorf("it says\n%s%s", &out, &errs)
	}
}
