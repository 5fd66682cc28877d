package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/teletipo/teletipo/internal/news"
)

// written is a log in which one of everything has happened.
func written(t *testing.T) *memoryLog {
	t.Helper()
	log := &memoryLog{}
	s := &tested{clock: newClock(), t: t, dir: t.TempDir(), tee: log.tee}
	s.open()
	happen(s)
	return log
}

// logs are all kinds of log there are, empty.
var logs = map[string]func(*testing.T) Log{
	"in memory": func(*testing.T) Log { return &memoryLog{} },
	"local":     func(t *testing.T) Log { return newReplica(t, t.TempDir()).Log() },
}

// TestLogContract holds each kind of log to what Log says.
func TestLogContract(t *testing.T) {
	for name, open := range logs {
		t.Run(name, func(t *testing.T) {
			t.Run("append and read", func(t *testing.T) { testAppendAndRead(t, open(t)) })
			t.Run("conflict", func(t *testing.T) { testConflict(t, open(t)) })
			t.Run("all or nothing", func(t *testing.T) { testAllOrNothing(t, open(t)) })
			t.Run("one of many writers", func(t *testing.T) { testManyWriters(t, open(t)) })
		})
	}
}

// wantHead wants a log to end at a number.
func wantHead(t *testing.T, log Log, want uint64) {
	t.Helper()
	if head, err := log.Head(t.Context()); head != want || err != nil {
		t.Fatalf("head %d, %v; want %d", head, err, want)
	}
}

func testAppendAndRead(t *testing.T, log Log) {
	ctx, all := t.Context(), written(t).events
	wantHead(t, log, 0)
	if list, err := log.Read(ctx, 0, 9); len(list) != 0 || err != nil {
		t.Fatalf("an empty log has %v, %v", list, err)
	}
	for after := 0; after < len(all); after += 3 {
		group := all[after:min(after+3, len(all))]
		if err := log.Append(ctx, uint64(after), group); err != nil {
			t.Fatal(err)
		}
		wantHead(t, log, uint64(after+len(group)))
	}
	var list []Logged
	for {
		part, err := log.Read(ctx, uint64(len(list)), 4)
		if err != nil || len(part) > 4 {
			t.Fatal(len(part), err)
		}
		if len(part) == 0 {
			break
		}
		list = append(list, part...)
	}
	if len(list) != len(all) {
		t.Fatalf("%d events, want %d", len(list), len(all))
	}
	for i, e := range list {
		whole, err := codec.decodeEvent(all[i])
		if err != nil {
			t.Fatal(err)
		}
		got, err := codec.decodeEvent(e.Event)
		if err != nil || e.Seq != uint64(i+1) || e.ID != whole.ID || !bytes.Equal(e.Hash, whole.Hash) {
			t.Fatalf("event %d: %+v, %v; of %v", i+1, e, err, whole)
		}
		if !e.Superseded && !bytes.Equal(e.Event, all[i]) {
			t.Errorf("event %d is not as it was appended", i+1)
		}
		if got.parts.hash() == nil && e.Superseded && whole.Hash == nil {
			t.Errorf("event %d is superseded and had no parts", i+1)
		}
		head, _ := whole.head()
		if kept, _ := got.head(); !bytes.Equal(head, kept) {
			t.Errorf("event %d: its head is\n%s, want\n%s", i+1, kept, head)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := log.Read(ended, 0, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("read although nobody waits: %v", err)
	}
}

func testConflict(t *testing.T, log Log) {
	ctx, all := t.Context(), written(t).events
	if err := log.Append(ctx, 0, all[:4]); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after uint64
		group [][]byte
	}{
		{0, all[:4]}, // again
		{3, all[3:5]},
		{5, all[5:6]},
		{4, all[5:6]}, // it is not what follows
		{4, [][]byte{all[4], all[6]}},
	} {
		if err := log.Append(ctx, c.after, c.group); !errors.Is(err, ErrConflict) {
			t.Errorf("after %d: %v", c.after, err)
		}
		wantHead(t, log, 4)
	}
	if err := log.Append(ctx, 4, all[4:]); err != nil {
		t.Error(err)
	}
}

// testAllOrNothing has groups end with what can't be told: nothing of them is appended, and the
// error says what to do.
func testAllOrNothing(t *testing.T, log Log) {
	ctx, all := t.Context(), written(t).events
	if err := log.Append(ctx, 0, all[:1]); err != nil {
		t.Fatal(err)
	}
	bad := func(change func(*change)) []byte {
		c, err := codec.decodeEvent(all[2])
		if err != nil {
			t.Fatal(err)
		}
		change(c)
		event, err := codec.encode(c)
		if err != nil {
			t.Fatal(err)
		}
		return event
	}
	newer := bytes.Clone(all[2])
	newer[0]++
	head := appendPart(nil, headTag, []byte(`{"seq": 3, "kind": "create", "program": "teletipo 9"}`))
	for _, c := range []struct {
		name  string
		event []byte
		kind  news.Kind
		says  string
	}{
		{"a newer encoding", newer, news.Refused, "encoding 2, this program knows 1: install"},
		{
			"a newer kind", bad(func(c *change) { c.Kind, c.Program = "merge", "teletipo 9" }),
			news.Refused, "change 3 of the log has the kind merge, which this program doesn't know: " +
				"install the newer teletipo that wrote it (teletipo 9)",
		},
		{
			"a newer part", codec.zip.EncodeAll(appendPart(head, 'x', nil), []byte{eventVersion}),
			news.Refused, "change 3 of the log has the part x",
		},
		{"nothing", nil, news.Invalid, "empty"},
		{"no zstd", []byte("\x01abc"), news.Invalid, "damaged"},
		{"half", all[2][:len(all[2])/2], news.Invalid, "damaged"},
		{
			"no head", codec.zip.EncodeAll(appendPart(nil, 'a', nil), []byte{eventVersion}),
			news.Invalid, "no head",
		},
		{"a part cut off", codec.zip.EncodeAll(head[:9], []byte{eventVersion}), news.Invalid, "cut off"},
	} {
		err := log.Append(ctx, 1, [][]byte{all[1], c.event})
		if news.KindOf(err) != c.kind || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		wantHead(t, log, 1)
	}
	if err := log.Append(ctx, 1, all[1:]); err != nil {
		t.Error(err)
	}
}

// testManyWriters has many append after the same number: one of them does.
func testManyWriters(t *testing.T, log Log) {
	all := written(t).events
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = log.Append(t.Context(), 0, all[:1+i]) })
	}
	wg.Wait()
	won := slices.Index(errs, nil)
	if won < 0 {
		t.Fatal(errs)
	}
	for i, err := range errs {
		if i != won && !errors.Is(err, ErrConflict) {
			t.Errorf("writer %d: %v, although %d was first", i, err, won)
		}
	}
	wantHead(t, log, uint64(1+won))
}

