package faults_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/seed-76a9de92/brownout/faults"
)

// TestDrawStaysTheSame pins the draws: changing them changes the luck of every
// user in every scenario that was ever played.
func TestDrawStaysTheSame(t *testing.T) {
	for _, c := range []struct {
		seed       uint64
		key, nonce string
		attempt    int
		want       string
	}{
		{0, "", "", 1, "0.445230905"},
		{7, "surge/primary/rate_limit", "lofimake", 1, "0.161378301"},
		{7, "surge/primary/rate_limit", "lofimake", 2, "0.203625762"},
		{8, "surge/primary/rate_limit", "lofimake", 1, "0.516419089"},
		{7, "surge/primary/rate_limit", "", 1, "0.019415843"},
	} {
		if got := fmt.Sprintf("%.9f", faults.Draw(c.seed, c.key, c.nonce, c.attempt)); got != c.want {
			t.Errorf("Draw(%d, %q, %q, %d) = %s, want %s", c.seed, c.key, c.nonce, c.attempt, got, c.want)
		}
	}
}

// TestDrawsAreUniformAndIndependent counts pairs of draws that differ in one
// argument alone in the cells of a 16×16 board. χ² with 255 degrees of freedom is
// below 330.5 in 99.9 % of cases; each pair of columns is a new case.
func TestDrawsAreUniformAndIndependent(t *testing.T) {
	const n, side, limit = 1 << 14, 16, 330.5
	pairs := map[string]func(i int) (a, b float64){
		"seeds": func(i int) (float64, float64) {
			return faults.Draw(1, "k", nonce(i), 1), faults.Draw(2, "k", nonce(i), 1)
		},
		"keys": func(i int) (float64, float64) {
			return faults.Draw(1, "k1", nonce(i), 1), faults.Draw(1, "k2", nonce(i), 1)
		},
		"nonces": func(i int) (float64, float64) {
			return faults.Draw(1, "k", nonce(2*i), 1), faults.Draw(1, "k", nonce(2*i+1), 1)
		},
		"attempts": func(i int) (float64, float64) {
			return faults.Draw(1, "k", nonce(i), 1), faults.Draw(1, "k", nonce(i), 2)
		},
		"requests without nonce": func(i int) (float64, float64) {
			return faults.Draw(1, "k", "", 2*i+1), faults.Draw(1, "k", "", 2*i+2)
		},
		"providers": func(i int) (float64, float64) {
			f := &faults.Fault{Key: "k"}
			return faults.Window{Fault: f, Provider: "a"}.Draw(1, nonce(i), 1), faults.Window{Fault: f, Provider: "b"}.Draw(1, nonce(i), 1)
		},
		// What moves from one argument into the next must not stay the same draw.
		"borders": func(i int) (float64, float64) {
			return faults.Draw(1, "kx", nonce(i), 1), faults.Draw(1, "k", "x"+nonce(i), 1)
		},
	}
	for name, pair := range pairs {
		var cells [side][side]float64
		for i := range n {
			a, b := pair(i)
			if a < 0 || a >= 1 || b < 0 || b >= 1 {
				t.Fatalf("%s: draws %v and %v are not in [0, 1)", name, a, b)
			}
			cells[int(a*side)][int(b*side)]++
		}
		chi2, want := 0.0, float64(n)/(side*side)
		for _, row := range cells {
			for _, got := range row {
				chi2 += (got - want) * (got - want) / want
			}
		}
		if chi2 > limit {
			t.Errorf("%s: χ² = %.1f, want at most %.1f", name, chi2, limit)
		}
	}
}

// TestShareOfRequests holds a share of 30 % over 2,000 requests against its exact
// 99.9 % interval, with nonces and without.
func TestShareOfRequests(t *testing.T) {
	const n, share = 2000, 0.3
	low, high := binomial(n, share, 0.001)
	for seed := range uint64(10) {
		for _, anonymous := range []bool{false, true} {
			in, hits := injector(seed, window("f", "server_error", share))
			for i := range n {
				if anonymous {
					get(in, "chat")
				} else {
					get(in, "chat", "X-Nonce", nonce(i))
				}
			}
			if got := len(*hits); got < low || got > high {
				t.Errorf("seed %d, anonymous %v: %d of %d requests were hit, want %d to %d", seed, anonymous, got, n, low, high)
			}
		}
	}
}

// binomial gives the smallest interval that leaves at most half of alpha beyond
// each end.
func binomial(n int, p, alpha float64) (low, high int) {
	ln, _ := math.Lgamma(float64(n + 1))
	chance := func(k int) float64 {
		lk, _ := math.Lgamma(float64(k + 1))
		lr, _ := math.Lgamma(float64(n - k + 1))
		return math.Exp(ln - lk - lr + float64(k)*math.Log(p) + float64(n-k)*math.Log(1-p))
	}
	high = n
	for tail := chance(low); tail <= alpha/2; tail += chance(low) {
		low++
	}
	for tail := chance(high); tail <= alpha/2; tail += chance(high) {
		high--
	}
	return low, high
}

func nonce(i int) string { return fmt.Sprintf("nonce%d", i) }
