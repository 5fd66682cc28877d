// Package archtest holds the shape of the program as a test: who may import whom, how long things
// may get, and that the tour in internal/doc.go names every package. It reads the sources itself,
// in the test process: what a child process reads would be unknown to go's cache of test results.
package archtest
