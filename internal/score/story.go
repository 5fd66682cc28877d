package score

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// mostCompared is how many earlier titles that share a word a title is compared with, the newest.
const mostCompared = 100

// Stories numbers the story that each item tells, from 0 in the order of the items. Its time grows
// with the number of items, not with its square: titles are compared only where they share a word
// that is rare among all titles, and with so many.
func Stories(items []Item) []int {
	words := make([][]string, len(items))
	counts := map[string]int{}
	parent := make([]int, len(items))
	for i := range items {
		parent[i] = i
		words[i] = titleWords(items[i])
		for _, w := range words[i] {
			counts[w]++
		}
	}
	by := map[string][]int{} // the items that have one of a title's rarer words
	shared := map[int]bool{} // those to compare with
	for i := range items {
		slices.SortFunc(words[i], func(a, b string) int {
			return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b))
		})
		clear(shared)
		for _, w := range rarer(words[i]) {
			for _, j := range by[w][max(0, len(by[w])-mostCompared):] {
				shared[j] = true
			}
			by[w] = append(by[w], i)
		}
		for j := range shared {
			if from, to := root(parent, i), root(parent, j); from != to &&
				alike(common(words[i], words[j]), len(words[i]), len(words[j])) {
				parent[from] = to
			}
		}
	}
	return number(parent)
}

// rarer are the words of which two titles that are alike share at least one: of three shared words,
// or of all, one is none of the two commonest.
func rarer(words []string) []string { return words[:max(min(len(words), 1), len(words)-2)] }

// common counts the words that two titles share.
func common(a, b []string) int {
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return n
}

// number gives each tree of parents a number, in the order of their first items.
func number(parent []int) []int {
	numbers := map[int]int{}
	stories := make([]int, len(parent))
	for i := range parent {
		r := root(parent, i)
		if _, known := numbers[r]; !known {
			numbers[r] = len(numbers)
		}
		stories[i] = numbers[r]
	}
	return stories
}

// alike reports whether two titles of a and b words that share n of them tell one story.
func alike(n, a, b int) bool {
	return n == a && n == b || n >= 3 && 2*n >= min(a, b)
}

// root follows parents to the first.
func root(parent []int, i int) int {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

// titleWords lists the different words of four letters and more of an item's title, folded, each
// with the item's language.
func titleWords(item Item) []string {
	fold := func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}
	text := strings.Map(fold, norm.NFKD.String(item.Title))
	var list []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if len([]rune(w)) >= 4 {
			list = append(list, item.Lang+" "+w)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Folds deals items into n folds of about equal size and about as many labels each, never parting
// a story. It gives the fold of each item, the same for the same items in the same order.
func Folds(items []Item, n int) []int {
	stories := Stories(items)
	type pile struct {
		items  []int
		labels int
		hash   uint64
	}
	var piles []pile
	for i, s := range stories {
		if s == len(piles) {
			h := fnv.New64a()
			h.Write([]byte(items[i].Title))
			piles = append(piles, pile{hash: h.Sum64()})
		}
		piles[s].items = append(piles[s].items, i)
		piles[s].labels += len(items[i].Labels)
	}
	slices.SortStableFunc(piles, func(a, b pile) int {
		return cmp.Or(cmp.Compare(b.labels, a.labels), cmp.Compare(len(b.items), len(a.items)),
			cmp.Compare(a.hash, b.hash))
	})
	folds := make([]int, len(items))
	sizes, labels := make([]int, n), make([]int, n)
	for _, p := range piles {
		to := 0
		for f := range n {
			if cmp.Or(cmp.Compare(labels[f], labels[to]), cmp.Compare(sizes[f], sizes[to])) < 0 {
				to = f
			}
		}
		if p.labels == 0 {
			to = slices.Index(sizes, slices.Min(sizes))
		}
		for _, i := range p.items {
			folds[i] = to
		}
		sizes[to] += len(p.items)
		labels[to] += p.labels
	}
	return folds
}
