//go:build race

package drill_test

// Under the race detector a drill takes ten times as long, and those of one test are alike
// in what runs beside what, which is all that it looks at.
const (
	controlStride = 4 // how far the control runs are apart that are played
	usualLed      = 1 // drills led at random
)
