package compare_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
)

// near says whether two chances are the same but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(a, b, 1e-300) }

func TestSignFlip(t *testing.T) {
	tests := map[string]struct {
		testimony []int
		want      float64
	}{
		"nobody":                    {nil, 1},
		"balanced":                  {[]int{1, -1}, 1},
		"one witness proves little": {[]int{40}, 1},
		"six of six (McNemar)":      {[]int{1, 1, 1, 1, 1, 1}, 2.0 / 64},
		"five of six (McNemar)":     {[]int{1, 1, -1, 1, 1, 1}, 14.0 / 64},
		"the other way round":       {[]int{-1, -1, 1, -1, -1, -1}, 14.0 / 64},
		"a crowd is one":            {[]int{1, 1, 1, 100}, 2.0 / 16},
		"who says nothing":          {[]int{0, 1, 1, 0, 1, 1, 1, 1}, 2.0 / 64},
	}
	for name, test := range tests {
		if got := compare.SignFlip(test.testimony); !near(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// All coins are thrown, one by one.
func TestSignFlipAgreesWithEveryToss(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		testimony := make([]int, 1+dice.IntN(10))
		net := 0
		for i := range testimony {
			testimony[i] = dice.IntN(9) - 4
			net += testimony[i]
		}
		extreme := 0
		for toss := range 1 << len(testimony) {
			sum := 0
			for i, d := range testimony {
				if toss>>i&1 == 1 {
					d = -d
				}
				sum += d
			}
			if max(sum, -sum) >= max(net, -net) {
				extreme++
			}
		}
		want := float64(extreme) / float64(int(1)<<len(testimony))
		if got := compare.SignFlip(testimony); !near(got, want) {
			t.Fatalf("%v: %v, want %v", testimony, got, want)
		}
	}
}

// Where the sums are too many, the approximation is about as large as what would
// come out.
func TestSignFlipOfThousands(t *testing.T) {
	const witnesses, more = 3000, 60
	testimony := make([]int, witnesses)
	for i := range testimony {
		testimony[i] = 1 - 2*(i%2)
	}
	for i := range more {
		testimony[2*i+1] = 1
	}
	got := compare.SignFlip(testimony)
	// The normal tail at 2 × 60 of a deviation of √3000.
	if want := math.Erfc((2*more - 1) / math.Sqrt(witnesses) / math.Sqrt2); got < want/1.2 || got > want*1.2 {
		t.Errorf("%v, want about %v", got, want)
	}
}

// Nineteen of twenty intervals hold the median, whatever the law.
func TestMedianInterval(t *testing.T) {
	if _, ok := compare.MedianInterval([]float64{1, 2, 3, 4, 5}); ok {
		t.Error("five values have an interval")
	}
	dice := rand.New(rand.NewPCG(2, 2))
	const median = 0.6931471805599453 // of the exponential law
	held := 0
	for range 1000 {
		values := make([]float64, 6+dice.IntN(60))
		for i := range values {
			values[i] = dice.ExpFloat64()
		}
		in, ok := compare.MedianInterval(values)
		if !ok || in.Low > in.Mid || in.Mid > in.High || !slices.Contains(values, in.Low) {
			t.Fatalf("%+v, %v of %v", in, ok, values)
		}
		if in.Low <= median && median <= in.High {
			held++
		}
	}
	if held < 940 {
		t.Errorf("%d of 1000 intervals hold the median", held)
	}
}
