package stats_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// sequence reads "..##" as requests due each step seconds from start, "#" being
// yes.
func sequence(s string, start, step float64) (at []float64, yes []bool) {
	for i, r := range s {
		at = append(at, start+float64(i)*step)
		yes = append(yes, r == '#')
	}
	return at, yes
}

// settle settles a sequence of requests due at these moments.
func settle(at []float64, yes []bool, opts stats.SettleOptions) stats.Settled {
	points := make([]stats.Point, len(at))
	for i := range at {
		points[i] = stats.Point{At: at[i], Yes: yes[i], Line: int32(i + 1)}
	}
	return stats.Settle(points, opts)
}

func many(n int, s string) string { return strings.Repeat(s, n) }

func TestSettle(t *testing.T) {
	never := stats.Settled{First: -1, Never: true, High: math.Inf(1)}
	found := func(low, high float64, before, first int) stats.Settled {
		return stats.Settled{Low: low, High: high, Before: before, First: first}
	}
	stuck := func(low float64, before int) stats.Settled {
		r := never
		r.Low, r.Before = low, before
		return r
	}
	// A request each half second from 10 s on.
	for _, c := range []struct {
		name, seq string
		end       float64
		share     float64
		want      stats.Settled
	}{
		{
			"no request", "", 40, 0.9,
			stats.Settled{First: -1, Before: -1, TooFew: true},
		},
		{
			"19 requests", many(19, "#"), 40, 0.9,
			stats.Settled{First: -1, Before: -1, TooFew: true},
		},
		{
			"less than 5 s", many(30, "#"), 14.9, 0.9,
			stats.Settled{First: -1, Before: -1, TooFew: true},
		},
		{
			"not noticeable", many(40, "#"), 30, 0.9,
			stats.Settled{Low: 10, High: 10, Before: -1, None: true},
		},
		{"settles after four", "...." + many(40, "#"), 32, 0.9, found(11.5, 12, 3, 4)},
		{"one yes in between does not count", "..#." + many(40, "#"), 32, 0.9, found(11.5, 12, 3, 4)},
		{"five in a row are wanted", "####." + many(40, "#"), 33, 0.9, found(12, 12.5, 4, 5)},
		{"some no after it, below 1 − x", "." + many(9, "#") + "." + many(30, "#"), 31, 0.9, found(10, 10.5, 0, 1)},
		{
			// From the second on, 18 of 21 in the next 10 s are yes: too few for 90 %.
			"too many no in the next 10 s", "." + many(6, "#") + "..." + many(31, "#"), 31, 0.9, found(14.5, 15, 9, 10),
		},
		{
			// Each 10 s is good enough for 85 %, all to the end is not for 90 %.
			"falls back at the end", "..#####" + many(20, "#") + many(10, "."), 29, 0.85, stuck(28, 36),
		},
		{"never", many(40, "."), 30, 0.9, stuck(29.5, 39)},
		{"19 left when it gets well", many(20, ".") + many(19, "#"), 30, 0.9, stuck(19.5, 19)},
		{"20 left when it gets well", many(20, ".") + many(20, "#"), 30, 0.9, found(19.5, 20, 19, 20)},
		{"no no before it, some after", many(15, "#") + "." + many(25, "#"), 31, 0.9, found(10, 10, -1, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, yes := sequence(c.seq, 10, 0.5)
			got := settle(at, yes, stats.SettleOptions{Start: 10, End: c.end, Share: c.share})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Twenty requests may take longer than 10 s; then they are looked at.
func TestSettleSlowRate(t *testing.T) {
	at, yes := sequence("..#####"+"..."+many(40, "#"), 0, 1)
	got := settle(at, yes, stats.SettleOptions{End: 60, Share: 0.9})
	if got.First != 10 {
		t.Errorf("settled at %d, but from 2 on only 17 of the next 20 are yes", got.First)
	}
}

func TestSettleAsksMore(t *testing.T) {
	at, yes := sequence(many(60, "#"), 10, 0.5)
	var near, rest [][2]float64
	got := settle(at, yes, stats.SettleOptions{
		Start: 10, End: 40, Share: 0.9,
		Near: func(from, to float64) bool { near = append(near, [2]float64{from, to}); return from >= 11 },
		Rest: func(from, to float64) bool { rest = append(rest, [2]float64{from, to}); return from >= 11.5 },
	})
	want := stats.Settled{Low: 11, High: 11.5, Before: 2, First: 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("without a no it settles where the rest is good enough (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]float64{{10, 20}, {10.5, 20.5}, {11, 21}, {11.5, 21.5}}, near); diff != "" {
		t.Errorf("stretches of (b) asked about (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][2]float64{{11, 40}, {11.5, 40}}, rest); diff != "" {
		t.Errorf("stretches of (c) asked about (-want +got):\n%s", diff)
	}
	got = settle(at, yes, stats.SettleOptions{
		Start: 10, End: 40, Share: 0.9, Near: func(_, _ float64) bool { return false },
	})
	if !got.Never || got.None || got.Low != at[40] {
		t.Errorf("held back to the end: %+v, want never, more than %v", got, at[40])
	}
}

// plainly is the rule read word by word, without a thought for speed.
func plainly(at []float64, yes []bool, end, share float64) int {
	good := func(from, to int) bool {
		k := 0
		for _, y := range yes[from:to] {
			if y {
				k++
			}
		}
		return float64(k) >= share*float64(to-from)-1e-9
	}
	for i := range at {
		if len(at)-i < 20 || end-at[i] < 5 {
			return -1
		}
		next := 0
		for i+next < len(at) && at[i+next] <= at[i]+10 {
			next++
		}
		next = max(next, 20)
		a := yes[i] && yes[i+1] && yes[i+2] && yes[i+3] && yes[i+4]
		if a && good(i, i+next) && good(i, len(at)) {
			return i
		}
	}
	return -1
}

func draw(r *rand.Rand) (at []float64, yes []bool, end float64) {
	var now float64
	bad := r.Float64()
	for range r.IntN(160) {
		now += r.Float64() * 0.8
		at = append(at, now)
		if r.IntN(15) == 0 {
			bad = r.Float64() * r.Float64()
		}
		yes = append(yes, r.Float64() >= bad)
	}
	return at, yes, now + r.Float64()*6
}

func TestSettleIsTheRule(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	settled := 0
	for range 3000 {
		at, yes, end := draw(r)
		got := settle(at, yes, stats.SettleOptions{End: end, Share: 0.9})
		want := plainly(at, yes, end, 0.9)
		if got.None {
			got.First = 0
		}
		if got.First != want {
			t.Fatalf("settled at %d, want %d: %v %v to %v", got.First, want, at, yes, end)
		}
		if want >= 0 {
			settled++
		}
	}
	if settled < 300 {
		t.Errorf("only %d of the drawn sequences settle, they show little", settled)
	}
}

func TestOneMoreFailureNeverSettlesEarlier(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		at, yes, end := draw(r)
		if len(at) == 0 {
			continue
		}
		opts := stats.SettleOptions{End: end, Share: 0.9}
		before := settle(at, yes, opts)
		yes[r.IntN(len(yes))] = false
		after := settle(at, yes, opts)
		if after.High < before.High || after.Low < before.Low || before.Never && !after.Never {
			t.Fatalf("one more failure: %+v became %+v", before, after)
		}
	}
}
