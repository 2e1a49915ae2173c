package findings

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Whom the app's work is for: users who have gone, users who could wait.

// orphanFrom is how long work may outlive its user: connections take a while to
// be torn down.
const orphanFrom = record.Seconds(time.Second)

// orphaned looks for attempts that ran on after their user had left or been
// answered.
func orphaned(l *looker) (s sighting) {
	if !l.Joined() {
		return sighting{}
	}
	work := 0.0
	for i, v := range l.Counted {
		for _, k := range l.TriesOf(v) {
			if w := l.Orphan(v, k); w > orphanFrom {
				work += w.Float()
				s.see(l, l.Attempts[k].Line, i)
			}
		}
	}
	s.sentence = fmt.Sprintf("%d attempts ran on after their user had left or been answered, %s in all, for nobody",
		s.count, words.Figure(work, "s"))
	return s
}

// starves looks for phases in which requests that could have waited were served
// better than those that could not.
func starves(l *looker) (s sighting) {
	for _, p := range l.Setup.Phases {
		m := l.Measure(measure.Query{Metric: "critical_first", Phase: p.Name})
		if m.Value == nil || *m.Value >= 0 {
			continue
		}
		n, served := map[bool]int{}, map[bool]int{}
		var without []int32
		for i, v := range l.Counted {
			if v.Phase != l.PhaseNamed(p.Name) {
				continue
			}
			deferrable := l.Journey(v.Journey).Priority == "deferrable"
			n[deferrable]++
			switch {
			case v.Served():
				served[deferrable]++
			case !deferrable:
				without = append(without, i)
			}
		}
		_, critical := stats.Wilson(served[false], n[false])
		deferrable, _ := stats.Wilson(served[true], n[true])
		if critical >= deferrable {
			continue // chance may have it so
		}
		for _, i := range without {
			s.see(l, l.Visits[i].Line, i)
		}
		s.sentence = fmt.Sprintf("in %s deferrable work was served before critical work: %s of the one and %s of the other were served well",
			p.Name, words.Percent(share(served[true], n[true])), words.Percent(share(served[false], n[false])))
	}
	return s
}

// share is k of n, 0 of none.
func share(k, n int) float64 { return float64(k) / float64(max(n, 1)) }

// ownTemplate looks for replies that claim success, carry nothing of any provider
// and do not own up to it: in an outage, and after one, when a breaker still keeps
// requests from the provider. What an app does on a good day too is no reply to an
// outage.
func ownTemplate(l *looker) (s sighting) {
	if len(l.Outages) == 0 {
		return sighting{}
	}
	first := slices.MinFunc(l.Outages, func(a, b ledger.Outage) int { return cmp.Compare(a.From, b.From) }).From
	habit := map[int32]bool{} // journeys with such replies before
	for i, v := range l.Counted {
		own := v.Outcome == ledger.Unverified && !v.Answer && !l.Journey(v.Journey).Rewrites && !l.PlainWords(v)
		switch {
		case !own:
		case l.inOutage(v), v.Due >= first && !habit[v.Journey]:
			s.see(l, v.Line, i)
		case v.Due < first:
			habit[v.Journey] = true
		}
	}
	s.sentence = fmt.Sprintf("%s looked like a success and carried no model's words: a text of the app's own, not declared as one",
		replies(s.count))
	return s
}

// inOutage says whether a visit belongs to any outage.
func (l *looker) inOutage(v *ledger.Visit) bool {
	for k := range l.Outages {
		if l.Belongs(v, int32(k)) {
			return true
		}
	}
	return false
}
