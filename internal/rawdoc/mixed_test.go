package rawdoc

import "testing"

// Two encodings in one document are decoded text by text.
func TestTwoEncodingsInOneDocument(t *testing.T) {
	const utf, latin = "Se\xc3\xb1al \xe2\x80\x94 Ju\xc3\xa1rez", "Ni\xf1o \x97 Per\xfa\x94 PER\xda\x94"
	for _, declared := range []string{"ISO-8859-1", "windows-1252", "utf-8", ""} {
		head := "<?xml version='1.0'?>"
		if declared != "" {
			head = "<?xml version='1.0' encoding='" + declared + "'?>"
		}
		got := string(DecodeFeed([]byte(head+"<title>"+utf+"</title><title>"+latin+"</title>"), ""))
		if want := head + "<title>Señal — Juárez</title><title>Niño — Perú” PERÚ”</title>"; got != want {
			t.Errorf("%q: %q, want %q", declared, got, want)
		}
	}
	for _, text := range []string{utf + "\n" + latin, latin + "\r\n" + utf} {
		got := DecodeText([]byte(text), "")
		if got != "Señal — Juárez\nNiño — Perú” PERÚ”" && got != "Niño — Perú” PERÚ”\nSeñal — Juárez" {
			t.Errorf("%q", got)
		}
	}
}
