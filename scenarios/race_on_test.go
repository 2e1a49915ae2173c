//go:build race

package scenarios_test

// stride is how many keys TestEveryKeyHasAnEffect goes on at a time. A scenario is
// loaded by one goroutine, in which there is nothing to race: some will do.
const stride = 12
