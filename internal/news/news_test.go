package news

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestMintIDIsForEver(t *testing.T) {
	// These ids are in feeds that are out: a change of this table is a change of every article.
	for _, test := range []struct{ source, guid, want string }{
		{
			"nyt-americas", "https://www.nytimes.com/2026/01/01/a.html",
			"3333b8a0-f58b-8d4d-976f-ff522364e618",
		},
		{"file", "/home/desk/story.txt", "4f5a5199-1522-8111-93a9-38ea9474a4df"},
	} {
		if got := MintID(test.source, test.guid).String(); got != test.want {
			t.Errorf("MintID(%q, %q) = %s, want %s", test.source, test.guid, got, test.want)
		}
	}
	want := "e39a14ed-cbce-8819-9d03-a39c38f85320"
	if got := FeedID(ID{15: 1}, FeedKey{"border", "es"}).String(); got != want {
		t.Errorf("FeedID = %s, want %s", got, want)
	}
}

func TestMintIDTellsPartsApart(t *testing.T) {
	seen := map[ID]string{}
	for _, parts := range [][2]string{{"a", "bc"}, {"ab", "c"}, {"", "abc"}, {"abc", ""}, {"a", "b"}} {
		id := MintID(parts[0], parts[1])
		if other, taken := seen[id]; taken {
			t.Errorf("%q has the id of %q", parts, other)
		}
		seen[id] = strings.Join(parts[:], "|")
		if id[6]>>4 != 8 || id[8]>>6 != 2 {
			t.Errorf("%s is not a UUID of version 8 and variant 10", id)
		}
	}
}

func TestParseID(t *testing.T) {
	id := MintID("a", "b")
	bare := strings.ReplaceAll(id.String(), "-", "")
	for _, good := range []string{id.String(), id.URN(), bare, strings.ToUpper(id.String()), " " + id.URN() + "\n"} {
		if got, err := ParseID(good); err != nil || got != id {
			t.Errorf("ParseID(%q) = %s, %v; want %s", good, got, err, id)
		}
	}
	for _, bad := range []string{
		"", "x", bare[1:], bare + "0", "g" + bare[1:], strings.Replace(id.String(), "-", "", 1),
		"-" + id.String()[:35],
	} {
		if got, err := ParseID(bad); KindOf(err) != Invalid {
			t.Errorf("ParseID(%q) = %s, %v; want an Invalid error", bad, got, err)
		}
	}
	var back ID
	if text, err := id.MarshalText(); err != nil || back.UnmarshalText(text) != nil || back != id {
		t.Errorf("text form of %s came back as %s (%v)", id, back, err)
	}
}

func TestKindOf(t *testing.T) {
	inner := Errorf(NotFound, "no file %s", "a.txt")
	wrapped := fmt.Errorf("source inbox: %w", inner)
	if KindOf(wrapped) != NotFound || wrapped.Error() != "source inbox: no file a.txt" {
		t.Errorf("%v has kind %s", wrapped, KindOf(wrapped))
	}
	if outer := Errorf(Refused, "later: %w", wrapped); KindOf(outer) != Refused || !errors.Is(outer, inner) {
		t.Errorf("%v: the outermost kind must win and the cause must be found", outer)
	}
	if KindOf(errors.New("x")) != Internal || KindOf(nil) != Internal {
		t.Error("an error without a kind must be internal")
	}
	for kind := Internal; kind <= Busy; kind++ {
		if strings.HasPrefix(kind.String(), "kind ") {
			t.Errorf("kind %d has no name", int(kind))
		}
		if status := kind.HTTPStatus(); status < 400 || status > 599 {
			t.Errorf("kind %s has status %d", kind, status)
		}
	}
	if got := Kind(99).String(); got != "kind 99" {
		t.Errorf("an unknown kind is called %q", got)
	}
}

