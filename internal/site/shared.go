package site

// byName has domains each of whose subdomains is somebody else's, and that are not in the private
// part of the Public Suffix List. Their bare name is shared by path.
var byName = map[string]bool{
	"beehiiv.com": true, "blog.com": true, "blogia.com": true, "blogs.com": true,
	"buttondown.email": true, "canalblog.com": true, "ghost.io": true, "hypotheses.org": true,
	"jimdofree.com": true, "libsyn.com": true, "livejournal.com": true, "medium.com": true,
	"micro.blog": true, "neocities.org": true, "over-blog.com": true, "podbean.com": true,
	"posthaven.com": true, "squarespace.com": true, "substack.com": true, "tripod.com": true,
	"tumblr.com": true, "typepad.com": true, "webnode.com": true, "weebly.com": true,
	"wordpress.com": true,
}

// byPath has hosts, without www., that many share by path, and how many of its segments tell them
// apart. Beside them every public suffix that is itself a host is shared by its first segment.
var byPath = map[string]int{
	"archive.org": 2, "bsky.app": 2, "facebook.com": 1, "feeds.feedburner.com": 1,
	"feedproxy.google.com": 2, "github.com": 1, "gitlab.com": 1, "groups.google.com": 2,
	"instagram.com": 1, "issuu.com": 1, "linkedin.com": 2, "medium.com": 1, "reddit.com": 2,
	"sites.google.com": 2, "t.me": 1, "telegra.ph": 1, "threads.net": 1, "twitter.com": 1,
	"vk.com": 1, "x.com": 1, "youtube.com": 1,
}
