// Package newstest has what tests share: golden files, a fake web from txtar files, sample
// articles and a logger that writes to the test. It tests nothing itself, and only tests may
// import it.
package newstest
