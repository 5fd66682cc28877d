package store

import (
	"os"
	"syscall"

	bolt "go.etcd.io/bbolt"
)

// unmapPages has the kernel forget which pages of a file are mapped. They stay in its cache, and
// are mapped again when they are next looked at. A transaction keeps the file mapped where it is.
func unmapPages(db *bolt.DB) error {
	return db.View(func(tx *bolt.Tx) error {
		_, _, failed := syscall.Syscall(syscall.SYS_MADVISE,
			db.Info().Data, uintptr(tx.Size()), syscall.MADV_DONTNEED)
		if failed != 0 {
			return os.NewSyscallError("madvise", failed)
		}
		return nil
	})
}
