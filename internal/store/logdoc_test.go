package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const logDoc = "../../docs/log.md"

// tables reads the rows of docs/log.md: the names in the first column, by heading and table.
func tables(t *testing.T) (all [][][]string) {
	t.Helper()
	text, err := os.ReadFile(logDoc)
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			inside = false
		case !inside:
			inside = true
			all = append(all, nil)
		case !strings.HasPrefix(line, "|---"):
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			all[len(all)-1] = append(all[len(all)-1], cells)
		}
	}
	return all
}

// quoted lists what stands in back quotes in a cell.
func quoted(cell string) (list []string) {
	for i, part := range strings.Split(cell, "`") {
		if i%2 == 1 {
			list = append(list, part)
		}
	}
	return list
}

// fields lists the names that a type has in JSON.
func fields(of reflect.Type) (names []string) {
	for i := range of.NumField() {
		f := of.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			names = append(names, fields(f.Type)...)
		case name != "" && name != "-":
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestLogIsAsDocumented holds the tables of docs/log.md against the code.
func TestLogIsAsDocumented(t *testing.T) {
	all := tables(t)
	if len(all) != 6 {
		t.Fatalf("%d tables, want 6", len(all))
	}
	tags := ""
	for _, row := range all[0] {
		tags += strings.Join(quoted(row[0]), "")
	}
	if tags != string(headTag)+partTags {
		t.Errorf("tags %q, want %q", tags, string(headTag)+partTags)
	}
	for i, of := range []any{change{}, naming{}, moves{}, closing{}} {
		var named []string
		for _, row := range all[1+i] {
			named = append(named, quoted(row[0])...)
		}
		slices.Sort(named)
		if diff := cmp.Diff(fields(reflect.TypeOf(of)), named); diff != "" {
			t.Errorf("fields of %T: (-code +page)\n%s", of, diff)
		}
	}
	var named []string
	for _, row := range all[5] {
		named = append(named, quoted(row[0])...)
	}
	if diff := cmp.Diff(kinds, named); diff != "" {
		t.Errorf("kinds: (-code +page)\n%s", diff)
	}
}

// TestKindsHaveTheirParts has one of everything happen, and wants each kind to have the parts that
// docs/log.md says, or fewer.
func TestKindsHaveTheirParts(t *testing.T) {
	may := map[string]string{}
	for _, row := range tables(t)[5] {
		may[quoted(row[0])[0]] = strings.Join(quoted(row[2]), "")
	}
	log := &memoryLog{}
	s := &tested{clock: newClock(), t: t, dir: t.TempDir(), tee: log.tee}
	s.open()
	happen(s)
	seen := map[string]string{}
	for _, event := range log.events {
		c, err := codec.decodeEvent(event)
		s.ok(err)
		for i, value := range c.parts {
			if tag := partTags[i : i+1]; value != nil && !strings.Contains(seen[c.Kind], tag) {
				seen[c.Kind] += tag
			}
		}
		if seen[c.Kind] == "" {
			seen[c.Kind] = ""
		}
	}
	delete(may, kindDrop) // only of a damaged file
	if diff := cmp.Diff(may, seen); diff != "" {
		t.Errorf("parts by kind: (-page +code)\n%s", diff)
	}
}

// TestLogExample has the program read the example of docs/log.md: go test -update writes it anew.
func TestLogExample(t *testing.T) {
	log := &memoryLog{}
	s := &tested{clock: newClock(), t: t, dir: t.TempDir(), tee: log.tee}
	s.open()
	s.accept(piece("treaty", lang("es"), text("<p>Firmado.</p>")))
	text, err := os.ReadFile(logDoc)
	s.ok(err)
	page, shown, ok := strings.Cut(string(text), "\nAn article is accepted; base64:\n")
	if !ok {
		t.Fatal("docs/log.md has no example")
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		page += "\nAn article is accepted; base64:\n\n" + example(t, log.events[1])
		s.ok(os.WriteFile(logDoc, []byte(page), 0o600))
		return
	}
	coded, plain, _ := strings.Cut(strings.TrimSpace(shown), "\n\nThat is:\n\n")
	event, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(coded), ""))
	s.ok(err)
	c, err := codec.decodeEvent(event)
	s.ok(err)
	if diff := cmp.Diff(describe(t, c), plain+"\n"); diff != "" {
		t.Errorf("what the example says: (-code +page)\n%s", diff)
	}
	if !bytes.Equal(c.parts.hash(), c.Hash) {
		t.Error("the hash of the example is not that of its parts")
	}
}

// example is an event as the page shows it.
func example(t *testing.T, event []byte) string {
	t.Helper()
	c, err := codec.decodeEvent(event)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(event)), 92) {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	return b.String() + "\nThat is:\n\n" + describe(t, c)
}

// describe shows the parts of an event, in lines that are set in.
func describe(t *testing.T, c *change) string {
	t.Helper()
	head, err := c.head()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	show := func(tag byte, value []byte) {
		var indented bytes.Buffer
		if json.Indent(&indented, value, "    ", "  ") == nil {
			value = indented.Bytes()
		}
		fmt.Fprintf(&b, "    %c %s\n", tag, value)
	}
	show(headTag, head)
	for i, value := range c.parts {
		switch {
		case value == nil:
		case i == partArticle || i == partEditions:
			show(partTags[i], value)
		default:
			plain, err := codec.unzip.DecodeAll(value, nil)
			if err != nil {
				t.Fatal(err)
			}
			show(partTags[i], plain)
		}
	}
	return b.String()
}
