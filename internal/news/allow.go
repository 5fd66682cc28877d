package news

import (
	"net/netip"
	"strings"
)

// Allowance is what of the networks that are not public may be asked all the same.
type Allowance struct {
	Networks []netip.Prefix `json:"networks,omitempty"`
	Hosts    []string       `json:"hosts,omitempty"` // names, whatever address they have
}

// IsZero reports whether nothing is allowed beyond what is public.
func (a Allowance) IsZero() bool { return len(a.Networks) == 0 && len(a.Hosts) == 0 }

// String lists what is allowed; two that list the same allow the same.
func (a Allowance) String() string {
	parts := append([]string{}, a.Hosts...)
	for _, network := range a.Networks {
		parts = append(parts, network.String())
	}
	return strings.Join(parts, " ")
}
