package clean

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/teletipo/teletipo/internal/news"
)

// halves match two references to the halves that UTF-16 writes a character beyond the first plane
// in, such as an emoji. No reference may name a half, but programs that count in UTF-16 write them.
var halves = regexp.MustCompile(
	`(?i)&#(xd[89ab][0-9a-f]{2}|5[56][0-9]{3});&#(xd[c-f][0-9a-f]{2}|5[67][0-9]{3});`)

// joinHalves makes characters of references to their halves in an item's texts.
func joinHalves(item *news.Item) {
	for _, text := range []*string{&item.Title, &item.Summary, &item.Content} {
		if strings.Contains(*text, ";&#") {
			*text = halves.ReplaceAllStringFunc(*text, func(pair string) string {
				m := halves.FindStringSubmatch(pair)
				if r := utf16.DecodeRune(half(m[1]), half(m[2])); r != '\ufffd' {
					return string(r)
				}
				return pair
			})
		}
	}
}

// half reads the number of a reference, which is hexadecimal after an x.
func half(digits string) rune {
	base := 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, _ := strconv.ParseInt(digits, base, 32) // it has no more than five digits
	return rune(n)
}