// TestSuperseded says which events the store's own log has no longer whole.
func TestSuperseded(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("a"))
	s.offer(news.Accepted, piece("b"))
	s.offer(news.Updated, piece("a", text("<p>Corrected.</p>"))) // 4
	s.offer(news.Updated, piece("a", in("cartels"), text("<p>Corrected.</p>")))
	s.withdraw(piece("b").Article.ID)
	s.reclassify("one", everywhere("border"))
	_, err := s.BeginClassify(t.Context(), "one", []news.Topic{{ID: "border"}})
	s.ok(err)
	for range 2 {
		s.ok(s.SaveEditionStamps(map[string]news.EditionStamp{"border.rss": {Hash: "00"}}))
	}
	list, err := s.Log().Read(t.Context(), 0, 99)
	s.ok(err)
	var got []string
	for _, e := range list {
		c, err := codec.decodeEvent(e.Event)
		s.ok(err)
		left := ""
		for i, value := range c.parts {
			if value != nil {
				left += partTags[i : i+1]
			}
		}
		if e.Superseded {
			got = append(got, fmt.Sprintf("%d %s: %q is left", e.Seq, c.Kind, left))
			if len(e.Hash) != 32 || (c.Key != 0) == e.ID.IsZero() {
				t.Errorf("event %d: hash %x, id %s", e.Seq, e.Hash, e.ID)
			}
		}
	}
	want := []string{
		`2 create: "" is left`, `3 create: "" is left`, `4 update: "civ" is left`,
		`5 place: "" is left`, `7 rules: "" is left`, `12 editions: "" is left`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("superseded: (-want +got)\n%s", diff)
	}
}

// TestOnlyApplyWrites looks for who writes to teletipo.db but does not apply a change.
func TestOnlyApplyWrites(t *testing.T) {
	may := map[string]string{
		"touch": "of applyMove", "logEvent": "of applyMove", "feed": "of applyMove",
		"saveStates": "states that changes brought about", "put": "", "begin": "makes the file",
		"Retry": "what it writes tests the disk, and goes again", "free": "takes that away",
		"Put": "", "Delete": "", "SetSequence": "", "CreateBucketIfNotExists": "",
	}
	writes := []string{"Put", "Delete", "SetSequence", "CreateBucketIfNotExists", "CreateBucket", "put"}
	files := token.NewFileSet()
	found := 0
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "polls") {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				name := ""
				switch callee := call.Fun.(type) {
				case *ast.SelectorExpr:
					name = callee.Sel.Name
				case *ast.Ident:
					name = callee.Name
				}
				if slices.Contains(writes, name) {
					found++
					if _, ok := may[f.Name.Name]; !ok && !strings.HasPrefix(f.Name.Name, "apply") {
						t.Errorf("%s: %s writes, and is no part of apply", files.Position(call.Pos()), f.Name.Name)
					}
				}
				return true
			})
		}
	}
	if found < 20 {
		t.Errorf("%d writes found: are the files read?", found)
	}
}

// TestDrop has an article that is held be damaged: it is held for good, by a change of its own.
func TestDrop(t *testing.T) {
	s := newStore(t)
	s.offer(news.Accepted, piece("held", own, after(time.Hour)))
	s.spoil(s.keyOf("held"), bucketArticle)
	s.clock.step(2 * time.Hour)
	if n := s.release(); n != 0 {
		t.Errorf("%d released", n)
	}
	all := s.changes()
	if c := all[len(all)-1]; c.Kind != kindDrop || c.Key != all[0].Key || c.Freed != all[0].Held {
		t.Errorf("%+v, after %+v", c, all[0])
	}
	seq := sequence(s)
	if s.release(); sequence(s) != seq {
		t.Error("dropped again")
	}
}
