package news

// Readership is what programs of one kind have asked for since the daemon started.
type Readership struct {
	Family string `json:"family"` // the program's name in the User-Agent, without its version
	Total  Tally  `json:"total"`  // of feeds and their archives
	// Feeds are those that it asks for, by the name of their documents, "border.es.rss".
	Feeds map[string]Tally `json:"feeds,omitempty"`
}

// Tally counts answers to requests for feeds. Its sum is more than its parts: there are errors.
type Tally struct {
	Requests    int64 `json:"requests"`
	Whole       int64 `json:"whole"`        // 200
	Deltas      int64 `json:"deltas"`       // 226
	NotModified int64 `json:"not_modified"` // 304
	Limited     int64 `json:"limited"`      // 429
	Bytes       int64 `json:"bytes"`        // of bodies
	// Subscribers are as many as the User-Agent of the newest request told of; in a total, the sum
	// of them over all feeds.
	Subscribers int64 `json:"subscribers,omitempty"`
}

// Reads are the requests for one feed document, whoever asked.
type Reads struct {
	Key    FeedKey
	Format Format
	Tally
}
