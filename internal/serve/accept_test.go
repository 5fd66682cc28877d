package serve

import (
	"strconv"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/newstest"
)

func TestChoose(t *testing.T) {
	offered := []string{"br", "zstd", "gzip", ""}
	for _, test := range []struct {
		name   string
		accept []string
		want   string
	}{
		{"absent", nil, ""},
		{"empty", []string{""}, ""},
		{"blank", []string{" , ;,"}, ""},
		{"one", []string{"gzip"}, "gzip"},
		{"ours first among equals", []string{"gzip, deflate, br, zstd"}, "br"},
		{"heaviest", []string{"br;q=0.8, gzip;q=0.9"}, "gzip"},
		{"third digit counts", []string{"br;q=0.998, gzip;q=0.999"}, "gzip"},
		{"smallest weight beats what is unsaid", []string{"gzip;q=0.001"}, "gzip"},
		{"identity by name", []string{"gzip;q=0.5, identity"}, ""},
		{"identity last among equals", []string{"identity, gzip"}, "gzip"},
		{"identity ruled out", []string{"identity;q=0, zstd;q=0.1"}, "zstd"},
		{"nothing left", []string{"identity;q=0"}, ""},
		{"nothing left by star", []string{"*;q=0"}, ""},
		{"star", []string{"*"}, "br"},
		{"star less the named", []string{"br;q=0, *"}, "zstd"},
		{"named beats star", []string{"gzip, *;q=0.5"}, "gzip"},
		{"star gives identity a weight", []string{"gzip;q=0.2, br;q=0, zstd;q=0, *;q=0.5"}, ""},
		{"star of 0 spares the named", []string{"identity;q=0.5, *;q=0"}, ""},
		{"unknown", []string{"deflate, sdch, gzipped"}, ""},
		{"x-gzip", []string{"x-gzip"}, "gzip"},
		{"case", []string{"GZIP;Q=1.000"}, "gzip"},
		{"white space", []string{"\tgzip\t; q=0.5 , br ;q=0.4"}, "gzip"},
		{"lines", []string{"deflate", "gzip"}, "gzip"},
		{"named twice: the lowest", []string{"gzip, gzip;q=0"}, ""},
		{"other parameters", []string{"gzip;level=9;q=0"}, ""},
		{"weight above 1", []string{"gzip;q=1.1"}, ""},
		{"weight with four digits", []string{"gzip;q=0.1234"}, ""},
		{"weight without a digit", []string{"gzip;q="}, ""},
		{"weight ends in a point", []string{"gzip;q=1."}, "gzip"},
		{"negative weight", []string{"gzip;q=-1"}, ""},
		{"comma for a point", []string{"gzip;q=0,5"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := offered[choose(test.accept, offered)]; got != test.want {
				t.Errorf("choose(%q) = %q, want %q", test.accept, got, test.want)
			}
		})
	}
}

// FuzzChoose holds the choice against a slower reading of the field: a coding is sent only if
// some element asks for it, by name or by a star, and none rules it out by name.
func FuzzChoose(f *testing.F) {
	for _, seed := range []string{
		"", "gzip, deflate, br", "gzip;q=0", "*;q=0, gzip;q=0.5", "identity;q=0, *",
		"x-gzip;q=0,gzip", "br;q=1.000,gzip;q=0.001", "gzip;q=0;q=1", "gzip ; Q=0.0",
		";;,,q=1", "*;q=0,*",
	} {
		f.Add(seed)
	}
	offered := []string{"br", "gzip", ""}
	f.Fuzz(func(t *testing.T, field string) {
		newstest.InProportion(t, field, func(text string) { choose([]string{text}, offered) })
		got := offered[choose([]string{field}, offered)]
		if got == "" {
			return // what is left when nothing else may be sent
		}
		named, starred, forbidden := false, false, false
		for _, element := range strings.Split(strings.ToLower(field), ",") {
			parts := strings.Split(element, ";")
			name := strings.TrimPrefix(strings.Trim(parts[0], " \t"), "x-")
			zero := rulesOut(parts[1:])
			named = named || (name == got && !zero)
			starred = starred || (name == "*" && !zero)
			forbidden = forbidden || (name == got && zero)
		}
		if forbidden || (!named && !starred) {
			t.Errorf("%q: sent %s (named %t, starred %t, forbidden %t)",
				field, got, named, starred, forbidden)
		}
	})
}

// rulesOut reports whether the last weight among an element's parameters is 0.
func rulesOut(params []string) bool {
	zero := false
	for _, p := range params {
		key, value, _ := strings.Cut(p, "=")
		if strings.Trim(key, " \t") == "q" {
			q, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
			zero = err == nil && q == 0
		}
	}
	return zero
}

// FuzzListed finds a tag in a list exactly if one of the list's quoted strings is that tag.
func FuzzListed(f *testing.F) {
	f.Add(`"a", W/"r7","b"`, "r7")
	f.Add(`"a,"r7"`, "r7")
	f.Add(`r7, "r7`, "r7")
	f.Fuzz(func(t *testing.T, before, tag string) {
		if strings.ContainsAny(tag, "\"\\, \t") || tag == "" {
			t.Skip("no tag of ours")
		}
		etag := `"` + tag + `"`
		newstest.InProportion(t, before, func(text string) { listed([]string{text}, etag) })
		if !listed([]string{before, `W/"other",` + etag}, etag) {
			t.Errorf("%s not found on its own line after %q", etag, before)
		}
		if listed([]string{before}, etag) && !strings.Contains(before, etag) {
			t.Errorf("%s found in %q", etag, before)
		}
	})
}
