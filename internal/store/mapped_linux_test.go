package store

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestMappedPagesGoBack has a store looked at as a whole, and then the pages given back.
func TestMappedPagesGoBack(t *testing.T) {
	s := newStore(t)
	for i := range 3 {
		s.accept(piece(fmt.Sprint(i)))
	}
	path := s.db.Path()
	if mapped(t, path) == 0 {
		t.Fatal("nothing of the file is mapped after articles were stored")
	}
	if err := unmapPages(s.db.DB); err != nil {
		t.Fatal(err)
	}
	if kB := mapped(t, path); kB > 8 { // the transaction itself looks at a page
		t.Errorf("%d kB of the file are mapped still", kB)
	}
	s.accept(piece("4"))
}

// TestPagesGoBackRarely keeps small commits from having their pages taken away each time.
func TestPagesGoBackRarely(t *testing.T) {
	s := newStore(t)
	s.accept(piece("1"))
	path := s.db.Path()
	s.unmapRarely([]request{{count: unmapAfter - 2}})
	if mapped(t, path) == 0 {
		t.Error("pages were taken back before their time")
	}
	s.unmapRarely([]request{{count: 1}})
	if kB := mapped(t, path); kB > 8 {
		t.Errorf("%d kB of the file are mapped still", kB)
	}
}

// mapped reads how much of a file this process has mapped, in kB (proc(5), smaps).
func mapped(t *testing.T, path string) int {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	sum, ours := 0, false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if head, _, _ := strings.Cut(line, " "); strings.Contains(head, "-") {
			ours = strings.HasSuffix(line, path)
		}
		var kB int
		if _, err := fmt.Sscanf(line, "Rss: %d kB", &kB); err == nil && ours {
			sum += kB
		}
	}
	return sum
}
