package config

import (
	"strings"
	"testing"
	"time"
)

func TestKeeping(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"0s": 0, "0d": 0, "8d": 8 * day, "400d": 400 * day, "9600h": 400 * day,
	} {
		if got, err := keeping(text); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"7d": "out of range", "1s": "out of range", "-1d": "no time", "-9600h": "out of range",
		"1e1d": "no time", "8.5d": "no time", "99999d": "no time", "NaNd": "no time", "400": "no time", "": "no time", "forever": "no time",
	} {
		if _, err := keeping(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
