// Package lint judges feeds, anybody's: the document against RSS 2.0 and its Best Practices
// Profile, RFC 4287, JSON Feed 1.1, RFC 5005 and RFC 6721, and its server against RFC 9110 and
// RFC 3229. It says what it found and where; how that is shown is left to cmd, and what our own
// feeds must be beyond that to render.
package lint
