package measure

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What answers are worth and what they cost, where the scenario says so: by the
// quality and the price that it gives a model, and by the service level that the
// team has promised.

func worthMetrics() []metricRow {
	return []metricRow{
		{
			Metric: Metric{
				Name: "quality_retention", Unit: "share", Scope: "window", Better: "high", Join: true,
				Doc: "Mean declared quality of the answers that users got ÷ that of the baseline's.",
			},
			per: perOutage, said: saysQuality, measure: qualityRetention,
		},
		{
			Metric: Metric{
				Name: "cost_per_good", Unit: "$", Scope: "window", Better: "low", Join: true,
				Doc: "What all attempts cost ÷ requests served well.",
			},
			per: perOutage, said: saysPrices, measure: costPerGood,
		},
		{
			Metric: Metric{
				Name: "bill", Unit: "x", Scope: "window", Better: "low", Join: true,
				Doc: "What all attempts cost ÷ what as long a stretch of the baseline costs.",
			},
			per: perOutage, said: saysPrices, measure: bill,
		},
		{
			Metric: Metric{
				Name: "budget_burn", Unit: "share", Scope: "window", Better: "low",
				Doc: "Error budget of 30 days that the window used up.",
			},
			per: perOutage, said: func(l *Meter) bool { return l.Setup.SLO > 0 }, measure: budgetBurn,
		},
	}
}

func saysQuality(l *Meter) bool {
	return slices.ContainsFunc(l.Setup.Worth, func(w record.Worth) bool { return w.Quality > 0 })
}

func saysPrices(l *Meter) bool {
	return slices.ContainsFunc(l.Setup.Worth, func(w record.Worth) bool { return w.Input > 0 || w.Output > 0 })
}

// worthOf is what the scenario says about the model that an attempt used, nil when
// it says nothing.
func (l *Meter) worthOf(k int32) *record.Worth {
	if len(l.Setup.Worth) == 0 {
		return nil
	}
	a := &l.Attempts[k]
	for i := range l.Setup.Worth {
		w := &l.Setup.Worth[i]
		if w.Provider == l.Providers.Word(a.Provider) && w.Model == l.Models.Word(a.Model) {
			return w
		}
	}
	return nil
}

// baseline are the requests due in it.
func (l *Meter) baseline() []*ledger.Visit {
	var calm []*ledger.Visit
	for i := range l.Visits {
		if v := &l.Visits[i]; l.IsCalm(v) && v.Outcome != ledger.Unknown {
			calm = append(calm, v)
		}
	}
	return calm
}

// quality is the mean of the answers that were read, and of how many it is known.
func (l *Meter) quality(visits []*ledger.Visit) (mean float64, n int) {
	sum := 0.0
	for _, v := range visits {
		if v.Answered == ledger.None || !v.Served() {
			continue
		}
		if w := l.worthOf(v.Answered); w != nil && w.Quality > 0 {
			sum += w.Quality
			n++
		}
	}
	if n == 0 {
		return 0, 0
	}
	return sum / float64(n), n
}

func qualityRetention(l *Meter, w Window) Measure {
	usual, n := l.quality(l.baseline())
	if n == 0 {
		return unmeasured("no model that answered in the baseline has a declared quality")
	}
	now, n := l.quality(w.Visits)
	if n == 0 {
		return unmeasured("no model that answered has a declared quality")
	}
	return numberMeasure(now/usual, n)
}

// cost is what attempts cost, false when none of them has a price.
func (l *Meter) cost(visits []*ledger.Visit) (dollars float64, known bool) {
	for _, v := range visits {
		for _, k := range l.TriesOf(v) {
			w := l.worthOf(k)
			if w == nil || w.Input == 0 && w.Output == 0 || l.tokens(k) == 0 {
				continue
			}
			a := &l.Attempts[k]
			dollars += (float64(a.TokensIn)*w.Input + float64(a.TokensOut)*w.Output) / 1e6
			known = true
		}
	}
	return dollars, known
}

const noPrice = "no model that was used has a price"

func costPerGood(l *Meter, w Window) Measure {
	dollars, known := l.cost(w.Visits)
	good := 0
	for _, v := range w.Visits {
		if v.Served() {
			good++
		}
	}
	switch {
	case !known:
		return unmeasured(noPrice)
	case good == 0:
		return unmeasured("nobody was served well")
	}
	return numberMeasure(dollars/float64(good), good)
}

func bill(l *Meter, w Window) Measure {
	calm := l.baseline()
	usual, known := l.cost(calm)
	if !known {
		return unmeasured("no model that was used in the baseline has a price")
	}
	dollars, known := l.cost(w.Visits)
	if !known {
		return unmeasured(noPrice)
	}
	// By request and not by second: as many are due in each second of both.
	return numberMeasure(dollars/float64(len(w.Visits))/(usual/float64(len(calm))), len(w.Visits))
}

// budgetDays is the time over which a service level is promised.
const budgetDays = 30

func budgetBurn(l *Meter, w Window) Measure {
	promised := l.Setup.SLO
	if promised == 0 {
		return unmeasured("the scenario names no slo")
	}
	m := shareOf((*ledger.Visit).Served)(l, w)
	if m.Value == nil {
		return m
	}
	budget := (1 - promised) * (budgetDays * 24 * time.Hour).Seconds()
	return numberMeasure((1-*m.Value)*w.Length().Float()/budget, m.N)
}
