package clean

// maxSpan is how many columns or rows a cell may span.
const maxSpan = 1000

// table is an open table. One that only lays out a page (a table around tables, or with one cell
// in every row) gives up what it holds. One of data is told to the writer when its first cell or
// its caption begins, so that what stands in it before that goes before the table.
type table struct {
	isData, isTold bool
	base           int // how many blocks are open around it
}

// startTable takes the start tag of a table.
func (k *walker) startTable(t *token, e *element) {
	if k.isOutsideOfCells() { // the one around it has ended without an end tag
		k.endTablePart("table")
	}
	o, now := open{name: t.name, e: e}, table{}
	switch {
	case k.hidden > 0:
	case isUnseen(t):
		o.isHidden = true
	default:
		k.within()
		k.section(&o)
		now.base = len(k.w.blocks)
		now.isData = k.isDataTable(t.start) && k.w.top().model != lineOnly &&
			len(k.w.blocks) <= maxDepth-5 && !k.w.inTable()
		if now.isData {
			o.holds, o.close, o.to = cells, endBlocks, now.base
		}
	}
	k.tables = append(k.tables, now)
	k.push(o)
}

// isOutsideOfCells reports whether what comes stands in a table but in none of its cells.
func (k *walker) isOutsideOfCells() bool {
	switch k.part() {
	case "", "td", "th", "caption":
		return false
	}
	return true
}

// part is the innermost open table or part of one; empty if there is none.
func (k *walker) part() string {
	if len(k.parts) == 0 {
		return ""
	}
	if name := k.open[k.parts[len(k.parts)-1]].name; name != "template" {
		return name
	}
	return ""
}

// startPart takes the start tag of a part of a table: what it can't stand in ends, and what it
// needs around it begins.
func (k *walker) startPart(t *token, e *element) {
	isCell, isRow := t.name == "td" || t.name == "th", t.name == "tr"
	for len(k.parts) > 0 {
		at := k.parts[len(k.parts)-1]
		var missing string
		switch k.part() {
		case "":
			return
		case "td", "th", "caption":
			k.popTo(at)
			continue
		case "tr":
			if !isCell {
				k.popTo(at)
				continue
			}
		case "table":
			if isCell || isRow {
				missing = "tbody"
			}
		default:
			if isCell {
				missing = "tr"
			} else if !isRow {
				k.popTo(at)
				continue
			}
		}
		if k.popTo(at + 1); len(k.open) >= maxOpen {
			return
		}
		if missing == "" {
			k.pushPart(t, e)
			return
		}
		k.pushPart(&token{name: missing}, elementOf(missing))
	}
}

// pushPart opens a part of a table.
func (k *walker) pushPart(t *token, e *element) {
	if e.is(void) || t.name == "colgroup" {
		return
	}
	o, now := open{name: t.name, e: e}, &k.tables[len(k.tables)-1]
	switch {
	case k.hidden > 0:
	case isUnseen(t):
		o.isHidden = true
	case !now.isData:
		k.section(&o)
	case t.name == "tr":
		o.holds, o.to = cells, now.base+2
		k.w.closeTo(o.to)
	case t.name == "td" || t.name == "th":
		k.openRow(now)
		attrs := number(t, "colspan", maxSpan) + number(t, "rowspan", maxSpan)
		k.w.push(t.name, attrs, mixed)
		o.to = now.base + 3
	case t.name == "caption" && !now.isTold:
		now.isTold = k.w.push("table", "", tableOnly) && k.w.push(t.name, "", lineOnly)
		o.to = now.base + 1
	case t.name == "caption":
		k.strayCell()
		k.section(&o)
	default:
		o.holds, o.to = cells, now.base+1
		k.w.closeTo(o.to)
	}
	if o.to > 0 {
		o.close = endBlocks
	}
	k.push(o)
}

