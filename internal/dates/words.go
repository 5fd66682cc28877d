package dates

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed words/*.txt
var files embed.FS

// words are the names that dates are written with, of all languages together.
type words struct {
	months   map[string]time.Month    // by their beginnings, without accents
	zones    map[string]time.Duration // east of UTC
	american map[string]time.Duration // the same in winter: see american
}

// known has the words that are part of the program; a test reads them first.
var known = func() words {
	w, err := readWords(files)
	if err != nil {
		panic(err)
	}
	return w
}()

// readWords reads the files of words; words/en.txt says how they are written.
func readWords(dir fs.FS) (words, error) {
	w := words{
		months: map[string]time.Month{}, zones: map[string]time.Duration{},
		american: map[string]time.Duration{},
	}
	names, err := fs.Glob(dir, "words/*.txt")
	if err != nil {
		return w, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return w, err
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			if err := w.add(strings.Fields(line)); err != nil {
				return w, fmt.Errorf("%s:%d: %w", name, number, err)
			}
		}
	}
	return w, nil
}

// add takes the words of a line.
func (w *words) add(line []string) error {
	if len(line) != 3 {
		return fmt.Errorf("%q: want three words", line)
	}
	if line[0] == "month" {
		month, err := strconv.Atoi(line[1])
		w.months[line[2]] = time.Month(month)
		return err
	}
	hours, err := strconv.ParseFloat(line[2], 64)
	offset := time.Duration(hours * float64(time.Hour))
	switch line[0] {
	case "zone":
		w.zones[line[1]] = offset
	case "american":
		w.american[line[1]] = offset
	default:
		return fmt.Errorf("%q: want month, zone or american", line[0])
	}
	return err
}
