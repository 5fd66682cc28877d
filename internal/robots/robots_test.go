package robots

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teletipo/teletipo/internal/newstest"
)

// checkAllows checks which paths a file lets us ask for; a path that begins with ! is forbidden.
func checkAllows(t *testing.T, file string, paths ...string) {
	t.Helper()
	rules := Parse([]byte(file), Agent)
	for _, path := range paths {
		path, forbidden := strings.CutPrefix(path, "!")
		if rule, ok := rules.Allows("https://paper.example" + path); ok == forbidden {
			t.Errorf("%s: allowed %v by %+v of\n%s", path, ok, rule, file)
		}
	}
}

func TestAllows(t *testing.T) {
	for name, c := range map[string]struct {
		file  string
		paths []string
	}{
		"nothing":          {"", []string{"/", "/a"}},
		"a page":           {"<html><body>Not found</body></html>", []string{"/"}},
		"all":              {"User-agent: *\nDisallow: /", []string{"!/", "!/a", "!", "/robots.txt"}},
		"no rule in it":    {"User-agent: *\nDisallow:\n", []string{"/", "/a"}},
		"before any group": {"Disallow: /\nUser-agent: *\nDisallow: /x", []string{"/a", "!/x"}},
		"keys and spaces": {
			"USER-AGENT :  *  # all\n\t disallow:/x # not this\nDisAllow : /y", []string{"!/x", "!/y", "/z"},
		},
		"without colon": {"User-agent *\nDisallow /x", []string{"!/x", "/y"}},
		"byte order mark": {
			"\ufeffUser-agent: *\nDisallow: /x", []string{"!/x"},
		},
		"line ends": {
			"User-agent: *\rDisallow: /x\r\nDisallow: /y\n\rDisallow: /z", []string{"!/x", "!/y", "!/z"},
		},
		"own group alone": {
			"User-agent: *\nDisallow: /\n\nUser-agent: teletipo\nDisallow: /x", []string{"/a", "!/x"},
		},
		"own group twice": {
			"User-agent: teletipo\nDisallow: /x\n\nUser-agent: *\nDisallow: /\n\n" +
				"User-agent: TeleTipo/2.0 (+https://a.example)\nDisallow: /y", []string{"/a", "!/x", "!/y"},
		},
		"several agents": {
			"User-agent: otherbot\nUser-agent: teletipo\n\nDisallow: /x\nUser-agent: more\nDisallow: /y",
			[]string{"!/x", "/y"},
		},
		"a name within another": {"User-agent: teletipobot\nDisallow: /", []string{"/a"}},
		"other lines end no group": {
			"User-agent: otherbot\nSitemap: https://paper.example/s.xml\nCrawl-delay: 1\n" +
				"User-agent: teletipo\nDisallow: /x", []string{"!/x", "/y"},
		},
		"empty own group": {"User-agent: *\nDisallow: /\nUser-agent: teletipo\n", []string{"/a"}},
		"longest": {
			"User-agent: *\nAllow: /news/\nDisallow: /\nDisallow: /news/private",
			[]string{"!/", "/news/", "/news/a", "!/news/private/b"},
		},
		"of two the one that allows": {"User-agent: *\nDisallow: /a\nAllow: /a", []string{"/a"}},
		"case of paths":              {"User-agent: *\nDisallow: /News", []string{"!/News", "/news"}},
		"star": {
			"User-agent: *\nDisallow: /*/print\nDisallow: *.pdf$\nDisallow: /a*b*c",
			[]string{
				"!/x/print", "!/x/y/printed", "/print", "!/x.pdf", "/x.pdf?a", "!/abc", "!/a1b2c3", "/acb",
			},
		},
		"dollar": {
			"User-agent: *\nDisallow: /x$\nDisallow: /a$b", []string{"!/x", "/x/", "/x?q", "!/a$b", "/a"},
		},
		"stars and dollar": {
			"User-agent: *\nDisallow: /a*a$", []string{"!/aa", "/a", "!/aba", "/abab"},
		},
		"query": {
			"User-agent: *\nDisallow: /*?s=\nDisallow: /p?", []string{"!/?s=a", "/?t=a", "!/p?", "/p"},
		},
		"escapes": {
			"User-agent: *\nDisallow: /a%3cd\nDisallow: /ñ\nDisallow: /%7ejoe/\nDisallow: /b%2fc",
			[]string{"!/a%3Cd", "!/a%3cd", "!/%C3%B1", "!/%c3%b1x", "!/~joe/", "!/%7Ejoe/", "!/b%2Fc", "/b/c"},
		},
		"escaped stars": {
			"User-agent: *\nDisallow: /f-%2A.html\nDisallow: /g-%24", []string{
				"!/f-*.html", "!/f-%2A.html", "/f-x.html", "!/g-$", "!/g-%24",
			},
		},
		"no slash before it": {"User-agent: *\nDisallow: private", []string{"!/private/a", "/a"}},
	} {
		t.Run(name, func(t *testing.T) { checkAllows(t, c.file, c.paths...) })
	}
}

