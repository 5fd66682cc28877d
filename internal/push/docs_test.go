package push

import (
	"os"
	"strings"
	"testing"
)

// TestDocsShowEveryCall holds docs/push.md against the description: a curl for each call, a row
// for each status that is an error.
func TestDocsShowEveryCall(t *testing.T) {
	raw, err := os.ReadFile("../../docs/push.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(raw)
	for _, promise := range readDescription(t).promises() {
		method, rest, _ := strings.Cut(promise, " ")
		path, status, _ := strings.Cut(rest, " ")
		call := "-X " + method + " http://127.0.0.1:8080" + strings.Replace(path, "{id}", "2026-bridge", 1)
		if !strings.Contains(docs, call) {
			t.Errorf("docs/push.md has no curl %s", call)
		}
		if status[0] >= '4' && !strings.Contains(docs, "\n| "+status+" | ") {
			t.Errorf("docs/push.md does not say what %s means", status)
		}
	}
}

// TestDocsExamplesAreTaken reads every body that docs/push.md sends.
func TestDocsExamplesAreTaken(t *testing.T) {
	raw, err := os.ReadFile("../../docs/push.md")
	if err != nil {
		t.Fatal(err)
	}
	bodies := 0
	for part := range strings.SplitSeq(string(raw), "-d '") {
		body, _, _ := strings.Cut(part, "'\n")
		if !strings.HasPrefix(body, "{") {
			continue
		}
		bodies++
		if p := checkJSON([]byte(body)); p != nil {
			t.Errorf("%s: %s", body, p.Detail)
		} else if _, _, p := readItem([]byte(body)); p != nil {
			t.Errorf("%s: %s", body, p.Detail)
		}
	}
	if bodies != 2 {
		t.Errorf("%d bodies found, want 2", bodies)
	}
}
