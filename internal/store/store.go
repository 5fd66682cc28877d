package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// schema and pollSchema are the numbers of the schemas that doc.go draws.
const (
	schema     = 4
	pollSchema = 2
)

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
	metaEpoch        = []byte("epoch")
	metaInstallation = []byte("installation")
	metaSchema       = []byte("schema")
)

// Options are what a Store needs to know beside its directory.
type Options struct {
	Now    func() time.Time // time.Now if nil
	NoSync bool             // do not wait for the disk: for tests and throw-away stores
	// OpenFile opens files as os.OpenFile does, which it is if nil.
	OpenFile func(name string, flag int, mode os.FileMode) (*os.File, error)
	// Passed is the time since the store was opened, whatever the clock does; it is measured if nil.
	// Who gives another Now gives it too, or the clock is believed.
	Passed func() time.Duration
	// Share is how many bytes, in a document as estimated, one source's news of the last Span may
	// take in a topic's window; 0 for any number. What goes beyond enters as backfill.
	Share int
	Span  time.Duration
	// Judge settles what editors decide; if nil that is done without knowing any topics. An article
	// that it settled once stays so until it is placed again, whatever it would say by then.
	Judge Judge
	// Program names the program and its version, for the log.
	Program string
	// Replica has the store decide nothing: it takes what is appended to its Log, and nothing else.
	Replica bool
	// Tee, if there is one, has the events of each transaction before that is committed, which it
	// is not if Tee returns an error.
	Tee func(after uint64, group [][]byte) error
}

// Store is the articles' side of a data directory. It is safe for concurrent use.
type Store struct {
	log          *slog.Logger
	db           *database
	program      string
	replica      bool
	tee          func(after uint64, group [][]byte) error
	epoch        atomic.Uint64
	now          func() time.Time
	opened       time.Time            // by the clock
	passed       func() time.Duration // since then, whatever the clock does
	installation atomic.Pointer[news.ID]
	zip          *zstd.Encoder
	unzip        *zstd.Decoder

	judge      Judge
	shares     *shares
	sinceUnmap int // offers since mapped pages were taken back; of the writing goroutine
	requests   chan request
	closing    chan struct{} // closed by Close: nothing new is taken
	stopped    chan struct{} // closed when all that was taken is written
	closed     sync.Once
	head       head
}

// Open opens the data directory's article store, and creates both where they are missing. A
// directory that another process uses is Busy; one with a newer schema is Refused.
func Open(log *slog.Logger, dir string, opts Options) (*Store, error) {
	own := opts.Now == nil
	if own {
		opts.Now = time.Now
	}
	db, err := openDatabase(log, dir, "teletipo.db", opts)
	if err != nil {
		return nil, err
	}
	s := &Store{
		log: log, db: db, now: opts.Now, judge: opts.Judge,
		program: opts.Program, replica: opts.Replica, tee: opts.Tee,
		shares:   &shares{most: opts.Share, span: opts.Span, topics: map[string]*topicShare{}},
		requests: make(chan request, 256), closing: make(chan struct{}),
		stopped: make(chan struct{}),
	}
	if s.judge == nil {
		s.judge = decided
	}
	s.keepTime(own, opts.Passed)
	if err := s.prepare(); err != nil {
		if isDamage(err) != nil {
			err = refusal(dir, db.Path(), err)
		}
		return nil, errors.Join(err, db.Close())
	}
	go s.write()
	return s, nil
}

// codecs makes what compresses and uncompresses.
func (s *Store) codecs() (err error) {
	if s.zip, err = zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)); err != nil {
		return err
	}
	s.unzip, err = zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(256<<20))
	return err
}

// prepare makes the codecs, creates what a new store needs, and checks what there is.
func (s *Store) prepare() error {
	if err := s.codecs(); err != nil {
		return err
	}
	first := s.mint
	if s.replica {
		first = nil // the log has it
	}
	if err := s.db.begin(schema, articleBuckets, first); err != nil {
		return err
	}
	if err := s.db.view(s.identify); err != nil {
		return err
	}
	return s.look()
}

// articleBuckets are the buckets of teletipo.db beside the one that every file has.
var articleBuckets = [][]byte{
	bucketAlias, bucketArticle, bucketBody, bucketChange,
	bucketEdition, bucketEmbargo, bucketFeed, bucketItem, bucketToken, bucketVersion,
}

// plain are the buckets that have no buckets in them.
var plain = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range slices.Concat(articleBuckets, feedParts,
		[][]byte{bucketMeta, bucketDue, bucketState}) {
		set[string(name)] = true
	}
	delete(set, string(bucketFeed))
	return set
}()