func TestParseSaysWhereAndWhen(t *testing.T) {
	rules := Parse([]byte("Sitemap: https://paper.example/news.xml\nUser-agent: *\nCrawl-delay: 2.5\n"+
		"Disallow: /x\nSITEMAP: /relative.xml\nsitemap:https://cdn.example/s.xml.gz\n"), Agent)
	if want := []string{"https://paper.example/news.xml", "https://cdn.example/s.xml.gz"}; !slices.Equal(rules.Sitemaps, want) {
		t.Errorf("sitemaps %q, want %q", rules.Sitemaps, want)
	}
	if rules.Delay != 2500*time.Millisecond {
		t.Errorf("delay %v", rules.Delay)
	}
	if rule, ok := rules.Allows("https://paper.example/x/y"); ok || rule.Line != 4 || rule.Pattern != "/x" {
		t.Errorf("%+v, %v", rule, ok)
	}
	for value, want := range map[string]time.Duration{
		"86400": maxDelay, "1e300": maxDelay, "-1": 0, "NaN": 0, "soon": 0, "Inf": maxDelay, "": 0,
	} {
		if got := Parse([]byte("User-agent: *\nCrawl-delay: "+value), Agent).Delay; got != want {
			t.Errorf("Crawl-delay %s: %v, want %v", value, got, want)
		}
	}
}

func TestSignals(t *testing.T) {
	rules := Parse([]byte("License: https://paper.example/license.xml\nUser-agent: other\n"+
		"Content-Signal: search=no\nUser-agent: *\nContent-Signal: search=yes, ai-train=no\n"+
		"Content-Usage: train-ai=y\nContent-Usage: /news/ train-ai=n\nDisallow: /x\n"), Agent)
	for path, want := range map[string]string{
		"/a":      "content-signal search=yes, ai-train=no; content-usage train-ai=y; license https://paper.example/license.xml; ",
		"/news/1": "content-signal search=yes, ai-train=no; content-usage train-ai=y; content-usage train-ai=n; license https://paper.example/license.xml; ",
	} {
		got := ""
		for _, s := range rules.Signals("https://paper.example" + path) {
			got += s.Name + " " + s.Value + "; "
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// What is beyond 500 KiB is not read, and no rule is cut to one that says more.
func TestParseReadsTheBeginning(t *testing.T) {
	head := "User-agent: *\nDisallow: /x\n#"
	body := head + strings.Repeat("#", maxBytes-len(head)-len("\nDisallow: /")) + "\nDisallow: /secret\n"
	checkAllows(t, body, "!/x", "/a", "/secret")
	within := head + strings.Repeat("#", maxBytes-len(head)-20) + "\nDisallow: /y\n"
	checkAllows(t, within, "!/x", "!/y")
	checkAllows(t, "#"+strings.Repeat("x", 2*maxBytes), "/a")
}

// pieces are what patterns and paths of the properties are made of.
var pieces = []string{"/", "a", "b", "*", "$", "%2A", "%61", "%C3%B1", "ñ", "%2f", "%", "?", "ab", "&"}

func drawn(t *rapid.T, label string) string {
	return "/" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, label), "")
}

// Matching is what RFC 9309 says of * and $, as a regular expression would do it.
func TestMatchesAsARegularExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, path := pattern(drawn(t, "pattern")), normal(drawn(t, "path"), "*$")
		text, anchored := strings.CutSuffix(p, "$")
		text = strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, ".*")
		if anchored {
			text += "$"
		}
		if want := regexp.MustCompile("^" + text).MatchString(path); matches(p, path) != want {
			t.Fatalf("%q against %q: %v, want %v", p, path, !want, want)
		}
	})
}

