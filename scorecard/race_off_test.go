//go:build !race

package scorecard_test

// raceFactor is how many times fewer logs the tests of many judge under the race
// detector, which looks at goroutines and slows all else down.
const raceFactor = 1
