package news

import "time"

// Rhythm is how often, and when not, a feed asks to be looked at: ttl, skipHours and skipDays of
// RSS 2.0, and updatePeriod and updateFrequency of RSS 1.0's syndication module.
type Rhythm struct {
	TTL   time.Duration `json:"ttl,omitempty"`   // 0 if it does not say
	Hours uint32        `json:"hours,omitempty"` // to skip: bit 0 is from 0:00 to 0:59 UTC
	Days  uint8         `json:"days,omitempty"`  // to skip: bit 0 is Sunday, UTC
}

// Skips reports whether the feed asks not to be looked at at such a time.
func (r Rhythm) Skips(at time.Time) bool {
	at = at.UTC()
	return r.Hours&(1<<at.Hour()) != 0 || r.Days&(1<<at.Weekday()) != 0
}
