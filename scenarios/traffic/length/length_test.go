package length_test

import (
	"math"
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
)

// drawn are the prompts and answers of so many requests, in order of length.
func drawn(l length.Lengths, n int) (in, out []int) {
	for i := range n {
		t := l.Of(7, "chat", i)
		in, out = append(in, t.In), append(out, t.Out)
	}
	slices.Sort(in)
	slices.Sort(out)
	return in, out
}

func mean(of []int) float64 {
	sum := 0
	for _, n := range of {
		sum += n
	}
	return float64(sum) / float64(len(of))
}

// What is drawn has the percentiles and the mean that it says.
func TestDrawnAsSaid(t *testing.T) {
	table := length.Dist{Table: []float64{2, 29, 181, 207, 387, 403, 703, 1020, 1071, 1130, 1315, 2734, 4083, 4142, 6179, 14050}}
	for name, d := range map[string]length.Dist{
		"log-normal": length.LogNormal(130, 600), "always the same": length.LogNormal(42, 42), "a table": table,
	} {
		const n = 100_000
		in, _ := drawn(length.Lengths{In: d}, n)
		for _, share := range []float64{0.05, 0.25, 0.5, 0.75, 0.95, 0.99} {
			if got, want := float64(in[int(share*n)]), float64(d.At(share)); math.Abs(got-want) > 0.05*want+1 {
				t.Errorf("%s: %g of them are below %v, want %v", name, share, got, want)
			}
		}
		if got := mean(in); math.Abs(got-d.Mean()) > 0.02*d.Mean() {
			t.Errorf("%s: mean %v, want %v", name, got, d.Mean())
		}
	}
	if got := length.LogNormal(130, 600).At(0.99); got < 598 || got > 602 {
		t.Errorf("p99 is %d, want 600", got)
	}
	if got := table.At(0.5); got != 1020 {
		t.Errorf("the table's median is %d, want 1020", got)
	}
}

// Prompt and answer have each their own luck, so have requests and journeys, and the
// seed decides.
func TestLuck(t *testing.T) {
	l := length.Lengths{In: length.LogNormal(1000, 9000), Out: length.LogNormal(1000, 9000)}
	all := map[length.Tokens]bool{}
	for n := range 100 {
		all[l.Of(7, "chat", n)] = true
		all[l.Of(8, "chat", n)] = true
		all[l.Of(7, "api", n)] = true
		if got := l.Of(7, "chat", n); got != l.Of(7, "chat", n) || got.In == got.Out {
			t.Errorf("request %d: %v", n, got)
		}
	}
	if len(all) < 299 {
		t.Errorf("%d different ones of 300", len(all))
	}
}

func TestSaidOrNot(t *testing.T) {
	if got := (length.Lengths{}).Of(7, "chat", 0); got != (length.Tokens{}) {
		t.Errorf("of nothing: %v", got)
	}
	if got := (length.Lengths{Out: length.LogNormal(60, 60)}).Of(7, "chat", 0); got != (length.Tokens{Out: 60}) {
		t.Errorf("of answers alone: %v", got)
	}
	given := length.Lengths{Given: []length.Tokens{{10, 20}, {30, 0}}, In: length.LogNormal(5, 5)}
	for n, want := range map[int]length.Tokens{-1: {}, 0: {10, 20}, 1: {30, 0}, 2: {}} {
		if got := given.Of(7, "chat", n); got != want {
			t.Errorf("the %d-th of two given: %v, want %v", n, got, want)
		}
	}
	for _, d := range []length.Dist{length.LogNormal(1e12, 1e13), length.LogNormal(0.01, 1)} {
		for _, share := range []float64{0, 0.5, 1} {
			if got := d.At(share); got < 1 || got > length.Most {
				t.Errorf("%v at %v is %d", d, share, got)
			}
		}
	}
}
