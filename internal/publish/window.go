package publish

import "github.com/teletipo/teletipo/internal/news"

// drafts writes a feed in each format. If one of its documents is longer than wanted, all are
// written anew of a window that is smaller in proportion, until they fit or nothing is left to
// leave out. The window given last is the one written.
func (p *Publisher) drafts(f *feed, window news.Window) (news.Window, []draft, error) {
	extent := p.settings.Window
	for cut := window.Lean < 0; ; cut = true {
		feed := p.describe(f, window)
		drafts := make([]draft, len(f.series))
		longest := 0
		for i, s := range f.series {
			drafts[i] = p.document(s, feed)
			longest = max(longest, len(drafts[i].doc))
		}
		limit := p.settings.Window.Size
		if limit == 0 || longest <= limit || window.Size == 0 {
			f.mark(window.Seq, cut)
			return window, drafts, nil
		}
		extent.Size = int(float64(min(window.Size, extent.Size)) * float64(limit) / float64(longest))
		smaller, err := p.store.Subscription(f.key, extent)
		if err != nil {
			return window, nil, err
		}
		if len(smaller.Entries) >= len(window.Entries) {
			f.mark(window.Seq, cut)
			return window, drafts, nil
		}
		window = smaller
	}
}

// mark notes that at a sequence a feed's window was cut to size, or not. A delta can't start from
// a state that was cut: what was left out then may be in the window now.
func (f *feed) mark(seq uint64, cut bool) {
	if cut && f.cutUntil < seq+1 {
		f.cutUntil, f.cutNews = seq+1, true
	}
}
