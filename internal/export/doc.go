// Package export writes a site as static files that any web server or CDN can serve: every document
// as the site itself answers for it, compressed beside it, with the headers that belong to it. What
// the documents are is left to the site; only what changed is written.
package export
