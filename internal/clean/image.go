package clean

import (
	"regexp"
	"strconv"
	"strings"
)

// image keeps an image that can be seen and fetched. An emoji drawn as an image is a character.
func (k *walker) image(t *token) {
	alt := t.attr("alt")
	class := t.attr("class")
	if alt != "" && (strings.Contains(class, "emoji") || strings.Contains(class, "wp-smiley")) {
		k.w.text(alt)
		return
	}
	if k.w.hasPlenty() {
		return
	}
	src := k.imageSource(t)
	k.pictured = src != ""
	if src == "" || isPixel(t) || isTracker(src) {
		return
	}
	attrs := attribute("src", src) + attribute("srcset", k.srcset(t)) +
		" alt=\"" + attrEscaper.Replace(clip(fold(tidy(alt)), maxTitle)) + "\"" +
		label("title", t.attr("title")) +
		number(t, "width", 99999) + number(t, "height", 99999)
	k.w.img(attrs)
}

// lazy are attributes that a script takes an image's address from, once it is to be seen.
var lazy = []string{
	"data-src", "data-lazy-src", "data-original", "data-lazy", "data-orig-file", "data-full-url",
	"data-large-file", "data-hi-res-src", "data-img-src", "data-image", "data-url",
}

// placeholder matches the name of what is shown until then.
var placeholder = regexp.MustCompile(`(?i)/(?:[\w-]*[._-])?(?:lazy-?load(?:er|ing)?|placeholder|` +
	`spacer|blank|1x1|transparent|loading)(?:[._-][\w-]*)*\.(?:gif|png|svg|jpe?g|webp)(?:\?|$)`)

// imageSource is an image's address; of one that a script would load later, the real one.
func (k *walker) imageSource(t *token) string {
	src := resolve(k.base, t.attr("src"))
	isThere := isWeb(src) && !placeholder.MatchString(src)
	if isThere && !strings.Contains(t.attrs, "-") {
		return src
	}
	for _, key := range lazy {
		if real := resolve(k.base, t.attr(key)); isWeb(real) {
			return real
		}
	}
	for rest := t.attrs; rest != ""; {
		name, value, n := nextAttr(rest)
		rest = rest[n:]
		if !lazyName.MatchString(name) || isThere && !strings.HasSuffix(name, "src") ||
			otherName.MatchString(name) || !picture.MatchString(value) || len(value) > maxURL {
			continue
		}
		if real := resolve(k.base, decodeValue(value)); isWeb(real) {
			return real
		}
	}
	for _, key := range []string{"data-srcset", "data-lazy-srcset"} {
		if real := k.largest(t.attr(key)); real != "" {
			return real
		}
	}
	if isThere {
		return src
	}
	return k.largest(t.attr("srcset"))
}

// lazyName matches other attributes that may have an image's address, otherName those of them that
// have another, and picture what looks like an address of one.
var (
	lazyName  = regexp.MustCompile(`(?i)^[a-z]+-.*(?:src|url|img|image|file|lazy|lazyload)$`)
	otherName = regexp.MustCompile(`(?i)fallback|error|low|thumb|small|blur|placeholder|preview`)
	picture   = regexp.MustCompile(`(?i)\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)`)
)

// largest is the candidate of a srcset that is for the largest width or density.
func (k *walker) largest(candidates string) string {
	best, most := "", -1.0
	for _, candidate := range strings.Split(k.candidates(candidates), ", ") {
		address, size, _ := strings.Cut(candidate, " ")
		n, _ := strconv.ParseFloat(strings.TrimRight(size, "wx"), 64) // 0 without a size
		if n > most && isWeb(address) {
			best, most = address, n
		}
	}
	return best
}

// isPixel reports whether an image is too small to be seen: it is there to count readers.
func isPixel(t *token) bool {
	width, hasWidth := pixels(t.attr("width"))
	height, hasHeight := pixels(t.attr("height"))
	return (hasWidth || hasHeight) && (!hasWidth || width <= 1) && (!hasHeight || height <= 1)
}

func pixels(s string) (int, bool) {
	v, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s), "px"))
	return v, err == nil
}

// isTracker reports whether an address is known to count readers and to show nothing.
func isTracker(src string) bool {
	_, rest, _ := strings.Cut(src, "://")
	for _, start := range []string{
		"pixel.wp.com/", "stats.wordpress.com/", "feeds.feedburner.com/~",
		"b.scorecardresearch.com/", "pixel.quantserve.com/", "www.google-analytics.com/",
		"ad.doubleclick.net/", "feedads.g.doubleclick.net/",
	} {
		if strings.HasPrefix(rest, start) {
			return true
		}
	}
	return false
}

// descriptor is the width or density that a candidate of a srcset is for.
var descriptor = regexp.MustCompile(`^[0-9]{1,5}(\.[0-9]{1,3})?[wx]$`)

// srcset resolves the candidates of an image's srcset; those that cannot be are left out.
func (k *walker) srcset(t *token) string { return k.candidates(t.attr("srcset")) }

func (k *walker) candidates(rest string) string {
	if len(rest) > maxURL {
		return ""
	}
	var kept []string
	length := 0
	for {
		rest = strings.TrimLeft(rest, " \t\r\n\f,")
		if rest == "" {
			return strings.Join(kept, ", ")
		}
		var raw, size string
		end := strings.IndexAny(rest, " \t\r\n\f")
		if end < 0 {
			end = len(rest)
		}
		raw, rest = rest[:end], rest[end:]
		if trimmed := strings.TrimRight(raw, ","); trimmed != raw {
			raw = trimmed // it ended here, without a descriptor
		} else {
			size, rest, _ = strings.Cut(rest, ",")
			size = strings.TrimSpace(size)
		}
		src := resolve(k.base, raw)
		if !isWeb(src) || strings.HasSuffix(src, ",") || isTracker(src) ||
			size != "" && !descriptor.MatchString(size) {
			continue
		}
		if size != "" {
			src += " " + size
		}
		if length += len(src) + len(", "); length > maxURL {
			return strings.Join(kept, ", ")
		}
		kept = append(kept, src)
	}
}

func isWeb(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}
