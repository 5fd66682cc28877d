package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// table writes rows for a person, below heads. On a terminal it fits: columns that are worth least
// are left out, then the last one is cut. Elsewhere everything is there.
type table struct {
	width int   // of the terminal, 0 if there is none
	least []int // columns to leave out, first those that are worth least
	rows  [][]string
}

// table makes one with the heads of its columns. Least are those to leave out if need be.
func (in *invocation) table(heads []string, least ...int) *table {
	return &table{width: in.width, least: least, rows: [][]string{heads}}
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// Of the last column this much stays, and as much is worth leaving others out.
const (
	shortest = 16
	enough   = 40
)

// write writes the table.
func (t *table) write(w io.Writer) error {
	widths := t.widths()
	shown := make([]int, len(widths))
	for i := range shown {
		shown[i] = i
	}
	last := len(widths) - 1
	others := func() (sum int) {
		for _, i := range shown[:len(shown)-1] {
			sum += widths[i] + len("  ")
		}
		return sum
	}
	if t.width > 0 {
		for _, i := range t.least {
			if others()+min(widths[last], enough) <= t.width {
				break
			}
			shown = slices.DeleteFunc(shown, func(at int) bool { return at == i })
		}
		widths[last] = min(widths[last], max(t.width-others(), shortest))
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		for n, i := range shown {
			cell := cut(row[i], widths[i])
			line.WriteString(cell)
			if n < len(shown)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+len("  ")))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// widths are those of the columns' widest cells.
func (t *table) widths() []int {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// cut shortens a text to a width.
func cut(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	return string([]rune(text)[:width-1]) + "…"
}

// local writes a time as a clock on the wall here has it.
func local(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04 MST")
}

// page has what write writes shown page by page if it goes to a terminal: by the program that the
// variable PAGER names, or less.
func (in *invocation) page(write func() error) error {
	pager := cmp.Or(in.variable("PAGER"), "less")
	if in.width == 0 || in.flags.JSON || pager == "cat" {
		return write()
	}
	show := exec.CommandContext(in.ctx, "sh", "-c", pager)
	show.Stdout, show.Stderr = in.stdout, in.stderr
	show.Env = append(os.Environ(), "LESS="+cmp.Or(in.variable("LESS"), "FRX"))
	into, err := show.StdinPipe()
	if err == nil {
		_, err = exec.LookPath(strings.Fields(pager)[0])
	}
	if err == nil {
		err = show.Start()
	}
	if err != nil {
		return write() // as it is
	}
	terminal := in.stdout
	in.stdout = into
	wrong := write()
	in.stdout = terminal
	if err := into.Close(); wrong == nil && err != nil {
		wrong = fmt.Errorf("pager: %w", err)
	}
	_ = show.Wait()
	if errors.Is(wrong, syscall.EPIPE) || errors.Is(wrong, os.ErrClosed) {
		return nil // a reader who has seen enough leaves
	}
	return wrong
}
