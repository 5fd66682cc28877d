package store

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"
)

// sealSize is how many bytes the seal of a value has.
const sealSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// tx is a transaction whose values are sealed. What it can't read it says in one of two ways: a
// lookup panics with a *damage, which the transaction returns as its error, and a lenient cursor
// passes over it and reports it.
type tx struct {
	*bolt.Tx
	db *database
	// passed counts what lenient cursors have passed over.
	passed *int
}

// Bucket opens a bucket of the file. One that is not there is damage: all are made with the file.
func (t tx) Bucket(name []byte) *bucket {
	b := t.Tx.Bucket(name)
	if b == nil {
		panic(&damage{Bucket: string(name), Why: "the bucket is missing"})
	}
	return &bucket{b: b, tx: t, name: string(name), sum: crc32.Checksum(name, castagnoli)}
}

// bucket is a bucket whose values are sealed: each is followed by the CRC-32C of the names of its
// buckets, its key and itself, so that none is ever taken for another or read altered. It costs
// some 50 ns a value.
type bucket struct {
	b    *bolt.Bucket
	tx   tx
	name string // the names of the outer buckets and its own, with slashes
	sum  uint32 // of them
}

// seal returns a value as it is stored.
func (b *bucket) seal(key, value []byte) []byte {
	sealed := make([]byte, len(value), len(value)+sealSize)
	copy(sealed, value)
	return binary.BigEndian.AppendUint32(sealed, b.checksum(key, value))
}

// checksum is the seal of a value. CRC-32C finds every flipped bit and every run of 32.
func (b *bucket) checksum(key, value []byte) uint32 {
	return crc32.Update(crc32.Update(b.sum, castagnoli, key), castagnoli, value)
}

// open returns the value in its sealed form; it is false if it was altered. A sealed value that is
// nil is none: the key is said to hold a bucket.
func (b *bucket) open(key, sealed []byte) ([]byte, bool) {
	n := len(sealed) - sealSize
	if n < 0 {
		return nil, false
	}
	value := sealed[:n:n]
	return value, binary.BigEndian.Uint32(sealed[n:]) == b.checksum(key, value)
}

// Get returns the value of a key, nil if it is not there.
func (b *bucket) Get(key []byte) []byte {
	value, err := b.look(key)
	if err != nil {
		panic(err)
	}
	return value
}

// look is Get whose damage is an error, as long as the bucket itself can be read.
func (b *bucket) look(key []byte) ([]byte, *damage) {
	c := b.b.Cursor()
	k, sealed := c.Seek(key)
	if string(k) != string(key) {
		return nil, b.missed(c, key, k, sealed)
	}
	value, ok := b.open(k, sealed)
	if !ok {
		return nil, b.altered(k)
	}
	return value, nil
}

// missed returns the damage that may be why a key was not found, nil if it never was there: where
// a key was altered it still stands beside where it belongs, under a seal of another key, and
// where one of the tree's own was, the search ended among keys that all come before, or after.
// K is what a cursor found in its place.
func (b *bucket) missed(c *bolt.Cursor, key, k, sealed []byte) *damage {
	if k != nil && (bytes.Compare(k, key) < 0 || !b.sound(k, sealed)) {
		return b.altered(k)
	}
	if k == nil {
		k, sealed = c.Last()
	} else {
		k, sealed = c.Prev()
	}
	if k != nil && (bytes.Compare(k, key) >= 0 || !b.sound(k, sealed)) {
		return b.altered(k)
	}
	return nil
}

// sound reports whether a value is what was stored under a key, or a bucket.
func (b *bucket) sound(k, sealed []byte) bool {
	if sealed == nil {
		return true
	}
	_, ok := b.open(k, sealed)
	return ok
}

// altered is the damage of a value whose seal is not its own.
func (b *bucket) altered(key []byte) *damage {
	return &damage{Bucket: b.name, Key: string(key), Why: "the checksum is not that of the value"}
}

// Put stores a value.
func (b *bucket) Put(key, value []byte) error { return b.b.Put(key, b.seal(key, value)) }

