//go:build !race

package pace_test

// raced says that the race detector is on.
const raced = false
