// Package stats says what follows from counts, values and sequences of yes and no,
// as METRICS has it: how sure a share is ([Wilson]), how many requests decide a bar
// ([Enough]), quantiles that were measured, and from when on all is well ([Settle]).
// It knows numbers alone.
//
//	low, high := stats.Wilson(97, 100) // 0.915, 0.990
package stats

import "math"

// Z95 is the normal deviate of a two-sided 95 % interval; its square, 3.8416, is
// the 3.84 of the rules of evidence.
const Z95 = 1.96

// Wilson gives the Wilson 95 % interval of the share k of n, 0–1. It is asked
// for nothing with n = 0, and then knows nothing: [0, 1].
func Wilson(k, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z2 = Z95 * Z95
	total := float64(n)
	p := float64(k) / total
	centre := p + z2/(2*total)
	half := Z95 * math.Sqrt(p*(1-p)/total+z2/(4*total*total))
	low = (centre - half) / (1 + z2/total)
	high = (centre + half) / (1 + z2/total)
	// Rounding may leave a spotless window a hair short of its own share.
	return math.Max(0, math.Min(low, p)), math.Min(1, math.Max(high, p))
}

// Quantile gives the q-quantile (0 < q ≤ 1) of sorted by nearest rank: always a
// value that was measured, never one between two. It is 0 for no values.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[Rank(len(sorted), q)]
}

// Rank is the index of the q-quantile of n sorted values.
func Rank(n int, q float64) int {
	// 0.95 × 60 is 57 and not a hair more.
	return min(max(int(math.Ceil(q*float64(n)-1e-9)), 1), n) - 1
}

// Nth gives the value that would stand at index k if values were sorted, which takes
// a few looks at each where sorting takes many. It moves them about.
func Nth(values []float64, k int) float64 {
	low, high := 0, len(values)-1
	for low < high {
		pivot := values[(low+high)/2]
		i, j := low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return values[k]
		}
	}
	return values[k]
}

// Enough gives the number of requests from which a measured share decides a bar
// on it: so many that a spotless window has a Wilson lower end of at least bar.
// For a max bar on a share, bar is 1 − threshold. It is +Inf for bar = 1, which
// no number of requests proves.
func Enough(bar float64) float64 {
	if bar >= 1 {
		return math.Inf(1)
	}
	return Z95 * Z95 * bar / (1 - bar)
}
