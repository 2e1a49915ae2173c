package measure

import (
	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Who pays for an outage: the users whom the fallback served, and those whose
// requests could have waited.

func burdenMetrics() []metricRow {
	return []metricRow{
		{
			Metric: Metric{
				Name: "failover_tax_p50", Unit: "s", Scope: "window", Better: "low", Join: true,
				Doc: "Median of what users of a fallback's answer waited beyond the attempt that answered them.",
			},
			per: perOutage, measure: failoverTax(0.50),
		},
		{
			Metric: Metric{
				Name: "failover_tax_p95", Unit: "s", Scope: "window", Better: "low", Join: true,
				Doc: "95th percentile of what users of a fallback's answer waited beyond the attempt that answered them.",
			},
			per: perOutage, measure: failoverTax(0.95),
		},
		{
			Metric: Metric{
				Name: "critical_first", Unit: "share", Scope: "window", Better: "high",
				Doc: "Served-well share of critical journeys − that of deferrable ones, where less than 95 % of all were served well.",
			},
			per: perOutage, measure: criticalFirst,
		},
	}
}

// failoverTax measures what it cost users that another provider had to be found.
func failoverTax(q float64) func(*Meter, Window) Measure {
	return func(l *Meter, w Window) Measure {
		var values []float64
		for _, v := range w.Visits {
			if v.Outcome == ledger.Fallback && v.Answered != ledger.None {
				a := &l.Attempts[v.Answered]
				values = append(values, max(v.Latency()-(a.Ended-a.Arrived), 0).Float())
			}
		}
		if len(values) == 0 {
			return unmeasured("no answer by a fallback")
		}
		return quantileMeasure(values, q)
	}
}

// scarce is the availability below which some users had to go without.
const scarce = 0.95

// criticalFirst measures whether those were served who could not wait.
func criticalFirst(l *Meter, w Window) Measure {
	if w.Journey != ledger.None {
		return unmeasured("it compares journeys, and this is one")
	}
	n, served := map[bool]int{}, map[bool]int{}
	for _, v := range w.Visits {
		deferrable := l.Journey(v.Journey).Priority == "deferrable"
		n[deferrable]++
		if v.Served() {
			served[deferrable]++
		}
	}
	all := n[true] + n[false]
	switch {
	case all == 0:
		return unmeasured("no request was due")
	case n[true] == 0:
		return unmeasured("no journey is deferrable")
	case n[false] == 0:
		return unmeasured("no journey is critical")
	case float64(served[true]+served[false]) >= scarce*float64(all):
		return unmeasured("not exercised: %s of the users were served well, so nobody had to give way",
			words.Percent(float64(served[true]+served[false])/float64(all)))
	}
	share := func(deferrable bool) float64 { return float64(served[deferrable]) / float64(n[deferrable]) }
	return numberMeasure(share(false)-share(true), all)
}
