package news

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestShown(t *testing.T) {
	for address, want := range map[string]string{
		"https://rss.nytimes.com/services/xml/rss/nyt/Americas.xml":            "",
		"https://www.state.gov/rss-feed/press-releases/feed/":                  "",
		"https://www.gob.mx/presidencia/archivo/prensa":                        "",
		"https://valley.example/2026/11/21/el-río-crece":                       "https://valley.example/2026/11/21/el-r%C3%ADo-crece",
		"https://valley.example/":                                              "",
		"https://valley.example":                                               "",
		"http://127.0.0.1:8080/feed.xml":                                       "",
		"https://valley.example/?feed=rss2":                                    "",
		"https://valley.example/wp-json/wp/v2/posts?per_page=100&page=2":       "",
		"https://medium.com/feed/@ana":                                         "",
		"https://ana:hunter2@valley.example/feed":                              "https://valley.example/feed",
		"https://valley.example/feed?key=hunter2":                              "https://valley.example/feed?…",
		"https://valley.example/feed?page=2&key=a&token=b":                     "https://valley.example/feed?page=2&…",
		"https://valley.example/feed?hunter2":                                  "https://valley.example/feed?…",
		"https://valley.example/feed?page=x7Gk29":                              "https://valley.example/feed?…",
		"https://valley.example/feed#hunter2":                                  "https://valley.example/feed",
		"https://valley.example/u/4f9a7be2c1d0/feed.xml":                       "https://valley.example/u/…/feed.xml",
		"https://valley.example/feed/xK9dQ2wZ/rss":                             "https://valley.example/feed/…/rss",
		"https://valley.example/private/hunter/feed":                           "https://valley.example/…/…/…",
		"https://valley.example/s3cr3t-t0ken/feed":                             "https://valley.example/…/feed",
		"https://valley.example/SECRETPATHTOKEN/feed":                          "https://valley.example/…/…",
		"https://valley.example/qwrtzpsdfg/feed":                               "https://valley.example/…/feed",
		"https://valley.example/123456789012/feed":                             "https://valley.example/…/feed",
		"https://valley.example/3cf616c4-1a2b-4c3d-8e9f-001122334455.atom":     "https://valley.example/…",
		"https://b.s3.amazonaws.com/feed.xml?X-Amz-Signature=ab&X-Amz-Date=20": "https://b.s3.amazonaws.com/feed.xml?…",
		"file:///srv/feeds/x7Gk29.xml":                                         "",
		"":                                                                     "",
		"mailto:hunter2@valley.example":                                        "mailto:…",
		"https://valley.example/%zz":                                           "(an address that can't be read)",
		"https://valley.example/feed%20hunter":                                 "",
	} {
		if want == "" {
			want = address
		}
		if secret := strings.Contains(want, "…") || strings.Contains(address, "hunter"); secret !=
			HoldsSecret(address) && address != "https://valley.example/feed%20hunter" && !strings.Contains(want, "read") {
			t.Errorf("%s holds a secret: %t", address, !secret)
		}
		if got := Shown(address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}

func TestBase(t *testing.T) {
	for address, want := range map[string]string{
		"https://valley.example/blog/feed?key=hunter2": "https://valley.example/blog/feed",
		"https://a:b@valley.example/blog/feed#x":       "https://valley.example/blog/feed",
		"https://valley.example/news/4f9a7be2c1d0":     "https://valley.example/news/",
		"https://valley.example/u/4f9a7be2c1d0/feed":   "https://valley.example/",
		"https://valley.example/a%20b/feed":            "https://valley.example/a%20b/feed",
		"/srv/inbox/story.html":                        "/srv/inbox/story.html",
		"":                                             "",
	} {
		if got := Base(address); got != want {
			t.Errorf("the base of %s is %s, want %s", address, got, want)
		}
	}
}

// TestDrawnSecretsAreHidden draws keys as programs draw them: hexadecimal, base64 and UUIDs.
func TestDrawnSecretsAreHidden(t *testing.T) {
	secret := rapid.OneOf(
		rapid.StringMatching(`[0-9a-f]{16,40}`), rapid.StringMatching(`[A-Za-z0-9]{18,40}`),
		rapid.StringMatching(`[A-Za-z0-9_-]{24,40}`),
	)
	where := rapid.SampledFrom([]string{
		"https://wire.example/%/feed.xml", "https://wire.example/feed/%", "https://wire.example/%.rss",
		"https://wire.example/feed?key=%", "https://wire.example/feed?%", "https://%@wire.example/feed",
		"https://u:%@wire.example/feed", "https://wire.example/feed#%", "https://wire.example/feed?page=%",
	})
	rapid.Check(t, func(rt *rapid.T) {
		key := secret.Draw(rt, "secret")
		address := strings.ReplaceAll(where.Draw(rt, "where"), "%", key)
		if shown := Shown(address); strings.Contains(shown, key) {
			rt.Fatalf("%s is shown as %s", address, shown)
		}
	})
}
