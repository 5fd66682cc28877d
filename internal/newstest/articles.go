package newstest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// Start is when sample article 0 was published; each further one came an hour later.
var Start = time.Date(2025, time.March, 3, 9, 0, 0, 0, time.UTC)

// Article returns sample article n (0, 1, …), always the same: cleaned, with an ID of its own, in
// English for even n and Spanish for odd. Texts, rights, authors, tags and media vary, and hold
// the characters that markup has to escape.
func Article(n int) news.Article {
	a := english(n / 2 % 3)
	if n%2 == 1 {
		a = spanish(n / 2 % 3)
	}
	a.GUID = fmt.Sprintf("sample-%d", n)
	a.ID = news.MintID(a.Source, a.GUID)
	a.Published = Start.Add(time.Duration(n) * time.Hour)
	if n%samples == 3 {
		a.Modified = a.Published.Add(3 * time.Minute)
	}
	if n >= samples {
		a.Title = fmt.Sprintf("%s (%d)", a.Title, n)
	}
	if !a.Own {
		a.URL = fmt.Sprintf("https://news.example/%s/%d?a=1&b=2", a.Lang, n)
		a.Origin = news.Origin{
			ID: "https://news.example/" + a.Lang, Title: "Example News & Views",
			URL: "https://news.example/" + a.Lang + "/feed.xml", Link: "https://news.example/",
			Updated: a.Published.Add(time.Minute),
		}
	}
	sum := sha256.Sum256([]byte(a.Title + "\x00" + a.Summary + "\x00" + a.Content))
	a.Fingerprint = hex.EncodeToString(sum[:])
	return a
}

// Entry returns sample article n as the store would: live, first seen five minutes after it was
// published, in its first revision, with sequence n+1, placed in one topic or more.
func Entry(n int) news.Entry {
	seen := Start.Add(time.Duration(n)*time.Hour + 5*time.Minute)
	e := news.Entry{
		Article: Article(n), Status: news.Live, Revision: 1, Seq: uint64(n) + 1,
		FirstSeen: seen, Updated: seen,
	}
	for _, topic := range []string{"border", "cartels", "us-mexico"}[n%3:] {
		e.Placements = append(e.Placements, news.Placement{
			Topic: topic, Score: 12.5, Threshold: 6,
			Evidence: []news.Evidence{{Term: "sample term", Place: "title", Count: 1, Weight: 12.5}},
		})
	}
	return e
}

const samples = 6

// english builds text i in English anew each time, so that no two articles share memory.
func english(i int) news.Article {
	switch i {
	case 0:
		return news.Article{
			Source: "example-en", Lang: "en", Rights: news.Excerpt,
			Title:   `Ports & patrols: "two lanes < one bridge", officials say`,
			Summary: "Trucks waited up to nine hours at the Laredo bridge after a scanner failed.",
			Content: `<p>Trucks waited up to nine hours at the <a href="https://news.example/en/laredo">` +
				`Laredo bridge</a> after a scanner failed &amp; lanes closed.</p>` +
				`<p>Customs officers on both banks worked through the night.</p>`,
			Authors: []news.Author{
				{Name: "Ann O'Hara"},
				{Name: "Raúl Ibáñez", URL: "https://news.example/raul"},
			},
			Tags: []string{"trade", "border crossings"},
			Media: []news.Media{{
				URL:  "https://news.example/img/bridge.jpg?w=800&h=600",
				Type: "image/jpeg", Length: 52114, Title: "Trucks in line",
			}},
		}
	case 1:
		return news.Article{
			Source: "inbox", Lang: "en", Rights: news.Full, Own: true,
			Title:   "What a tariff on tomatoes would cost, in three figures",
			Summary: "Growers in Sinaloa and buyers in Arizona did the sum; it ends ]]> higher.",
			Content: `<p>Growers in Sinaloa and buyers in Arizona did the sum; it ends ]]&gt; ` +
				`higher.</p><ol><li>Seventeen cents a pound.</li><li>One in six farms.</li>` +
				`<li>Eleven weeks.</li></ol>`,
			Authors: []news.Author{{Name: "Desk"}},
		}
	default:
		return news.Article{
			Source: "example-en", Lang: "en", Rights: news.Full,
			Title:   "A librarian's 40-year map of every crossing between two Nogales 📚",
			Summary: "She drew the first sheet in 1985; the newest has a gate that no longer opens.",
			Content: `<p>She drew the first sheet in 1985; the newest has a gate that no longer opens.</p>` +
				`<figure><img src="https://news.example/img/map.png" alt="A map, drawn by hand"></figure>`,
			Tags: []string{"culture", "maps & books"},
			Media: []news.Media{
				{URL: "https://news.example/img/map.png", Type: "image/png"},
				{URL: "https://news.example/audio/talk.mp3", Type: "audio/mpeg", Length: 4_100_200},
			},
		}
	}
}

// spanish builds text i in Spanish anew each time, so that no two articles share memory.
func spanish(i int) news.Article {
	switch i {
	case 0:
		return news.Article{
			Source: "example-es", Lang: "es", Rights: news.Excerpt,
			Title:   "Niñas y niños cruzan el río: ¿quién los espera en Eagle Pass?",
			Summary: "La patrulla fronteriza encontró a once menores cerca de Piedras Negras.",
			Content: `<h2>Once menores</h2><p>La patrulla fronteriza encontró a once menores cerca de ` +
				`Piedras Negras.</p><blockquote><p>«Venían solos», dijo una ` +
				`vecina.</p></blockquote>`,
			Authors: []news.Author{{Name: "Lucía Peña", Email: "lucia@news.example"}},
			Tags:    []string{"migración"},
		}
	case 1:
		return news.Article{
			Source: "example-es", Lang: "es", Rights: news.Headline,
			Title:   "Detienen en Culiacán a un presunto operador del cártel",
			Summary: "El detenido, de 41 años, era buscado por un tribunal de Texas.",
			Content: "<p>El detenido, de 41 años, era buscado por un tribunal de Texas.</p>",
		}
	default:
		return news.Article{
			Source: "inbox", Lang: "es", Rights: news.Full, Own: true,
			Title:   "Agenda de la semana: extradiciones, aranceles y una visita",
			Summary: "Lo que la redacción seguirá de lunes a viernes en ambas capitales.",
			Content: `<p>Lo que la redacción seguirá de lunes a viernes en ambas capitales.</p>` +
				`<ul><li><strong>Lunes</strong>: audiencia en Brooklyn.</li>` +
				`<li><strong>Jueves</strong>: visita a Ciudad Juárez.</li></ul>`,
			Authors: []news.Author{{Name: "Redacción"}},
			Tags:    []string{"agenda"},
		}
	}
}
