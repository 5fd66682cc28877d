package extract

import (
	"cmp"
	"encoding/json"
	"html"
	"strconv"
	"strings"
)

// Bounds on JSON-LD (schema.org), in bytes and in objects that are looked at.
const (
	maxData    = 512 << 10
	maxObjects = 5_000
)

// story is what JSON-LD says of a page's article. Texts are plain.
type story struct {
	found     bool
	title     string
	summary   string
	body      string // articleBody
	lang      string
	url       string
	published string
	modified  string
	authors   []string
	tags      []string
	image     picture
}

// picture is an image with what is said of it.
type picture struct {
	url, caption, kind string
	width, height      int
}

// stories are the types of schema.org that are articles.
var stories = wordSet(`
	Article NewsArticle AnalysisNewsArticle AskPublicNewsArticle BackgroundNewsArticle
	OpinionNewsArticle ReportageNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting Report
	SatiricalArticle ScholarlyArticle SocialMediaPosting TechArticle SpecialAnnouncement
	PressRelease
`)

// objectsOf lists the objects of JSON-LD scripts, those within others after them. What is no JSON
// is passed over.
func objectsOf(scripts []string) (objects []map[string]any) {
	size := 0
	for _, script := range scripts {
		if size += len(script); size > maxData {
			break
		}
		var value any
		if json.Unmarshal([]byte(repaired(script)), &value) != nil {
			continue
		}
		queue := []any{value}
		for len(queue) > 0 && len(objects) < maxObjects {
			switch v := queue[0].(type) {
			case []any:
				queue = append(queue, v...)
			case map[string]any:
				objects = append(objects, v)
				for _, key := range []string{
					"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart",
					"blogPost", "liveBlogUpdate",
				} {
					if inner, ok := v[key]; ok {
						queue = append(queue, inner)
					}
				}
			}
			queue = queue[1:]
		}
	}
	return objects
}

// repaired is a script without what sites put around JSON, and with spaces for the control
// characters that they forget to escape.
func repaired(script string) string {
	script = strings.TrimSpace(script)
	for _, frame := range [][2]string{
		{"<!--", "-->"}, {"//<![CDATA[", "//]]>"}, {"<![CDATA[", "]]>"},
	} {
		script = strings.TrimSuffix(strings.TrimPrefix(script, frame[0]), frame[1])
	}
	script = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, script)
	return strings.TrimRight(strings.TrimSpace(script), ";")
}

// isOf reports whether an object is of one of some types.
func isOf(object map[string]any, types map[string]bool) bool {
	for _, name := range texts(object["@type"]) {
		if types[name[strings.LastIndexByte(name, '/')+1:]] {
			return true
		}
	}
	return false
}

// storyOf finds the article that a page is about: the one whose title or address is the page's,
// else the first.
func storyOf(scripts []string, m *meta) story {
	var best story
	own := folded(cmp.Or(m.first("og:title"), m.title))
	for _, object := range objectsOf(scripts) {
		if !isOf(object, stories) {
			continue
		}
		s := readStory(object)
		title := folded(s.title)
		fits := title != "" && (strings.Contains(own, title) || strings.Contains(title, own)) ||
			s.url != "" && s.url == m.links["canonical"]
		if fits {
			return s
		}
		if !best.found {
			best = s
		}
	}
	return best
}

func readStory(o map[string]any) story {
	s := story{
		found:   true,
		title:   plainText(text(o["headline"]), text(o["name"])),
		summary: plainText(text(o["description"])),
		body:    cmp.Or(text(o["articleBody"]), text(o["text"])),
		lang:    cmp.Or(text(o["inLanguage"]), text(under(o["inLanguage"], "alternateName"))),
		url: cmp.Or(text(o["url"]), text(o["mainEntityOfPage"]),
			text(under(o["mainEntityOfPage"], "@id"))),
		published: cmp.Or(text(o["datePublished"]), text(o["dateCreated"])),
		modified:  text(o["dateModified"]),
		image:     pictureOf(o["image"]),
	}
	for _, author := range list(o["author"]) {
		if name := plainText(text(author), text(under(author, "name"))); name != "" {
			s.authors = append(s.authors, name)
		}
	}
	for _, words := range texts(o["keywords"]) {
		for word := range strings.SplitSeq(words, ",") {
			if word = strings.TrimSpace(word); word != "" && !strings.Contains(word, ":") {
				s.tags = append(s.tags, word)
			}
		}
	}
	return s
}

// pictureOf reads an image: an address, an ImageObject, or a list of them.
func pictureOf(v any) picture {
	for _, image := range list(v) {
		p := picture{
			url:     cmp.Or(text(image), text(under(image, "url")), text(under(image, "contentUrl"))),
			caption: plainText(text(under(image, "caption"))),
			width:   number(under(image, "width")), height: number(under(image, "height")),
		}
		if p.url != "" {
			return p
		}
	}
	return picture{}
}

// list is a value as a list: of one if it is none.
func list(v any) []any {
	if values, ok := v.([]any); ok {
		return values
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

// texts lists the texts of a value.
func texts(v any) (all []string) {
	for _, value := range list(v) {
		if s := text(value); s != "" {
			all = append(all, s)
		}
	}
	return all
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func under(v any, key string) any {
	if object, ok := v.(map[string]any); ok {
		return object[key]
	}
	return nil
}

func number(v any) int {
	if object := under(v, "value"); object != nil {
		v = object
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text(v)), "px"))
	if err != nil || n < 0 || n > 99_999 {
		return 0
	}
	return n
}

// plainText is the first text of several that is not empty, its character references resolved.
func plainText(all ...string) string {
	return strings.Join(strings.Fields(html.UnescapeString(cmp.Or(all...))), " ")
}
