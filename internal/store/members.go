package store

import (
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// isOld reports whether an article was, at a time, too old to count as news.
func (rec *record) isOld(at time.Time) bool {
	return rec.Backlog || at.Sub(rec.Published) > freshFor
}

// members lists an article's places: one for each topic, and one in All if it has any topic. A
// place kept from before keeps its order.
func members(
	before []member, placements []news.Placement, order uint64, backfill bool,
) []member {
	var after []member
	add := func(topic string) {
		for _, m := range before {
			if m.Topic == topic {
				after = append(after, m)
				return
			}
		}
		after = append(after, member{Topic: topic, Order: order, Backfill: backfill})
	}
	for _, p := range placements {
		add(p.Topic)
	}
	if len(after) > 0 {
		add(news.All)
	}
	return after
}

// moved lists an article's places after a visible change: all at the new order. One that entered
// a feed as backfill stays there, since a correction to an old article must not push news out.
func moved(
	before []member, placements []news.Placement, order uint64, wasOld bool,
) []member {
	after := members(nil, placements, order, wasOld)
	for i := range after {
		for _, m := range before {
			if m.Topic == after[i].Topic {
				after[i].Backfill = m.Backfill
			}
		}
	}
	return after
}
