package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// reports are inputs of a collection that is no part of this repository, with what the articles
// made of them, or the error, must have and must not have in them.
var reports = []struct {
	file      string
	has, lack []string
}{
	{"f-macroman.txt", []string{"Señal", "¿Qué dirá la señora Muñoz? «Nada», dijo —"}, nil},
	{"f-utf16le-nobom.txt", []string{"Señal en la frontera", "«Nada»"}, nil},
	{"f-utf16be-nobom.md", []string{"Señal en la frontera", "«Nada»"}, nil},
	{"f-latin1.txt", []string{"Señal", "Muñoz"}, nil},
	{"f-cp1252-smart.txt", []string{"“Comillas” y ‘simples’"}, nil},
	{"f-toml.md", []string{"f-toml.md:4:10: draft"}, nil},
	{"f-toml-embargo.txt", []string{"2027-05-01"}, []string{"+++"}},
	{"f-unclosed.md", []string{"f-unclosed.md:1:1: "}, nil},
	{"f-indented-front.txt", []string{"f-indented-front.txt:1:1: "}, nil},
	{"f-codefence-yaml.md", []string{"f-codefence-yaml.md:1:1: "}, nil},
	{"f-hugo-yaml.md", []string{"f-hugo-yaml.md:4:8: draft"}, nil},
	{"f-footnotes.md", []string{"CBP, November 2026."}, []string{"[^1]"}},
	{"f-hugo-shortcode.md", nil, []string{"{{", "}}"}},
	{"f-obsidian.md", []string{"Careful"}, []string{"[[", "%%", "[!"}},
	{"02-mixed-utf8-in-latin1.xml", []string{"Señal en Ciudad Juárez", "Niños de Coahuila", "La niñez"}, nil},
	{"10-dates.xml", []string{
		"drupal Laredo 2026-11-27T18:26:00Z", "drupal long Laredo 2026-11-27T18:26:00Z",
		"IST Laredo 2026-11-27T13:00:00Z", "MSK Laredo 2026-11-27T15:00:00Z",
		"ART Laredo 2026-11-27T21:00:00Z", "ambiguous Laredo 2026-05-11T09:00:00Z",
		"es hrs Laredo 2026-11-27T18:26:00Z", "d-m-Y Laredo 2026-11-27T18:26:10Z",
		"zdt Laredo 2026-11-28T00:26:00Z", "CT Laredo 2026-11-28T00:26:00Z",
	}, nil},
	{"20-atom-titles.atom", []string{"The <b> tag at the border", "<3 Laredo"}, nil},
	{"23-xmlbase-content.atom", []string{"https://diario.example/posts/123.html#fn1"}, nil},
	{"40-relative-item-links.xml", []string{
		"https://diario.example/nota/2.html", "https://diario.example/img/root.png",
	}, nil},
	{"41-lazy.xml", []string{"real2.jpg", "real3.jpg"}, nil},
	{"42-embeds.xml", []string{"https://www.youtube.com/watch?v=zOduYvDupXQ"}, nil},
	{"44-shortcodes.xml", []string{"[sic]", "[Laredo]", "[emphasis added]"}, []string{"vc_"}},
	{"43-wpfooter.xml", nil, []string{"appeared first", "primero en", "Leer más", "Read more"}},
	{"122-footers.xml", nil, []string{
		"appeared first", "primero en", "Leer más", "Continue reading", "Read more", "eguir leyendo", "Sigue leyendo",
	}},
	{"140-escapes.xml", []string{"😀 😀 😀"}, []string{"\ufffd"}},
	{"141-media-odd.xml", []string{"w600.jpg 600x0"}, []string{"w150.jpg", "w1500.jpg"}},
	{"summary-is-leer.xml", []string{"EH Bildu ratificó"}, []string{"Leer"}},
	{"og-image.html", []string{"https://img.example/og.jpg"}, nil},
	{"img-no-ext.json", []string{"https://img.example/lead?id=3"}, nil},
}

func TestReports(t *testing.T) {
	const dir = "../../../shared/samples/reports"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the collection is not here")
	}
	for _, r := range reports {
		body, err := os.ReadFile(filepath.Join(dir, r.file))
		if err != nil {
			t.Fatal(err)
		}
		doc := news.Document{URL: "https://diario.example/feed", Body: body, Time: noon}
		src := news.Source{ID: "s", Kind: news.KindFeed, Rights: news.Full, URL: doc.URL}
		if strings.HasPrefix(r.file, "f-") || strings.HasSuffix(r.file, ".html") {
			doc.Name, doc.URL = r.file, ""
			src = news.Source{ID: "s", Kind: news.KindFolder}
		}
		w := &world{}
		_, err = flowOn(t, w).Take(t.Context(), src, doc)
		got := fmt.Sprint(err)
		for _, c := range w.candidates {
			a := c.Article
			got += fmt.Sprintf("\n%s %s %s %s %s", a.Title, c.Item.Published.UTC().Format("2006-01-02T15:04:05Z"),
				a.URL, a.Summary, a.Content)
			for _, m := range a.Media {
				got += fmt.Sprintf(" %s %dx%d", m.URL, m.Width, m.Height)
			}
		}
		for _, part := range r.has {
			if !strings.Contains(got, part) {
				t.Errorf("%s: lacks %q:\n%s", r.file, part, got)
			}
		}
		for _, part := range r.lack {
			if strings.Contains(got, part) {
				t.Errorf("%s: has %q:\n%s", r.file, part, got)
			}
		}
	}
}
