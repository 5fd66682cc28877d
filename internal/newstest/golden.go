package newstest

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Golden holds got against the file testdata/NAME of the package under test, byte for byte, and
// writes that file when the test runs with -update. A golden file that is missing fails the test:
// a comparison with nothing would pass whatever got holds.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	golden(t, filepath.Join("testdata", filepath.FromSlash(name)), got, *update)
}

func golden(t testing.TB, file string, got []byte, write bool) {
	t.Helper()
	if write {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatalf("golden file: %v", err)
		}
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatalf("golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Fatalf("golden file %s does not exist: run go test -update, and read what it wrote", file)
	case err != nil:
		t.Fatalf("golden file: %v", err)
	case bytes.Equal(want, got):
	default:
		t.Errorf("%s: (-want +got), go test -update accepts it\n%s", file,
			cmp.Diff(string(want), string(got)))
	}
}
