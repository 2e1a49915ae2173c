package traffic

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Counts is where a run stands.
type Counts struct {
	Due      int64 // came due so far
	Sent     int64 // of those, handed to the app
	Dropped  int64 // of those due, not sent: the cap was reached, or the drill stopped
	Unsent   int64 // not due when the drill was stopped
	InFlight int64 // sent and not ended
	Ended    int64
	Good     int64 // ended complete and without an explicit error; who answered is not looked at
	Errors   int64 // all else that ended
}

// counters are Counts while they grow.
type counters struct {
	due, sent, dropped, unsent, inFlight, ended, good, errors atomic.Int64
}

func (c *counters) read() Counts {
	return Counts{
		Due: c.due.Load(), Sent: c.sent.Load(), Dropped: c.dropped.Load(), Unsent: c.unsent.Load(), InFlight: c.inFlight.Load(),
		Ended: c.ended.Load(), Good: c.good.Load(), Errors: c.errors.Load(),
	}
}

// end counts a request that has ended.
func (c *counters) end(r Result) {
	c.inFlight.Add(-1)
	c.ended.Add(1)
	if r.How == complete && !r.Told {
		c.good.Add(1)
	} else {
		c.errors.Add(1)
	}
}

// fine is how many buckets a doubling of the lateness is divided into: a
// percentile read from them is at most 1/16 above the truth.
const fine = 16

// A histogram counts durations, in memory that does not grow. The zero
// histogram is ready.
type histogram struct {
	buckets [(64 - 4) * fine]atomic.Int64
	largest atomic.Int64 // nanoseconds
}

// bucket is where a duration is counted: each nanosecond alone up to 16, then
// 16 buckets for each doubling.
func bucket(d time.Duration) int {
	shift := max(bits.Len64(uint64(d))-5, 0)
	return shift*fine + int(d>>shift)
}

// upper is the largest duration of a bucket.
func upper(bucket int) time.Duration {
	shift := max(bucket/fine-1, 0)
	return time.Duration(bucket-shift*fine+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucket(d)].Add(1)
	for {
		old := h.largest.Load()
		if int64(d) <= old || h.largest.CompareAndSwap(old, int64(d)) {
			return
		}
	}
}

// p99 is the 99th percentile by nearest rank; 0 without durations.
func (h *histogram) p99() time.Duration {
	var n int64
	for i := range h.buckets {
		n += h.buckets[i].Load()
	}
	rank := n - n/100 // ⌈0.99 n⌉
	for i := range h.buckets {
		if rank -= h.buckets[i].Load(); rank <= 0 && n > 0 {
			return min(upper(i), time.Duration(h.largest.Load()))
		}
	}
	return 0
}
