package rawdoc

import (
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

func TestDecodeFeed(t *testing.T) {
	little := func(bom unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(unicode.LittleEndian, bom)
	}
	big := func(bom unicode.BOMPolicy) encoding.Encoding {
		return unicode.UTF16(unicode.BigEndian, bom)
	}
	western := charmap.Windows1252
	const bare = "<rss><title>Peña €</title></rss>"
	declared := func(charset string) string {
		return `<?xml version="1.0" encoding="` + charset + `"?>` + bare
	}
	for _, c := range []struct {
		name, text, mediaType string
		enc                   encoding.Encoding
	}{
		{"plain", bare, "", nil},
		{"declared", declared("utf-8"), "text/xml; charset=UTF-8", nil},
		{"the server is wrong", declared("utf-8"), "text/xml; charset=iso-8859-1", nil},
		{"the document is wrong", declared("iso-8859-1"), "", nil},
		{"a charset that nobody knows", declared("x-nobody"), "text/xml; charset=huh", nil},
		{"UTF-8 with a mark", bare, "", unicode.UTF8BOM},
		{"the server says", bare, "text/xml; charset=windows-1252", western},
		{"the document says", declared("windows-1252"), "", western},
		{"single quotes", strings.ReplaceAll(declared("windows-1252"), `"`, "'"), "", western},
		{"nobody says", bare, "", western},
		{"both say UTF-8, and it is not", declared("utf-8"), "text/xml; charset=utf-8", western},
		{"iso-8859-15", declared("iso-8859-15"), "", charmap.ISO8859_15},
		{"UTF-16 with a mark", declared("utf-16"), "text/xml", little(unicode.UseBOM)},
		{"UTF-16BE with a mark", declared("utf-16"), "", big(unicode.UseBOM)},
		{"UTF-16LE", declared("utf-16le"), "", little(unicode.IgnoreBOM)},
		{"UTF-16BE", declared("utf-8"), "", big(unicode.IgnoreBOM)},
		{"UTF-32LE", declared("utf-32"), "", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
		{"UTF-32BE", declared("utf-32"), "", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	} {
		body := []byte(c.text)
		if c.enc != nil {
			var err error
			if body, err = c.enc.NewEncoder().Bytes(body); err != nil {
				t.Fatal(c.name, err)
			}
		}
		if got := string(DecodeFeed(body, c.mediaType)); got != c.text {
			t.Errorf("%s: %q, want %q", c.name, got, c.text)
		}
	}
}

func TestDecodeFeedFarFromHome(t *testing.T) {
	for charset, enc := range map[string]encoding.Encoding{
		"shift_jis": japanese.ShiftJIS, "iso-2022-jp": japanese.ISO2022JP,
		"euc-jp": japanese.EUCJP, "gb18030": simplifiedchinese.GB18030,
	} {
		text := `<?xml version="1.0" encoding="` + charset + `"?><rss>国境</rss>`
		body, err := enc.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(DecodeFeed(body, "")); got != text {
			t.Errorf("%s: %q, want %q", charset, got, text)
		}
	}
}

func TestDecodeFeedTakesAwayWhatXMLForbids(t *testing.T) {
	for text, want := range map[string]string{
		"a\x00b\x01c\x1Fd":             "abcd",
		"tab\tline\nreturn\r":          "tab\tline\nreturn\r",
		"a\uFFFEb\uFFFFc":              "abc",
		"a&#0;b&#8;c&#x1f;d&#X1F;e":    "abcde",
		"a&#xFFFE;b&#xD83D;c":          "abc",
		"a&#xD83D;&#xDE00;b":           "a😀b", // as UTF-16 has it
		"a&#55357;&#56832;b":           "a😀b",
		"a&#xDE00;&#xD83D;b":           "ab",
		"&#10;&#9;&#x41;&#65;&#xFFFD;": "&#10;&#9;&#x41;&#65;&#xFFFD;",
		"&#;&#x;&#12345678901;&#":      "&#;&#x;&#12345678901;&#",
		"ñ\x01ñ":                       "ññ",
		"":                             "",
		"caf\xc3\xa9 \xff!":            "caf\xc3\xa9 \uFFFD!", // damage within UTF-8
	} {
		if got := string(DecodeFeed([]byte(text), "text/xml; charset=utf-8")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestDecodeText(t *testing.T) {
	wide := func(mark []byte, put func(uint16) []byte) string {
		b := mark
		for _, u := range utf16.Encode([]rune("señal\r\n")) {
			b = append(b, put(u)...)
		}
		return string(b)
	}
	little := func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} }
	big := func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} }
	tests := []struct{ name, mediaType, in, want string }{
		{"UTF-8", "", "señal\r\na\rb", "señal\na\nb"},
		{"UTF-8 with a mark", "", "\ufeffseñal", "señal"},
		{
			"UTF-16 LE", "", wide([]byte{0xff, 0xfe}, little),
			"señal\n",
		},
		{
			"UTF-16 BE", "", wide([]byte{0xfe, 0xff}, big),
			"señal\n",
		},
		{"UTF-16 LE without a mark", "", wide(nil, little), "señal\n"},
		{"UTF-16 BE without a mark", "", wide(nil, big), "señal\n"},
		{"zeros in a text", "", "se\x00al de \x00 lejos", "se\x00al de \x00 lejos"},
		{"windows-1252", "", "se\xf1al \x93x\x94 \x80", "señal “x” €"},
		{"windows-1252, dashes alone", "", "word\x97word and word\x97word\x92s", "word—word and word—word’s"},
		{"windows-1252, a price", "", "100\xb0F, \x8484.50\x93 \x80", "100°F, „84.50“ €"},
		{"of a Mac", "", "\xc0Qu\x8e dir\x87 la se\x96ora? Ma\x96ana", "¿Qué dirá la señora? Mañana"},
		{"of DOS", "", "\xa8Qu\x82 dir\xa0 la se\xa4ora? Ma\xa4ana", "¿Qué dirá la señora? Mañana"},
		{"as stated", "text/plain; charset=iso-8859-5", "\xbc\xd8\xe0", "Мир"},
		{
			"as an element states", "", `<meta charset="koi8-r">` + "\xcd\xc9\xd2",
			`<meta charset="koi8-r">мир`,
		},
		{"UTF-8 with some damage", "text/plain; charset=iso-8859-1", "áéíóúñ \xff", "áéíóúñ \ufffd"},
	}
	for _, tt := range tests {
		got := DecodeText([]byte(tt.in), tt.mediaType)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestResolve(t *testing.T) {
	for _, c := range [][3]string{
		{"https://x.example/a/b.html", "c", "https://x.example/a/c"},
		{"https://x.example/a/b.html", "/c?d#e", "https://x.example/c?d#e"},
		{"https://x.example/a/", "//y.example/", "https://y.example/"},
		{"https://x.example/a/", " https://y.example/ ", "https://y.example/"},
		{"https://x.example/a/", "", "https://x.example/a/"},
		{"https://x.example/a/", "http://[::1", "http://[::1"},
		{"https://x.example/a/", "http//y.example/1", "http://y.example/1"},
		{"https://x.example/a/", "http:/y.example/1", "http://y.example/1"},
		{"https://x.example/a/", "https:///y.example/1", "https://y.example/1"},
		{"https://x.example/a/", "https:y.example/1", "https://y.example/1"},
		{"https://x.example/a/", "htp://y.example/1", "http://y.example/1"},
		{"https://x.example/a/", "HTTTPS://y.example/1", "https://y.example/1"},
		{"https://x.example/a/", "https://http//y.example/1", "http://y.example/1"},
		{"https://x.example/a/", `http:\\y.example\1?a=\b`, `http://y.example/1?a=\b`},
		{"https://x.example/a/", "feed:https://y.example/1", "https://y.example/1"},
		{"https://x.example/a/", "feed://y.example/1", "https://y.example/1"},
		{"https://x.example/a/", "https://y.example/1\n  ?a=1", "https://y.example/1?a=1"},
		{"https://x.example/a/", "tp/1", "https://x.example/a/tp/1"},
		{"https://x.example/a/", "http/1", "https://x.example/a/http/1"},
		{"https://x.example/a/", "https.html", "https://x.example/a/https.html"},
		{"https://x.example/a/", "/go?http://y.example/", "https://x.example/go?http://y.example/"},
		{"http://[::1", "c", "c"},
		{"", "c", "c"},
		{"", "", ""},
	} {
		if got := Resolve(c[0], c[1]); got != c[2] {
			t.Errorf("%q and %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
