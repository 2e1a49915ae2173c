package traffic

import (
	"math/rand/v2"
	"time"
)

// apart is how much earlier a question was asked that is asked again: one that is
// still being answered can be in no cache.
const apart = 5 * time.Second

// Question is which of its journey's questions a request asks: that of the
// request it repeats, or its own.
func (d Due) Question() int {
	if d.Again > 0 {
		return d.Again - 1
	}
	return d.Nth
}

// repeat lets a share of one journey's requests ask what an earlier one asked,
// any of those that asked a question of their own. It moves no request, and
// follows from the seed and the journey alone.
func repeat(all []Due, journey int, j Journey, seed uint64) {
	r := rand.New(rand.NewPCG(seed, stream(j.Name+"/repeat")))
	var asked []Due
	old := 0 // how many of them are long enough ago
	for i := range all {
		d := &all[i]
		if d.Journey != journey {
			continue
		}
		for old < len(asked) && asked[old].At <= d.At-apart {
			old++
		}
		again, which := r.Float64() < j.Repeat, r.Float64()
		if again && old > 0 {
			d.Again = 1 + asked[int(which*float64(old))].Nth
			continue
		}
		asked = append(asked, *d)
	}
}
