package clean

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What an article embeds is not passed on, but never lost without a trace: it leaves a link with
// the name of the service that has it.

// names are those of services, by the host that their frames come from.
var names = map[string]string{
	"youtube.com": "YouTube", "youtube-nocookie.com": "YouTube", "player.vimeo.com": "Vimeo",
	"dailymotion.com": "Dailymotion", "open.spotify.com": "Spotify", "soundcloud.com": "SoundCloud",
	"facebook.com": "Facebook", "instagram.com": "Instagram", "twitter.com": "X", "x.com": "X",
	"tiktok.com": "TikTok", "datawrapper.dwcdn.net": "Datawrapper", "flo.uri.sh": "Flourish",
	"infogram.com": "Infogram", "google.com": "Google", "documentcloud.org": "DocumentCloud",
	"scribd.com": "Scribd", "ivoox.com": "iVoox", "streamable.com": "Streamable",
	"podcasts.apple.com": "Apple Podcasts", "gist.github.com": "GitHub", "flourish.studio": "Flourish",
	"vimeo.com": "Vimeo", "twitch.tv": "Twitch",
}

// frames are addresses of frames whose service has a page for what they show.
var frames = []struct {
	name  string
	frame *regexp.Regexp // of the path
	page  string
}{
	{
		"YouTube", regexp.MustCompile(`^/(?:embed|v)/([\w-]{6,20})`),
		"https://www.youtube.com/watch?v=$1",
	},
	{"Vimeo", regexp.MustCompile(`^/video/(\d+)`), "https://vimeo.com/$1"},
	{
		"Dailymotion", regexp.MustCompile(`^/embed/video/(\w+)`),
		"https://www.dailymotion.com/video/$1",
	},
	{"Spotify", regexp.MustCompile(`^/embed(?:-podcast)?/(\w+/\w+)`), "https://open.spotify.com/$1"},
}

// noPage are parts of addresses of frames that show nothing: counters, buttons, advertisements.
var noPage = []string{
	"googletagmanager.com/", "doubleclick.net/", "googlesyndication.com/", "/plugins/like.php",
	"/plugins/follow", "/plugins/share_button", "platform.twitter.com/widgets/follow_button",
	"recaptcha", ".swf",
}

// adHost matches hosts that only sell or count.
var adHost = regexp.MustCompile(
	`^(?:ads?|adv|adserv\w*|banners?|pixel|track\w*|stats|analytics|sync)\d*[.-]`)

// firstSource finds the first address that a player has beside it.
var firstSource = regexp.MustCompile(`(?i)<source\b[^<>]*?\ssrc\s*=\s*["']?([^"'\s<>]+)`)

// embed leaves a link in the place of a frame, a player, or what a script makes one of.
func (k *walker) embed(t *token) {
	if k.hidden > 0 {
		return
	}
	if t.name == "amp-img" {
		k.enter()
		k.image(t)
		return
	}
	src := ""
	switch t.name {
	case "iframe", "embed", "video", "audio", "object", "amp-iframe", "amp-video", "amp-audio":
		src = k.frameSource(t)
	default:
		src = k.scripted(t)
	}
	if src == "" {
		return
	}
	address, name := embedded(src)
	if address == "" || isUnseen(t) || isPixel(t) || k.lastFormat("a") >= 0 || k.w.hasPlenty() {
		return
	}
	attrs := ` href="` + html.EscapeString(address) + `"`
	k.start(token{
		kind: startTag, name: "a", e: elements["a"], attrs: attrs, text: "<a" + attrs + ">",
	})
	k.text(&token{kind: textToken, text: html.EscapeString(name)})
	k.end("a")
}

