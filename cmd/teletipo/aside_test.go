package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// killedByHand clears the memory of what was being read when a process was killed: here we kill,
// and no document does.
func killedByHand(t *testing.T, data string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(data, "reading")); err != nil {
		t.Fatal(err)
	}
}

// TestWhatKillsIsPutAside kills a daemon twice while it reads one file. The third start serves
// everybody else, says which file it was, and reads it once it is told to.
func TestWhatKillsIsPutAside(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	inbox := filepath.Join(data, "inbox")
	if err := os.MkdirAll(inbox, 0o750); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Minute)
	heavy := write(t, filepath.Join(inbox, "heavy.txt"),
		"Heavy\n\n"+strings.Repeat("The Rio Grande rose at the border. ", 120_000))
	light := write(t, filepath.Join(inbox, "light.txt"), "Light\n\nThe river rose.\n")
	for i, file := range []string{heavy, light} {
		when := past.Add(time.Duration(i) * time.Second) // the heavy one is read first
		if err := os.Chtimes(file, when, when); err != nil {
			t.Fatal(err)
		}
	}
	config := write(t, filepath.Join(dir, "teletipo.yaml"), "sources: none.yaml\n")
	write(t, filepath.Join(dir, "none.yaml"), "sources: []\n")
	flags := []string{"--config", config, "--data", data, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}
	killWhileReading(t, flags, data, `"name":"heavy.txt","last"`)
	killWhileReading(t, flags, data, `"name":"heavy.txt","deaths":1,"last"`)

	d := startDaemon(t, flags...)
	say := func(args ...string) string {
		var out, errors syncBuffer
		all := slices.Concat(args, []string{"--config", config, "--data", data})
		if err := run(t.Context(), all, noEnv, &out, &errors); err != nil {
			t.Fatalf("%q: %v\n%s", args, err, errors.String())
		}
		return out.String()
	}
	eventually(t, "the other file is read", func() bool {
		return strings.Contains(say("articles"), "Light")
	})
	if strings.Contains(say("articles"), "Heavy") {
		t.Error("what was put aside is stored")
	}
	if got := say("sources"); !strings.Contains(got, "heavy.txt") || !strings.Contains(got, "(aside)") {
		t.Errorf("sources says nothing:\n%s", got)
	}
	if got := say("sources", "retry", "inbox"); !strings.Contains(got, "inbox: 1 to be read once more") {
		t.Errorf("retry says %q", got)
	}
	eventually(t, "the file is read after a retry", func() bool {
		return strings.Contains(say("articles"), "Heavy")
	})
	d.terminate()
	if left, err := os.ReadDir(filepath.Join(data, "reading")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// killWhileReading starts a daemon in a process of its own and kills it once it notes that it reads
// a document.
func killWhileReading(t *testing.T, flags []string, data, document string) {
	t.Helper()
	var out syncBuffer
	command := exec.Command("teletipo", slices.Concat(flags, []string{"serve"})...)
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	eventually(t, "it notes "+document, func() bool {
		files, _ := filepath.Glob(filepath.Join(data, "reading", "*"))
		return slices.ContainsFunc(files, func(file string) bool {
			text, err := os.ReadFile(file)
			return err == nil && strings.Contains(string(text), document) &&
				strings.Contains(string(text), `"begun":true`)
		})
	})
}
