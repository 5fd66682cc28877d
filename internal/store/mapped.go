package store

// giveBackAfter is how many offers are committed until the mapped pages of the file are given back.
// Rare enough that a small commit finds what the one before it has looked at.
const giveBackAfter = 2000

// giveBack gives back the mapped pages of the file after many offers. bbolt maps the file, so
// that each page that a large ingest has ever looked at counts as memory of this process until the
// kernel runs short of it. It is called by the writing goroutine only.
func (s *Store) giveBack(group []request) {
	for _, r := range group {
		s.toGiveBack += r.count
	}
	if s.toGiveBack < giveBackAfter {
		return
	}
	s.toGiveBack = 0
	if err := attempt(func() error { return unmapPages(s.db.DB) }); err != nil {
		s.log.Warn("mapped pages not given back", "error", err)
	}
}
