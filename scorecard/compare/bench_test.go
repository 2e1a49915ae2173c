package compare_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/compare"
)

// A pair of runs of 100,000 requests each.
func BenchmarkOf(b *testing.B) {
	l := moody()
	l.rate = 100_000 / drillEnds
	before, after := one(l.run(b, 1, 1)), one(l.run(b, 1, 2))
	for b.Loop() {
		compare.Of(before, after)
	}
}
