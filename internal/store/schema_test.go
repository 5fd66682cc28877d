package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// node is a line of the tree that doc.go draws: a file, a bucket, a kind of key, or one key.
type node struct {
	name     string // as drawn
	caption  string
	children []*node
}

// isBucket tells a bucket from a key: it has children, or its caption says what maps to what.
func (n *node) isBucket() bool {
	return len(n.children) > 0 || !strings.HasPrefix(n.name, `"`) && strings.Contains(n.caption, "→")
}

// drawing reads the tree in doc.go; its root holds the files.
func drawing(t *testing.T) *node {
	t.Helper()
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	root := &node{}
	open := []*node{root} // the last node of each depth
	for line := range strings.Lines(string(source)) {
		line, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "//\t")
		if !found {
			continue
		}
		depth, rest := 1, line
		for {
			step, more, _ := cutRunes(rest, 4)
			if !strings.Contains("│   ·    ·├── ·└── ", step) {
				break
			}
			depth, rest = depth+1, more
		}
		name, caption, _ := strings.Cut(rest, "  ")
		n := &node{name: name, caption: strings.TrimSpace(caption)}
		if depth > len(open) {
			t.Fatalf("doc.go: %q hangs in the air", line)
		}
		open = append(open[:depth], n)
		open[depth-1].children = append(open[depth-1].children, n)
	}
	if len(root.children) != 2 {
		t.Fatalf("doc.go draws %d files, want 2", len(root.children))
	}
	return root
}

