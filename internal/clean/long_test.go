package clean

import (
	"strings"
	"testing"
)

// A text beyond what is kept is passed over, not looked at once more for each of its words: that
// took ten minutes for four megabytes, and takes a tenth of a second.
func TestLongText(t *testing.T) {
	w := &writer{}
	long := strings.Repeat("word ", 2*textEnd/5)
	if n := w.wordsThatFit(long); n == 0 || n > textEnd || long[n] != ' ' {
		t.Errorf("%d bytes fit of %d", n, len(long))
	}
	w.out = make([]byte, textEnd)
	if n := w.wordsThatFit(long); n != 0 {
		t.Errorf("%d bytes fit into what is full", n)
	}
	if n := (&writer{}).wordsThatFit(" a b"); n != 4 {
		t.Errorf("%d bytes of a short text", n)
	}
}
