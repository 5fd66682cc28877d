//go:build !linux

package store

import bolt "go.etcd.io/bbolt"

// unmapPages does nothing: here the kernel has to know by itself what it can take back.
func unmapPages(*bolt.DB) error { return nil }
