package measure

import (
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// How retries are spaced: whether pauses grow, whether they differ from one
// call to the next, and whether many calls retry in the same moment.

// Immediately is the pause below which a retry follows at once, s: what lies
// between is the app's own work, and neither grows nor jitters.
const Immediately = 0.1

const fewRetried = "%d calls were retried without a Retry-After, it takes %d"

func backoffMetrics() []metricRow {
	return []metricRow{
		{
			Metric: Metric{
				Name: "backoff_base", Unit: "s", Scope: "window", Better: "high", Join: true,
				Doc: "Median pause before the first retry of a call, where no Retry-After was told.",
			},
			per: perAttempts, measure: backoffBase,
		},
		{
			Metric: Metric{
				Name: "backoff_growth", Unit: "x", Scope: "window", Better: "high", Join: true,
				Doc: "Median ratio of one pause before a retry to the pause before it in the same call, where no Retry-After was told.",
			},
			per: perAttempts, measure: backoffGrowth,
		},
		{
			Metric: Metric{
				Name: "backoff_jitter", Unit: "CV", Scope: "window", Better: "high", Join: true,
				Doc: "How much the first pauses of calls differ: their standard deviation ÷ their mean, where no Retry-After was told.",
			},
			per: perAttempts, measure: backoffJitter,
		},
		{
			Metric: Metric{
				Name: "synchrony", Unit: "Fano", Scope: "window", Better: "low", Join: true,
				Doc: "How much first retries crowd together: variance ÷ mean of their number per 100 ms, over every 2 s with 20 or more. Chance gives 1.",
			},
			per: perAttempts, measure: synchrony,
		},
	}
}

// A Backoff is how the app paused before retries that followed an error without
// a Retry-After.
type Backoff struct {
	Pauses []float64 // s, sorted
	Firsts []float64 // s, those before the first retry of a call; sorted
	Ratios []float64 // of a pause to the one before it in the same call; sorted
	Lines  []int32   // the retries, as attempts
}

// Backoff looks at all retries of a window.
func (l *Meter) Backoff(w Window) Backoff {
	var b Backoff
	before := map[int32]float64{} // attempt → the pause before it
	for k := range l.Made(w) {
		a := &l.Attempts[k]
		if a.Prev == ledger.None {
			continue
		}
		prev := &l.Attempts[a.Prev]
		// An attempt begun while the one before was still being answered is a
		// hedge, and paused for nothing.
		if !prev.Refused() || prev.Wait != ledger.Never || a.Arrived < prev.Ended-ledger.Slop {
			continue
		}
		pause := max(a.Arrived-prev.Ended, 0).Float()
		b.Pauses, b.Lines = append(b.Pauses, pause), append(b.Lines, k)
		if prev.Prev == ledger.None {
			b.Firsts = append(b.Firsts, pause)
		}
		if last, ok := before[a.Prev]; ok && last > 0 {
			b.Ratios = append(b.Ratios, pause/last)
		}
		before[k] = pause
	}
	slices.Sort(b.Pauses)
	slices.Sort(b.Firsts)
	slices.Sort(b.Ratios)
	return b
}

func backoffBase(l *Meter, w Window) Measure {
	b := l.Backoff(w)
	if n := len(b.Firsts); n < LeastInstances {
		return unmeasured(fewRetried, n, LeastInstances)
	}
	return numberMeasure(stats.Quantile(b.Firsts, 0.5), len(b.Firsts))
}

func backoffGrowth(l *Meter, w Window) Measure {
	b := l.Backoff(w)
	switch n := len(b.Ratios); {
	case len(b.Pauses) >= LeastInstances && stats.Quantile(b.Pauses, 0.5) < Immediately:
		return unmeasured("immediate: the pause before a retry is %s in the median", words.Figure(stats.Quantile(b.Pauses, 0.5), "s"))
	case n < LeastInstances:
		return unmeasured("%d calls paused twice without a Retry-After, it takes %d", n, LeastInstances)
	}
	return numberMeasure(stats.Quantile(b.Ratios, 0.5), len(b.Ratios))
}

func backoffJitter(l *Meter, w Window) Measure {
	b := l.Backoff(w)
	switch n := len(b.Firsts); {
	case n < LeastInstances:
		return unmeasured(fewRetried, n, LeastInstances)
	case stats.Quantile(b.Firsts, 0.5) < Immediately:
		return unmeasured("immediate: the first retry follows after %s in the median", words.Figure(stats.Quantile(b.Firsts, 0.5), "s"))
	}
	mean, variance := spread(b.Firsts)
	return numberMeasure(math.Sqrt(variance)/mean, len(b.Firsts))
}

// spread gives mean and variance of values, of which there is at least one.
func spread(values []float64) (mean, variance float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, variance
}

// What synchrony looks at.
const (
	retryBin   = record.Seconds(100 * time.Millisecond)
	retryBlock = record.Seconds(2 * time.Second)
	blockNeeds = 20 // first retries in a block
)

func synchrony(l *Meter, w Window) Measure {
	sum, blocks, n := 0.0, 0, 0
	for _, at := range l.retryBlocks(w) {
		if len(at) < blockNeeds {
			continue
		}
		bins := make([]float64, retryBlock/retryBin)
		for _, t := range at {
			bins[t%retryBlock/retryBin]++
		}
		mean, variance := spread(bins)
		sum += variance / mean
		blocks++
		n += len(at)
	}
	if blocks == 0 {
		return unmeasured("nowhere %d first retries in 2 s", blockNeeds)
	}
	return numberMeasure(sum/float64(blocks), n)
}

// retryBlocks gives the moments of first retries, by the stretch of 2 s that
// they fall into.
func (l *Meter) retryBlocks(w Window) [][]record.Seconds {
	var blocks [][]record.Seconds
	current := record.Seconds(-1)
	var moments []record.Seconds
	for k := range l.Made(w) {
		if a := &l.Attempts[k]; a.Prev != ledger.None && l.Attempts[a.Prev].Prev == ledger.None {
			moments = append(moments, a.Arrived)
		}
	}
	slices.Sort(moments) // visits stand by due time, their retries do not
	for _, t := range moments {
		if b := t / retryBlock; b != current {
			current, blocks = b, append(blocks, nil)
		}
		blocks[len(blocks)-1] = append(blocks[len(blocks)-1], t)
	}
	return blocks
}
