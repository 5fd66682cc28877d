package news

import "time"

// Change is an accepted change, as whoever follows changes sees it.
type Change struct {
	Seq   uint64
	Kind  string // "create", "update", "withdraw" and so on; empty if only the number can be read
	ID    ID     // of the article; zero if the change is of none
	Time  time.Time
	Feeds []FeedKey // whose documents it may change
}
