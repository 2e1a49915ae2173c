//go:build !race

package mockllm_test

// raced says that the race detector is on.
const raced = false
