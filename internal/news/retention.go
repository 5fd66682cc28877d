package news

import "time"

// Retention says how long articles are kept. What an editor or a source changes of one does not
// lengthen it.
type Retention struct {
	Keep    time.Duration            // since an article was first seen; 0 for good
	Most    int                      // articles, the newest; 0 for any number
	Sources map[string]time.Duration // in place of Keep, of these sources; 0 for good
	Topics  map[string]time.Duration // of these topics: the longest, where a source has none
}

// For is how long an article of a source in some topics is kept: 0 for good. Own says that its
// source or one of its topics has a time of its own.
func (r *Retention) For(source string, topics []Placement) (keep time.Duration, own bool) {
	if keep, own = r.Sources[source]; own {
		return keep, true
	}
	for _, p := range topics {
		if d, ok := r.Topics[p.Topic]; ok {
			if d == 0 {
				return 0, true
			}
			keep, own = max(keep, d), true
		}
	}
	if !own {
		keep = r.Keep
	}
	return keep, own
}

// Retained is what a look at all articles found.
type Retained struct {
	DryRun  bool          `json:"dry_run"`
	Kept    int           `json:"kept"`    // articles that stay
	Dropped int           `json:"dropped"` // that were dropped, or would be
	Sources []SourceCount `json:"sources"` // of those dropped, by id
}

// SourceCount is how many articles are of a source.
type SourceCount struct {
	Source string `json:"source"`
	Count  int    `json:"count"`
}
