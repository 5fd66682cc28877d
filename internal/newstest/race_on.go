//go:build race

package newstest

// raceDetector reports whether the race detector is built in. It has pools drop at random what is
// put into them, so that allocated bytes mean nothing.
const raceDetector = true
