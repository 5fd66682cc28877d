package store

import (
	"encoding/binary"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// The layout of a page of bbolt: its own number, what it is, how many elements it has, and how many
// further pages belong to it; then the elements. All numbers are the machine's own.
const (
	pageHead     = 16
	pageBranch   = 0x01
	pageLeaf     = 0x02
	pageFreelist = 0x10

	element    = 16 // the size of one, of either kind
	leafBucket = 1  // the flag of an element of a leaf that is a bucket
	bucketHead = 16 // number of the bucket's root page, sequence; of 0 the page follows at once

	metaFreelist = pageHead + 32 // where a meta page has the number of the list of free pages
	manyFree     = 0xFFFF        // of so many, the first number is how many there are
)

// structure is a look at the pages that hold a file's structure.
type structure struct {
	file  *os.File
	size  int    // of a page
	pages uint64 // that the file has
	used  []bool // by page: it is part of a tree
}

// examine looks at the pages that hold a file's structure: of every tree all but its leaves, which
// are a hundredth of the file, and the list of free pages. It finds what bbolt would not: a page
// that is below itself, which it would follow until the stack ends, and one that is free and in use
// at a time, which it would write over.
func examine(path string, tx *bolt.Tx) error {
	s, closed, err := newStructure(path, tx)
	if err != nil {
		return err
	}
	defer closed()
	if err := s.tree(uint64(tx.Cursor().Bucket().Root()), true); err != nil {
		return err
	}
	return s.free(tx.ID() % 2)
}

func newStructure(path string, tx *bolt.Tx) (s *structure, closed func() error, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	size := tx.DB().Info().PageSize
	s = &structure{file: file, size: size, pages: uint64(tx.Size()) / uint64(size)}
	s.used = make([]bool, s.pages)
	return s, file.Close, nil
}

// page reads a page and those that belong to it.
func (s *structure) page(n uint64) ([]byte, error) {
	if n < 2 || n >= s.pages {
		return nil, fault(n, "it is beyond the end")
	}
	page := make([]byte, s.size)
	if _, err := s.file.ReadAt(page, int64(n)*int64(s.size)); err != nil {
		return nil, err
	}
	if number := binary.NativeEndian.Uint64(page); number != n {
		return nil, fault(n, fmt.Sprintf("it says that it is page %d", number))
	}
	more := uint64(binary.NativeEndian.Uint32(page[12:]))
	if more == 0 {
		return page, nil
	}
	if more >= s.pages-n {
		return nil, fault(n, "it is longer than the file")
	}
	page = make([]byte, (more+1)*uint64(s.size))
	_, err := s.file.ReadAt(page, int64(n)*int64(s.size))
	return page, err
}

func fault(n uint64, why string) error {
	return &damage{Why: fmt.Sprintf("page %d of the file is not what it should be: %s", n, why)}
}

// use notes that a page is part of a tree, which it can be of one only.
func (s *structure) use(n uint64) error {
	if n < 2 || n >= s.pages {
		return fault(n, "it is beyond the end")
	}
	if s.used[n] {
		return fault(n, "it is in two places")
	}
	s.used[n] = true
	return nil
}

// tree looks at a tree from a page down. With buckets its leaves are looked at too, for the buckets
// in them.
func (s *structure) tree(n uint64, buckets bool) error {
	if err := s.use(n); err != nil {
		return err
	}
	page, err := s.page(n)
	if err != nil {
		return err
	}
	switch flags, count := kind(page); {
	case flags == pageLeaf:
		if buckets {
			return s.leaf(n, page, count)
		}
		return nil
	case flags == pageBranch && count > 0 && pageHead+element*count <= len(page):
		return s.branch(page, count, buckets)
	}
	return fault(n, "it is no part of a tree")
}

func kind(page []byte) (flags, count int) {
	return int(binary.NativeEndian.Uint16(page[8:])), int(binary.NativeEndian.Uint16(page[10:]))
}

// branch looks at what is below a page: all of it is as deep, so that one leaf tells that all are.
func (s *structure) branch(page []byte, count int, buckets bool) error {
	leaves := false
	for i := range count {
		below := binary.NativeEndian.Uint64(page[pageHead+element*i+8:])
		if leaves && !buckets {
			if err := s.use(below); err != nil {
				return err
			}
			continue
		}
		if err := s.tree(below, buckets); err != nil {
			return err
		}
		head, err := s.page(below)
		if err != nil {
			return err
		}
		flags, _ := kind(head)
		leaves = flags == pageLeaf
	}
	return nil
}

// leaf looks at the buckets in a leaf. A bucket with no buckets in it can't be told from one with:
// only the leaves of feeds have any.
func (s *structure) leaf(n uint64, page []byte, count int) error {
	for i := range count {
		at := pageHead + element*i
		if at+element > len(page) {
			return fault(n, "it has too many elements")
		}
		if binary.NativeEndian.Uint32(page[at:]) != leafBucket {
			continue
		}
		key := at + int(binary.NativeEndian.Uint32(page[at+4:]))
		value := key + int(binary.NativeEndian.Uint32(page[at+8:]))
		if key < 0 || value < key || value+bucketHead > len(page) {
			return fault(n, "a bucket in it has no place")
		}
		root := binary.NativeEndian.Uint64(page[value:])
		if root == 0 {
			continue // it is in this page, and so are those in it
		}
		if err := s.tree(root, !plain[string(page[key:value])]); err != nil {
			return err
		}
	}
	return nil
}

// free looks at the list of free pages.
func (s *structure) free(meta int) error {
	head := make([]byte, s.size)
	if _, err := s.file.ReadAt(head, int64(meta)*int64(s.size)); err != nil {
		return err
	}
	n := binary.NativeEndian.Uint64(head[metaFreelist:])
	page, err := s.page(n)
	if err != nil {
		return err
	}
	flags, count := kind(page)
	if flags != pageFreelist {
		return fault(n, "it is no list of free pages")
	}
	list := page[pageHead:]
	if count == manyFree {
		count, list = int(binary.NativeEndian.Uint64(list)), list[8:]
	}
	if count < 0 || count > len(list)/8 {
		return fault(n, "the list of free pages is longer than its page")
	}
	last := uint64(1)
	for i := range count {
		id := binary.NativeEndian.Uint64(list[8*i:])
		if id <= last || id >= s.pages || s.used[id] {
			return fault(n, fmt.Sprintf("page %d in the list of free pages is none", id))
		}
		last = id
	}
	return nil
}
