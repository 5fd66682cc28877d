package clean

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

func TestURL(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://example.org/a", "https://example.org/a"},
		{" HTTPS://Example.ORG:443/a ", "https://example.org/a"},
		{"http://example.org:80", "http://example.org/"},
		{"http://example.org:8080/", "http://example.org:8080/"},
		{"https://example.org./a", "https://example.org/a"},
		{"https://user:secret@example.org/a", "https://example.org/a"},
		{"https://example.org/a/./b/../c", "https://example.org/a/c"},
		{"https://example.org/a/%2E%2e/b/.", "https://example.org/b/"},
		{"https://example.org/../../a//b", "https://example.org/a//b"},
		{"https://example.org/a#part", "https://example.org/a"},
		{"https://example.org/a?", "https://example.org/a"},
		{"https://example.org/%7euser/%c3%b1", "https://example.org/~user/%C3%B1"},
		{"https://example.org/señal", "https://example.org/se%C3%B1al"},
		{"https://example.org/100%", "https://example.org/100%25"},
		{"https://example.org/a b?c d", "https://example.org/a%20b?c%20d"},
		{"https://ejemplo.ESPAÑA.org/", "https://ejemplo.xn--espaa-rta.org/"},
		{"http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"},
		{
			"https://example.org/a?b=2&a=1&utm_source=x&UTM_Medium=y&fbclid=z",
			"https://example.org/a?b=2&a=1",
		},
		{"https://example.org/a?utm_source=x", "https://example.org/a"},
		{"https://example.org/a?smid=tw-share&id=1&&partner=rss&emc=rss", "https://example.org/a?id=1"},
		{"https://example.org/a?partner=17&ref=b", "https://example.org/a?partner=17&ref=b"},
		{"https://example.org/a\n/b", "https://example.org/a/b"},
		{"http://example.org/a", "http://example.org/a"},
		{"ftp://example.org/a", ""},
		{"javascript:alert(1)", ""},
		{"/a", ""},
		{"//example.org/a", ""},
		{"example.org/a", ""},
		{"https://", ""},
		{"https://ex ample.org/", ""},
		{"", ""},
		{"https://example.org/" + strings.Repeat("a", maxURL), ""},
	}
	for _, tt := range tests {
		got := URL(tt.in)
		if got != tt.want {
			t.Errorf("URL(%q) = %q, want %q", tt.in, got, tt.want)
		}
		if again := URL(got); again != got {
			t.Errorf("URL(%q) = %q, not itself", got, again)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	english := strings.Repeat("The president of the country said that it was not in the plan. ", 10)
	spanish := strings.Repeat("El presidente del país dijo que no estaba en los planes. ", 12)
	tests := []struct{ stated, text, want string }{
		{"es-MX", "", "es"},
		{"en_US", "", "en"},
		{"EN", "", "en"},
		{"pt-br", "", "pt"},
		{"spanish", "", ""},
		{"und", "", ""},
		{"zxx-", "", ""},
		{"", "Mexico Rejects US Military Action Against Cartels", "en"},
		{"", "México rechaza una acción militar de Estados Unidos", "es"},
		{"", "Detienen a dos presuntos líderes en Sinaloa", "es"},
		{"", "Three held after shooting at bridge", "en"},
		{"", "Cierran puente en Laredo", "es"},
		{"", "¿Qué pasa?", "es"},
		{"", "Sinaloa: 3", ""},
		{"", "O presidente do México disse que não vai com os Estados Unidos", ""},
		{"", "Le président a dit que les États-Unis sont dans une crise", ""},
		{"", "Der Präsident und die Regierung von Mexiko", ""},
		{"", english, "en"},
		{"", spanish, "es"},
		{"en", spanish, "es"},
		{"es", english, "en"},
		{"es", english + spanish, "es"},
		{"en", english + spanish, "en"},
		{"fr", english, "fr"},
		{"es", "The president of the country said that it was not in the plan.", "es"},
		{
			"en", "Cae en Culiacán un operador del cártel. La Fiscalía General de la República detuvo " +
				"en Sinaloa a un presunto jefe del grupo que traficaba fentanilo a los Estados Unidos.", "es",
		},
	}
	for _, tt := range tests {
		var counted tally
		counted.count(tt.text)
		if got := languageOf(tt.stated, tt.text); got != tt.want {
			t.Errorf("stated %q, %.40q: %q, want %q (%+v)", tt.stated, tt.text, got, tt.want, counted)
		}
	}
}

func TestTidy(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "abc", "abc"},
		{"control characters", "a\x00\x07b\x7fc\tdd\r\n", "abc\tdd\n\n"},
		{"form feeds part words", "a\fb\vc", "a b c"},
		{"bad UTF-8", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"surrogates", "a\xed\xa0\x80b\xed\xbf\xbf", "ab"},
		{"not characters", "a\ufffe\uffff\U0001fffe\ufdd0b", "ab"},
		{"invisible", "so\u00adft\u200b \ufeffb\u2060c", "soft bc"},
		{"direction overrides", "a\u202ecod\u2069b", "acodb"},
		{"windows-1252 in disguise", "it\u0092s \u0081", "it’s "},
		{"composed", "a\u0301\u0323", "ạ\u0301"},
		{"a stack of marks", "x" + strings.Repeat("\u0301", 100), "x" + strings.Repeat("\u0301",
			maxMarks)},
		{"emoji", "👩\u200d👧 🏳\ufe0f", "👩\u200d👧 🏳\ufe0f"},
	}
	for _, tt := range tests {
		got := tidy(tt.in)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if again := tidy(got); again != got {
			t.Errorf("%s: %q becomes %q", tt.name, got, again)
		}
	}
}

