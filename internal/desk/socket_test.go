package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// TestSocketOfAnother has the directory among the temporary files be somebody else's, or lead there.
func TestSocketOfAnother(t *testing.T) {
	dir := shortDir(t)
	if err := checkOwner(dir, os.Getuid()); err != nil {
		t.Errorf("one's own: %v", err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another's": checkOwner(dir, os.Getuid()+1), "a link": checkOwner(link, os.Getuid()),
	} {
		if news.KindOf(err) != news.Refused || !strings.Contains(err.Error(), "--data") {
			t.Errorf("%s: %v, want it to be refused", name, err)
		}
	}
}
