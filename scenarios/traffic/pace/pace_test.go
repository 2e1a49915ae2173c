package pace_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

func moments(p pace.Pace, seed uint64, length time.Duration) []time.Duration {
	return slices.Collect(p.Moments(rand.New(rand.NewPCG(seed, 1)), length))
}

// shapes are all kinds of them, on rates that leave no stretch of a second empty.
func shapes() map[string]pace.Shape {
	return map[string]pace.Shape{
		"none":         {},
		"ramp":         pace.Ramp(5*time.Second, 10*time.Second, 0.5, 3),
		"ramp down":    pace.Ramp(0, 20*time.Second, 2, 0),
		"ramp up":      pace.Ramp(0, 20*time.Second, 0, 2),
		"steps":        pace.Steps(7*time.Second, 1, 4, 0, 2),
		"steps to end": pace.Steps(7*time.Second, 1, 4, 0),
		"day":          pace.Day(20*time.Second, 0.2, 1, 2.5, 1),
		"one hour":     pace.Day(20*time.Second, 1.5),
	}
}

// rate is a shape's factor by its meaning and not by its arithmetic.
func rate(name string, t float64) float64 {
	line := func(from, to, x float64) float64 { return from + (to-from)*min(max(x, 0), 1) }
	switch name {
	case "ramp":
		return line(0.5, 3, (t-5)/10)
	case "ramp down":
		return line(2, 0, t/20)
	case "ramp up":
		return line(0, 2, t/20)
	case "steps":
		return []float64{1, 4, 0, 2}[min(3, int(t/7))]
	case "steps to end":
		return []float64{1, 4, 0}[min(2, int(t/7))]
	case "day":
		hours := []float64{0.2, 1, 2.5, 1, 0.2}
		part := math.Mod(t, 20) / 5
		return line(hours[int(part)], hours[int(part)+1], part-math.Floor(part))
	case "one hour":
		return 1.5
	}
	return 1
}

// Evenly spaced requests stand where the integral of the rate is whole, but for a
// constant: so between two of them it is one request, whatever the shape.
func TestShapeStretchesTheDistances(t *testing.T) {
	const length = 60 * time.Second
	for name, shape := range shapes() {
		p := pace.Pace{Rate: 200, Shape: shape}
		got := moments(p, 7, length)
		for i := range got[1:] {
			if n := p.Count(got[i], got[i+1]); math.Abs(n-1) > 0.002 { // moments are whole microseconds
				t.Errorf("%s: %.4f requests between %v and %v, want 1", name, n, got[i], got[i+1])
				break
			}
		}
		if n := p.Count(0, length); math.Abs(n-float64(len(got))) > 1 {
			t.Errorf("%s: %d requests, want %.1f", name, len(got), n)
		}
	}
}

// What a pace says of itself is what its factor means, summed in small steps.
func TestCountAtAndPeak(t *testing.T) {
	const step = 0.001
	for name, shape := range shapes() {
		p := pace.Pace{Rate: 10, Shape: shape}
		for _, span := range [][2]int{{0, 60}, {3, 4}, {6, 22}, {13, 47}, {40, 60}} {
			sum, most := 0.0, 0.0
			for x := float64(span[0]) + step/2; x < float64(span[1]); x += step {
				sum += 10 * rate(name, x) * step
				most = max(most, 10*rate(name, x))
			}
			from, to := time.Duration(span[0])*time.Second, time.Duration(span[1])*time.Second
			if n := p.Count(from, to); math.Abs(n-sum) > 0.05 {
				t.Errorf("%s: %.2f requests in %v, want %.2f", name, n, span, sum)
			}
			if peak := p.Peak(from, to); math.Abs(peak-most) > 0.02 {
				t.Errorf("%s: at most %.2f/s in %v, want %.2f", name, peak, span, most)
			}
			middle := (from + to) / 2
			if at := p.At(middle); math.Abs(at-10*rate(name, middle.Seconds())) > 1e-6 {
				t.Errorf("%s: %.2f/s at %v, want %.2f", name, at, middle, 10*rate(name, middle.Seconds()))
			}
		}
	}
}

