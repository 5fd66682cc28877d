package serve

import (
	"strings"
)

// Degraded is why a daemon that serves its readers does not do all of its work: one line each.
type Degraded []string

// Error lists the reasons.
func (d Degraded) Error() string { return strings.Join(d, "\n") }
