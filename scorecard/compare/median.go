package compare

import (
	"math"
	"slices"
)

// An Interval is a figure and the 95 % interval around it.
type Interval struct {
	Mid  float64 `json:"mid"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// medianOf is the middle of values, of an even number of them the mean of the two in
// the middle, so that the median of what is mirrored is the mirrored median.
func medianOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// medianInterval is the median of independent values with an interval that holds
// whatever their law is: a value lies below the true median or above it as a coin
// falls, so the k-th smallest and the k-th largest have it between them unless fewer
// than k coins fall one way. Below six values no two of them are far enough apart.
func medianInterval(values []float64) (Interval, bool) {
	n := len(values)
	k := 0
	// tail is the chance of at most k coins of n one way.
	for tail := math.Pow(0.5, float64(n)); tail <= 0.025 && k < n/2; k++ {
		tail += math.Exp(logChoose(n, k+1) - float64(n)*math.Ln2)
	}
	if k == 0 {
		return Interval{}, false
	}
	sorted := slices.Sorted(slices.Values(values))
	return Interval{Mid: medianOf(sorted), Low: sorted[k-1], High: sorted[n-k]}, true
}

func logChoose(n, k int) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