func cutRunes(s string, n int) (string, string, bool) {
	at := 0
	for range n {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return s[:at], s[at:], true
}

// drawn lists the paths of all keys and kinds of key that a tree draws.
func drawn(n *node, path string, into map[string]bool) {
	for _, c := range n.children {
		at := path + "/" + c.name
		switch {
		case len(c.children) > 0:
			drawn(c, at, into)
		case c.isBucket():
			kind, _, _ := strings.Cut(c.caption, " →")
			into[at+"/"+kind] = true
		default:
			into[at] = true
		}
	}
}

// seconds, sequences and so on are what the drawing calls 8 bytes, with what they may hold here.
var numbers = map[string]func(uint64) bool{
	"key":                  func(n uint64) bool { return n > 0 && n < 1000 },
	"sequence":             func(n uint64) bool { return n > 0 && n < 1000 },
	"archive number":       func(n uint64) bool { return n > 0 && n < 1000 },
	"withdrawing sequence": func(n uint64) bool { return n > 0 && n < 1000 },
	"revision":             func(n uint64) bool { return n > 0 && n < 1000 },
	"order":                func(n uint64) bool { return n > 0 && n < 1000 },
	"release second":       func(n uint64) bool { return near(time.Unix(int64(n), 0)) },
	"due millisecond":      func(n uint64) bool { return near(time.UnixMilli(int64(n))) },
}

func near(t time.Time) bool { return t.Sub(start).Abs() < 1000*time.Hour }

// matches reports whether a key is of the kind that a name like "u"‖url describes.
func matches(t *testing.T, kind string, key []byte) bool {
	t.Helper()
	parts := strings.Split(kind, "‖")
	for i, part := range parts {
		size := len(key) // whatever is left
		ok := func(b []byte) bool { return len(b) > 0 && utf8.Valid(b) }
		switch holds := numbers[part]; {
		case holds != nil:
			size, ok = 8, func(b []byte) bool { return holds(toNumber(b)) }
		case strings.HasPrefix(part, `"`):
			size, ok = 1, func(b []byte) bool { return string(b) == strings.Trim(part, `"`) }
		case part == "0":
			size, ok = 1, func(b []byte) bool { return b[0] == 0 }
		case part == "id":
			size, ok = 16, func(b []byte) bool { return b[6]>>4 == 8 }
		case part == "topic":
			ok = func(b []byte) bool { return len(b) > 0 && !bytes.Contains(b, []byte(".")) }
		case part == "topic.lang", part == "feed.format":
			ok = func(b []byte) bool { return bytes.Contains(b, []byte(".")) }
		case part == "source" && i+1 < len(parts):
			size = max(0, bytes.IndexByte(key, 0))
		case part == "source", part == "guid", part == "story", part == "name", part == "link", part == "file":
		default:
			t.Fatalf("doc.go: this test does not know what %q is", part)
		}
		if len(key) < size || !ok(key[:size]) {
			return false
		}
		key = key[size:]
	}
	return len(key) == 0
}

// named reports whether a name in a file is the one that a node draws.
func (n *node) named(t *testing.T, name []byte) bool {
	if n.name == string(name) {
		return true
	}
	kinds, isKind := strings.CutPrefix(n.name, "topic or ")
	return isKind && (matches(t, "topic", name) || matches(t, kinds, name))
}

// find walks a bucket beside the drawing, notes the paths of what it meets, and complains about
// what is not drawn.
func find(t *testing.T, n *node, path string, b *bucket, found map[string]bool) {
	t.Helper()
	err := b.unsealed(t, func(k, v []byte) error {
		for _, c := range n.children {
			at := path + "/" + c.name
			switch {
			case v == nil && c.isBucket() && c.named(t, k):
				findIn(t, c, at, b.Bucket(k), found)
				return nil
			case v != nil && strings.HasPrefix(c.name, `"`) && matches(t, c.name, k):
				found[at] = true
				checkValue(t, at, c.caption, v)
				return nil
			case v != nil && !c.isBucket() && c.name == string(k):
				found[at] = true
				return nil
			}
		}
		t.Errorf("%s/%q is not drawn", path, k)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unsealed walks a bucket whose values may be buckets: these are nil.
func (b *bucket) unsealed(t *testing.T, f func(k, v []byte) error) error {
	return b.b.ForEach(func(k, v []byte) error {
		if v != nil {
			var ok bool
			if v, ok = b.open(k, v); !ok {
				t.Errorf("%s/%q has no seal", b.name, k)
			}
		}
		return f(k, v)
	})
}

// findIn walks a bucket that is drawn either with children or as "kind → value".
func findIn(t *testing.T, n *node, path string, b *bucket, found map[string]bool) {
	t.Helper()
	kind, _, isKind := strings.Cut(n.caption, " →")
	if !isKind {
		find(t, n, path, b, found)
		return
	}
	err := b.unsealed(t, func(k, v []byte) error {
		if v == nil || !matches(t, kind, k) {
			t.Errorf("%s/%q is not of the kind %s", path, k, kind)
		}
		found[path+"/"+kind] = true
		checkValue(t, path, n.caption, v)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkValue holds a value against what follows the arrow of its caption.
func checkValue(t *testing.T, path, caption string, value []byte) {
	t.Helper()
	_, what, _ := strings.Cut(caption, "→ ")
	ok := true
	switch word, _, _ := strings.Cut(what, " "); strings.TrimRight(word, ",:") {
	case "key":
		ok = len(value) == 8 || strings.Contains(what, "flags") && toLink(value) != (linkTo{})
	case "place":
		p := toPlace(value)
		ok = len(value) == 16 && p.key < 1000 && near(time.Unix(p.second, 0)) && p.size > 1000
	case "boundary‖stamp":
		a := toArchive(value)
		ok = len(value) == 24 && a.boundary < 1000 && near(a.stamp) && a.seq >= a.boundary
	case "tombstone":
		ok = len(value) == 24 && value[6]>>4 == 8 && near(second(value[16:]))
	case "event":
		at, e := toEvent(value)
		ok = len(value) == 13 && near(at) && strings.ContainsRune("lg", rune(e.kind))
	case "JSON":
		ok = json.Valid(value)
	case "nothing":
		ok = len(value) == 0
	case "zstd", "content":
	default:
		t.Fatalf("doc.go: this test does not know what %q is", what)
	}
	if !ok {
		t.Errorf("%s: value %q is not %s", path, value, what)
	}
}

// fill puts one of everything into both files.
func fill(t *testing.T) (*tested, *Polls) {
	t.Helper()
	s, p := newStore(t), newPolls(t)
	s.ok(s.EnsureFeeds([]news.FeedKey{{Topic: news.All}, {Topic: "quiet", Lang: "es"}}))
	_, err := s.BeginClassify(t.Context(), "rules", []news.Topic{{ID: "border"}})
	s.ok(err)
	s.accept(
		piece("live"),
		piece("past", old, lang("es"), in("border", "cartels")),
		piece("held", own, after(time.Hour)),
		piece("twin-1", link("https://wire.example/both")),
		piece("twin-2", link("https://wire.example/both")),
	)
	s.withdraw(s.offer(news.Accepted, piece("wrong")).ID)
	s.offer(news.Unchanged, piece("copy", from("other"), link("https://wire.example/live")))
	s.offer(news.Updated, piece("live", text("<p>Corrected.</p>"), file("live.txt")))
	s.offer(news.Accepted, piece("long", in("long"), text(strings.Repeat("long ", archiveBytes/5))))
	if _, err := s.AddToken(t.Context(), news.Token{Name: "cms", Source: "desk"}, news.HashToken("secret")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Restored(t.Context(), "to see an epoch"); err != nil {
		t.Fatal(err)
	}
	s.ok(s.SaveEditionStamps(map[string]news.EditionStamp{
		"border.en.rss": {Hash: "00", Modified: start},
	}))
	if err := p.Save("wire", news.PollState{Due: start, Polls: 1}); err != nil {
		t.Fatal(err)
	}
	return s, p
}

func TestSchemaIsAsDrawn(t *testing.T) {
	s, p := fill(t)
	want, got := map[string]bool{}, map[string]bool{}
	root := drawing(t)
	drawn(root, "", want)
	for i, db := range []*database{s.db, p.db} {
		file := root.children[i]
		if !strings.HasSuffix(db.Path(), "/"+file.name) {
			t.Errorf("doc.go draws %s, the file is %s", file.name, db.Path())
		}
		err := db.view(func(tx tx) error {
			find(t, file, "/"+file.name, &bucket{b: tx.Cursor().Bucket(), tx: tx}, got)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("what doc.go draws (-) and what is there (+):\n%s", diff)
	}
	if len(got) < 15 {
		t.Errorf("only %d kinds of key found: the store was not filled", len(got))
	}
}

// TestLogGolden shows what the change log says of the filled store.
func TestLogGolden(t *testing.T) {
	s, _ := fill(t)
	var b bytes.Buffer
	for _, c := range s.changes() {
		fmt.Fprintf(&b, "%d %s of %d at %s\n", c.Seq, c.Kind, c.Key, c.Time.Format(time.TimeOnly))
		for _, f := range c.Feeds {
			fmt.Fprintf(&b, "\t%s %s: %d to %d, backfill %t\n",
				f.Feed, f.Stamp.Format(time.TimeOnly), f.Was, f.Now, f.Backfill)
		}
		for _, cl := range c.Close {
			fmt.Fprintf(&b, "\t%s %s: archives up to %d\n", cl.Feed, cl.Stamp.Format(time.TimeOnly), cl.Orders)
		}
	}
	newstest.Golden(t, "log.txt", b.Bytes())
}
