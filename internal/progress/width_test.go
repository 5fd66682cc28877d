package progress_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/teletipo/teletipo/internal/progress"
)

// TestWidth holds that what is no terminal has no width.
func TestWidth(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := progress.Width(file); got != 0 {
		t.Errorf("a file is %d wide", got)
	}
	if got := progress.Width(&bytes.Buffer{}); got != 0 {
		t.Errorf("a buffer is %d wide", got)
	}
	null, err := os.Open(os.DevNull) // a device, but no terminal
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if got := progress.Width(null); got != 0 {
		t.Errorf("the null device is %d wide", got)
	}
}
