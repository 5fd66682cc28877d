// Package extract finds the article in a web page: its text without what stands around it, its
// title, authors, dates, language and lead image. It leaves it to package clean to make the HTML
// of it safe.
//
//	item, err := extract.Article(news.Document{URL: address, Body: page})
//
// # How the text is found
//
// A page becomes a tree under a budget of bytes, elements and depth (tree.go), in one pass whose
// time and memory follow the input. The tree is read as runs (runs.go): pieces of text that stand
// in a block by themselves, a paragraph for one, each with how much of it is links. Elements that
// call themselves a menu, a comment, an advertisement are left out, unless most of the text is in
// them (names.go).
//
// The article is in the element that the page marks as its text, or else in the one that is
// reached by going from the body to the child with most of the text for as long as there is one
// (score.go). In it, what stands above the first paragraph, links to other articles with their
// teasers, calls to follow, and what stands below the last sentence are taken out (residue.go).
// What JSON-LD says is the text is a second look at both ends (alike.go).
//
// # What is no article
//
// A test for people, an error, a soft 404, a search that found nothing, a wall of cookies or of
// subscriptions, a list of articles, and a page whose text a script writes are refused with an
// error that says which of them it is (refuse.go).
package extract
