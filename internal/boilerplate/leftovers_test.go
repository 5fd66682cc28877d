package boilerplate

import (
	"strings"
	"testing"
)

func TestLeftoversOfOtherPrograms(t *testing.T) {
	for text, want := range map[string]string{
		`<p>[vc_row][vc_column width="1/2"]</p><p>Text.</p><p>[/vc_column][/vc_row]</p>`: "<p></p><p>Text.</p><p></p>",
		`[caption id="a_1" width="300"]<img src="/a.jpg"/> A bridge[/caption] Text.`:     `<img src="/a.jpg"/> A bridge Text.`,
		`[gallery ids=&#8221;1,2&#8243;]Text.`:                                           "Text.",
		`[et_pb_section fb_built=”1″]Text.[/et_pb_section]`:                              "Text.",
		`[gallery]Text.`: "Text.",
		`He said “[Laredo] is safe” [sic], [1], [emphasis added], [Note: a=b].`:                                  `He said “[Laredo] is safe” [sic], [1], [emphasis added], [Note: a=b].`,
		`<p>The river rises. <a class="more-link" href="/1">Leer más &raquo;</a></p>`:                            "<p>The river rises. </p>",
		`The river rises&#8230; Continue reading &rarr;`:                                                         "The river rises&#8230;",
		`The river rises. <a href="/1">Read more</a>`:                                                            "The river rises.",
		`The river rises. <a href="/1">Continue reading<span class="screen-reader-text"> "The river"</span></a>`: "The river rises.",
		`The river rises. Sigue leyendo.`:                                                                        "The river rises.",
		`<p>It rises. Sigue leyendo.</p><br/><a href="/a"><img src="/ad.png"/></a>`:                              `<p>It rises. </p><br/><a href="/a"><img src="/ad.png"/></a>`,
		`<p>It rises. Sigue leyendo.<br/>&nbsp;<img src="/ad.png"/></p>`:                                         `<p>It rises.<br/>&nbsp;<img src="/ad.png"/></p>`,
		`It rises. <a href="/1">Read more</a><div><a href="/f"><img src="/f"></a></div><img src="/1"/>`:          `It rises.<div><a href="/f"><img src="/f"></a></div><img src="/1"/>`,
		`<p>It rises.</p><p>The post <a href="x">T</a> appeared first on <a href="y">W</a>.</p><img src="/1"/>`:  `<p>It rises.</p><img src="/1"/>`,
		`<p>a < b, it says.<img src="/1"/>`:                                                                      `<p>a < b, it says.<img src="/1"/>`,
		`It rises. <a href="/1">Continue reading "The river"</a>`:                                                "It rises.",
		`It rises. <a href="/1">Continue reading The river <span>→</span></a>`:                                   "It rises.",
		`It rises. <a href="/1">Leer la noticia en El Diario</a>`:                                                "It rises.",
		`<p>It rises.</p><p><a href="/1">Lee la nota completa aquí</a></p>`:                                      "<p>It rises.</p><p></p>",
		`It rises. (more…)`:                                                                                  "It rises.",
		`It rises. <a href="/1">(más…)</a>`:                                                                  "It rises.",
		`It rises. <a href="/1">Lire l’article complet ›</a>`:                                                "It rises.",
		`It rises. <a href="/1#respond">Leave a comment</a>`:                                                 "It rises.",
		`<p>It rises.</p><p>Leer más</p>`:                                                                    "<p>It rises.</p><p></p>",
		`<p>It rises. <button>Leer más</button></p>`:                                                         "<p>It rises. <button></button></p>",
		`<p>He wants <b>more</b></p>`:                                                                        `<p>He wants <b>more</b></p>`,
		`<p>She will not <a href="/1">continue</a></p>`:                                                      `<p>She will not <a href="/1">continue</a></p>`,
		`<p>She stays. <a href="/1">Continue</a></p>`:                                                        `<p>She stays. </p>`,
		`deb [arch=amd64 signed-by=/k.gpg] [ad_1] buf[read_len] [n_1 = 2] [a]`:                               `deb [arch=amd64 signed-by=/k.gpg]  buf[read_len] [n_1 = 2] [a]`,
		`<p>[youtube https://www.youtube.com/watch?v=e2]</p>`:                                                `<p><a href="https://www.youtube.com/watch?v=e2">https://www.youtube.com/watch?v=e2</a></p>`,
		`[embed]https://x.example/?a=1&amp;b=2[/embed]`:                                                      `<a href="https://x.example/?a=1&amp;b=2">https://x.example/?a=1&amp;b=2</a>`,
		`See [the report https://x.example/] for more.`:                                                      `See [the report https://x.example/] for more.`,
		`<p>It is in <a href="/1">The full story of a river</a>.</p>`:                                        `<p>It is in <a href="/1">The full story of a river</a>.</p>`,
		`<img src="/1"/><br/>`:                                                                               `<img src="/1"/><br/>`,
		`The river rises. <a href="/1">The whole report</a>`:                                                 `The river rises. <a href="/1">The whole report</a>`,
		`She wants to read more`:                                                                             "She wants to read more",
		`She reads. He wants more`:                                                                           "She reads. He wants more",
		`<p>Text.</p><p>La nota <a href="x">T</a> apareció primero en <a href="y">El Diario</a>.</p>`:        "<p>Text.</p>",
		`<p>Text.</p><p>The post <a href="x">T &#8220;q&#8221;</a> appeared first on <a href="y">W</a>.</p>`: "<p>Text.</p>",
		`<p>Texto. <a href="x">Leer más »</a></p><p>La entrada <a href="x">T</a> se publicó primero en <a href="y">D</a>.</p>`: "<p>Texto. </p>",
		`<p>The post office appeared first on the map.</p><p>Text.</p>`:                                                        `<p>The post office appeared first on the map.</p><p>Text.</p>`,
	} {
		if got := BuiltIn().Strip(text); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	if text := "<p>It rises. Read more</p>" + strings.Repeat("<img src='/1'/>", 1000); BuiltIn().Strip(text) != text {
		t.Error("what stands before more than the end of a text is looked at")
	}
	hostile := strings.Repeat("[a b=", 20_000) + strings.Repeat("<a>", 20_000) + strings.Repeat("The post ", 20_000)
	if got := BuiltIn().Strip(hostile); len(got) < len(hostile)-nearEnd {
		t.Errorf("%d of %d bytes are left", len(got), len(hostile))
	}
}
