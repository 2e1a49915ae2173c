package findings

import (
	"cmp"
	"fmt"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// duplicatedEffect looks for effects that a request had more than once.
func duplicatedEffect(l *looker) (s sighting) {
	had, again := map[uint64]bool{}, map[string]int{}
	for _, e := range l.EffectsOf(l.Window(measure.Query{}, ledger.None)) {
		if had[e.Intent] {
			s.see(l, e.Line, e.Visit)
			again[cmp.Or(e.Tool, "other tools")]++
		}
		had[e.Intent] = true
	}
	s.sentence = fmt.Sprintf("%s did again what had been done for the same request (%s)", measure.CallsOfTools(s.count), words.Tally(again))
	return s
}
