package traffic

import (
	"hash/fnv"
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// tick is the resolution of a schedule. The log writes microseconds, so two
// requests due in the same one could not be told apart there.
const tick = time.Microsecond

// An Arrival is a way in which the requests of one journey follow each other.
type Arrival struct {
	Name string
	Doc  string // one sentence

	// gaps returns a function that gives the distances from the beginning to the
	// first request and then from each to the next. They are counted in mean
	// distances, so they average 1 at every rate: a rate that changes over time
	// stretches them and needs no arrival of its own.
	gaps func(*rand.Rand) func() float64
}

// Arrivals is the table of arrivals. The first is the default.
func Arrivals() []Arrival {
	return []Arrival{
		{"uniform", "evenly spaced, each journey from its own point in the first interval", uniform},
		{"poisson", "independent users: exponentially distributed distances", poisson},
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
func uniform(r *rand.Rand) func() float64 {
	next := r.Float64()
	return func() float64 {
		gap := next
		next = 1
		return gap
	}
}

func poisson(r *rand.Rand) func() float64 { return r.ExpFloat64 }

// moments yields when the requests of one journey are due, in order, in whole
// ticks from zero up to but without length. They follow from the seed and the
// journey alone.
func moments(j Journey, seed uint64, length time.Duration) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		if !(j.Rate > 0) || math.IsInf(j.Rate, 1) {
			return
		}
		gap := arrival(j.Arrival).gaps(rand.New(rand.NewPCG(seed, stream(j.Name))))
		for at := gap(); ; at += gap() {
			s := at / j.Rate
			if s >= length.Seconds() || !yield(time.Duration(s*float64(time.Second)).Truncate(tick)) {
				return
			}
		}
	}
}

// stream is the random stream of a journey. It hangs on the name, not on the
// place in the file, so that journeys can be added and moved.
func stream(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
