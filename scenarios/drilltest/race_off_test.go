//go:build !race

package drilltest_test

// What TestTwoHourDrill plays: enough runs to be compared, and the users that the
// scenario says.
const (
	usualRuns = 2
	usualRate = 2 // per second
)
