package news

// Condition says when a candidate may be stored, or an article withdrawn. What must hold is seen
// in the same transaction that makes the change. A candidate with a condition, even an empty one,
// is known by its guid alone: a link leads it to no stored article.
type Condition struct {
	New   bool     // there is no such article yet
	Known bool     // there is one
	OneOf []uint64 // the sequence of its newest change is one of these; nil for any
}

// Met reports whether the condition holds of the article as it stands; nil if there is none.
func (c Condition) Met(known *Entry) bool {
	if known == nil {
		return !c.Known && c.OneOf == nil
	}
	if c.New {
		return false
	}
	for _, seq := range c.OneOf {
		if seq == known.Seq {
			return true
		}
	}
	return c.OneOf == nil
}
