//go:build !race

package drilltest_test

// usualRuns of two hours: enough to be compared.
const usualRuns = 2
