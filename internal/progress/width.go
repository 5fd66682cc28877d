package progress

import (
	"io"
	"os"
)

// Width is how many characters fit on a line of the terminal that a writer is, 0 if it is none or
// does not say.
func Width(w io.Writer) int {
	if !Terminal(w) {
		return 0
	}
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	return columns(f)
}
