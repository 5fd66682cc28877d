package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestSlowest(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ keys, fault string }{
		{"kind: feed, url: 'https://a.example/f', every: 1h, slowest: 6h", ""},
		{"kind: feed, url: 'https://a.example/f', every: 1h, slowest: 30m", "shorter than every"},
		{"kind: folder, path: " + filepath.Join(dir, "in") + ", slowest: 6h", "that are polled"},
	} {
		opts := Options{Data: dir, Instead: map[string][]byte{
			filepath.Join(dir, OwnSourcesFile): []byte("sources:\n  - {id: a, name: A, " + test.keys + "}\n"),
		}}
		_, err := Load(opts)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if strings.Contains(said, "slowest") != (test.fault != "") || !strings.Contains(said, test.fault) {
			t.Errorf("%s: %v, want %q", test.keys, err, test.fault)
		}
	}
}
