package clean

import "slices"

const (
	maxOpen       = 256 // open elements; of those that are nested deeper only the content is kept
	maxFormatting = 32  // formatting elements that go on, in one cell or outside of tables
	maxSame       = 3   // of them with the same tag: the standard's "Noah's Ark"
)

// open is an element that has begun and not ended.
type open struct {
	name     string // empty: it has ended, but what is in it has not
	e        *element
	isHidden bool
	foreign  bool   // it is of a drawing or formula
	holds    holds  // whether what is in it needs an item or cell around it
	depth    int    // how many blocks are open where items or cells of it stand
	close    action // what its end tells the writer
	to       int    // how many blocks remain open, or the number of the span that ends
	format   int    // number of the formatting element that it is, 0 for none
}

// holds is what an element holds directly.
type holds int

const (
	anything holds = iota
	items          // of a list
	definitions
	cells // and the other parts of a table
)

// action is what the end of an element tells the writer.
type action int

const (
	nothing   action = iota
	endPart          // what follows is parted from it
	endBlocks        // blocks end until so many are open
	endSpan
)

func (o *open) group() int {
	if o.e == nil {
		return 0
	}
	return o.e.group
}

// isBoundary reports whether what is looked for is not looked for around this element.
func (o *open) isBoundary() bool {
	return o.e.is(boundary) || o.foreign && isIntegration(o.name)
}

// goesOn is a formatting element that is open, or ended with the block that it stands in and is
// opened again in the next one. Without a name it is where a cell begins: nothing goes on beyond.
type goesOn struct {
	number int
	tag    token
	e      *element
	attrs  *string // that it is written with, once they have been looked at
	isOpen bool
}

// push opens an element.
func (k *walker) push(o open) {
	if o.isHidden {
		k.hidden++
	}
	if o.foreign {
		k.foreign++
	}
	if o.e.is(tablePart) || o.name == "table" || o.name == "template" {
		k.parts = append(k.parts, len(k.open))
	}
	if o.e.is(marker) {
		k.formats = append(k.formats, goesOn{})
	}
	k.open = append(k.open, o)
	k.count[o.group()]++
}

// isFull reports whether an element would be nested too deep, and remembers then that its end
// tag will end nothing.
func (k *walker) isFull(t *token, e *element) bool {
	if len(k.open) < maxOpen {
		return false
	}
	if e != nil {
		k.ignore(t.name)
	}
	if k.hidden == 0 && e != nil && e.kind != kindInline && e.kind != kindUnwrapped {
		k.w.part()
	}
	return true
}

// ignore remembers that an element has begun that was not opened.
func (k *walker) ignore(name string) {
	if k.ignored == nil {
		k.ignored = map[string]int{}
	}
	k.ignored[name]++
}

// pop ends the innermost element, and those around it that had ended before.
func (k *walker) pop() {
	for {
		last := len(k.open) - 1
		k.end1(&k.open[last])
		k.open = k.open[:last]
		if last == 0 || k.open[last-1].name != "" {
			return
		}
	}
}

// end1 does what the end of one element means.
func (k *walker) end1(o *open) {
	if o.name == "" {
		return
	}
	k.count[o.group()]--
	if o.isHidden {
		k.hidden--
	}
	if o.foreign {
		k.foreign--
	}
	if n := len(k.parts); n > 0 && &k.open[k.parts[n-1]] == o {
		k.parts = k.parts[:n-1]
		if o.name == "table" {
			k.tables = k.tables[:len(k.tables)-1]
		}
	}
	if o.e.is(marker) {
		k.clearFormats()
	}
	if o.format > 0 {
		if i := k.formatOf(o.format); i >= 0 {
			k.formats[i].isOpen = false
		}
	}
	switch o.close {
	case endPart:
		k.w.part()
	case endBlocks:
		k.w.closeTo(o.to)
		k.w.part()
	case endSpan:
		k.w.endSpan(o.to)
	}
}

// popTo ends the elements down to the one at an index.
func (k *walker) popTo(i int) {
	for len(k.open) > i {
		k.pop()
	}
}

// top is the innermost open element.
func (k *walker) top() *open {
	if len(k.open) == 0 {
		return &open{}
	}
	return &k.open[len(k.open)-1]
}

// find is the index of the innermost open element that an end tag of e ends, -1 if there is none
// or an element stands between that is a boundary, or one of those named.
func (k *walker) find(e *element, stop ...string) int {
	if k.count[e.group] == 0 {
		return -1
	}
	for i := len(k.open) - 1; i >= 0; i-- {
		o := &k.open[i]
		switch {
		case o.e != nil && o.e.group == e.group && o.name != "":
			return i
		case o.isBoundary(), slices.Contains(stop, o.name):
			return -1
		}
	}
	return -1
}

