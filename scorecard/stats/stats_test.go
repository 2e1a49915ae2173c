package stats_test

import (
	"math"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

func TestWilson(t *testing.T) {
	// The reference figures are those of R's prop.test(k, n, correct = FALSE).
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 0, 0, 1},
		{0, 10, 0, 0.2775},
		{10, 10, 0.7225, 1},
		{5, 10, 0.2366, 0.7634},
		{81, 263, 0.2553, 0.3662},
		{1, 1000, 0.0002, 0.0056},
	} {
		low, high := stats.Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("Wilson(%d, %d) = %.4f, %.4f, want %.4f, %.4f", c.k, c.n, low, high, c.low, c.high)
		}
	}
}

func TestWilsonHoldsTheShare(t *testing.T) {
	for n := 1; n < 200; n++ {
		for k := 0; k <= n; k++ {
			low, high := stats.Wilson(k, n)
			p := float64(k) / float64(n)
			if low < 0 || high > 1 || low > p || high < p {
				t.Fatalf("Wilson(%d, %d) = %v, %v", k, n, low, high)
			}
		}
	}
}

func TestEnough(t *testing.T) {
	// The figures of METRICS §4.
	for bar, want := range map[float64]int{0.90: 35, 0.95: 73, 0.99: 381, 0.999: 3838} {
		if got := int(math.Ceil(stats.Enough(bar))); got != want {
			t.Errorf("a bar of %v needs %d requests, want %d", bar, got, want)
		}
		low, _ := stats.Wilson(want, want)
		if low < bar {
			t.Errorf("%d spotless requests have the lower end %v, below %v", want, low, bar)
		}
		if low, _ := stats.Wilson(want-1, want-1); low >= bar {
			t.Errorf("%d spotless requests would do for %v", want-1, bar)
		}
	}
	if !math.IsInf(stats.Enough(1), 1) {
		t.Error("some number of requests proves 100 %")
	}
}

func TestQuantile(t *testing.T) {
	ramp := func(n int) []float64 {
		var v []float64
		for i := range n {
			v = append(v, float64(i+1))
		}
		return v
	}
	for _, c := range []struct {
		n    int
		q    float64
		want float64
	}{
		{0, 0.5, 0},
		{1, 0.5, 1},
		{1, 1, 1},
		{2, 0.5, 1},
		{3, 0.5, 2},
		{20, 0.95, 19}, // not 20: 0.95 × 20 is 19 and a hair in floating point
		{60, 0.95, 57},
		{61, 0.95, 58},
		{300, 0.99, 297},
		{100, 1, 100},
	} {
		if got := stats.Quantile(ramp(c.n), c.q); got != c.want {
			t.Errorf("quantile %v of 1…%d is %v, want %v", c.q, c.n, got, c.want)
		}
	}
}
