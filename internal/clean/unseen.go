package clean

import "strings"

// adverts are the classes by which advertisements name themselves. They rotate: each poll would
// bring another one, and be taken for a new version of the article.
var adverts = map[string]bool{
	"ad": true, "ads": true, "advert": true, "advertisement": true, "adsbygoogle": true,
	"ad-container": true, "ad-slot": true, "ad-unit": true, "ad-wrapper": true,
	"dfp-ad": true, "google-auto-placed": true, "publicidad": true, "feedflare": true,
	"outbrain": true, "taboola": true, "ob-widget": true, "trc_related_container": true,
}

// isUnseen reports whether an element is not meant to be seen, or says that it is an
// advertisement.
func isUnseen(t *token) bool {
	for rest := t.attrs; rest != ""; {
		key, value, n := nextAttr(rest)
		rest = rest[n:]
		switch {
		case len(key) < 5 || len(key) > 6 || len(value) > maxValue:
		case strings.EqualFold(key, "hidden"):
			return true
		case strings.EqualFold(key, "class"):
			if isAdvert(t.name, decodeValue(value)) {
				return true
			}
		case strings.EqualFold(key, "style"):
			if isDisplayNone(decodeValue(value)) {
				return true
			}
		}
	}
	return false
}

func isDisplayNone(style string) bool {
	if len(style) >= 1000 {
		return false
	}
	style = strings.ToLower(strings.ReplaceAll(style, " ", ""))
	return strings.Contains(style, "display:none")
}

// isAdvert reports whether a class is one of adverts. An article may say so of what it has room
// for.
func isAdvert(name, classes string) bool {
	if name == "article" || name == "main" {
		return false
	}
	for class := range strings.FieldsSeq(classes) {
		if adverts[lowered(class)] {
			return true
		}
	}
	return false
}
