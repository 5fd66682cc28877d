// Package ingest runs a source through the flow, from its documents to stored articles, and
// decides when to look again. It leaves reading to source, deciding to the store, and when it
// runs to its callers.
package ingest
