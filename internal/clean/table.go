package clean

import "golang.org/x/net/html"

// maxSpan is how many columns or rows a cell may span.
const maxSpan = 1000

// table keeps a table of data. One that only lays out a page (a table around tables, or with one
// cell in every row) gives up what it holds.
func (k walker) table(n *html.Node) {
	rows := rowsOf(n)
	if k.inTable() || len(k.w.blocks) > maxDepth-5 || isLayout(rows) ||
		!k.w.push("table", "", tableOnly) {
		k.section(n)
		return
	}
	depth := len(k.w.blocks)
	if c := firstChild(n, "caption"); c != nil {
		k.block(c, "caption", "", lineOnly)
	}
	group := (*html.Node)(nil)
	for _, row := range rows {
		if row.Parent != group {
			group = row.Parent
			k.w.closeTo(depth)
			k.w.push(groupName(group), "", tableOnly)
		}
		k.w.push("tr", "", tableOnly)
		for cell := range row.ChildNodes() {
			if cell.Data == "td" || cell.Data == "th" {
				attrs := number(cell, "colspan", maxSpan) + number(cell, "rowspan", maxSpan)
				k.block(cell, cell.Data, attrs, mixed)
			}
		}
		k.w.pop()
	}
	k.w.closeTo(depth - 1)
}

func (k walker) inTable() bool {
	for _, b := range k.w.blocks {
		if b.model == tableOnly {
			return true
		}
	}
	return false
}

// rowsOf lists the rows of a table, in its groups' order.
func rowsOf(n *html.Node) []*html.Node {
	var rows []*html.Node
	for c := range n.ChildNodes() {
		switch c.Data {
		case "tr":
			rows = append(rows, c)
		case "thead", "tbody", "tfoot":
			rows = append(rows, rowsOf(c)...)
		}
	}
	return rows
}

func groupName(n *html.Node) string {
	if n.Data == "thead" || n.Data == "tfoot" {
		return n.Data
	}
	return "tbody"
}

// isLayout tells whether no row has more than one cell, or some cell has a table in it.
func isLayout(rows []*html.Node) bool {
	most := 0
	for _, row := range rows {
		cells := 0
		for c := range row.ChildNodes() {
			if c.Data == "td" || c.Data == "th" {
				cells++
			}
		}
		most = max(most, cells)
		for d := range row.Descendants() {
			if d.Type == html.ElementNode && d.Data == "table" {
				return true
			}
		}
	}
	return most < 2
}

func firstChild(n *html.Node, name string) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && c.Data == name {
			return c
		}
	}
	return nil
}
