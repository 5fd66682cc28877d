package archtest

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestModule(t *testing.T) {
	if _, err := os.Stat("../../go.mod"); err != nil {
		t.Fatalf("not in the module: %v", err)
	}
	found, err := Check(os.DirFS("../.."), Teletipo)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range found {
		t.Error(fault)
	}
}

// small is a module that keeps its rules; each case below breaks one.
const small = `
-- in/doc.go --
// Package in is the tour:
//
//   - words: what all know.
//   - stage: does one thing.
//   - testkit: for tests.
package in
-- in/words/words.go --
// Package words has the words.
package words

import "strings"
-- in/stage/stage.go --
// Package stage is a stage.
package stage

import (
	"example.org/m/in/words"
	"gopkg.in/elsewhere"
)
-- in/stage/stage_test.go --
package stage_test

import (
	"example.org/m/in/stage"
	"example.org/m/in/testkit"
)
-- in/stage/testdata/ignored.go --
package 7
-- in/testkit/kit.go --
// Package testkit is for tests.
package testkit

import "example.org/m/in/words"
-- cmd/tool/main.go --
// Command tool runs.
package main

import (
	"example.org/m/in/stage"
	"example.org/m/in/words"
)

func main() {
}
`

var smallRules = Rules{
	Module: "example.org/m",
	Imports: map[string][]string{
		"in": {}, "in/words": {}, "in/stage": {"in/words"}, "in/testkit": {"in/words"},
		"cmd/tool": {Everything},
	},
	Tests: []string{"in/testkit"}, Bare: []string{"in/words"}, Tour: "in/doc.go",
	TestsOnly: []string{"in/testkit"},
	Chain:     2, Function: 2, File: 20, Line: 40,
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		change string // files that are added or replaced
		want   []string
	}{
		{"as it should be", "", nil},
		{
			"a stage imports another",
			"-- in/words/w.go --\npackage words\n\nimport \"example.org/m/in/stage\"\n",
			[]string{
				"in/words/w.go:3:8: in/words must not import in/stage",
				"cmd/tool: a chain of 3 imports, want 2 at most: " +
					"cmd/tool → in/stage → in/words → in/stage",
			},
		},
		{
			"the words import a module",
			"-- in/words/w.go --\npackage words\n\nimport \"gopkg.in/elsewhere\"\n",
			[]string{"in/words/w.go:3:8: in/words imports gopkg.in/elsewhere: " +
				"the standard library only"},
		},
		{
			"the program imports what is for tests",
			"-- cmd/tool/t.go --\npackage main\n\nimport \"example.org/m/in/testkit\"\n",
			[]string{"cmd/tool/t.go:3:8: cmd/tool imports in/testkit, which is for tests"},
		},
		{
			"a test imports what its package may not",
			"-- in/words/w_test.go --\npackage words\n\nimport \"example.org/m/in/stage\"\n",
			[]string{"in/words/w_test.go:3:8: in/words must not import in/stage"},
		},
		{
			"a package that nobody has heard of",
			"-- in/util/util.go --\n// Package util is new.\npackage util\n",
			[]string{
				"in/util: is not in the table of imports",
				"in/doc.go: does not name in/util",
			},
		},
		{
			"a tour of what is gone",
			"-- in/doc.go --\n// Package in is the tour:\n//\n//   - words: a.\n" +
				"//   - testkit: b.\n//   - gone: c.\npackage in\n",
			[]string{
				"in/doc.go: does not name in/stage",
				"in/doc.go: names in/gone, which does not exist",
			},
		},
		{
			"no package comment",
			"-- in/words/words.go --\npackage words\n",
			[]string{"in/words: has 0 package comments, want one"},
		},
		{
			"two package comments, one of them wrong",
			"-- in/words/w.go --\n// The words.\npackage words\n",
			[]string{
				`in/words/w.go: the package comment does not begin with "Package words "`,
				"in/words: has 2 package comments, want one",
			},
		},
		{
			"a command's comment",
			"-- cmd/tool/main.go --\n// Package main runs.\npackage main\n",
			[]string{`cmd/tool/main.go: the package comment does not begin with "Command tool "`},
		},
		{
			"a long function, a long line and a long file",
			"-- in/words/w.go --\npackage words\n\nfunc long() {\n\n}\n\n" +
				"// " + strings.Repeat("ñ", 38) + "\n" + strings.Repeat("\n", 13) + "var x = 1\n",
			[]string{
				"in/words/w.go: has 21 lines, want 20 at most",
				"in/words/w.go:7: has 41 characters, want 40 at most",
				"in/words/w.go:3: long has 3 lines, want 2 at most",
			},
		},
		{
			"a long function in a test",
			"-- in/words/w_test.go --\npackage words\n\nfunc long() {\n\n}\n",
			nil,
		},
		{
			"an init function, and a method of that name",
			"-- in/words/w.go --\npackage words\n\nfunc init() {}\n\nfunc (t) init() {}\n",
			[]string{"in/words/w.go:3: init runs unasked: call it by a name where it is needed"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := Check(module(small+c.change), smallRules)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(found, c.want) {
				t.Errorf("got %q\nwant %q", found, c.want)
			}
		})
	}
}

func TestCheckChainsAndTable(t *testing.T) {
	rules := smallRules
	rules.Chain = 1
	rules.Imports = map[string][]string{"in/gone": {}}
	for dir, allowed := range smallRules.Imports {
		rules.Imports[dir] = allowed
	}
	found, err := Check(module(small), rules)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"in/gone: is in the table of imports and does not exist",
		"cmd/tool: a chain of 2 imports, want 1 at most: cmd/tool → in/stage → in/words",
	}
	if !slices.Equal(found, want) {
		t.Errorf("got %q\nwant %q", found, want)
	}
}

func TestCheckCannotParse(t *testing.T) {
	if found, err := Check(module(small+"-- in/x.go --\npackage 7\n"), smallRules); err == nil {
		t.Errorf("a file that is no Go is passed over: %q", found)
	}
}

// module makes a file system of an archive, later files in the place of earlier ones.
func module(archive string) fstest.MapFS {
	files := make(fstest.MapFS)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return files
}
