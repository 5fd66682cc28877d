package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// direct matches a dependency of go.mod that is ours and not another module's.
var direct = regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)

func TestReadmeGivesAReasonForEveryDependency(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "## Dependencies")
	table, _, _ = strings.Cut(table, "\n## ")
	modules := direct.FindAllStringSubmatch(string(mod), -1)
	if len(modules) < 10 {
		t.Fatalf("found %d modules in go.mod: is its form another?", len(modules))
	}
	for _, m := range modules {
		name := strings.TrimPrefix(m[1], "github.com/")
		if !strings.Contains(table, name) {
			t.Errorf("README.md does not say what %s is for", m[1])
		}
	}
}
