package store

import (
	"io"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"github.com/teletipo/teletipo/internal/news"
)

// Schema is the number of the schema of teletipo.db that this program knows.
const Schema uint64 = schema

// Snapshot is one of the files as it was at one moment.
type Snapshot struct {
	Size     int64
	Sequence uint64 // of the newest change; 0 of poll state
	Epoch    uint64
	tx       *bolt.Tx
}

// WriteTo writes the file, Size bytes.
func (s Snapshot) WriteTo(w io.Writer) (int64, error) { return s.tx.WriteTo(w) }

// Snapshot runs f with the file as it is now, while others go on writing. It grows meanwhile, for
// the pages that it no longer needs are not used again until f returns.
func (s *Store) Snapshot(f func(Snapshot) error) error {
	return s.db.view(func(t tx) error {
		return f(Snapshot{
			Size: t.Size(), Sequence: t.Bucket(bucketChange).Sequence(),
			Epoch: toNumber(t.Bucket(bucketMeta).Get(metaEpoch)), tx: t.Tx,
		})
	})
}

// Snapshot runs f with the file as it is now, while others go on writing.
func (p *Polls) Snapshot(f func(Snapshot) error) error {
	return p.db.view(func(t tx) error { return f(Snapshot{Size: t.Size(), tx: t.Tx}) })
}

// Space is how many bytes the file has.
func (s *Store) Space() (size int64) {
	_ = s.db.view(func(t tx) error { // what can't be read has no size
		size = t.Size()
		return nil
	})
	return size
}

// Hold keeps others from opening a directory's article store until release is called, and returns
// whose it is, zero if that can't be read. A store that a process uses is Busy. There must be one.
func Hold(dir string) (installation news.ID, release func() error, err error) {
	path := filepath.Join(dir, "teletipo.db")
	db, err := openToRead(path, boltOptions(Options{}))
	if isDamaged(err) {
		return news.ID{}, func() error { return nil }, nil // nobody else can open it either
	}
	if err != nil {
		return news.ID{}, nil, refusal(dir, path, err)
	}
	own := &database{DB: db}
	err = attempt(func() error {
		return db.View(func(t *bolt.Tx) error {
			id := tx{t, own, new(int)}.Bucket(bucketMeta).Get(metaInstallation)
			if len(id) == len(news.ID{}) {
				installation = news.ID(id)
			}
			return nil
		})
	})
	_ = err // what can't be read is nobody's
	return installation, func() error { return attempt(db.Close) }, nil
}