func TestFeedKey(t *testing.T) {
	for _, key := range []FeedKey{{All, ""}, {"us-mexico", ""}, {"border", "es"}} {
		if got := ParseFeedKey(key.String()); got != key {
			t.Errorf("%+v came back as %+v", key, got)
		}
	}
	if got := FeedPath(FeedKey{"border", "es"}, Atom); got != "/feeds/border.es.atom" {
		t.Errorf("path %s", got)
	}
}

func TestReportCount(t *testing.T) {
	r := Report{Results: []Result{{Outcome: Accepted}, {Outcome: Rejected}, {Outcome: Accepted}}}
	if r.Count(Accepted) != 2 || r.Count(Rejected) != 1 || r.Count(Updated) != 0 {
		t.Errorf("counts of %+v are wrong", r)
	}
}

func TestTranslate(t *testing.T) {
	texts := map[string]string{"en": "border", "es": "frontera", "de": "Grenze", "fr": ""}
	for _, test := range []struct {
		lang   string
		others []string
		want   string
	}{
		{"es", []string{"en"}, "frontera"},
		{"fr", []string{"pt", "en"}, "border"},
		{"", nil, "Grenze"},
	} {
		if got := first(Translate(texts, append([]string{test.lang}, test.others...)...)); got != test.want {
			t.Errorf("Translate(%q, %v) = %q, want %q", test.lang, test.others, got, test.want)
		}
	}
	if got := first(Translate(nil, "en", "es")); got != "" {
		t.Errorf("Translate of nothing = %q", got)
	}
}

func first(text, _ string) string { return text }

func TestETag(t *testing.T) {
	tag := ETag(0, 71, strings.Repeat("0123456789abcdef", 4))
	if want := `"1z-0123456789abcdef"`; tag != want {
		t.Fatalf("ETag = %s, want %s", tag, want)
	}
	if epoch, seq, ok := TagState(tag); !ok || epoch != 0 || seq != 71 {
		t.Errorf("TagState(%s) = %d, %d, %v", tag, epoch, seq, ok)
	}
	later := ETag(36, 71, strings.Repeat("0123456789abcdef", 4))
	if want := `"10.1z-0123456789abcdef"`; later != want {
		t.Fatalf("ETag = %s, want %s", later, want)
	}
	if epoch, seq, ok := TagState(later); !ok || epoch != 36 || seq != 71 {
		t.Errorf("TagState(%s) = %d, %d, %v", later, epoch, seq, ok)
	}
	for _, other := range []string{
		"", `""`, `"1z"`, `"-0123456789abcdef"`, `"1z-0123456789abcdeg"`, `"1z-0123456789abcde"`,
		`"1Z-0123456789abcdef"`, `"01z-0123456789abcdef"`, `1z-0123456789abcdef`,
		`"1z-0123456789abcdef`, `W/"1z-0123456789abcdef"`, `"1z-0123456789ABCDEF"`,
		`"zzzzzzzzzzzzzzzz-0123456789abcdef"`, `"0.1z-0123456789abcdef"`, `".1z-0123456789abcdef"`,
		`"10.-0123456789abcdef"`, `"010.1z-0123456789abcdef"`, `"1.1.1z-0123456789abcdef"`,
	} {
		if epoch, seq, ok := TagState(other); ok {
			t.Errorf("TagState(%s) = %d, %d", other, epoch, seq)
		}
	}
}

func TestNamesOfATopicThatWasRenamed(t *testing.T) {
	topics := []Topic{{ID: "water", Aliases: []string{"aquifers", "wells"}}, {ID: "roads"}}
	if got := topics[0].FirstName() + " " + topics[1].FirstName(); got != "wells roads" {
		t.Errorf("first names %q", got)
	}
	names := []string{"wells", "roads", "aquifers", "water", "nothing"}
	if got := CurrentNames(topics, names); !slices.Equal(got, []string{"water", "roads", "water", "water", "nothing"}) {
		t.Errorf("current names %q", got)
	}
	if names[0] != "wells" {
		t.Error("the list that was given is changed")
	}
}
