// Package newstest has what tests share: golden files, a fake web from txtar files and a
// fetcher for it, sample articles, a logger that writes to the test, and a bound on what work may
// cost. It tests nothing itself, and only tests may import it.
package newstest
