//go:build race

package drilltest_test

// usualRuns of two hours: one, for each takes ten times as long under the race
// detector.
const usualRuns = 1
