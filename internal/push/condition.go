package push

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/teletipo/teletipo/internal/news"
)

// tag is the strong ETag of an article as it stands: its revision, for people, and the sequence
// of its newest change, with the epoch that it is of.
func (p *pushing) tag(e *news.Entry) string {
	return fmt.Sprintf(`"r%d-%s%d"`, e.Revision, news.EpochText(p.Epoch), e.Seq)
}

// tagForm is one entity tag (RFC 9110, section 8.8.3), with what tag writes in it.
var tagForm = regexp.MustCompile(
	`^(W/)?"(?:r[0-9]+-([0-9a-z]+\.)?([0-9]+)|[\x21\x23-\x7e\x80-\xff]*)"$`)

// condition reads what a request that changes something makes its condition (RFC 9110, section
// 13.1). If-Match compares strongly: a weak tag matches nothing.
func (p *pushing) condition(r *http.Request) (cond news.Condition, trouble *problem) {
	if match := field(r, "If-Match"); match == "*" {
		cond.Known = true
	} else if match != "" {
		cond.Known, cond.OneOf = true, []uint64{}
		for tag := range strings.SplitSeq(match, ",") {
			m := tagForm.FindStringSubmatch(strings.TrimSpace(tag))
			if m == nil {
				return cond, wrong(http.StatusBadRequest,
					"If-Match: "+strconv.Quote(tag)+" is no entity tag: want it with its quotes")
			}
			seq, err := strconv.ParseUint(m[3], 10, 64)
			if err == nil && m[1] == "" && m[2] == news.EpochText(p.Epoch) {
				cond.OneOf = append(cond.OneOf, seq)
			}
		}
	}
	switch none := field(r, "If-None-Match"); none {
	case "":
	case "*":
		cond.New = true
	default:
		return cond, wrong(http.StatusBadRequest,
			"If-None-Match: only * can stand here, to store nothing but a new article")
	}
	return cond, nil
}

// current reports whether a reader that asks has the article as it stands (If-None-Match, which
// compares weakly).
func current(r *http.Request, tag string) bool {
	none := field(r, "If-None-Match")
	for t := range strings.SplitSeq(none, ",") {
		if strings.TrimPrefix(strings.TrimSpace(t), "W/") == tag {
			return true
		}
	}
	return none == "*"
}

// field joins all lines of a header field.
func field(r *http.Request, name string) string {
	return strings.TrimSpace(strings.Join(r.Header.Values(name), ","))
}