// frameSource is the address of what a frame or player shows.
func (k *walker) frameSource(t *token) string {
	for _, name := range []string{"src", "data-src", "data-lazy-src", "data-litespeed-src", "data"} {
		if address := resolve(k.base, t.attr(name)); isWeb(address) {
			return address
		}
	}
	if strings.HasSuffix(t.name, "video") || strings.HasSuffix(t.name, "audio") {
		if m := firstSource.FindStringSubmatch(k.ahead(t.name)); m != nil {
			return resolve(k.base, html.UnescapeString(m[1]))
		}
	}
	return ""
}

// ahead is what stands in the element whose start tag was just read, as far as it is looked at.
func (k *walker) ahead(name string) string {
	ahead := k.lex.s[k.lex.pos:min(len(k.lex.s), k.lex.pos+2000)]
	if end := strings.Index(strings.ToLower(ahead), "</"+name); end >= 0 {
		return ahead[:end]
	}
	return ahead
}

// scripts are elements that a script makes a player or frame of: by their name or class, the
// attribute that says what they show, and its page.
var scripts = []struct{ name, attr, page string }{
	{"amp-youtube", "data-videoid", "https://www.youtube.com/watch?v="},
	{"lite-youtube", "videoid", "https://www.youtube.com/watch?v="},
	{"amp-vimeo", "data-videoid", "https://vimeo.com/"},
	{"amp-dailymotion", "data-videoid", "https://www.dailymotion.com/video/"},
	{"amp-twitter", "data-tweetid", "https://twitter.com/i/status/"},
	{"twitter-tweet", "data-tweet-id", "https://twitter.com/i/status/"},
	{"amp-instagram", "data-shortcode", "https://www.instagram.com/p/"},
	{"amp-facebook", "data-href", ""},
	{"instagram-media", "data-instgrm-permalink", ""},
	{"tiktok-embed", "cite", ""},
	{"fb-post", "data-href", ""},
	{"fb-video", "data-href", ""},
	{"flourish-embed", "data-src", "https://public.flourish.studio/"},
	{"infogram-embed", "data-id", "https://infogram.com/"},
	{"", "data-oembed-url", ""},
	{"oembed", "url", ""},
}

// scripted is the page of what a script would show in the place of an element, if nothing in it
// links to that.
func (k *walker) scripted(t *token) string {
	if t.name == "script" {
		src := resolve(k.base, t.attr("src"))
		if strings.HasPrefix(src, "https://gist.github.com/") {
			return strings.TrimSuffix(src, ".js")
		}
		page, isChart := strings.CutSuffix(src, "embed.js")
		if !isChart || !strings.HasPrefix(src, "https://datawrapper.dwcdn.net/") {
			return ""
		}
		return page
	}
	if t.attrs == "" {
		return ""
	}
	for _, s := range scripts {
		if !strings.Contains(t.attrs, s.attr) || s.name != t.name && s.name != "" &&
			!slices.Contains(strings.Fields(t.attr("class")), s.name) {
			continue
		}
		if shows := t.attr(s.attr); shows != "" && !strings.Contains(k.ahead(t.name), "<a ") {
			return resolve(k.base, s.page+shows)
		}
	}
	return ""
}

// embedded returns the page of what a frame or player shows, and the name of its service, else of
// its host; nothing if it shows nothing.
func embedded(src string) (address, name string) {
	u, err := url.Parse(src)
	if err != nil || !isWeb(src) || u.Host == "" || isTracker(src) {
		return "", ""
	}
	for _, part := range noPage {
		if strings.Contains(strings.ToLower(src), part) && !strings.Contains(u.Host, "youtube") {
			return "", ""
		}
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if adHost.MatchString(host) {
		return "", ""
	}
	for part := host; part != ""; _, part, _ = strings.Cut(part, ".") {
		if name = names[part]; name != "" {
			break
		}
	}
	for _, f := range frames {
		if m := f.frame.FindStringSubmatchIndex(u.Path); f.name == name && m != nil {
			return string(f.frame.ExpandString(nil, f.page, u.Path, m)), name
		}
	}
	if name != "" {
		return src, name
	}
	return src, host
}
