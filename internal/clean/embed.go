package clean

import (
	"html"
	"net/url"
	"regexp"
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
	"podcasts.apple.com": "Apple Podcasts", "twitch.tv": "Twitch",
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

// embed leaves a link in the place of a frame or player.
func (k *walker) embed(t *token) {
	if k.hidden > 0 || isUnseen(t) || isPixel(t) || k.lastFormat("a") >= 0 || k.w.hasPlenty() {
		return
	}
	src := ""
	for _, name := range []string{"src", "data-src", "data-lazy-src", "data-litespeed-src", "data"} {
		if address := resolve(k.base, t.attr(name)); src == "" && isWeb(address) {
			src = address
		}
	}
	if src == "" && (t.name == "video" || t.name == "audio") {
		ahead := k.lex.s[k.lex.pos:min(len(k.lex.s), k.lex.pos+2000)]
		if end := strings.Index(strings.ToLower(ahead), "</"+t.name); end >= 0 {
			ahead = ahead[:end]
		}
		if m := firstSource.FindStringSubmatch(ahead); m != nil {
			src = resolve(k.base, html.UnescapeString(m[1]))
		}
	}
	address, name := embedded(src)
	if address == "" {
		return
	}
	attrs := ` href="` + html.EscapeString(address) + `"`
	k.start(token{
		kind: startTag, name: "a", e: elements["a"], attrs: attrs, text: "<a" + attrs + ">",
	})
	k.text(&token{kind: textToken, text: html.EscapeString(name)})
	k.end("a")
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
