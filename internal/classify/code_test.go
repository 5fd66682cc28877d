package classify

import (
	"strings"
	"testing"
)

// TestCode: the code that settles placements is in the hash.
func TestCode(t *testing.T) {
	for name, has := range map[string]string{
		"classify.go": "Place(", "links.go": "settle(", "fold.go": "next(", "index.go": "package classify",
	} {
		text, err := sources.ReadFile(name)
		if err != nil || !strings.Contains(string(text), has) {
			t.Errorf("%s is not hashed: %v", name, err)
		}
	}
	if len(Code()) != 16 {
		t.Errorf("hash %q", Code())
	}
}