// A shape that begins again is what its turns written out are, also after more of them
// than anybody would count.
func TestShapeBeginsAgain(t *testing.T) {
	day := pace.Pace{Rate: 10, Shape: pace.Day(7*time.Second, 1, 3, 0, 2)}
	written := pace.Pace{Rate: 10}
	for range 6 {
		written.Shape.Stretches = append(written.Shape.Stretches, day.Shape.Stretches...)
	}
	for from := range 40 {
		for to := from + 1; to <= 40; to++ {
			from, to := time.Duration(from)*time.Second, time.Duration(to)*time.Second
			if got, want := day.Count(from, to), written.Count(from, to); math.Abs(got-want) > 1e-9 {
				t.Errorf("%v requests from %v to %v, want %v", got, from, to, want)
			}
			if got, want := day.Peak(from, to), written.Peak(from, to); math.Abs(got-want) > 1e-9 {
				t.Errorf("at most %v/s from %v to %v, want %v", got, from, to, want)
			}
			if got, want := day.At(from), written.At(from); math.Abs(got-want) > 1e-9 {
				t.Errorf("%v/s at %v, want %v", got, from, want)
			}
		}
	}
	brief := pace.Pace{Rate: 10, Shape: pace.Day(2, 1, 3)}
	const years = 100 * 365 * 24 * time.Hour
	if got, want := brief.Count(0, years), 20*years.Seconds(); math.Abs(got/want-1) > 1e-9 || brief.Peak(0, years) != 30 {
		t.Errorf("%v requests, at most %v/s; want %v and 30", got, brief.Peak(0, years), want)
	}
}

// Distances have the mean and the unevenness that was asked for, and a journey of
// bursts begins with one no more often than it has one later.
func TestGammaDistances(t *testing.T) {
	for _, cv := range []float64{0.25, 0.5, 1, 1.5, 3} {
		got := moments(pace.Pace{Rate: 100, Arrival: "gamma", CV: cv}, 7, 1000*time.Second)
		var sum, squares float64
		for i := range got[1:] {
			gap := (got[i+1] - got[i]).Seconds() * 100
			sum, squares = sum+gap, squares+gap*gap
		}
		n := float64(len(got) - 1)
		mean := sum / n
		if is := math.Sqrt(squares/n-mean*mean) / mean; math.Abs(is-cv) > 0.05*cv || math.Abs(mean-1) > 0.03*max(1, cv) {
			t.Errorf("cv %v: %.3f, mean distance %.3f", cv, is, mean)
		}
		early := 0.0
		const drills = 4000
		for seed := range uint64(drills) {
			early += float64(len(moments(pace.Pace{Rate: 10, Arrival: "gamma", CV: cv}, seed, time.Second)))
		}
		if early /= drills; math.Abs(early-10) > 0.3*max(1, cv) {
			t.Errorf("cv %v: %.2f requests in the first second on average, want 10", cv, early)
		}
	}
}

// Where nothing is sent any longer, the moments end.
func TestSilence(t *testing.T) {
	silent := []pace.Shape{
		pace.Steps(time.Second, 0, 0), pace.Day(time.Minute, 0, 0), {Stretches: []pace.Stretch{{}}, Again: true},
	}
	for i, shape := range silent {
		if got := moments(pace.Pace{Rate: 10, Arrival: "poisson", Shape: shape}, 7, time.Hour); len(got) != 0 {
			t.Errorf("shape %d gave %d requests", i, len(got))
		}
	}
	for _, r := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if got := moments(pace.Pace{Rate: r}, 7, time.Minute); len(got) != 0 {
			t.Errorf("rate %v gave %d requests", r, len(got))
		}
	}
}

func TestBreakOutOfMoments(t *testing.T) {
	n := 0
	for range (pace.Pace{Rate: 10, Shape: pace.Ramp(0, time.Second, 1, 2)}).Moments(rand.New(rand.NewPCG(1, 2)), time.Minute) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d moments", n)
	}
}

// Recorded moments are what comes, up to the end, and what a pace says of itself.
func TestRecorded(t *testing.T) {
	const ms = time.Millisecond
	recorded := []time.Duration{0, 100 * ms, 100 * ms, 1050 * ms, 1099 * ms, 5000 * ms, 9000 * ms}
	p := pace.Pace{Rate: 100, Arrival: "poisson", Shape: pace.Ramp(0, time.Second, 1, 9), Recorded: recorded}
	if got := moments(p, 7, 9*time.Second); !slices.Equal(got, recorded[:6]) {
		t.Errorf("moments %v", got)
	}
	if n := p.Count(100*ms, 5*time.Second); n != 4 {
		t.Errorf("%v from 100 ms to 5 s, want 4", n)
	}
	if got := p.Peak(0, 10*time.Second); got != 4 { // from 100 ms on
		t.Errorf("peak %v, want 4", got)
	}
	if got := p.Peak(4*time.Second, 9*time.Second); got != 1 {
		t.Errorf("peak %v of the later part, want 1", got)
	}
	if got := p.At(1500 * ms); got != 2 {
		t.Errorf("%v/s at 1.5 s, want 2", got)
	}
	if p.Steady() || !(pace.Pace{Rate: 1}).Steady() {
		t.Error("what is recorded is steady, or a rate is not")
	}
}
