package news

import "testing"

func TestLinkKeyIsForEver(t *testing.T) {
	// These keys are in indexes that are out. Every address of a line is one page.
	for want, addresses := range map[string][]string{
		"news.example/2026/03/02/flood": {
			"https://news.example/2026/03/02/flood",
			"http://news.example/2026/03/02/flood",
			"https://www.news.example/2026/03/02/flood",
			"http://m.news.example/2026/03/02/flood",
			"https://mobile.news.example/2026/03/02/flood",
			"https://amp.news.example/2026/03/02/flood",
			"https://www.m.news.example/2026/03/02/flood",
			"https://WWW.News.Example/2026/03/02/flood",
			"https://news.example/2026/03/02/flood/",
			"https://news.example/2026/03/02/flood/amp",
			"https://news.example/2026/03/02/flood/amp/",
			"https://news.example/2026/03/02/flood/amp.html",
			"https://news.example/2026/03/02/flood.amp",
			"https://news.example/amp/2026/03/02/flood",
			"https://news.example/2026/03/02/flood?amp",
			"https://news.example/2026/03/02/flood?amp=1",
			"https://news.example/2026/03/02/flood/?outputType=amp",
			"https://news.example/2026/03/02/flood?amp=true#top",
		},
		"news.example/a.html":         {"https://news.example/a.html", "https://news.example/a.amp.html"},
		"news.example/a?id=7&p=2":     {"https://m.news.example/a?id=7&amp=1&p=2"},
		"news.example/":               {"https://www.news.example", "http://news.example/"},
		"news.example:8080/a":         {"http://news.example:8080/a"},
		"news.example/a?amp=0":        {"https://news.example/a?amp=0"},
		"news.example/a?outputType=x": {"https://news.example/a?outputType=x"},
		"news.example/a?m=202603":     {"https://news.example/a?m=202603"},
		"news.example/stamp":          {"https://news.example/stamp"},
		"news.example/champ/amplify":  {"https://news.example/champ/amplify"},
		"m.example/a":                 {"https://m.example/a", "https://www.m.example/a"},
		"es.news.example/a":           {"https://es.news.example/a"},
		"mx.news.example/A":           {"https://mx.news.example/A"},
		"":                            {""},
		"urn:isbn:1":                  {"urn:isbn:1"},
	} {
		for _, address := range addresses {
			if got := LinkKey(address); got != want {
				t.Errorf("LinkKey(%q) = %q, want %q", address, got, want)
			}
		}
	}
}

func TestFeedAddress(t *testing.T) {
	for link, want := range map[string]string{
		"https://a.example/feed":            "https://a.example/feed",
		" feed://a.example/feed?x=1 ":       "http://a.example/feed?x=1",
		"feed:https://a.example/feed":       "https://a.example/feed",
		"FEED:http://a.example/feed":        "http://a.example/feed",
		"feed://https://a.example/feed":     "https://a.example/feed",
		"feed://a.example/to?u=https://b.c": "http://a.example/to?u=https://b.c",
		"feed":                              "feed",
		"feed:":                             "",
	} {
		if got := FeedAddress(link); got != want {
			t.Errorf("%q means %q, want %q", link, got, want)
		}
	}
}
