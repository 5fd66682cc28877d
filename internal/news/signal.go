package news

// Signal is what a site states about the use of an article, in its own words. What it forbids is
// never passed on as allowed.
type Signal struct {
	// Name is the field, directive or file that states it, in lower case: content-usage (aipref),
	// content-signal, license (RSL), tdm-reservation and tdm-policy (TDMRep), or robots.
	Name  string `json:"name"`
	Value string `json:"value"` // as stated
	From  string `json:"from"`  // header, page or robots.txt
}
