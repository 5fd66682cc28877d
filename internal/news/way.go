package news

// Way is the best way to read what is at an address, and what was tried to find it.
type Way struct {
	Kind  SourceKind `json:"kind"`
	URL   string     `json:"url"`
	Why   string     `json:"why"`
	Tried []Tried    `json:"tried"`
}

// Tried is an address that was asked for in a search for the best way.
type Tried struct {
	Address string `json:"address"`
	Status  int    `json:"status,omitempty"` // HTTP, 0 if there was no answer
	What    string `json:"what"`             // it is, or the error
}
