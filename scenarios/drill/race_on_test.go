//go:build race

package drill_test

// controlStride is how far the control runs are apart that are played. They are alike in
// what runs beside what, which is all that the race detector looks at, and take ten times
// as long under it.
const controlStride = 4
