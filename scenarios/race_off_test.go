//go:build !race

package scenarios_test

// stride is how many keys TestEveryKeyHasAnEffect goes on at a time: it takes each.
const stride = 1
