// Package clean turns an item, as its document states it, into an article: plain titles, safe
// HTML with absolute references, a canonical link, a language, dates, rights, identity and a
// fingerprint. It is pure: no clock, no network; what an article is about is left to classify,
// and whether it is new to the store.
package clean
