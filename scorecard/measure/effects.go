package measure

import (
	"fmt"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// EffectsOf gives the effects of a window that took place and whose intent is known,
// by arrival.
func (l *Meter) EffectsOf(w Window) []*ledger.Effect {
	if len(l.Effects) == 0 {
		return nil
	}
	in := make(map[*ledger.Visit]bool, len(w.Visits))
	for _, v := range w.Visits {
		in[v] = true
	}
	var all []*ledger.Effect
	for i := range l.Effects {
		e := &l.Effects[i]
		of := w.Journey == ledger.None && w.Has(e.Arrived) // whose it is nobody knows
		if e.Visit != ledger.None {
			of = in[&l.Visits[e.Visit]]
		}
		if of && e.Executed && e.Intent != 0 && !e.Warm && (w.provider == ledger.None || e.Provider == w.provider) {
			all = append(all, e)
		}
	}
	return all
}

func effectMetrics() []metricRow {
	return []metricRow{{
		Metric: Metric{
			Name: "duplicate_effects", Unit: "count", Scope: "drill", Better: "low", Effects: true,
			Doc: "Times that a tool did again what it had done for the same request: executions per intent − 1.",
		},
		per: perEffects, measure: duplicateEffects,
	}}
}

// duplicateEffects counts executions beyond the first of each intent.
func duplicateEffects(l *Meter, w Window) Measure {
	effects, intents := l.EffectsOf(w), map[uint64]bool{}
	for _, e := range effects {
		intents[e.Intent] = true
	}
	switch {
	case len(l.Services) == 0:
		return unmeasured("no provider is a service with effects")
	case len(effects) == 0:
		return unmeasured("no tool did anything for a request that is known")
	}
	return numberMeasure(float64(len(effects)-len(intents)), len(intents))
}

func CallsOfTools(n int) string {
	return words.Count(float64(n)) + words.OneOr(n, " call of a tool", " calls of tools")
}

// Unattributed says how many effects belong to no intent that is known, "" for none.
func (l *Meter) Unattributed() string {
	n := 0
	for i := range l.Effects {
		if e := &l.Effects[i]; e.Executed && e.Intent == 0 && !e.Warm {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s carried neither a request's nonce nor a traceparent nor an Idempotency-Key: whether they repeat one another is not known", CallsOfTools(n))
}
