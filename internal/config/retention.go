package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// How long articles may be kept: longer than subscription documents and deltas reach back, or for
// good.
const (
	leastKept = 8
	mostKept  = 100 * 365
)

// keeping reads how long articles are kept: days as 400d, or a duration; 0 for good.
func keeping(s string) (time.Duration, error) {
	const day = 24 * time.Hour
	days, whole := strings.CutSuffix(s, "d")
	n, err := strconv.ParseUint(days, 10, 16)
	d := time.Duration(n) * day
	if !whole || err != nil {
		d, err = time.ParseDuration(s)
	}
	if err != nil {
		return 0, fmt.Errorf("%q is no time to keep articles: want one such as 400d, or 0s for good", s)
	}
	if d != 0 && d < leastKept*day || d > mostKept*day {
		return 0, fmt.Errorf("%s is out of range: want %dd to %dd, or 0s for good", s,
			leastKept, mostKept)
	}
	return d, nil
}

// kept reads one such time.
func kept(dst *time.Duration) value {
	v := parsed(dst, keeping)
	pattern, _ := v.shape["pattern"].(string)
	v.shape["pattern"] = "^[0-9]{1,5}d$|" + pattern
	return v
}

// keepings reads how long articles are kept of sources, or of topics, by id.
func keepings(dst *map[string]time.Duration) value {
	v := keyed(kept(new(time.Duration)).shape, func(r *reader, id string, _, n ast.Node) {
		d := time.Duration(-1)
		if kept(&d).read(r, n); d < 0 {
			return
		}
		if *dst == nil {
			*dst = map[string]time.Duration{}
		}
		(*dst)[id] = d
	})
	v.now = func() any { return plainly(*dst) }
	return v
}
