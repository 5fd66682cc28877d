package clean

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// FuzzLexer holds that the lexer cuts HTML as the tokenizer of golang.org/x/net does.
func FuzzLexer(f *testing.F) {
	for _, seed := range []string{
		"a<b c=d e='f' G=\"h\" i>j</b >k", "<p/><br/ x><a b/c=d/>", "<!-- a --><!--><!---><!x><?y></ z>-->--!>",
		"<!--a--!>b<!--c->d-->e", "a<1<<b>< c</>d</", "<a =b c = d e= f>x", "<a href=?a=1&copy=2&amp;b&lt;c&#65;&#x41 >",
		"<script>a</b><!--<script>c</script>--></script>d", "<script><!-->a</script>b", "<title>a&amp;b</title>c",
		"<style>a</STYLE >b<textarea>\r\nc&lt;", "<plaintext>a</plaintext>", "a\r\nb\rc&notit;&amp&ampx",
		"<iframe/>a</iframe>b<xmp>c&lt;</xmp>", "<p a b c='>'>x<", "<a b='c", "<a b=&#0;&#x80;&#128;&fjlig;&semi;&>",
		"<script><!--<script </script>x</script>-->y</script>z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if strings.Contains(strings.ToLower(in), "noscript") {
			return // text to the tokenizer, elements here
		}
		in = strings.ReplaceAll(in, "\x00", "") // what forbidden characters become is for strip to say
		in += "</script></script>z"             // within a script the tokenizer drops what the input breaks off in
		if got, want := lexed(in), tokenized(in); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", in, got, want)
		}
	})
}

func lexed(in string) string {
	var b strings.Builder
	for l := (lexer{s: in}); ; {
		t := l.next()
		switch t.kind {
		case endOfInput:
			return b.String()
		case textToken:
			b.WriteString(decodeText(&t))
		case endTag:
			fmt.Fprintf(&b, " </%q> ", t.name)
		case startTag:
			fmt.Fprintf(&b, " <%q", t.name)
			seen := map[string]bool{}
			for rest := t.attrs; rest != ""; {
				key, value, n := nextAttr(rest)
				if rest = rest[n:]; key != "" && !seen[lowered(key)] {
					seen[lowered(key)] = true
					fmt.Fprintf(&b, " %q=%q", lowered(key), decodeValue(value))
				}
			}
			b.WriteString("> ")
		}
	}
}

func tokenized(in string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(in)); ; {
		switch token := z.Next(); token {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.WriteString(string(z.Text()))
		case html.EndTagToken:
			name, _ := z.TagName()
			fmt.Fprintf(&b, " </%q> ", string(name))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			fmt.Fprintf(&b, " <%q", string(name))
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				fmt.Fprintf(&b, " %q=%q", string(key), string(value))
			}
			b.WriteString("> ")
		}
	}
}
