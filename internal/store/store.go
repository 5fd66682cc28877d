package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/teletipo/teletipo/internal/news"
)

// schema and pollSchema are the numbers of the schemas that doc.go draws.
const (
	schema     = 2
	pollSchema = 1
)

// lockWait is how long Open waits for another process to let go of the data directory.
const lockWait = 500 * time.Millisecond

// Names of the buckets of teletipo.db and their keys.
var (
	bucketAlias   = []byte("alias")
	bucketArticle = []byte("article")
	bucketBody    = []byte("body")
	bucketChange  = []byte("change")
	bucketEdition = []byte("edition")
	bucketEmbargo = []byte("embargo")
	bucketFeed    = []byte("feed")
	bucketItem    = []byte("item")
	bucketMeta    = []byte("meta")
	bucketToken   = []byte("token")
	bucketVersion = []byte("version")

	feedArchive  = []byte("archive")
	feedBackfill = []byte("backfill")
	feedFresh    = []byte("fresh")
	feedGone     = []byte("gone")
	feedLog      = []byte("log")
	feedState    = []byte("state")

	metaCreated      = []byte("created")
	metaInstallation = []byte("installation")
	metaSchema       = []byte("schema")
	metaUpgraded     = []byte("upgraded")
)

// Options are what a Store needs to know beside its directory.
type Options struct {
	Now    func() time.Time // time.Now if nil
	NoSync bool             // do not wait for the disk: for tests and throw-away stores
}

// Store is the articles' side of a data directory. It is safe for concurrent use.
type Store struct {
	log          *slog.Logger
	db           *bolt.DB
	now          func() time.Time
	installation news.ID
	zip          *zstd.Encoder
	unzip        *zstd.Decoder

	judge      atomic.Pointer[Judge]
	toGiveBack int // offers since mapped pages were given back; of the writing goroutine
	requests   chan request
	closing    chan struct{} // closed by Close: nothing new is taken
	stopped    chan struct{} // closed when all that was taken is written
	closed     sync.Once

	mu       sync.Mutex
	onChange func([]news.FeedKey)
}

// Open opens the data directory's article store, and creates both where they are missing. A
// directory that another process uses is Busy; one with a newer schema is Refused.
func Open(log *slog.Logger, dir string, opts Options) (*Store, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	db, err := openFile(dir, "teletipo.db", opts.NoSync)
	if err != nil {
		return nil, err
	}
	s := &Store{
		log: log, db: db, now: opts.Now,
		requests: make(chan request, 256), closing: make(chan struct{}),
		stopped: make(chan struct{}),
	}
	s.JudgeBy(func(_ news.Article, ruled []news.Placement, by []news.Decision) []news.Placement {
		return news.Decided(ruled, by)
	})
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	go s.write()
	return s, nil
}

// prepare creates what a new store needs, checks the schema and makes the codecs.
func (s *Store) prepare() error {
	err := s.db.Update(func(tx *bolt.Tx) error {
		meta, err := s.checkStore(tx)
		if err != nil {
			return err
		}
		for _, name := range [][]byte{
			bucketAlias, bucketArticle, bucketBody, bucketChange,
			bucketEdition, bucketEmbargo, bucketFeed, bucketItem, bucketToken, bucketVersion,
		} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return s.identify(meta)
	})
	if err != nil {
		return err
	}
	if s.zip, err = zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)); err != nil {
		return err
	}
	s.unzip, err = zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(256<<20))
	if err != nil {
		return err
	}
	return s.upgrade()
}

// identify reads the installation's id, and mints it at the first start.
func (s *Store) identify(meta *bolt.Bucket) error {
	if id := meta.Get(metaInstallation); id != nil {
		copy(s.installation[:], id)
		return nil
	}
	var random [16]byte
	rand.Read(random[:])
	s.installation = news.NewID(random)
	if err := meta.Put(metaInstallation, s.installation[:]); err != nil {
		return err
	}
	return meta.Put(metaCreated, number(uint64(s.now().Unix())))
}

// openFile opens one bbolt file of the data directory, and creates the directory if need be.
func openFile(dir, name string, noSync bool) (*bolt.DB, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, news.Errorf(news.Invalid, "data directory %s can't be made: %w", dir, err)
	}
	path := filepath.Join(dir, name)
	opts := *bolt.DefaultOptions
	opts.Timeout = lockWait
	// Each commit writes the list of free pages. The array has it sorted; the map sorts it anew,
	// which at a million articles doubled the time of a small commit.
	opts.FreelistType = bolt.FreelistArrayType
	opts.NoSync = noSync
	opts.NoStatistics = true
	if strconv.IntSize == 64 {
		// Address space only. With less, growing the file waits for every open reader, and a
		// commit stalls behind a long backup.
		opts.InitialMmapSize = 64 << 30
	}
	db, err := openWhole(path, &opts)
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, news.Errorf(news.Busy,
			"data directory %s is in use by another process; stop it or choose another with --data", dir)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch),
		errors.Is(err, bolterrors.ErrChecksum):
		return nil, news.Errorf(news.Invalid,
			"%s is not a database of ours, or damaged: %w; move it away or restore a copy", path, err)
	case isPathError(err):
		return nil, news.Errorf(news.Invalid,
			"data directory %s can't be used: %w; choose another with --data", dir, err)
	case err != nil:
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return db, nil
}

// openWhole opens a bbolt file that is all there. bbolt trusts what it reads: of a copy that
// broke off it would read beyond the end, which ends the process.
func openWhole(path string, opts *bolt.Options) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if reason := recover(); reason != nil {
			db, err = nil, fmt.Errorf("%w: %v", bolterrors.ErrInvalid, reason)
		}
	}()
	if db, err = bolt.Open(path, 0o640, opts); err != nil {
		return nil, err
	}
	err = db.View(func(tx *bolt.Tx) error {
		info, err := os.Stat(path)
		if err == nil && info.Size() < tx.Size() {
			err = fmt.Errorf("%w: it is cut off", bolterrors.ErrInvalid)
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// isPathError tells whether the system would not give us the file: no permission, say.
func isPathError(err error) bool {
	_, is := errors.AsType[*fs.PathError](err)
	return is
}

// checkSchema refuses a file that a newer program wrote and marks a new one.
func checkSchema(tx *bolt.Tx, path string, want uint64) (*bolt.Bucket, error) {
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return nil, err
	}
	switch have := meta.Get(metaSchema); {
	case have == nil:
		return meta, meta.Put(metaSchema, number(want))
	case toNumber(have) != want:
		return nil, news.Errorf(news.Refused,
			"%s has schema %d, this program knows %d: start the newer teletipo that wrote it",
			path, toNumber(have), want)
	}
	return meta, nil
}

// Installation is the id that feeds' ids are minted from, random at the first start.
func (s *Store) Installation() news.ID { return s.installation }

// OnChange has f called after each commit, with the feeds that it changed, from the goroutine
// that writes: f must not block and must not write to the store.
func (s *Store) OnChange(f func([]news.FeedKey)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = f
}

// Close waits for what is being written and closes the file. Writes that come later are Refused.
func (s *Store) Close() error {
	var err error
	s.closed.Do(func() {
		close(s.closing)
		<-s.stopped
		err = errors.Join(s.db.Close(), s.zip.Close()) // waits for who still reads
		s.unzip.Close()
	})
	return err
}
