package classify

// forms says how the words of a term may be varied.
type forms uint8

const (
	exact   forms = iota // a name: as it is written
	english              // as English forms its plurals; for all languages but Spanish
	spanish
	capital // in capitals only
	kinds
)

// stem takes the plural ending off a folded word: coarse, but alike for texts and terms.
func (f forms) stem(w string) string {
	n := len(w)
	if f == exact || f == capital || n < 4 {
		return w
	}
	if w[n-1] == 's' {
		switch w[n-2] {
		case 's', 'u', 'i':
			return w
		case 'e':
			if f == english {
				return singular(w)
			}
		}
		n--
	}
	if f == spanish && n > 4 && w[n-1] == 'e' {
		n--
	}
	return w[:n]
}

// singular takes -es off an English word where that is the ending, else -s.
func singular(w string) string {
	n := len(w)
	if n > 4 && w[n-3] == 'i' {
		return w[:n-3] + "y"
	}
	if n > 5 {
		switch w[n-4 : n-2] {
		case "ss", "sh", "ch", "zz":
			return w[:n-2]
		}
		if w[n-3] == 'x' {
			return w[:n-2]
		}
	}
	return w[:n-1]
}

// endings are what the words of one stem may end in, beside nothing.
var endings = [kinds][]string{
	exact: nil, english: {"s", "es"}, spanish: {"s", "e", "es"}, capital: nil,
}

// words lists the words of a stem.
func (f forms) words(stem string) []string {
	all := []string{stem}
	add := func(w string) {
		if f.stem(w) == stem {
			all = append(all, w)
		}
	}
	for _, ending := range endings[f] {
		add(stem + ending)
	}
	if n := len(stem); f == english && n > 1 && stem[n-1] == 'y' {
		add(stem[:n-1] + "ies")
	}
	return all
}
