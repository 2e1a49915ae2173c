package pace

import (
	"math"
	"math/rand/v2"
)

// An Arrival is a way in which the requests of one journey follow each other.
type Arrival struct {
	Name string
	Doc  string // one sentence
	// Varies says that it takes a coefficient of variation.
	Varies bool

	// gaps returns a function that gives the distances from the beginning to the
	// first request and then from each to the next. They are counted in mean
	// distances, so they average 1 at every rate: a rate that changes over time
	// stretches them and needs no arrival of its own.
	//
	// The first is that of a journey which began long before the drill did. Were it
	// like the others, a journey of bursts would begin with a burst each time.
	gaps func(r *rand.Rand, cv float64) func() float64
}

// Arrivals is the table of arrivals. The first is the default.
func Arrivals() []Arrival {
	return []Arrival{
		{"uniform", "evenly spaced, each journey from its own point in the first interval", false, uniform},
		{"poisson", "independent users: exponentially distributed distances", false, poisson},
		{"gamma", "bursts and lulls: gamma-distributed distances, the more uneven the larger their coefficient of variation is", true, gamma},
	}
}

// arrival finds a row of the table. The default stands in for a name without
// row, which a checked scenario does not hold.
func arrival(name string) Arrival {
	rows := Arrivals()
	for _, row := range rows {
		if row.Name == name {
			return row
		}
	}
	return rows[0]
}

// uniform begins anywhere in the first interval. Were it to begin at zero, all
// journeys would send together at each common multiple of their intervals, and
// the app would be measured in bursts that the scenario does not ask for.
func uniform(r *rand.Rand, _ float64) func() float64 {
	next := r.Float64()
	return func() float64 {
		gap := next
		next = 1
		return gap
	}
}

// poisson needs no other first distance: how long ago the last request was says
// nothing of the next.
func poisson(r *rand.Rand, _ float64) func() float64 { return r.ExpFloat64 }

// gamma draws distances of mean 1. Those that a moment falls into are longer than
// others, by as much as they are long (a gamma distribution of a shape larger by
// one), and it falls anywhere in them.
func gamma(r *rand.Rand, cv float64) func() float64 {
	if !(cv > 0) {
		return uniform(r, cv)
	}
	shape := 1 / (cv * cv)
	first := true
	return func() float64 {
		if first {
			first = false
			return r.Float64() * draw(r, shape+1) / shape
		}
		return draw(r, shape) / shape
	}
}

// draw is a gamma variate of scale 1, after Marsaglia and Tsang (2000): the cube
// of a normal variate is nearly one, and what is too much of it is refused.
func draw(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return draw(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(r.Float64()) < x*x/2+d*(1-v+math.Log(v)) {
			return d * v
		}
	}
}
