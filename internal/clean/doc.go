// Package clean turns an item, as its document states it, into an article: plain titles, safe
// HTML with absolute references, a canonical link, a language, dates, rights, identity and a
// fingerprint. It is pure: no clock, no network; what an article is about is left to classify,
// and whether it is new to the store.
//
// # How HTML is cleaned
//
// In one pass, without a tree:
//
//	HTML ─► lexer ─► walker ─► writer ─► content, passages, title
//
// The lexer cuts tags and text out of the input and copies nothing. The walker keeps the open
// elements on a stack and ends them where the HTML standard says that they end: an item before the
// next item, a paragraph before a block, formatting that goes on in the next paragraph. The writer
// writes one normal form and keeps beside it what that says, passage by passage, so that nobody
// has to read the article again to classify it or to tell its language.
//
// A tree, as HTML's own algorithm builds it, is bounded by nothing: 400 <b> that are never closed
// are built again in each paragraph after them, and 20 KB became 280 MB. What is kept here is in
// proportion to the input, and what is done with it too: open elements, formatting that goes on,
// blocks, and how much longer than the input the output may get all have bounds.
//
// What can't be known in one pass is decided otherwise than in a browser: text that stands in a
// table outside of its cells goes before the table only as long as nothing of the table has been
// written, and gets a cell of its own after that. Whether a table holds data or lays out a page is
// found by one look ahead at the tags of all tables.
//
// # Why the result is safe
//
// Nothing is passed on from the input but text, which is escaped, and the values of a few
// attributes, which are taken apart and written anew. Elements and attributes are the writer's
// own; isAllowed, which knows nothing of the writer, checks the whole result tag by tag, and an
// article that fails is reduced to its text. The fuzz tests hold both against bluemonday, a
// sanitizer that many sites trust: it would change nothing in what the writer makes, and nothing
// in what isAllowed lets pass. That is why it is not asked at run time.
package clean
