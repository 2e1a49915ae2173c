// Package pace says when the requests of one kind of user are due: as a pure
// function of how many there are a second, of how they follow each other, and of
// how their number changes while the drill goes on. It knows no clock and no
// other journey.
//
// Start at [Pace.Moments]:
//
//	p := pace.Pace{Rate: 20, Arrival: "gamma", CV: 3, Shape: pace.Ramp(0, time.Minute, 1, 4)}
//	for at := range p.Moments(rand.New(rand.NewPCG(7, 1)), 2*time.Minute) {
//		fmt.Println(at) // since the start of the drill
//	}
//
// [Arrivals] is the table of the ways in which requests follow each other, a
// [Shape] is how their rate changes. Neither knows of the other: what is drawn is
// drawn in mean distances, and the shape stretches them.
package pace

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Tick is the resolution of the moments. The log writes microseconds, so two
// requests due in the same one could not be told apart there.
const Tick = time.Microsecond

// Pace is how the requests of one journey come.
type Pace struct {
	Rate    float64 // per second, where the shape is at 1
	Arrival string  // a row of [Arrivals]; "": the first
	CV      float64 // of gamma: standard deviation of the distances by their mean
	Shape   Shape   // the zero value: the rate stays as it is
	// Recorded are the moments themselves, in order, in place of all the above.
	Recorded []time.Duration
}

// Moments yields when requests are due, in order, in whole ticks from zero up to
// but without length. All luck is r's.
func (p Pace) Moments(r *rand.Rand, length time.Duration) iter.Seq[time.Duration] {
	if len(p.Recorded) > 0 {
		return func(yield func(time.Duration) bool) {
			for _, at := range p.Recorded {
				if at >= length || !yield(at) {
					return
				}
			}
		}
	}
	return func(yield func(time.Duration) bool) {
		if !p.sends() {
			return
		}
		gap := arrival(p.Arrival).gaps(r, p.CV)
		course := course{shape: p.Shape}
		for at := gap(); ; at += gap() {
			s := course.when(at / p.Rate)
			if s >= length.Seconds() || !yield(time.Duration(s*float64(time.Second)).Truncate(Tick)) {
				return
			}
		}
	}
}

// sends says that there is a rate at all.
func (p Pace) sends() bool { return p.Rate > 0 && !math.IsInf(p.Rate, 1) }

// Steady says that the rate is the same all the time.
func (p Pace) Steady() bool { return len(p.Recorded) == 0 && p.Shape.steady() }

// At is the rate at a moment, per second; of recorded moments, in the second around.
func (p Pace) At(t time.Duration) float64 {
	if len(p.Recorded) > 0 {
		return p.Count(t-time.Second/2, t+time.Second/2)
	}
	return p.Rate * p.Shape.at(t)
}

// Count is how many requests are due in [from, to) on average over all seeds.
func (p Pace) Count(from, to time.Duration) float64 {
	if to <= from {
		return 0
	}
	if len(p.Recorded) > 0 {
		first, _ := slices.BinarySearch(p.Recorded, from)
		behind, _ := slices.BinarySearch(p.Recorded, to)
		return float64(behind - first)
	}
	if p.Shape.steady() {
		return p.Rate * (to - from).Seconds()
	}
	return p.Rate * (p.Shape.upTo(to) - p.Shape.upTo(from))
}

// Peak is the highest rate in [from, to), per second; of recorded moments, in the
// fullest second that begins with one of them.
func (p Pace) Peak(from, to time.Duration) float64 {
	if len(p.Recorded) == 0 {
		return p.Rate * p.Shape.peak(from, to)
	}
	most, behind := 0, 0
	first, _ := slices.BinarySearch(p.Recorded, from)
	for i := first; i < len(p.Recorded) && p.Recorded[i] < to; i++ {
		for behind < len(p.Recorded) && p.Recorded[behind] < min(to, p.Recorded[i]+time.Second) {
			behind++
		}
		most = max(most, behind-i)
	}
	return float64(most)
}
