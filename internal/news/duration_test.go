package news

import (
	"testing"
	"time"
)

func TestShortDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 340 * time.Millisecond: "340ms", 2340 * time.Millisecond: "2.3s",
		42*time.Second + time.Millisecond: "42s", 90 * time.Second: "1m30s", 5 * time.Minute: "5m",
		12*time.Minute + 40*time.Second: "13m", 599 * time.Second: "10m",
		time.Hour - time.Second: "1h", time.Hour: "1h", -time.Hour: "1h",
		3*time.Hour + 20*time.Minute: "3h20m", 26 * time.Hour: "26h", 100 * time.Hour: "4d",
	} {
		if got := ShortDuration(d); got != want {
			t.Errorf("ShortDuration(%s) = %s, want %s", d, got, want)
		}
	}
}