// mint makes the id of a new installation.
func (s *Store) mint(t tx) error {
	var random [16]byte
	rand.Read(random[:])
	w := s.writing(t)
	c := w.newChange(kindInstall, nil)
	c.ID = news.NewID(random)
	if err := w.append(c); err != nil {
		return err
	}
	return s.tell(w)
}

// tell hands the events of a transaction to who wants them.
func (s *Store) tell(w *writing) error {
	if s.tee == nil || len(w.group) == 0 {
		return nil
	}
	events := make([][]byte, 0, len(w.group))
	for _, c := range w.group {
		event, err := w.encode(c)
		if err != nil {
			return err
		}
		events = append(events, event)
	}
	return s.tee(w.group[0].Seq-1, events)
}

// identify reads the installation's id and its epoch. A replica has none as long as it has nothing.
func (s *Store) identify(t tx) error {
	id := t.Bucket(bucketMeta).Get(metaInstallation)
	if len(id) == len(news.ID{}) {
		installation := news.ID(id)
		s.installation.Store(&installation)
	} else if !s.replica || t.Bucket(bucketChange).Sequence() > 0 {
		return &damage{Bucket: string(bucketMeta), Key: string(metaInstallation), Why: "it is missing"}
	}
	s.epoch.Store(toNumber(t.Bucket(bucketMeta).Get(metaEpoch)))
	return nil
}

// look looks at what must be right before anything is written: every bucket is there, each feed is
// the one that it was, and the sequence is that of the newest change. If not, nothing is written.
func (s *Store) look() error {
	err := s.db.view(func(t tx) error {
		for _, name := range articleBuckets {
			t.Bucket(name)
		}
		feeds := t.Bucket(bucketFeed)
		if err := feeds.ForEachBucket(func(name []byte) error {
			feeds.Bucket(name).Get(feedState)
			return nil
		}); err != nil {
			return err
		}
		changes := t.Bucket(bucketChange)
		k, _ := changes.Cursor().Last()
		if s.head.set(toNumber(k)); s.head.seq != changes.Sequence() {
			return &damage{Bucket: changes.name, Why: fmt.Sprintf(
				"its newest change is %d, and its sequence %d", s.head.seq, changes.Sequence())}
		}
		return nil
	})
	if isDamage(err) != nil {
		s.db.freeze(err)
		return nil
	}
	return err
}

// begin makes what a new file has from the start, unless the file has it: a bucket for each name,
// and the number of its schema. What is missing of an older file is damage: to make it anew would
// write over what it was.
func (db *database) begin(schema uint64, names [][]byte, first func(tx) error) error {
	empty := false
	err := db.view(func(t tx) error {
		k, _ := t.Cursor().First()
		if empty = k == nil; empty {
			return nil
		}
		return checkSchema(t, schema)
	})
	if d := isDamage(err); d != nil {
		db.freeze(err)
		return nil // what can be read is served
	}
	if err != nil || !empty {
		return err
	}
	return db.update(func(t tx) error {
		for _, name := range append([][]byte{bucketMeta}, names...) {
			if _, err := t.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if first != nil {
			if err := first(t); err != nil {
				return err
			}
		}
		return t.Bucket(bucketMeta).Put(metaSchema, number(schema))
	})
}

// checkSchema refuses a file that another program wrote.
func checkSchema(t tx, want uint64) error {
	meta := t.Tx.Bucket(bucketMeta)
	if meta == nil {
		return &damage{Bucket: string(bucketMeta), Why: "the bucket is missing"}
	}
	have := meta.Get(metaSchema)
	if len(have) != 8 { // else of a schema whose values had no seals
		have = t.Bucket(bucketMeta).Get(metaSchema)
	}
	switch n := toNumber(have); {
	case n < want:
		return news.Errorf(news.Refused, "%s has schema %d, of an unfinished program, this one knows "+
			"%d: move the data directory away, and its sources are read again", t.db.Path(), n, want)
	case n > want:
		return news.Errorf(news.Refused, "%s has schema %d, this program knows %d: start the newer "+
			"teletipo that wrote it", t.db.Path(), n, want)
	}
	return nil
}

// Damage lists what was found damaged since the store was opened, one line each.
func (s *Store) Damage() []string { return s.db.damage() }

// Unwritable says why nothing can be stored at the moment, nil if it can: as of the last attempt.
func (s *Store) Unwritable() error { return s.db.writing() }

// Installation is the id that feeds' ids are minted from, random at the first start; zero of a
// replica that has nothing yet.
func (s *Store) Installation() (id news.ID) {
	if known := s.installation.Load(); known != nil {
		id = *known
	}
	return id
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
