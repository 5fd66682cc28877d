package news

// Verified is what came of looking at all that is stored.
type Verified struct {
	Bytes    int64    `json:"bytes"`
	Values   int      `json:"values"` // whose checksums were compared
	Articles int      `json:"articles"`
	Changes  int      `json:"changes"`
	Faults   []string `json:"faults"`         // at most MostFaults
	More     int      `json:"more,omitempty"` // further ones
}

// MostFaults is how many faults are listed.
const MostFaults = 100

// Fault notes a fault.
func (v *Verified) Fault(text string) {
	if len(v.Faults) == MostFaults {
		v.More++
		return
	}
	v.Faults = append(v.Faults, text)
}

// Salvaged is what was saved of a damaged store.
type Salvaged struct {
	Articles int      `json:"articles"`
	Changes  int      `json:"changes"`
	Lost     int      `json:"lost"` // articles
	Heads    int      `json:"heads_lost"`
	IDs      []string `json:"lost_ids"` // of those that are lost, as far as they are known
}
