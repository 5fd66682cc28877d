package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/teletipo/teletipo/internal/news"
)

// wpList reads a list of posts page by page, those modified last first. So whatever is modified
// meanwhile comes to its front and only pushes the others on: it may make us meet a post twice
// and never miss one.
type wpList struct {
	*wordpress
	root  string
	docs  []news.Document
	bytes int  // of docs
	total int  // posts in the list, as the last page said
	same  bool // the server says that nothing has changed
	whole bool // all of it has been read, and nothing left it meanwhile
	left  int  // posts that are known to be left for the next look
}

// list reads what has been modified since the last look, or at first contact the newest posts.
// Posts of the pages before one that fails are kept; the mark stays where it was.
func (w *wordpress) list(ctx context.Context, root string) error {
	l := &wpList{wordpress: w, root: root}
	err := l.read(ctx)
	if errors.Is(err, errTooMuch) {
		w.mark.PerPage, w.mark.Page = wpFewPosts, 0
		l = &wpList{wordpress: w, root: root}
		err = l.read(ctx)
	}
	if err != nil {
		return err
	}
	l.finish()
	return nil
}

// read reads the pages.
func (l *wpList) read(ctx context.Context) error {
	m := &l.mark
	resumed := m.Page > 1
	if !resumed {
		m.Page, m.Newest = 0, time.Time{}
	}
	start := max(1, m.Page)
	for number := start; ; number++ {
		p, err := l.page(ctx, l.root, number)
		if err != nil {
			if number == 1 || ctx.Err() != nil || errors.Is(err, errTooMuch) {
				return err
			}
			l.reading.Faults = append(l.reading.Faults, err)
			m.Page, m.Newest = 0, time.Time{}
			return nil
		}
		if p.same {
			l.same = true
			return nil
		}
		if number == start && !resumed {
			m.Newest = p.newest
		}
		if done := l.take(p, number, start); done {
			return nil
		}
	}
}

// take takes a page and reports whether it is the last for this look.
func (l *wpList) take(p wpPage, number, start int) (done bool) {
	m := &l.mark
	// A site that does not know pages gives the same one again and again.
	n := len(l.docs)
	again := n > 0 && bytes.Equal(l.docs[n-1].Body, p.doc.Body)
	if !again && (p.posts > 0 || !p.sound) {
		l.docs = append(l.docs, p.doc)
		l.bytes += len(p.doc.Body)
	}
	// A post that has left the list may have pulled another over to the page before this one.
	shrunk := p.total > 0 && l.total > 0 && p.total < l.total
	l.total = p.total
	floor := m.After.Add(-wpOverlap)
	switch {
	case !p.sound || shrunk:
		m.Page, m.Newest = 0, time.Time{}
		return true
	case p.posts == 0, again,
		p.pages > 0 && number >= p.pages,
		p.pages == 0 && p.posts < l.perPage(),
		// A site too old for modified_after lists its whole history.
		!m.After.IsZero() && !p.newest.IsZero() && p.newest.Before(floor),
		m.After.IsZero() && number >= wpFirst:
		l.whole = true
		return true
	case number-start+1 >= wpMostPages, l.bytes >= maxBytes:
		// The page is read once more, for a post may leave the list until then.
		m.Page = max(number, start+1)
		l.left = max(l.perPage(), p.total-number*l.perPage())
		return true
	}
	return false
}

// finish makes the reading, and moves the mark if all was read.
func (l *wpList) finish() {
	m := &l.mark
	if l.same {
		l.reading.NotModified = true // and the mark stays as it was
		return
	}
	before := readMark(l.last.Mark, m.Site)
	m.Root = l.root
	sum := ""
	if l.whole {
		if now := l.now(); m.Newest.After(now) {
			m.Newest = now // or a post of the year 2099 would be the last we hear of
		}
		if m.Newest.After(m.After) {
			m.After = m.Newest.UTC().Truncate(time.Second)
		}
		m.Page, m.Newest = 0, time.Time{}
		sum = sumOf(l.docs)
	}
	if !l.whole || len(l.docs) > 1 {
		m.forget() // they would speak for the first page alone
	}
	m.Sum, m.Closed, m.Why, m.Feed, m.Given = sum, time.Time{}, "", "", news.Validators{}
	l.reading.Validators = m.validators()
	l.reading.Later = l.left
	if m.same(&before) {
		l.reading.NotModified = true
		return
	}
	slices.Reverse(l.docs) // the oldest first, as they are to enter the feeds
	l.reading.Documents = l.docs
}

// sumOf is a hash of documents' bytes.
func sumOf(docs []news.Document) string {
	h := sha256.New()
	for _, doc := range docs {
		_, _ = h.Write(doc.Body)
		_, _ = h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
