package clean

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// fingerprint hashes what a reader sees of an article: 128 bits in hexadecimal. How the text is
// marked up is not in it, nor what changes by itself: dates, tags, sizes of images, parameters
// that track readers or sign an image's address, and in which of its forms a page is linked.
func fingerprint(a news.Article, text []news.Passage) string {
	h := sha256.New()
	field(h, a.Title, a.Summary, a.Lang, string(a.Rights), news.LinkKey(a.URL))
	for _, author := range a.Authors {
		field(h, author.Name, author.URL)
	}
	field(h, "media")
	for _, m := range a.Media {
		field(h, lasting(m.URL), m.Title)
	}
	field(h, "text")
	for _, p := range text {
		if p.Heading {
			field(h, "heading")
		}
		field(h, p.Text)
	}
	field(h, "links")
	targets(h, a.Content)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// field adds strings to a hash, each closed by a NUL, which no clean string holds.
func field(h io.Writer, list ...string) {
	for _, s := range list {
		_, _ = io.WriteString(h, s)
		_, _ = h.Write([]byte{0})
	}
}

// targets adds what the content, as html makes it, links to and shows.
func targets(h io.Writer, content string) {
	for rest := content; rest != ""; {
		var tag string
		_, tag, rest = nextTag(rest)
		value, isTarget := strings.CutPrefix(tag, `a href="`)
		if !isTarget {
			value, isTarget = strings.CutPrefix(tag, `img src="`)
		}
		if !isTarget {
			continue
		}
		value, _, _ = strings.Cut(value, `"`)
		if target := html.UnescapeString(value); !isTracker(target) {
			field(h, lasting(target))
		}
	}
}

// lasting is the part of an address that does not rotate: its canonical form, and of a file with
// a name of its own ("photo.jpg") no parameters, which only size it or sign for it.
func lasting(raw string) string {
	s := URL(raw)
	if s == "" {
		return raw
	}
	if file, _, found := strings.Cut(s, "?"); found {
		switch strings.ToLower(path.Ext(file)) {
		case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".mp3", ".m4a", ".mp4", ".pdf":
			return file
		}
	}
	return s
}
