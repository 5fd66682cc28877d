package clean

import (
	"net/url"
	"slices"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// authors cleans a list of authors: mail addresses parted from names, each name once, with the
// first address that is known for it, those without name or address left out.
func authors(stated []news.Author, base *url.URL) []news.Author {
	var list []news.Author
	for _, s := range stated {
		name, mail := splitMail(plain(s.Name))
		if mail == "" {
			_, mail = splitMail(plain(s.Email))
		}
		a := news.Author{Name: clip(withoutBy(name), maxName), Email: mail}
		if u := resolve(base, s.URL); isWeb(u) {
			a.URL = u
		}
		if a.Name == "" {
			a.Name = a.Email
		}
		if a.Name == "" || isNobody(a.Name) {
			continue
		}
		i := slices.IndexFunc(list, func(b news.Author) bool { return strings.EqualFold(a.Name, b.Name) })
		if i < 0 {
			list = append(list, a)
		} else {
			list[i].URL = firstOf(list[i].URL, a.URL)
			list[i].Email = firstOf(list[i].Email, a.Email)
		}
		if len(list) == maxAuthors {
			break
		}
	}
	return list
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// splitMail parts "name <mail>", "name (mail)", "mail (name)", "mail" or a name alone.
func splitMail(s string) (name, mail string) {
	name = strings.TrimSpace(s)
	first, rest, _ := strings.Cut(strings.TrimPrefix(name, "mailto:"), " ")
	if first = strings.Trim(first, "<>,;:"); isMail(first) {
		rest = strings.TrimSpace(rest)
		if inner, ok := strings.CutPrefix(rest, "("); ok {
			rest = strings.TrimSuffix(inner, ")")
		}
		return strings.TrimSpace(rest), first
	}
	if i := strings.LastIndexAny(name, " <"); i >= 0 {
		if last := strings.Trim(name[i:], " <>()"); isMail(last) {
			return strings.Trim(name[:i], " \"'"), last
		}
	}
	return name, ""
}

// isMail reports whether s looks like a mail address, to part it from a name; no more than that.
func isMail(s string) bool {
	local, host, found := strings.Cut(s, "@")
	return found && local != "" && strings.Contains(host, ".") && len(s) <= 254 &&
		!strings.HasPrefix(host, ".") && !strings.HasSuffix(host, ".") &&
		!strings.ContainsAny(s, " \"'<>()[],;:\\") && strings.Count(s, "@") == 1
}

// withoutBy drops the word that a byline begins with.
func withoutBy(name string) string {
	for _, by := range []string{"By ", "by ", "BY ", "Por ", "por ", "POR "} {
		if rest, ok := strings.CutPrefix(name, by); ok {
			return strings.TrimSpace(rest)
		}
	}
	return name
}

var nameParts = strings.NewReplacer("-", "", "_", "", ".", "")

// isNobody reports whether a program signed, not a person or an office.
func isNobody(name string) bool {
	local, _, isAddress := strings.Cut(strings.ToLower(name), "@")
	local = nameParts.Replace(local)
	return isAddress && (local == "noreply" || local == "donotreply") ||
		local == "admin" || local == "unknown" || local == "anonymous"
}

// tags cleans a list of tags: each once, short, no more than maxTags.
func tags(stated []string) []string {
	var list []string
	for _, s := range stated {
		tag := clip(strings.Trim(plain(s), "#,; "), maxTag)
		same := func(t string) bool { return strings.EqualFold(t, tag) }
		if tag == "" || slices.ContainsFunc(list, same) {
			continue
		}
		if list = append(list, tag); len(list) == maxTags {
			break
		}
	}
	return list
}

// media cleans a list of media: absolute web addresses, each once.
func media(stated []news.Media, base *url.URL) []news.Media {
	var list []news.Media
	for _, m := range stated {
		m.URL = resolve(base, m.URL)
		same := func(n news.Media) bool { return n.URL == m.URL }
		if !isWeb(m.URL) || isTracker(m.URL) || slices.ContainsFunc(list, same) {
			continue
		}
		m.Type = mediaType(m.Type)
		m.Length = max(0, m.Length)
		m.Title = clip(plain(m.Title), maxName)
		if list = append(list, m); len(list) == maxMedia {
			break
		}
	}
	return list
}

// mediaType returns a media type without its parameters, empty if it is none.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	major, minor, found := strings.Cut(s, "/")
	for _, part := range []string{major, minor} {
		for i := range len(part) {
			if !isAlnum(part[i]) && strings.IndexByte("!#$&-^_.+", part[i]) < 0 {
				return ""
			}
		}
	}
	if !found || major == "" || minor == "" || len(s) > 127 {
		return ""
	}
	return s
}
