package extract

import "strings"

// alike uses what JSON-LD says is the article's text (articleBody) as a second look: runs at
// either end of the text that are not in it go, if it is the whole text and not its beginning.
func alike(runs []run, body string) []run {
	const mostBody, mostRuns = 200 << 10, 1000
	if len(body) > mostBody || len(runs) > mostRuns {
		return runs
	}
	words := folded(body)
	size, in := 0, 0
	isIn := make([]bool, len(runs))
	for i := range runs {
		text := folded(runs[i].text)
		size += len(text)
		if isIn[i] = strings.Contains(words, text); isIn[i] {
			in += len(text)
		}
	}
	if in*10 < size*6 || in*10 < len(words)*8 {
		return runs
	}
	from, to := 0, len(runs)
	for from < to && !isIn[from] && runs[from].mass() == 0 {
		from++
	}
	for to > from && !isIn[to-1] && runs[to-1].mass() == 0 {
		to--
	}
	return runs[from:to]
}
