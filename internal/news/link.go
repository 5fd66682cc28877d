package news

import "strings"

// FeedAddress is the web address that a link to a feed means: feed://host/path is http, and what
// follows feed: in feed:https://host/path is meant itself. Other addresses stay as they are.
func FeedAddress(link string) string {
	link = strings.TrimSpace(link)
	const scheme = "feed:"
	if len(link) < len(scheme) || !strings.EqualFold(link[:len(scheme)], scheme) {
		return link
	}
	rest := link[len(scheme):]
	if strings.HasPrefix(rest, "//") {
		inner := strings.TrimPrefix(rest, "//")
		if before, _, found := strings.Cut(inner, "://"); found &&
			(strings.EqualFold(before, "http") || strings.EqualFold(before, "https")) {
			return inner
		}
		return "http:" + rest
	}
	return rest
}

// LinkKey is what a canonical web address is known by: two addresses with one key are one page.
// It folds what publishers vary without meaning another page: http and https, a leading www., m.,
// mobile. or amp. of the host, the marks of AMP (a path's /amp, .amp or .amp.html, the parameters
// amp and outputType=amp), and a slash at the path's end. Articles keep the address as it was
// stated. Keys are in indexes that are out: what is folded here can't change.
func LinkKey(address string) string {
	_, rest, found := strings.Cut(address, "://")
	if !found {
		return address
	}
	rest, _, _ = strings.Cut(rest, "#")
	place, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(place, "/")
	key := siteHost(host) + "/" + withoutAMP(path)
	var kept []string
	for param := range strings.SplitSeq(query, "&") {
		if param != "" && !marksAMP(strings.ToLower(param)) {
			kept = append(kept, param)
		}
	}
	if len(kept) > 0 {
		key += "?" + strings.Join(kept, "&")
	}
	return key
}

// siteHost drops the labels before a host's name that only say how the page is shown, one after
// the other, as long as a name of two labels is left.
func siteHost(host string) string {
	host = strings.ToLower(host)
	for {
		label, rest, _ := strings.Cut(host, ".")
		switch label {
		case "www", "m", "mobile", "amp":
		default:
			return host
		}
		if !strings.Contains(rest, ".") {
			return host
		}
		host = rest
	}
}

// withoutAMP drops from a path, given without its first slash, what says that it is the AMP form.
func withoutAMP(path string) string {
	path = strings.TrimRight(path, "/")
	if rest, found := strings.CutPrefix(path, "amp/"); found {
		path = rest
	}
	for _, mark := range []string{"/amp", "/amp.html", ".amp"} {
		if rest, found := strings.CutSuffix(path, mark); found {
			return strings.TrimRight(rest, "/")
		}
	}
	if rest, found := strings.CutSuffix(path, ".amp.html"); found {
		return rest + ".html"
	}
	return path
}

// marksAMP reports whether a parameter of a query, in lower case, asks for the AMP form.
func marksAMP(param string) bool {
	key, value, _ := strings.Cut(param, "=")
	switch key {
	case "amp":
		return value == "" || value == "1" || value == "true"
	case "outputtype":
		return value == "amp"
	}
	return false
}
