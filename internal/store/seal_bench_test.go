package store

import (
	"fmt"
	"testing"
)

// BenchmarkSeal seals and opens what an article has the store write: compare with BenchmarkAccept.
func BenchmarkSeal(b *testing.B) {
	for _, size := range []int{8, 20, 600, 2000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			bucket := &bucket{sum: 1}
			key, value := number(7), make([]byte, size)
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := bucket.open(key, bucket.seal(key, value)); !ok {
					b.Fatal("not opened")
				}
			}
		})
	}
}
