package findings

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// leftTheDrill looks for connections to real providers that the egress guard
// refused.
func leftTheDrill(l *looker) (s sighting) {
	times := map[string]int{} // by the mark's note: the host, and what to do about it
	var first record.Seconds
	for _, m := range l.Marks {
		if m.Kind != "egress" {
			continue
		}
		if s.count == 0 {
			first = m.At
		}
		n := max(m.Count, 1)
		times[m.Note] += n
		s.see(l, m.Line, ledger.None)
		s.count += n - 1
		first = min(first, m.At)
	}
	hosts := slices.SortedFunc(maps.Keys(times), func(a, b string) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b))
	})
	for i, host := range hosts {
		hosts[i] = fmt.Sprintf("%s × %s", words.Count(float64(times[host])), host)
	}
	s.sentence = fmt.Sprintf("the app called real providers past the mocks, first at %s, and was refused: %s",
		words.Figure(first.Float(), "s"), strings.Join(hosts, ", "))
	return s
}
