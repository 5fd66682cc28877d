package dates

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed words/*.txt
var files embed.FS

// words are the names that dates are written with, of all languages together.
type words struct {
	months   map[string]time.Month    // by their beginnings, as plain gives them
	halves   map[string]bool          // of the day; true for the second
	zones    map[string]time.Duration // east of UTC
	american map[string]time.Duration // the same in winter: see american
}

// known has the words that are part of the program; a test reads them first.
var known = sync.OnceValue(func() *words {
	w, err := readWords(files)
	if err != nil {
		panic(err)
	}
	return &w
})

// readWords reads the files of words; words/en.txt says how they are written.
func readWords(dir fs.FS) (words, error) {
	w := words{
		months: map[string]time.Month{}, halves: map[string]bool{},
		zones: map[string]time.Duration{}, american: map[string]time.Duration{},
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
	switch name := plain(line[2]); line[0] {
	case "month":
		month, err := strconv.Atoi(line[1])
		if have := w.months[name]; have != 0 && have != time.Month(month) {
			return fmt.Errorf("%q: begins month %d and month %d", name, have, month)
		}
		w.months[name] = time.Month(month)
		return err
	case "half":
		w.halves[name] = line[1] == "pm"
		return nil
	}
	hours, err := strconv.ParseFloat(line[2], 64)
	offset := time.Duration(hours * float64(time.Hour))
	switch line[0] {
	case "zone":
		w.zones[line[1]] = offset
	case "american":
		w.american[line[1]] = offset
	default:
		return fmt.Errorf("%q: want month, half, zone or american", line[0])
	}
	return err
}

// plain returns a word in lower case and without accents.
func plain(word string) string {
	word = strings.ToLower(word)
	if strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return word
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

// monthOf returns the month that a word names, 0 if it names none.
func (w *words) monthOf(word string) int {
	word = plain(word)
	if month := w.months[word+"."]; month != 0 {
		return int(month)
	}
	letters := []rune(word)
	for n := min(len(letters), longestBeginning); n > 2; n-- {
		if month := w.months[string(letters[:n])]; month != 0 {
			return int(month)
		}
	}
	return 0
}

// longestBeginning is how many letters of a month's name are looked at.
const longestBeginning = 6
