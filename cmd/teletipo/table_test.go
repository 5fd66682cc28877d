package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// TestTableFits: on a terminal no line is longer than it, elsewhere nothing is left out.
func TestTableFits(t *testing.T) {
	heads := []string{"ID", "TIME", "BYTES", "TITLE"}
	for _, width := range []int{0, 200, 90, 60, 40, 30} {
		in := &invocation{width: width}
		table := in.table(heads, 2, 1)
		table.add("a-long-id", "2026-11-28 11:50 CST", "12", strings.Repeat("Título ", 20))
		table.add("b", "-", "3", "short")
		var b bytes.Buffer
		if err := table.write(&b); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(lines) != 3 || !strings.HasPrefix(lines[1], "a-long-id  ") {
			t.Errorf("%d wide:\n%s", width, b.String())
		}
		for _, line := range lines {
			if width > 0 && utf8.RuneCountInString(line) > width || strings.HasSuffix(line, " ") {
				t.Errorf("%d wide: %q", width, line)
			}
		}
		whole := strings.Contains(b.String(), strings.TrimSpace(strings.Repeat("Título ", 20)))
		if whole != (width == 0 || width == 200) || strings.Contains(lines[0], "BYTES") != (width == 0 || width > 80) {
			t.Errorf("%d wide:\n%s", width, b.String())
		}
	}
}

// TestLocalTimes: a person reads the clock of the place.
func TestLocalTimes(t *testing.T) {
	before := time.Local
	defer func() { time.Local = before }()
	time.Local = time.FixedZone("CST", -6*60*60)
	at := time.Date(2026, 11, 28, 17, 50, 0, 0, time.UTC)
	if got := local(at); got != "2026-11-28 11:50 CST" {
		t.Errorf("got %s", got)
	}
	if got := local(time.Time{}); got != "-" {
		t.Errorf("no time is %s", got)
	}
}

// TestAboutNamesOnce: what could not be read is named once.
func TestAboutNamesOnce(t *testing.T) {
	_, err := teletipo(t, "--data", t.TempDir(), "explain", "http://127.0.0.1:1/feed.xml")
	if err == nil || strings.Count(err.Error(), "http://127.0.0.1:1/feed.xml") != 1 {
		t.Errorf("explain: %v", err)
	}
	out, err := teletipo(t, "--data", t.TempDir(), "ingest", "http://127.0.0.1:1/feed.xml")
	if err == nil || strings.Count(out, "http://127.0.0.1:1/feed.xml") != 1 {
		t.Errorf("ingest: %v\n%s", err, out)
	}
}

// TestPage: on a terminal the pager shows what is written, and leaving it early is no error.
func TestPage(t *testing.T) {
	long := strings.Repeat("a line\n", 100_000)
	for pager, want := range map[string]string{
		"sed s/^/page:/": "page:" + strings.TrimSuffix(strings.ReplaceAll(long, "\n", "\npage:"), "page:"),
		"head -n 1":      "a line\n", "no-such-pager": long, "cat": long,
	} {
		var out bytes.Buffer
		in := &invocation{
			ctx: t.Context(), stdout: &out, stderr: &out, width: 80, flags: &command{},
			env: []string{"PAGER=" + pager},
		}
		err := in.page(func() error {
			_, err := io.WriteString(in.stdout, long)
			return err
		})
		if err != nil || out.String() != want {
			t.Errorf("%s: %v, %d bytes, want %d", pager, err, out.Len(), len(want))
		}
	}
}
