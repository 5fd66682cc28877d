package publish

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/newstest"
)

// beat is made-up news of a topic for some days, about 40 articles a day: many in the morning, few
// at night, and two bursts. It is the same each time.
func beat(days int) (arrivals []time.Time, bursts []time.Time) {
	begin := newstest.Start.Truncate(24 * time.Hour)
	r := rand.New(rand.NewPCG(1910, 11))
	perHour := [24]float64{
		0.2, 0.1, 0.1, 0.1, 0.2, 0.7, 1.6, 2.6, 3, 2.8, 2.6, 2.6,
		2.4, 2.3, 2.4, 2.6, 2.8, 2.7, 2.4, 2, 1.6, 1.2, 0.7, 0.4,
	}
	for minute := range days * 24 * 60 {
		at := begin.Add(time.Duration(minute) * time.Minute)
		if r.Float64() < perHour[at.Hour()]/60 {
			arrivals = append(arrivals, at)
		}
	}
	// An arrest at night, and a shooting in the afternoon: one article every four minutes.
	for _, at := range []time.Duration{3*24*time.Hour + 3*time.Hour, 5*24*time.Hour + 14*time.Hour} {
		start := begin.Add(at)
		bursts = append(bursts, start)
		for n := range 30 {
			arrivals = append(arrivals, start.Add(time.Duration(4*n)*time.Minute))
		}
	}
	slices.SortFunc(arrivals, time.Time.Compare)
	return arrivals, bursts
}

// told lists what MaxAge a feed of the arrivals has from each of them on.
func told(arrivals []time.Time, fastest, slowest time.Duration) []time.Duration {
	var ages []time.Duration
	var entries []news.Entry
	for _, at := range arrivals {
		e := news.Entry{FirstSeen: at, Updated: at}
		e.Published = at
		entries = append([]news.Entry{e}, entries...)
		covered := len(entries)
		for covered > 50 && at.Sub(entries[covered-1].Updated) > 48*time.Hour {
			covered--
		}
		entries = entries[:covered]
		ages = append(ages, rhythm(itemsOf(entries), fastest, slowest))
	}
	return ages
}

// reader polls as it is told to, or each time after the same pause, and gives the mean time that an
// article waited for it, the same for those of bursts, and how often it asked in a day.
func reader(
	arrivals []time.Time, ages []time.Duration, fixed time.Duration, from time.Time,
	bursts []time.Time,
) (delay, burst time.Duration, polls float64) {
	end := arrivals[len(arrivals)-1]
	next, count, seen, hot := 0, 0, 0, 0
	var waited, waitedHot time.Duration
	for at := arrivals[0]; at.Before(end); {
		if !at.Before(from) {
			count++
		}
		for next < len(arrivals) && !arrivals[next].After(at) {
			if !arrivals[next].Before(from) {
				waited += at.Sub(arrivals[next])
				seen++
				for _, b := range bursts {
					if age := arrivals[next].Sub(b); age >= 0 && age < 2*time.Hour {
						waitedHot += at.Sub(arrivals[next])
						hot++
					}
				}
			}
			next++
		}
		pause := fixed
		if pause == 0 {
			pause = ages[next-1]
		}
		at = at.Add(pause)
	}
	days := end.Sub(from).Hours() / 24
	return waited / time.Duration(max(seen, 1)), waitedHot / time.Duration(max(hot, 1)),
		float64(count) / days
}

// TestWeek simulates a week of the beat after two days to learn from: bursts shorten what readers are
// told, nights make it longer. With -v it prints the figures of docs/deltas.md.
func TestWeek(t *testing.T) {
	arrivals, bursts := beat(9)
	ages := told(arrivals, 5*time.Minute, time.Hour)
	from := arrivals[0].Truncate(24*time.Hour).AddDate(0, 0, 2)

	var minutes [24]map[time.Duration]int
	for h := range minutes {
		minutes[h] = map[time.Duration]int{}
	}
	at := func(when time.Time) time.Duration { // what a reader is told then
		n, _ := slices.BinarySearchFunc(arrivals, when, func(a, b time.Time) int {
			if a.After(b) {
				return 1
			}
			return -1
		})
		return ages[n-1]
	}
	during := func(from time.Time, length time.Duration) (mean time.Duration) {
		n := 0
		for when := from; when.Before(from.Add(length)); when = when.Add(time.Minute) {
			mean += at(when)
			n++
		}
		return mean / time.Duration(n)
	}
	var night, noon time.Duration
	count := 0
	for day := from; day.Before(arrivals[len(arrivals)-1].Add(-24 * time.Hour)); day = day.AddDate(0, 0, 1) {
		for m := range 24 * 60 {
			when := day.Add(time.Duration(m) * time.Minute)
			minutes[when.Hour()][at(when)]++
		}
		night += during(day.Add(time.Hour), 4*time.Hour)
		noon += during(day.Add(8*time.Hour), 8*time.Hour)
		count++
	}
	t.Log("hour   5 min  15 min  30 min  60 min   share of the hour's minutes")
	for h := 0; h < 24; h += 2 {
		sum := 0
		for _, n := range minutes[h] {
			sum += n
		}
		share := func(step time.Duration) float64 { return 100 * float64(minutes[h][step]) / float64(sum) }
		t.Logf("%02d:00  %4.0f %%  %4.0f %%  %4.0f %%  %4.0f %%", h, share(5*time.Minute),
			share(15*time.Minute), share(30*time.Minute), share(time.Hour))
	}
	night, noon = night/time.Duration(count), noon/time.Duration(count)
	t.Logf("mean max-age from 1 to 5 at night %v, from 8 to 16 %v", night.Round(time.Second), noon.Round(time.Second))
	if night < 2*noon {
		t.Errorf("at night %v, by day %v: want twice as long", night, noon)
	}
	for _, burst := range bursts {
		usual := during(burst.Add(-2*time.Hour), 2*time.Hour)
		hot := during(burst.Add(12*time.Minute), 100*time.Minute) // from its fourth article on
		t.Logf("burst of %s: mean max-age in the two hours before %v, from its fourth article on %v",
			burst.Format("15:04"), usual.Round(time.Second), hot.Round(time.Second))
		if hot > 5*time.Minute || usual < 2*hot {
			t.Errorf("burst of %v: told %v, before %v", burst, hot, usual)
		}
	}
	for _, fixed := range []time.Duration{0, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour} {
		name := "as told"
		if fixed > 0 {
			name = "every " + fixed.String()
		}
		delay, burst, polls := reader(arrivals, ages, fixed, from, bursts)
		t.Logf("%-12s  mean delay %6v, in bursts %6v  %4.0f requests a day", name,
			delay.Round(time.Second), burst.Round(time.Second), polls)
	}
}
