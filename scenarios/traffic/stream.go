package traffic

import (
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// Pace is how the journey's requests come.
func (j Journey) Pace() pace.Pace {
	return pace.Pace{Rate: j.Rate, Arrival: j.Arrival, CV: j.CV, Shape: j.Shape, Recorded: j.Recorded}
}

// moments yields when the requests of one journey are due, in order. They follow
// from the seed and the journey alone.
func moments(j Journey, seed uint64, length time.Duration) iter.Seq[time.Duration] {
	return j.Pace().Moments(rand.New(rand.NewPCG(seed, stream(j.Name))), length)
}

// stream is the random stream of a journey. It hangs on the name, not on the
// place in the file, so that journeys can be added and moved.
func stream(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
