package store

import (
	"github.com/klauspost/compress/zstd"

	"github.com/teletipo/teletipo/internal/news"
)

// What a document needs beside what an article says, in bytes, in the longest of its formats.
const (
	entryFrame  = 1200
	authorFrame = 80
	tagFrame    = 60
	mediaFrame  = 200
)

// estimate is how many bytes an article may take in a document, from its own words only: where it
// is placed does not matter. It is rather too high than too low.
func estimate(a *news.Article, content int) int {
	size := entryFrame + 2*len(a.URL) + 2*len(a.Title) + len(a.Origin.ID) + len(a.Origin.Title) +
		len(a.Origin.URL) + len(a.Origin.Link)
	if a.Rights != news.Full && a.Rights != news.Excerpt {
		return size
	}
	size += len(a.Summary) + len(a.Summary)/4
	for _, author := range a.Authors {
		size += authorFrame + len(author.Name) + len(author.URL) + len(author.Email)
	}
	for _, tag := range a.Tags {
		size += tagFrame + len(tag)
	}
	if a.Rights != news.Full {
		return size
	}
	for _, m := range a.Media {
		size += mediaFrame + 2*len(m.URL) + 2*len(m.Title)
	}
	return size + content + content/4
}

// size estimates the article that a change leaves behind.
func (w *writing) size(c *change) int {
	packed := c.parts[partContent]
	if packed == nil {
		packed = w.Bucket(bucketBody).Get(number(c.Key))
	}
	return estimate(&c.after.Article, unpacked(packed))
}

// unpacked is the length of a content, from the head of its compressed form.
func unpacked(packed []byte) int {
	var head zstd.Header
	if head.Decode(packed) != nil || !head.HasFCS {
		return 0 // it is empty
	}
	return int(head.FrameContentSize)
}
