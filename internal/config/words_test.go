package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Files in the data directory's boilerplate add to the built-in words; what is wrong in them is a
// fault with its line.
func TestWordsOfTheDataDirectory(t *testing.T) {
	data := t.TempDir()
	dir := filepath.Join(data, "boilerplate")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "es.txt"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("[leads on to the whole article]\nÉntrale a la nota\n")
	cfg, err := Load(Options{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Llueve. <a href='/1'>Éntrale a la nota »</a>": "Llueve.",
		"Llueve. <a href='/1'>Leer más</a>":            "Llueve.",
	} {
		if got := cfg.Words.Strip(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	write("# mine\n[lead on]\nÉntrale\n")
	_, err = Load(Options{Data: data})
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "es.txt")+":2:1: [lead on] is none of") {
		t.Errorf("%v", err)
	}
}
