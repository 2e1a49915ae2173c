//go:build !race

package drill_test

// controlStride is how far the control runs are apart that are played: all are.
const controlStride = 1
