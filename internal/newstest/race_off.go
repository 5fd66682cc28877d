//go:build !race

package newstest

const raceDetector = false