// Delete removes a key, if it is there.
func (b *bucket) Delete(key []byte) error { return b.b.Delete(key) }

// Sequence is the number that SetSequence last set, 0 at first.
func (b *bucket) Sequence() uint64 { return b.b.Sequence() }

// SetSequence sets the bucket's number.
func (b *bucket) SetSequence(n uint64) error { return b.b.SetSequence(n) }

// count walks all keys.
func (b *bucket) count() int { return b.b.Stats().KeyN }

// grows has the pages of a bucket filled up, since its keys only grow.
func (b *bucket) grows() { b.b.FillPercent = 0.9 }

// Bucket opens a bucket in a bucket, nil if there is none.
func (b *bucket) Bucket(name []byte) *bucket { return b.inner(name, b.b.Bucket(name)) }

// CreateBucketIfNotExists opens a bucket in a bucket, and makes it first if need be.
func (b *bucket) CreateBucketIfNotExists(name []byte) (*bucket, error) {
	inner, err := b.b.CreateBucketIfNotExists(name)
	return b.inner(name, inner), err
}

func (b *bucket) inner(name []byte, inner *bolt.Bucket) *bucket {
	if inner == nil {
		return nil
	}
	return &bucket{
		b: inner, tx: b.tx, name: b.name + "/" + string(name),
		sum: crc32.Update(b.sum, castagnoli, name),
	}
}

// ForEachBucket calls f with the name of each bucket in a bucket.
func (b *bucket) ForEachBucket(f func(name []byte) error) error { return b.b.ForEachBucket(f) }

// ForEach calls f with each key and its value.
func (b *bucket) ForEach(f func(k, v []byte) error) error {
	c := b.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// Cursor walks a bucket whose values must all be sound.
func (b *bucket) Cursor() cursor { return cursor{c: b.b.Cursor(), b: b} }

// Lenient walks what is sound in a bucket. It passes over altered values, ends where the next page
// can't be read, and reports both.
func (b *bucket) Lenient() cursor { return cursor{c: b.b.Cursor(), b: b, lenient: true} }

// cursor is a place in a bucket. It returns a nil key at the end.
type cursor struct {
	c       *bolt.Cursor
	b       *bucket
	lenient bool
}

// First, Last, Next, Prev and Seek move as those of bbolt do.
func (c cursor) First() (k, v []byte) { return c.move(c.c.First, c.c.Next) }

func (c cursor) Last() (k, v []byte) { return c.move(c.c.Last, c.c.Prev) }

func (c cursor) Next() (k, v []byte) { return c.move(c.c.Next, c.c.Next) }

func (c cursor) Prev() (k, v []byte) { return c.move(c.c.Prev, c.c.Prev) }

func (c cursor) Seek(key []byte) (k, v []byte) {
	return c.move(func() ([]byte, []byte) { return c.c.Seek(key) }, c.c.Next)
}

// move moves the cursor, and on if it stands at what it passes over.
func (c cursor) move(step, on func() (k, v []byte)) (k, v []byte) {
	if !c.lenient {
		k, sealed := step()
		return c.sound(k, sealed)
	}
	err := attempt(func() error {
		var sealed []byte
		for k, sealed = step(); k != nil; k, sealed = on() {
			var ok bool
			if v, ok = c.b.open(k, sealed); ok {
				return nil
			}
			c.b.tx.pass(c.b.altered(k))
		}
		return nil
	})
	if err != nil {
		c.b.tx.pass(&damage{Bucket: c.b.name, Why: err.Error(), Stack: stackOf(err)})
		return nil, nil
	}
	return k, v
}

func (c cursor) sound(k, sealed []byte) ([]byte, []byte) {
	if k == nil {
		return nil, nil
	}
	v, ok := c.b.open(k, sealed)
	if !ok {
		panic(c.b.altered(k))
	}
	return k, v
}

// pass reports damage that a transaction goes on without.
func (t tx) pass(d *damage) {
	*t.passed++
	t.db.found(d)
}
