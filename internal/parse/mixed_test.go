package parse

import (
	"testing"

	"github.com/teletipo/teletipo/internal/news"
)

// Two encodings in one document are decoded text by text.
func TestTwoEncodingsInOneDocument(t *testing.T) {
	const utf, latin = "Se\xc3\xb1al \xe2\x80\x94 Ju\xc3\xa1rez", "Ni\xf1o \x97 Per\xfa\x94 PER\xda\x94"
	const want = "Señal — Juárez|Niño — Perú” PERÚ”"
	for _, declared := range []string{"ISO-8859-1", "windows-1252", "utf-8", ""} {
		head := "<?xml version='1.0'?>"
		if declared != "" {
			head = "<?xml version='1.0' encoding='" + declared + "'?>"
		}
		items, faults, err := Parse(news.Document{URL: "https://a.example/", Body: []byte(head +
			"<rss><channel><item><title>" + utf + "</title></item><item><title>" + latin + "</title></item></channel></rss>")})
		if err != nil || len(faults) > 0 || len(items) != 2 {
			t.Fatalf("%s: %v, %v", declared, faults, err)
		}
		if got := items[0].Title + "|" + items[1].Title; got != want {
			t.Errorf("%q: %q, want %q", declared, got, want)
		}
	}
	for _, text := range []string{utf + "\n" + latin, latin + "\r\n" + utf} {
		got := decodeText(news.Document{Name: "a.txt", Body: []byte(text)})
		if got != "Señal — Juárez\nNiño — Perú” PERÚ”" && got != "Niño — Perú” PERÚ”\nSeñal — Juárez" {
			t.Errorf("%q", got)
		}
	}
}
