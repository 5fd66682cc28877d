package classify

import "cmp"

// wordIDs are the numbers of a word, by the forms that terms may have; 0 is none.
type wordIDs struct {
	is     [kinds]uint32
	speaks lang // the language that the word speaks for, if any
}

// What stands between words has numbers too.
const (
	sentenceEnd = ^uint32(0) // no term has this word
	aPause      = 1          // those terms have it that are written with a comma
)

// between makes what stands in the place of a word.
func between(what uint32) wordIDs { return wordIDs{is: [kinds]uint32{exact: what}} }

// index finds all terms of all topics in one pass over a text: a trie whose edges are words.
type index struct {
	words map[string]wordIDs
	first []int32 // the node that a word leads to from the root, by its number; 0 is none
	nodes []node
	edges []edge // those of a node together, by word
	uses  []use  // those of a node together
}

// node is a place in the trie; node 0 is the root.
type node struct {
	edges, edgesEnd int32
	uses, usesEnd   int32
}

// use is what matching needs of a term that ends at a node.
type use struct {
	groups uint64 // those it belongs to, a bit each
	until  int64  // see term
	term   int32
	topic  int32
	lang   lang
	counts bool // by itself, if only 0; not just as a word of its groups
	sign   int8 // of its weight
}

// freeze lays a trie out flat, breadth first, so that matching touches little memory.
func freeze(root *trieNode, words map[string]wordIDs, ids uint32, terms []term) index {
	x := index{words: words, first: make([]int32, ids+1)}
	queue := []*trieNode{root}
	for at := 0; at < len(queue); at++ {
		n := queue[at]
		flat := node{edges: int32(len(x.edges)), uses: int32(len(x.uses))}
		for _, id := range n.edges() {
			x.edges = append(x.edges, edge{word: id, node: int32(len(queue))})
			queue = append(queue, n.children[id])
		}
		for _, end := range n.uses {
			t := &terms[end.term]
			x.uses = append(x.uses, use{
				groups: t.groups, until: t.until, term: end.term, topic: t.topic, lang: end.lang,
				counts: t.counts,
				sign:   int8(cmp.Compare(t.weight, 0)),
			})
		}
		flat.edgesEnd, flat.usesEnd = int32(len(x.edges)), int32(len(x.uses))
		x.nodes = append(x.nodes, flat)
	}
	for _, e := range x.edges[:x.nodes[0].edgesEnd] {
		x.first[e.word] = e.node
	}
	return x
}

// next returns the node that a word leads to, 0 if none.
func (x *index) next(from int32, id uint32) int32 {
	if id == 0 {
		return 0
	}
	lo, hi := x.nodes[from].edges, x.nodes[from].edgesEnd
	for lo < hi {
		mid := (lo + hi) / 2
		switch e := x.edges[mid]; {
		case e.word == id:
			return e.node
		case e.word < id:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return 0
}
