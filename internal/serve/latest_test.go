package serve

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/teletipo/teletipo/internal/news"
)

// TestLatest: what is made of an edition is used again for as long as it is there, and does not
// keep one that has a successor.
func TestLatest(t *testing.T) {
	editions, key := newShelf(), news.FeedKey{Topic: "border"}
	put := func(tag string) weak.Pointer[news.Edition] {
		e := sampleEdition(key, news.RSS, tag, time.Now(), "gzip")
		editions.put(e)
		return weak.Make(e)
	}
	f := &feed{key: key, format: news.RSS}
	old := put("a")
	d := f.document(editions, nil)
	if f.document(editions, nil) != d {
		t.Error("a document is made again of the same edition")
	}
	runtime.KeepAlive(d)
	put("b")
	for range 2 {
		runtime.GC()
	}
	if old.Value() != nil {
		t.Error("an edition that was replaced is kept")
	}
}
