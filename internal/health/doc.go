// Package health sums up what polling has taught about a source: its status in a word, why, and
// what somebody should look into. It leaves gathering the facts to ingest and showing them to cmd.
package health
