// Package opml reads and writes OPML 2.0, the form in which feed readers hand over lists of
// subscriptions. It keeps what it does not understand; which of the feeds become sources is left
// to cmd.
package opml