// endP ends a paragraph that is open.
func (k *walker) endP() {
	if i := k.find(paragraph, "button"); i >= 0 {
		k.popTo(i)
	}
}

var (
	paragraph = elements["p"]
	ruby      = elements["ruby"]
	dropDown  = elements["select"]
	form      = elements["form"]
)

// endItem ends the item of a list that a further one follows.
func (k *walker) endItem(names ...string) {
	for i := len(k.open) - 1; i >= 0; i-- {
		o := &k.open[i]
		switch {
		case slices.Contains(names, o.name):
			k.popTo(i)
			return
		case o.e.is(special) && o.name != "address" && o.name != "div" && o.name != "p":
			return
		}
	}
}

// formatOf is the index of a formatting element by its number, -1 if it no longer goes on.
func (k *walker) formatOf(number int) int {
	for i := len(k.formats) - 1; i >= 0; i-- {
		if k.formats[i].number == number {
			return i
		}
	}
	return -1
}

// formatsHere is where the formatting elements begin that may go on here.
func (k *walker) formatsHere() int {
	i := len(k.formats)
	for i > 0 && k.formats[i-1].number > 0 {
		i--
	}
	return i
}

// lastFormat is the index of the last formatting element of a name that may go on here, else -1.
func (k *walker) lastFormat(name string) int {
	for i := len(k.formats) - 1; i >= 0 && k.formats[i].number > 0; i-- {
		if k.formats[i].tag.name == name {
			return i
		}
	}
	return -1
}

// clearFormats forgets what goes on in a cell.
func (k *walker) clearFormats() {
	if i := k.formatsHere(); i > 0 {
		k.formats = k.formats[:i-1]
	}
}

// reopen opens the formatting elements again that ended with the block that they stand in.
func (k *walker) reopen() {
	i := len(k.formats)
	for i > 0 && k.formats[i-1].number > 0 && !k.formats[i-1].isOpen {
		i--
	}
	for ; i < len(k.formats) && len(k.open) < maxOpen; i++ {
		f := &k.formats[i]
		f.isOpen = true
		k.push(k.formatted(f))
	}
}

// format opens a formatting element.
func (k *walker) format(t token, e *element) {
	here := k.formatsHere()
	if len(k.formats)-here >= maxFormatting {
		k.ignore(t.name)
		return
	}
	if k.isFull(&t, e) {
		return
	}
	same, first := 0, 0
	for i := len(k.formats) - 1; i >= here; i-- {
		if k.formats[i].tag.text == t.text {
			same, first = same+1, i
		}
	}
	if same >= maxSame {
		k.formats = slices.Delete(k.formats, first, first+1)
	}
	k.lastNumber++
	f := goesOn{number: k.lastNumber, tag: t, e: e, isOpen: true}
	k.push(k.formatted(&f))
	k.formats = append(k.formats, f)
}

// formatted is a formatting element as it is put on the stack, after the writer has been told.
func (k *walker) formatted(f *goesOn) open {
	o := open{name: f.tag.name, e: f.e, format: f.number, isHidden: isUnseen(&f.tag)}
	if k.hidden == 0 && !o.isHidden {
		k.within()
		if f.e.kind == kindInline {
			k.inline(&f.tag, &f.attrs, &o)
		}
	}
	return o
}

// endFormat ends a formatting element, as the "adoption agency" of the standard does: the blocks
// that are open in it stay open, and so does other formatting.
func (k *walker) endFormat(name string) {
	if k.top().name == name && k.formatOf(k.top().format) < 0 {
		k.pop()
		return
	}
	i := k.lastFormat(name)
	if i < 0 {
		k.endOther(name)
		return
	}
	number := k.formats[i].number
	if !k.formats[i].isOpen {
		k.formats = slices.Delete(k.formats, i, i+1)
		return
	}
	at, block := len(k.open)-1, -1 // where it is, and the innermost block in it
	for k.open[at].format != number {
		switch o := &k.open[at]; {
		case o.isBoundary():
			return
		case o.e.is(special) && block < 0:
			block = at
		}
		at--
	}
	k.formats = slices.Delete(k.formats, i, i+1)
	if block < 0 {
		k.popTo(at)
		return
	}
	k.popTo(block + 1)
	for i := at; i < block; i++ {
		o := &k.open[i]
		if i == at || o.format == 0 && !o.e.is(special) {
			k.end1(o)
			*o = open{}
		}
	}
}
