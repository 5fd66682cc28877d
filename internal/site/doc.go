// Package site says whose page a web address is: the registrable domain by the Public Suffix List
// (https://publicsuffix.org), its private part included, and on hosts that many share the path
// below which one of them lives. It compares addresses, and asks nobody.
//
//	site.Owned("https://paper.example/story", "https://feeds.paper.example/rss") // true
//	site.Owned("https://medium.com/@ana/story", "https://medium.com/feed/@ana")  // true
//	site.Owned("https://medium.com/@ana/story", "https://medium.com/feed/@bob")  // false
package site
