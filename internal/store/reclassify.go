package store

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/teletipo/teletipo/internal/news"
)

var (
	metaClassified = []byte("classified")
	metaTopics     = []byte("topics")
)

// mostStored bounds the content of the articles that Stored gives at once, in bytes; the last one
// may go beyond it.
const mostStored = 4 << 20

// Stored returns the articles that follow after a key, in the order of their keys and at most so
// many, and the key that it has come to; that is after itself if no article follows. Withdrawn
// articles are passed over.
func (s *Store) Stored(after uint64, most int) (batch []news.Stored, last uint64, err error) {
	last = after
	err = s.view(func(r reading) error {
		size := 0
		c := r.Bucket(bucketArticle).Lenient()
		for k, _ := c.Seek(number(after + 1)); k != nil && len(batch) < most; k, _ = c.Next() {
			if size >= mostStored {
				return nil
			}
			last = toNumber(k)
			err := attempt(func() error {
				entry, err := r.entry(last)
				if err == nil && !entry.Status.Ended() {
					size += len(entry.Content)
					batch = append(batch, news.Stored{Key: last, Entry: entry})
				}
				return err
			})
			if d := isDamage(err); d != nil {
				r.pass(d) // it stays where it is
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	return batch, last, err
}

// Classified tells by which rules the stored articles are placed, and how many there are at most.
func (s *Store) Classified() (c news.Classified, err error) {
	err = s.view(func(r reading) (err error) {
		c, err = r.classified()
		return err
	})
	return c, err
}

func (r reading) classified() (c news.Classified, err error) {
	meta := r.Bucket(bucketMeta)
	if value := meta.Get(metaClassified); value != nil {
		err = decode("meta", metaClassified, value, &c)
	}
	last, _ := r.Bucket(bucketArticle).Cursor().Last()
	c.Last = toNumber(last)
	return c, err
}

// placingAnew reports whether the stored articles are being placed by changed rules: then a poll
// that comes upon one first adds it to feeds as backfill, as Reclassify would have.
func (r reading) placingAnew() (bool, error) {
	c, err := r.classified()
	return c.Rules != "" && c.Done.IsZero(), err
}

// ClassifiedBy returns the topics by which the stored articles are, or are being, placed; nil if
// that was never noted.
func (s *Store) ClassifiedBy() (topics []news.Topic, err error) {
	err = s.view(func(r reading) error {
		raw, err := r.topics()
		if err != nil || raw == nil {
			return err
		}
		return decode("meta", metaTopics, raw, &topics)
	})
	return topics, err
}

// topics reads the JSON of the topics in force, nil if that was never noted.
func (r reading) topics() ([]byte, error) {
	packed := r.Bucket(bucketMeta).Get(metaTopics)
	if packed == nil {
		return nil, nil
	}
	raw, err := r.unzip.DecodeAll(packed, nil)
	if err != nil {
		return nil, news.Errorf(news.Internal, "store: the topics kept in it are damaged: %w", err)
	}
	return raw, nil
}

// BeginClassify notes that the stored articles are to be placed by some rules from now on, and
// tells how far that has come: nothing is done, or some of it was before a restart, or all. The
// topics are kept as they are published, also if only what they are called is new.
func (s *Store) BeginClassify(
	ctx context.Context, rules string, topics []news.Topic,
) (now news.Classified, err error) {
	raw, err := json.Marshal(topics)
	if err != nil {
		return now, err
	}
	var before []byte
	err = s.view(func(r reading) (err error) {
		if now, err = r.classified(); err == nil {
			before, err = r.topics()
		}
		return err
	})
	if err != nil || now.Rules == rules && bytes.Equal(before, raw) {
		return now, err
	}
	packed := s.zip.EncodeAll(raw, nil)
	err = s.submit(ctx, func(w *writing) (err error) {
		if now, err = w.classified(); err != nil {
			return err
		}
		if now.Rules != rules {
			now = news.Classified{Rules: rules, Last: now.Last, Began: w.now}
		}
		c := w.newChange(kindRules, nil)
		c.Classified, c.parts[partTopics] = &now, packed
		return w.append(c)
	})
	return now, err
}

// Reclassify stores where rules place some articles anew, those up to a key being done; with until
// 0 all are. It changes those alone whose topics are others now, and what an article is added to
// it enters as backfill. An article that has changed since it was read is left: it has been placed
// since. The error is Refused if the articles are being placed by other rules by now.
func (s *Store) Reclassify(
	ctx context.Context, rules string, until uint64, batch []news.Reclassified,
) (now news.Classified, err error) {
	err = s.submitMany(ctx, max(1, len(batch)), func(w *writing) (err error) {
		if now, err = w.classified(); err != nil {
			return err
		}
		if now.Rules != rules {
			return news.Errorf(news.Refused, "the articles are being placed by other rules")
		}
		for i := range batch {
			changed, err := w.reclassify(&batch[i])
			if err != nil {
				return err
			}
			now.Read++
			if changed {
				now.Changed++
			}
		}
		if now.Key = until; until == 0 {
			now.Key, now.Done = now.Last, w.now
		}
		c := w.newChange(kindClassified, nil)
		c.Classified = &now
		return w.append(c)
	})
	return now, err
}

// reclassify places one article anew, and reports whether its topics have changed. What only tells
// why it is where it is, is only noted.
func (w *writing) reclassify(r *news.Reclassified) (changed bool, err error) {
	known, err := w.record(r.Key)
	if err != nil {
		return false, err
	}
	if known.Status.Ended() || known.Fingerprint != r.Fingerprint {
		return false, nil
	}
	rec := *known
	w.rule(&rec, r.Placements)
	if sameTopics(known.Placements, rec.Placements) {
		if samePlacements(known.ruled(), r.Placements) {
			return false, nil
		}
		return false, w.note(known, &rec, nil)
	}
	c := w.placed(known, &rec, true)
	w.stampFeeds(c)
	return true, w.append(c)
}

func samePlacements(a, b []news.Placement) bool {
	return slices.EqualFunc(a, b, func(a, b news.Placement) bool {
		return a.Topic == b.Topic && a.Score == b.Score && a.Threshold == b.Threshold &&
			slices.Equal(a.Evidence, b.Evidence)
	})
}

// Counts tells how many articles the feeds of some topics have. It reads their whole indexes.
func (s *Store) Counts(topics []string) (counts []int, err error) {
	err = s.view(func(r reading) error {
		for _, topic := range topics {
			n := 0
			f, err := r.feed(news.FeedKey{Topic: topic})
			if err != nil {
				return err
			}
			if f != nil {
				for _, b := range []*bucket{f.fresh, f.backfill} {
					n += b.count()
				}
			}
			counts = append(counts, n)
		}
		return nil
	})
	return counts, err
}
