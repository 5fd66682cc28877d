package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackupOnAFullDisk: a backup and a restore that find no room say so, leave what was there as it
// was, and nothing of themselves.
func TestBackupOnAFullDisk(t *testing.T) {
	dir, flags, file, older := oneArticle(t)
	into := filepath.Join(dir, "into")
	for what, args := range map[string][]string{
		"backup": append(flags, "backup", file), "restore": append(withData(flags, into), "restore", file),
	} {
		// Files may have so few blocks that a store has no room.
		command := exec.Command("bash", append([]string{
			"-c", `ulimit -f 1; exec teletipo "$@"`, "bash",
		}, args...)...)
		said, err := command.CombinedOutput()
		if err == nil || !strings.Contains(string(said), "make room") {
			t.Errorf("%s: %v, %s", what, err, said)
		}
	}
	if left, err := os.ReadDir(into); err == nil && len(left) > 0 {
		t.Errorf("%v is left of the restore", left)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(older) {
		t.Errorf("the older backup has changed: %v", err)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("%v is left of the backup", left)
	}
	sound(t, withData(flags, into), "restore", file)
}
