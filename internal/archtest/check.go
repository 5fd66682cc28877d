package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Check reads all Go files of a module and lists what breaks the rules, each with its place.
func Check(module fs.FS, rules Rules) ([]string, error) {
	m := &checker{rules: rules, fset: token.NewFileSet(), packages: make(map[string]*pkg)}
	if err := m.load(module); err != nil {
		return nil, err
	}
	for _, dir := range slices.Sorted(maps.Keys(m.packages)) {
		m.checkImports(dir)
		m.checkComment(dir)
		for _, f := range m.packages[dir].files {
			m.checkBudgets(f)
		}
	}
	m.checkTable()
	m.checkChains()
	m.checkTour()
	return m.found, nil
}

type checker struct {
	rules    Rules
	fset     *token.FileSet
	packages map[string]*pkg // by directory
	found    []string
}

type pkg struct {
	files []file
}

type file struct {
	name   string // with its directory
	source []byte
	tree   *ast.File
}

func (f file) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// load parses every Go file that the go command would build or test.
func (m *checker) load(module fs.FS) error {
	return fs.WalkDir(module, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if name != "." && (strings.ContainsAny(e.Name()[:1], "._") || e.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" || strings.ContainsAny(e.Name()[:1], "._") {
			return nil
		}
		source, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(m.fset, name, source,
			parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		if m.packages[dir] == nil {
			m.packages[dir] = &pkg{}
		}
		m.packages[dir].files = append(m.packages[dir].files, file{name, source, tree})
		return nil
	})
}

func (m *checker) fault(format string, args ...any) {
	m.found = append(m.found, fmt.Sprintf(format, args...))
}

// imported is one import.
type imported struct {
	path   string
	dir    string // of the module's own package; else empty
	where  token.Position
	inTest bool
}

// imports lists what a package's files import.
func (m *checker) imports(dir string) []imported {
	var all []imported
	for _, f := range m.packages[dir].files {
		for _, spec := range f.tree.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser has seen to that
			}
			own, _ := strings.CutPrefix(p, m.rules.Module+"/")
			if own == p {
				own = ""
			}
			if p == m.rules.Module {
				own = "."
			}
			all = append(all, imported{p, own, m.fset.Position(spec.Pos()), f.isTest()})
		}
	}
	return all
}

// checkImports holds what a package imports against the table.
func (m *checker) checkImports(dir string) {
	allowed, known := m.rules.Imports[dir]
	if !known {
		m.fault("%s: is not in the table of imports", dir)
	}
	for _, i := range m.imports(dir) {
		switch {
		case i.dir == "":
			first, _, _ := strings.Cut(i.path, "/")
			if strings.Contains(first, ".") && slices.Contains(m.rules.Bare, dir) && !i.inTest {
				m.fault("%s: %s imports %s: the standard library only", i.where, dir, i.path)
			}
		case i.dir == dir && i.inTest: // a test from outside
		case i.inTest && slices.Contains(m.rules.Tests, i.dir):
		case slices.Contains(m.rules.TestsOnly, i.dir):
			m.fault("%s: %s imports %s, which is for tests", i.where, dir, i.dir)
		case !slices.Contains(allowed, i.dir) && !slices.Contains(allowed, Everything):
			m.fault("%s: %s must not import %s", i.where, dir, i.dir)
		}
	}
}

// checkTable finds packages of the table that are gone.
func (m *checker) checkTable() {
	for _, dir := range slices.Sorted(maps.Keys(m.rules.Imports)) {
		if m.packages[dir] == nil {
			m.fault("%s: is in the table of imports and does not exist", dir)
		}
	}
}

// checkChains measures the longest chain of imports that begins at each package.
func (m *checker) checkChains() {
	chains := make(map[string][]string)
	var longest func(dir string) []string
	longest = func(dir string) []string {
		if chain, done := chains[dir]; done || m.packages[dir] == nil {
			return chain
		}
		chains[dir] = []string{dir} // ends a cycle
		best := []string{}
		for _, i := range m.imports(dir) {
			if i.dir == "" || i.inTest {
				continue
			}
			if chain := longest(i.dir); len(chain) > len(best) {
				best = chain
			}
		}
		chains[dir] = append([]string{dir}, best...)
		return chains[dir]
	}
	for _, dir := range slices.Sorted(maps.Keys(m.packages)) {
		if chain := longest(dir); len(chain)-1 > m.rules.Chain {
			m.fault("%s: a chain of %d imports, want %d at most: %s",
				dir, len(chain)-1, m.rules.Chain, strings.Join(chain, " → "))
		}
	}
}
