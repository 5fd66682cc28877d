package newstest

import (
	"runtime"
	"strings"
	"testing"
)

// Bounds on what work may allocate, measured as bytes in all and not as the peak, which is never
// more.
const (
	smallInput = 8 << 10 // bytes of the smallest input that is tried
	doublings  = 3
	perByte    = 40      // bytes allocated for a byte of input,
	fixedCost  = 1 << 20 // and beside that
	maxGrowth  = 2.6     // times as much for twice the input
	fixedNoise = 96 << 10
)

// Proportional fails the test unless the work that an input makes is in proportion to its size:
// for twice the input about twice the allocated bytes, at most 40 for each byte of input and a
// megabyte. Input returns an input of n parts, the longer the larger n is; work takes it. Nothing
// is timed, so that a busy machine changes no result; a loop that is quadratic without allocating
// is for a benchmark to find.
//
//	newstest.Proportional(t,
//		func(n int) string { return strings.Repeat("<td>", n) },
//		func(in string) { parseTable(in) })
func Proportional(t testing.TB, input func(n int) string, work func(in string)) {
	t.Helper()
	ProportionalBut(t, fixedCost, input, work)
}

// ProportionalBut is Proportional for work that may allocate other than a megabyte whatever its
// input: a document whose parts are bounded in number may cost what so many parts do.
func ProportionalBut(
	t testing.TB, fixed int, input func(n int) string, work func(in string),
) {
	t.Helper()
	n := 1
	for len(input(n)) < smallInput {
		if n *= 2; n > smallInput {
			t.Fatalf("an input of %d parts has %d bytes: it does not grow", n, len(input(n)))
		}
	}
	before := 0.0
	for range doublings + 1 {
		in := input(n)
		cost := allocated(work, in)
		if most := float64(perByte*len(in) + fixed); cost > most {
			t.Errorf("%.0f bytes allocated for an input of %d: %.1f a byte, want at most %.0f in all\n"+
				"input %.60q…", cost, len(in), cost/float64(len(in)), most, in)
			return
		}
		if before > 0 && cost > maxGrowth*before+float64(max(fixedNoise, fixed/16)) {
			t.Errorf("%.0f bytes allocated for an input of %d, but %.0f for half of it: "+
				"%.1f times as much\ninput %.60q…", cost, len(in), before, cost/before, in)
			return
		}
		before, n = cost, 2*n
	}
}

// allocated is how many bytes work allocates for an input: the less of two runs, since the first
// may fill tables, and a test's other goroutines allocate too.
func allocated(work func(string), in string) float64 {
	first := Allocated(func() { work(in) })
	return float64(min(first, Allocated(func() { work(in) })))
}

// Allocated is how many bytes f allocates in all, those given back meanwhile included, and those
// of other goroutines. Under the race detector, which has pools allocate at random, f is run and
// nothing is counted.
func Allocated(f func()) uint64 {
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	f()
	runtime.ReadMemStats(&end)
	if raceDetector {
		return 0
	}
	return end.TotalAlloc - start.TotalAlloc
}

// InProportion holds that work on a text whose middle is repeated costs in proportion to it: for
// four times the input at most six times as much, which leaves room for what only begins with the
// second part, and far from the sixteen times of what is quadratic. Long texts are passed over:
// they only make it slow.
func InProportion(t testing.TB, text string, work func(text string)) {
	t.Helper()
	if text == "" || len(text) > 1<<10 {
		return
	}
	before, middle, after := thirds(text)
	var cost [2]uint64
	for i, size := range []int{16 << 10, 64 << 10} {
		in := before + strings.Repeat(middle, size/len(middle)) + after
		cost[i] = Allocated(func() { work(in) })
	}
	if cost[1] > 6*cost[0]+4<<20 {
		t.Errorf("%d bytes allocated for 64 KB, %d for 16 KB of %.60q…", cost[1], cost[0], text)
	}
}

// Repeating is an input for Proportional: a text, not empty, with its middle n times.
func Repeating(text string) func(n int) string {
	before, middle, after := thirds(text)
	return func(n int) string { return before + strings.Repeat(middle, n) + after }
}

// thirds parts a text; its middle is not empty if the text is not.
func thirds(text string) (before, middle, after string) {
	from, to := len(text)/3, max(2*len(text)/3, len(text)/3+1)
	return text[:from], text[from:to], text[to:]
}
