package clean

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"golang.org/x/net/html"

	"github.com/teletipo/teletipo/internal/news"
)

// fingerprint hashes what a reader sees of an article: 128 bits in hexadecimal. How the text is
// marked up is not in it, nor what changes by itself: dates, tags, sizes of images, parameters
// that track readers or sign an image's address, and in which of its forms a page is linked.
func fingerprint(a news.Article, text []news.Passage) string {
	h := make(fields, 0, 512+len(a.Content))
	h.add(a.Title, a.Summary, a.Lang, string(a.Rights), news.LinkKey(a.URL))
	for _, author := range a.Authors {
		h.add(author.Name, author.URL)
	}
	h.add("media")
	for _, m := range a.Media {
		h.add(lasting(m.URL), m.Title)
	}
	h.add("text")
	for _, p := range text {
		if p.Heading {
			h.add("heading")
		}
		h.add(p.Text)
	}
	h.add("links")
	h.addTargets(a.Content)
	sum := sha256.Sum256(h)
	return hex.EncodeToString(sum[:16])
}

// fields is what a fingerprint is the hash of: strings, each closed by a NUL, which no clean string
// holds.
type fields []byte

func (h *fields) add(list ...string) {
	for _, s := range list {
		*h = append(append(*h, s...), 0)
	}
}

// addTargets adds what the content, as contentOf makes it, links to and shows.
func (h *fields) addTargets(content string) {
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
			h.add(lasting(target))
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
