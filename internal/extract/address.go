package extract

// IsArticle reports whether an address may be that of an article of the site that own is an address
// of: it is not that of a list, a person or a form.
func IsArticle(address, own string) bool {
	l := lister{own: own}
	return l.isArticle(address)
}
