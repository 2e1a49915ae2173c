//go:build race

package pace_test

// raced says that the race detector is on. Tests in which one goroutine draws or asks
// ten thousand times have nothing for it to find, and take one case of theirs.
const raced = true
