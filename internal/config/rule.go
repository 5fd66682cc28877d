package config

import (
	"os"

	"github.com/teletipo/teletipo/internal/news"
)

// ReadRule reads a file that has the selectors of a page, as they stand below `selectors` in a file
// of sources. The error lists every fault with its line and column.
func ReadRule(file string) (rule news.PageRule, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return rule, news.Errorf(news.NotFound, "%s: %s", file, reason(err))
	}
	l := &loader{}
	r := l.reader(file, "")
	if root := r.parse(data); root != nil {
		selectors(&rule).read(r, root)
	}
	if len(l.faults) > 0 {
		return rule, l.faults
	}
	return rule, nil
}
