//go:build !race

package drill_test

const (
	controlStride = 1 // how far the control runs are apart that are played: all are
	usualLed      = 4 // drills led at random
)
