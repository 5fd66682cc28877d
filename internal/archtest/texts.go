package archtest

import (
	"bytes"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// checkComment wants one package comment that begins as go doc expects.
func (m *checker) checkComment(dir string) {
	comments, name := 0, ""
	for _, f := range m.packages[dir].files {
		if f.isTest() {
			continue
		}
		name = f.tree.Name.Name
		if f.tree.Doc == nil {
			continue
		}
		comments++
		want := "Package " + name + " "
		if name == "main" {
			want = "Command " + path.Base(dir) + " "
		}
		if !strings.HasPrefix(strings.TrimSpace(f.tree.Doc.Text()), want) {
			m.fault("%s: the package comment does not begin with %q", f.name, want)
		}
	}
	if comments != 1 && name != "" {
		m.fault("%s: has %d package comments, want one", dir, comments)
	}
}

// checkBudgets measures a file, its lines and its functions, unless it is a test, and finds init
// functions.
func (m *checker) checkBudgets(f file) {
	lines := bytes.Split(bytes.TrimSuffix(f.source, []byte("\n")), []byte("\n"))
	if len(lines) > m.rules.File && !f.isTest() {
		m.fault("%s: has %d lines, want %d at most", f.name, len(lines), m.rules.File)
	}
	for i, line := range lines {
		if n := utf8.RuneCount(line); n > m.rules.Line && !f.isTest() {
			m.fault("%s:%d: has %d characters, want %d at most", f.name, i+1, n, m.rules.Line)
		}
	}
	for _, d := range f.tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		begin, end := m.fset.Position(fn.Pos()), m.fset.Position(fn.End())
		if n := end.Line - begin.Line + 1; n > m.rules.Function && !f.isTest() {
			m.fault("%s:%d: %s has %d lines, want %d at most",
				f.name, begin.Line, fn.Name.Name, n, m.rules.Function)
		}
		if fn.Name.Name == "init" && fn.Recv == nil {
			m.fault("%s:%d: init runs unasked: call it by a name where it is needed",
				f.name, begin.Line)
		}
	}
}

// tourLine is a line of the tour that names a package.
var tourLine = regexp.MustCompile(`(?m)^//   - ([a-z0-9/]+): `)

// checkTour holds the list of packages in the tour against those that exist, both ways.
func (m *checker) checkTour() {
	root := path.Dir(m.rules.Tour)
	listed := make(map[string]bool)
	if p := m.packages[root]; p != nil {
		for _, f := range p.files {
			if f.name != m.rules.Tour {
				continue
			}
			for _, match := range tourLine.FindAllSubmatch(f.source, -1) {
				listed[path.Join(root, string(match[1]))] = true
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(m.packages)) {
		if strings.HasPrefix(dir, root+"/") && !listed[dir] {
			m.fault("%s: does not name %s", m.rules.Tour, dir)
		}
		delete(listed, dir)
	}
	for _, dir := range slices.Sorted(maps.Keys(listed)) {
		m.fault("%s: names %s, which does not exist", m.rules.Tour, dir)
	}
}
