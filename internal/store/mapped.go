package store

// unmapAfter is how many offers are committed until the mapped pages of the file are taken back.
// Rare enough that a small commit finds what the one before it has looked at.
const unmapAfter = 2000

// unmapRarely has the kernel take back the mapped pages of the file after many offers. bbolt maps
// the file, so that each page that a large ingest has ever looked at counts as memory of this
// process until the kernel runs short of it. It is called by the writing goroutine only.
func (s *Store) unmapRarely(group []request) {
	for _, r := range group {
		s.sinceUnmap += r.count
	}
	if s.sinceUnmap < unmapAfter {
		return
	}
	s.sinceUnmap = 0
	if err := attempt(func() error { return unmapPages(s.db.DB) }); err != nil {
		s.log.Warn("mapped pages not taken back", "error", err)
	}
}