// A rule decides only if none that is longer matches; the order of rules and of groups, and other
// lines between them, change nothing.
func TestTheOrderOfRulesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"Allow: ", "Disallow: "}).Draw(t, "key") + drawn(t, "pattern")
		}), 0, 8).Draw(t, "lines")
		address := "https://paper.example" + strings.ReplaceAll(drawn(t, "path"), "%", "%25")
		file := func(lines []string, between string) []byte {
			return []byte("User-agent: teletipo\n" + strings.Join(lines, between))
		}
		_, want := Parse(file(lines, "\n"), Agent).Allows(address)
		shuffled := rapid.Permutation(lines).Draw(t, "shuffled")
		for _, between := range []string{"\n", "\r\nHost: a\n", "\nUser-agent: Teletipo\n"} {
			if rule, got := Parse(file(shuffled, between), Agent).Allows(address); got != want {
				t.Fatalf("%s: %v by %+v, want %v of %q", address, got, rule, want, lines)
			}
		}
		if _, got := Parse(append(file(lines, "\n"), "\nDisallow: /"...), Agent).Allows(address); got && !want {
			t.Fatal("a rule that forbids allows something")
		}
	})
}

// Paths that are the same address are allowed alike.
func TestEscapingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := "/" + rapid.StringMatching(`[a-z0-9~._-]{0,8}`).Draw(t, "path")
		var escaped strings.Builder
		for _, c := range []byte(raw) {
			if c != '/' && rapid.Bool().Draw(t, "escape") {
				fmt.Fprintf(&escaped, rapid.SampledFrom([]string{"%%%02x", "%%%02X"}).Draw(t, "case"), c)
				continue
			}
			escaped.WriteByte(c)
		}
		if got := normal(escaped.String(), "*$"); got != raw {
			t.Fatalf("%q became %q, want %q", escaped.String(), got, raw)
		}
		if p := pattern(escaped.String()); pattern(p) != p {
			t.Fatalf("pattern %q is not normal", p)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\ufeffUser-agent: *\r\nDisallow: /*a$\nAllow: /%C3%b1\nSitemap: https://a.example/s"), "/a?b=c")
	f.Add([]byte("user-agent: teletipo\rcrawl-delay: 1e9\rdisallow: ********a"), "/aaaaaaaaaa")
	f.Fuzz(func(t *testing.T, body []byte, path string) {
		newstest.InProportion(t, string(body), func(text string) {
			Parse([]byte(text), Agent).Allows("https://paper.example/" + path)
		})
		rules := Parse(body, Agent)
		_, ok := rules.Allows("https://paper.example/" + path)
		if rules.Delay < 0 || rules.Delay > maxDelay || len(rules.Sitemaps) > maxSitemaps {
			t.Errorf("delay %v, %d sitemaps", rules.Delay, len(rules.Sitemaps))
		}
		// What we are told not to ask stays forbidden whatever follows for others.
		more := slices.Concat(body, []byte("\n\nUser-agent: x\nDisallow:\nUser-agent: y\nAllow: /\n"))
		_, after := Parse(more, Agent).Allows("https://paper.example/" + path)
		if after && !ok && len(more) < maxBytes {
			t.Error("another program's rule allows it")
		}
	})
}
