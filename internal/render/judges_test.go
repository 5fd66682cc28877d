package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestJing holds our Atom documents to RFC 4287's schema, where it and jing are at hand.
// The command .ci/judges asks more of those who judge feeds.
func TestJing(t *testing.T) {
	schema, err := filepath.Abs("../../../shared/schemas/atom.rnc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(schema); err != nil {
		t.Skip(err)
	}
	jing, err := exec.LookPath("jing")
	if err != nil {
		t.Skip(err)
	}
	args := []string{"-c", schema}
	for name, feed := range samples() {
		file := filepath.Join(t.TempDir(), name+".atom")
		if err := os.WriteFile(file, render(t, feed, news.Atom), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.CommandContext(t.Context(), jing, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
