package config

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// TestEverySettingHasAVariable: of each setting the variable alone is enough to set it, and it
// says where the value comes from.
func TestEverySettingHasAVariable(t *testing.T) {
	plain, _ := load(t, "", Options{})
	variables := map[string]bool{}
	for _, s := range plain.Settings {
		if variables[s.Variable] || s.Variable == FileVariable {
			t.Errorf("%s is the variable of two settings", s.Variable)
		}
		variables[s.Variable] = true
		if s.Origin != "default" {
			t.Errorf("%s is said to come from %s", s.Name, s.Origin)
		}
	}
	if len(variables) < 30 {
		t.Errorf("only %d settings are listed", len(variables))
	}
	for variable, text := range map[string]string{
		"TELETIPO_TITLE":             "[draft] News: today #1",
		"TELETIPO_PUBLIC_URL":        "https://news.example/wire/",
		"TELETIPO_LANGUAGES":         "es, en",
		"TELETIPO_DATA":              "/var/lib/teletipo",
		"TELETIPO_WINDOW_SIZE":       "20",
		"TELETIPO_WINDOW_BYTES":      "500kB",
		"TELETIPO_MAX_AGE_FASTEST":   "10m",
		"TELETIPO_FETCH_ALLOW":       "10.0.0.0/8,fd00::/8",
		"TELETIPO_TRUSTED_PROXIES":   "[127.0.0.1]",
		"TELETIPO_LOG_LEVEL":         "debug",
		"TELETIPO_ADMIN_HOSTS":       "monitor.example",
		"TELETIPO_FETCH_CONCURRENCY": "3",
	} {
		cfg, _ := load(t, "", Options{Environ: []string{"HOME=/root", variable + "=" + text}})
		changed := slices.DeleteFunc(slices.Clone(cfg.Settings), func(s Setting) bool {
			return s.Origin == "default"
		})
		if len(changed) != 1 || changed[0].Variable != variable || changed[0].Origin != variable {
			t.Errorf("%s=%s sets %+v", variable, text, changed)
		}
	}
	cfg, _ := load(t, "", Options{Environ: []string{
		"TELETIPO_FETCH_ALLOW={cms.example: 10.20.0.5/32}", "TELETIPO_TITLE=[draft] a: b",
		"TELETIPO_LISTEN=:9000", "TELETIPO_PUSH_MAX_SIZE=", "TELETIPO_FETCH_PAUSE=0",
	}, Listen: ":9001"})
	if cfg.Site.Title != "[draft] a: b" || cfg.Listen != ":9001" || cfg.Origin("listen") != "--listen" ||
		cfg.Fetch.Pause != 0 || cfg.Fetch.Hosts["cms.example"] == nil || cfg.Push.MaxBytes != 1e6 {
		t.Errorf("got %+v", cfg)
	}
}

// TestOrder: a variable counts more than the file, and less than a flag.
func TestOrder(t *testing.T) {
	cfg, _ := load(t, "-- my.yaml --\ntitle: File\nper_hour: 7\nsweep_every: 5s\n", Options{
		File: "my.yaml", Environ: []string{"TELETIPO_TITLE=Variable"},
	})
	if cfg.Site.Title != "Variable" || cfg.PerHour != 7 || cfg.SweepEvery != 5*time.Second {
		t.Errorf("got %+v", cfg)
	}
	if got := cfg.Origin("per_hour"); !strings.HasSuffix(got, "/my.yaml:2") {
		t.Errorf("per_hour is said to come from %s", got)
	}
}

// TestWrongVariables: a variable that can't be read is a fault by its name, and one that sets
// nothing is told.
func TestWrongVariables(t *testing.T) {
	for pair, want := range map[string]string{
		"TELETIPO_PUBLIC_URL=news":             `TELETIPO_PUBLIC_URL: public_url: "news" is no web address`,
		"TELETIPO_FETCH_TIMEOUT=soon":          `TELETIPO_FETCH_TIMEOUT: fetch.timeout: "soon" is no duration`,
		"TELETIPO_WINDOW_SIZE=many":            "TELETIPO_WINDOW_SIZE: window_size: want a whole number",
		"TELETIPO_WINDOW_SIZE={":               "TELETIPO_WINDOW_SIZE: window_size: want a whole number",
		"TELETIPO_LANGUAGES=[en":               "TELETIPO_LANGUAGES: is not YAML",
		"TELETIPO_FETCH_ALLOW={a b: x}":        `TELETIPO_FETCH_ALLOW: fetch.allow`,
		"TELETIPO_LANGUAGES=en,en":             "TELETIPO_LANGUAGES: languages[1]: is in the list twice",
		"TELETIPO_MAX_AGE_FASTEST=23h":         "max_age: fastest is more than slowest",
		"TELETIPO_SOURCES=/no/such":            "TELETIPO_SOURCES: sources: /no/such does not exist",
		"TELETIPO_CONNECTIONS_PER_ADDRESS=1.5": "want a whole number",
	} {
		_, err := Load(Options{Defaults: builtIn, Data: t.TempDir(), Environ: []string{pair}})
		if news.KindOf(err) != news.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", pair, err)
		}
	}
	cfg, _ := load(t, "", Options{Environ: []string{
		"TELETIPO_PUBLICURL=https://news.example", "TELETIPO_SOURCE=x", "TELETIPO_CONFIG=x",
		"TELETIPO_PORT=tcp://10.0.0.1:80", "TELETIPO_SERVICE_HOST=10.0.0.1",
	}})
	if len(cfg.Warnings) != 2 || !strings.Contains(cfg.Warnings[0], "TELETIPO_PUBLICURL") ||
		!strings.Contains(cfg.Warnings[1], "TELETIPO_SOURCE ") {
		t.Errorf("warnings: %q", cfg.Warnings)
	}
}

// TestWarnsOfLinksToNowhere: who listens to all without an address for readers is told.
func TestWarnsOfLinksToNowhere(t *testing.T) {
	for listen, want := range map[string]bool{
		"0.0.0.0:8080": true, ":8080": true, "[::]:8080": true, "0.0.0.0:0": true,
		"127.0.0.1:8080": false, "192.0.2.1:80": false, "localhost:8080": false,
	} {
		cfg, _ := load(t, "", Options{Listen: listen})
		if got := strings.Contains(strings.Join(cfg.Warnings, ""), "public_url"); got != want {
			t.Errorf("%s: warned %v: %q", listen, got, cfg.Warnings)
		}
		cfg, _ = load(t, "", Options{
			Listen: listen, Environ: []string{"TELETIPO_PUBLIC_URL=https://news.example"},
		})
		if len(cfg.Warnings) > 0 {
			t.Errorf("%s with public_url: %q", listen, cfg.Warnings)
		}
	}
}