// openRow opens the row that a cell is to stand in, and what that stands in.
func (k *walker) openRow(now *table) {
	if !now.isTold {
		now.isTold = k.w.push("table", "", tableOnly)
	}
	k.w.closeTo(now.base + 3)
	if len(k.w.blocks) == now.base+1 {
		k.w.push(k.groupName(), "", tableOnly)
	}
	if len(k.w.blocks) == now.base+2 {
		k.w.push("tr", "", tableOnly)
	}
}

// groupName is the group of rows that is open.
func (k *walker) groupName() string {
	for i := len(k.parts) - 1; i >= 0; i-- {
		switch name := k.open[k.parts[i]].name; name {
		case "thead", "tfoot":
			return name
		case "table":
			return "tbody"
		}
	}
	return "tbody"
}

// strayCell opens a cell for what stands in a table outside of its cells, unless nothing of the
// table has been written yet.
func (k *walker) strayCell() {
	now := &k.tables[len(k.tables)-1]
	if !now.isTold || len(k.w.blocks) > now.base+3 {
		return
	}
	k.openRow(now)
	if k.w.push("td", "", mixed) {
		k.w.top().isStray = true
	}
}

// endTablePart takes the end tag of a table, or of a part of one.
func (k *walker) endTablePart(name string) {
	for i := len(k.parts) - 1; i >= 0; i-- {
		switch o := &k.open[k.parts[i]]; o.name {
		case name:
			k.popTo(k.parts[i])
			return
		case "table", "template":
			return
		}
	}
}

// scanned is what a look ahead has found of a table.
type scanned struct {
	start  int // where its start tag begins
	isData bool
}

// isDataTable reports whether the table whose start tag begins at a position is one of data.
func (k *walker) isDataTable(start int) bool {
	if k.data == nil {
		k.data = scanTables(k.lex.s, start)
	}
	for len(k.data) > 0 && k.data[0].start < start {
		k.data = k.data[1:]
	}
	return len(k.data) > 0 && k.data[0].start == start && k.data[0].isData
}

// scan is a table that is being looked at.
type scan struct {
	index       int // in the list that is made
	cells, most int // of this row, and of any
	in          string
	isAround    bool // a cell of it has a table in it
}

// scanTables looks at the tables of a document from a position on, once for all of them.
func scanTables(s string, from int) []scanned {
	list := []scanned{}
	var open []scan
	deeper := 0
	end := func() {
		last := &open[len(open)-1]
		list[last.index].isData = !last.isAround && max(last.most, last.cells) > 1
		open = open[:len(open)-1]
	}
	for l := (lexer{s: s, pos: from}); ; {
		t := l.next()
		if t.kind == endOfInput {
			break
		}
		if t.kind == textToken || t.name != "table" && (len(open) == 0 || deeper > 0) {
			continue
		}
		switch {
		case t.name == "table" && t.kind == startTag && len(open) == maxOpen:
			deeper++
		case t.name == "table" && t.kind == startTag:
			if n := len(open); n > 0 && open[n-1].in == "" {
				end()
			} else if n > 0 && open[n-1].in != "caption" {
				open[n-1].isAround = true
			}
			open = append(open, scan{index: len(list)})
			list = append(list, scanned{start: t.start})
		case t.name == "table" && deeper > 0:
			deeper--
		case t.name == "table" && len(open) > 0:
			end()
		case len(open) > 0:
			open[len(open)-1].see(&t)
		}
	}
	for len(open) > 0 {
		end()
	}
	return list
}

// see takes note of a tag in a table.
func (s *scan) see(t *token) {
	switch t.name {
	case "td", "th":
		s.in = ""
		if t.kind == startTag {
			s.in = t.name
			if !isUnseen(t) {
				s.cells++
			}
		}
	case "caption":
		s.in = ""
		if t.kind == startTag {
			s.in = t.name
		}
	case "tr", "tbody", "thead", "tfoot":
		s.most, s.cells, s.in = max(s.most, s.cells), 0, ""
	}
}
