package render

import (
	"testing"
	"time"
)

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"plain ñ 📚\t\n":               "plain ñ 📚\t\n",
		"a\x00b\x08c\x1fd\x7f":        "abcd\x7f",
		"\xffa\xc3\x28b\xed\xa0\x80c": "a(bc",
		"x\ufffe\uffff\ufffdy":        "x\ufffdy",
		"cut \xe2\x82":                "cut ",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"/relative":                      "",
		"//host/path":                    "",
		"mailto:a@b.example":             "",
		"javascript:alert(1)":            "",
		"http://":                        "",
		"http:opaque":                    "",
		"ht tp://a.example/":             "",
		"http://a.example":               "http://a.example",
		" https://a.example/b?c=d&e#f\n": "https://a.example/b?c=d&e#f",
		"https://a.example/ñ b?q=ñ \"<>[]|%2": "https://a.example/%C3%B1%20b?" +
			"q=%C3%B1%20%22%3C%3E%5B%5D%7C%252",
		"https://a.example/%C3%B1?q=%zz%41": "https://a.example/%C3%B1?q=%25zz%41",
		"http://[::1]:8080/[x]":             "http://[::1]:8080/%5Bx%5D",
		"http://a.example?u=http://b/[c]":   "http://a.example?u=http://b/%5Bc%5D",
		"https://ñandú.example/":            "https://%C3%B1and%C3%BA.example/",
	} {
		got := address(in)
		if got != want {
			t.Errorf("address(%q) = %q, want %q", in, got, want)
		}
		if again := address(got); again != got {
			t.Errorf("address(%q) = %q: not the same again", got, again)
		}
	}
}

func TestLanguageTag(t *testing.T) {
	for in, want := range map[string]string{
		"es": "es", "es-MX": "es-MX", "es-419": "es-419", "zh-Hant-TW": "zh-Hant-TW",
		"": "", "-": "", "es_MX": "", "419": "", "es-": "", "español": "", "toolonglanguage": "",
		"en us": "",
	} {
		if got := languageTag(in); got != want {
			t.Errorf("languageTag(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSecond(t *testing.T) {
	zone := time.FixedZone("x", 3600)
	for in, want := range map[time.Time]time.Time{
		{}: {},
		time.Date(2025, 1, 1, 1, 0, 0, 999, zone):      time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(12025, 1, 1, 0, 0, 0, 0, time.UTC):   {},
		time.Date(10000, 1, 1, 0, 30, 0, 0, zone):      time.Date(9999, 12, 31, 23, 30, 0, 0, time.UTC),
		time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC):      {},
		time.Date(999, 12, 31, 23, 59, 0, 0, time.UTC): {},
		time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC):    time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		if got := second(in); got != want {
			t.Errorf("second(%v) = %v, want %v", in, got, want)
		}
	}
}

func TestFeedIDsThatAreNone(t *testing.T) {
	for id, want := range map[string]bool{
		"tag:blogger.example,1999:blog-12":       true,
		"tag:ana@wire.example,2026-11:feed":      true,
		"TAG:wire.example,2026-11-02:":           true,
		"tag:wire.example:feed":                  false,
		"tag:wire.example,2026/feed":             false,
		"tag:,2026:feed":                         false,
		"tag:wire.example,26:feed":               false,
		"yt:channel:UC1":                         true,
		"https://wire.example/feed":              true,
		"urn:uuid:3cf616c4-1111-8111-9111-11111": true,
		"no id":                                  false,
	} {
		if got := feedID(id); (got == id) != want || got != "" && got != id {
			t.Errorf("feedID(%q) = %q", id, got)
		}
	}
}
