package newstest

import (
	"strings"
	"testing"
)

var sink string

func TestProportional(t *testing.T) {
	if raceDetector {
		t.Skip("allocated bytes mean nothing under the race detector")
	}
	letters := func(n int) string { return strings.Repeat("x", n) }
	quadratic := func(in string) { // as a string that grows by a line at a time
		sink = ""
		for range len(in) / 512 {
			sink += in[:512]
		}
	}
	for _, tt := range []struct {
		name  string
		input func(int) string
		work  func(string)
		want  string
	}{
		{"a copy", letters, func(in string) { sink = strings.Clone(in) }, ""},
		{"nothing", letters, func(string) {}, ""},
		{"a greedy copy", letters, func(in string) { sink = strings.Repeat(in, 200) }, ": 200."},
		{"quadratic", letters, quadratic, "for half of it"},
		{"an input of one size", func(int) string { return "x" }, func(string) {}, "does not grow"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := message(t, func(tb testing.TB) { Proportional(tb, tt.input, tt.work) })
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("says %q, want %q", got, tt.want)
			}
		})
	}
}
