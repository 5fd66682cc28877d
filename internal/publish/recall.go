package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teletipo/teletipo/internal/news"
	"github.com/teletipo/teletipo/internal/render"
)

// settingsName is what the store knows the settings' stamp as, among those of the editions.
const settingsName = "settings"

// cutName is what the store knows a feed's cut and cutUntil as.
func (f *feed) cutName() string { return f.key.String() + ".cut" }

// recall takes up what was remembered and kept of the editions; the others have yet to be made. If
// documents are written otherwise than before, no delta can start from an earlier state.
func (p *Publisher) recall() error {
	if seq, err := p.store.Sequence(); err == nil {
		p.cursor = seq // of what comes after it the log tells
	} else {
		return err
	}
	stamps, err := p.store.EditionStamps()
	if err != nil {
		return err
	}
	hash, err := p.settings.hash()
	if err != nil {
		return err
	}
	known, ok := stamps[settingsName]
	if !ok || known.Hash != hash || known.Epoch != p.settings.Epoch {
		first := len(stamps) == 0 && p.settings.Epoch == 0
		if known, err = p.settle(hash, known.Epoch, first); err != nil {
			return err
		}
	}
	p.base, p.modified, p.settingsHash = known.Seq, known.Modified, hash
	fresh := make([]bool, len(p.order))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range p.order {
		cut := stamps[f.cutName()]
		f.cutUntil, f.cut = max(f.cutUntil, cut.Seq), cut.Cut
		for _, s := range f.series {
			s.last = stamps[s.name]
		}
		group.Go(func() error { fresh[i] = p.recover(f, stamps); return nil })
	}
	_ = group.Wait() // what can't be recovered is made anew
	for i, f := range p.order {
		if !fresh[i] {
			p.spoil(f)
		}
	}
	return nil
}

// settle remembers settings or an epoch that are new: nothing was written otherwise before the
// first.
func (p *Publisher) settle(hash string, epoch uint64, first bool) (news.EditionStamp, error) {
	stamp := news.EditionStamp{Hash: hash, Epoch: p.settings.Epoch}
	if !first {
		seq, err := p.store.Sequence()
		if err != nil {
			return stamp, err
		}
		stamp.Seq, stamp.Modified = seq+1, p.settings.Now().UTC().Truncate(time.Second)
		// What was published before a restore may be of the same second.
		restored := news.EpochBegan(stamp.Epoch).Add(time.Second)
		if stamp.Epoch != epoch && stamp.Modified.Before(restored) {
			stamp.Modified = restored
		}
	}
	p.unsaved[settingsName] = stamp // with the first editions
	return stamp, nil
}

// hash tells settings apart that shape documents, the program's version among them.
func (s Settings) hash() (string, error) {
	topics := slices.Clone(s.Topics)
	for i, t := range topics { // without the rules: where articles stand is the store's to tell
		topics[i] = news.Topic{
			ID: t.ID, Titles: t.Titles, Descriptions: t.Descriptions, Parent: t.Parent, Medtop: t.Medtop,
		}
	}
	text, err := json.Marshal(struct {
		Installation     news.ID
		Site             news.Site
		Topics           []news.Topic
		Window           news.Extent
		Fastest, Slowest time.Duration
		Renderer         int
	}{s.Installation, s.Site, topics, s.Window, s.Fastest, s.Slowest, render.Version})
	if err != nil {
		return "", fmt.Errorf("settings: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}
