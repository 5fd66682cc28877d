package clean

import (
	"strings"

	"golang.org/x/net/html"
)

// adverts are the classes by which advertisements name themselves. They rotate: each poll would
// bring another one, and be taken for a new version of the article.
var adverts = map[string]bool{
	"ad": true, "ads": true, "advert": true, "advertisement": true, "adsbygoogle": true,
	"ad-container": true, "ad-slot": true, "ad-unit": true, "ad-wrapper": true,
	"dfp-ad": true, "google-auto-placed": true, "publicidad": true, "feedflare": true,
	"outbrain": true, "taboola": true, "ob-widget": true, "trc_related_container": true,
}

// isAdvert tells whether an element says that it is an advertisement.
func isAdvert(n *html.Node) bool {
	if n.Data == "body" || n.Data == "article" || n.Data == "main" {
		return false // it may say so of what it has room for
	}
	for _, a := range n.Attr {
		if a.Key != "class" || a.Namespace != "" {
			continue
		}
		for class := range strings.FieldsSeq(a.Val) {
			if adverts[strings.ToLower(class)] {
				return true
			}
		}
	}
	return false
}
