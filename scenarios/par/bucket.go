package par

import (
	"time"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// bucket is a provider's limit of requests: it holds a minute's worth and refills
// all the time. Limits are of a key and a model, and the best client uses all that
// the scenario names. Limits of tokens are not counted: what a prompt costs is the
// app's to say.
type bucket struct {
	limit float64 // a minute; 0: none
	level float64
	at    time.Duration
}

func newBucket(spec mockllm.Spec) bucket {
	limit := float64(spec.Limits.Requests)
	if len(spec.Keys) > 0 {
		limit = 0
		for _, own := range spec.Keys {
			if own.Requests == 0 {
				return bucket{}
			}
			limit += float64(own.Requests)
		}
	}
	limit *= float64(max(1, len(spec.Models)))
	return bucket{limit: limit, level: limit}
}

// ready is the first moment from then on at which there is room for one more; left
// is the part of the limit that a fault leaves.
func (b *bucket) ready(from time.Duration, left float64) time.Duration {
	if b.limit == 0 {
		return from
	}
	level := b.levelAt(from, left)
	if level >= 1 {
		return from
	}
	return max(from, b.at) + time.Duration((1-level)/(b.limit*left)*float64(time.Minute))
}

// take takes one.
func (b *bucket) take(at time.Duration, left float64) {
	if b.limit == 0 {
		return
	}
	b.level, b.at = b.levelAt(at, left)-1, max(b.at, at)
}

// levelAt is how full it is at a moment; before the latest one that was taken, as
// full as then.
func (b *bucket) levelAt(at time.Duration, left float64) float64 {
	gained := max(0, (at-b.at).Minutes()) * b.limit * left
	return min(b.level+gained, b.limit*left)
}
