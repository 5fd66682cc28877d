// Package desk is what the people who run teletipo can ask and order: ingest, explain, list,
// withdraw. It answers in the process that owns the data directory and, over a Unix socket in
// that directory, to every other one; how things are done it leaves to the flow and the store.
package desk
