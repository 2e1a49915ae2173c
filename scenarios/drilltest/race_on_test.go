//go:build race

package drilltest_test

// What TestTwoHourDrill plays takes ten times as long under the race detector: here
// it is played once and with half the users, who meet each fault all the same.
const (
	usualRuns = 1
	usualRate = 1 // per second
)