func TestClip(t *testing.T) {
	tests := []struct {
		in   string
		n    int
		want string
	}{
		{"one two", 7, "one two"},
		{"one two three", 9, "one two…"},
		{"one two, three", 12, "one two…"},
		{"onetwothree", 6, "onetw…"},
		{"ñññññ", 5, "ñññññ"},
		{"ññññññ", 5, "ññññ…"},
		{"xxxe\u0302\u0323yyyy", 6, "xxx…"},
	}
	for _, tt := range tests {
		got := clip(tt.in, tt.n)
		if got != tt.want || utf8.RuneCountInString(got) > tt.n {
			t.Errorf("clip(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

// FuzzResolve holds that the short way for plain addresses ends where the long way does.
func FuzzResolve(f *testing.F) {
	for _, seed := range [][2]string{
		{"https://example.org/a/b", "c.jpg"},
		{"https://example.org/a/", "/c?d=1&e=2"},
		{"http://a.example", "b"},
		{"https://a.example/x.y/z", "a//b"},
		{"https://a.example/./b", "c/../d"},
		{"", "https://a.example/?a"},
		{"https://a--b.example/", "/a"},
		{"https://1.2/", "a?"},
		{"http://a.example:80/b", "//c/d"},
		{"https://a.example/b", "c:d"},
		{"https://a.example/b%20c/", "d"},
		{"", "http://a.example/?utm_source=x&b"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, at, raw string) {
		base := absolute(nil, at)
		newstest.InProportion(t, raw, func(text string) { URL(resolveAny(base, text)) })
		if s, ok := resolvePlain(base, raw); ok && s != resolveAny(base, raw) {
			t.Errorf("%q at %v is %q, not %q", raw, base, s, resolveAny(base, raw))
		}
		if isPlainAddress(raw) {
			u, _ := url.Parse(raw)
			if u.Fragment = "x"; URL(u.String()) != URL(raw) {
				t.Errorf("%q: %q, not %q", raw, URL(raw), URL(u.String()))
			}
		}
	})
}

// A pair of references to the halves of a character is the character; one alone is nothing.
func TestHalvesOfCharacters(t *testing.T) {
	item := news.Item{
		Title: "a&#xD83D;&#xde00;b&#55357;&#56832;", Summary: "c&#xD83D; d&#xDE00;&#xD83D;e",
		Content: "<p>&#39;&#39; &#x1F600;&#x1F600; &#xD83D;&#xD83D;&#xDE00;</p>",
	}
	a, _, err := New().Clean(item, news.Source{ID: "s", Rights: news.Full}, time.Now())
	if err != nil || a.Title != "a😀b😀" || !strings.HasPrefix(a.Summary, "c� d") ||
		!strings.Contains(a.Content, "'' 😀😀 �😀") {
		t.Errorf("%+v, %v", a, err)
	}
}
