package scorecard

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Services do what they are told: they send the mail, they book the order. Their calls
// stand apart from the attempts at models: no call of theirs answers a user, is retried
// elsewhere or fails over, so no metric of models may meet them.

// An effect is a call of a tool. As an attempt it is joined, placed and summed up like
// any other.
type effect struct {
	attempt
	sign
	// intent is what somebody wanted once: a request's call of one tool. The request is
	// known by its nonce, else by the trace, else by the idempotency key; 0: by nothing.
	intent   uint64
	tool     string
	executed bool // it took place, whatever came of the answer
}

// apart parts the services from the models' providers.
func apart(all []record.Provider) (models, services []record.Provider) {
	for _, p := range all {
		if p.Effects {
			services = append(services, p)
		} else {
			models = append(models, p)
		}
	}
	return models, services
}

// isService says whether a provider is one of the services.
func isService(services []record.Provider, name string) bool {
	return slices.ContainsFunc(services, func(p record.Provider) bool { return p.Name == name })
}

func (in *intake) takeEffect(no int, a *record.Attempt) bool {
	e := effect{
		attempt: attempt{
			line: int32(no), arrived: a.Arrived, ended: a.Ended, left: momentOf(a.Left), status: int32(a.Status),
			kind: none, visit: none, outage: none, endpoint: endpointEffect,
		},
		sign: sign{nonce: hashOf(a.Nonce), trace: hashOf(a.Trace), traced: tracedN(a.Trace)},
		tool: a.Tool, executed: a.Executed,
	}
	if !possible(e.arrived, e.ended, e.left) {
		return false
	}
	e.provider = in.providers.of(a.Provider)
	if a.Arrived < 0 {
		return true // a canary's: before the drill
	}
	if a.Fault != "" || a.Kind != "" {
		e.kind = in.kinds.of(cmp.Or(a.Kind, a.Fault))
	}
	if who := cmp.Or(a.Nonce, a.Trace, a.Idempotency); who != "" && a.Tool != "" {
		e.intent = hashOf(a.Provider + "\x00" + a.Tool + "\x00" + who)
	}
	in.effects = append(in.effects, e)
	in.noteAgent(e.provider, a.Agent)
	return true
}

// sortEffects brings effects into the order in which they arrived, whatever that of
// their lines is.
func (in *intake) sortEffects() {
	slices.SortFunc(in.effects, func(a, b effect) int {
		return cmp.Or(
			cmp.Compare(a.arrived, b.arrived), cmp.Compare(a.ended, b.ended),
			cmp.Compare(in.providers.word(a.provider), in.providers.word(b.provider)), cmp.Compare(a.tool, b.tool),
			cmp.Compare(a.intent, b.intent), cmp.Compare(a.status, b.status), cmp.Compare(a.line, b.line))
	})
}

// effectsOf gives the effects of a window that took place and whose intent is known,
// by arrival.
func (l *ledger) effectsOf(w window) []*effect {
	if len(l.effects) == 0 {
		return nil
	}
	in := make(map[*visit]bool, len(w.visits))
	for _, v := range w.visits {
		in[v] = true
	}
	var all []*effect
	for i := range l.effects {
		e := &l.effects[i]
		of := w.journey == none && w.has(e.arrived) // whose it is nobody knows
		if e.visit != none {
			of = in[&l.visits[e.visit]]
		}
		if of && e.executed && e.intent != 0 && !e.warm && (w.provider == none || e.provider == w.provider) {
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
func duplicateEffects(l *ledger, w window) Measure {
	effects, intents := l.effectsOf(w), map[uint64]bool{}
	for _, e := range effects {
		intents[e.intent] = true
	}
	switch {
	case len(l.services) == 0:
		return unmeasured("no provider is a service with effects")
	case len(effects) == 0:
		return unmeasured("no tool did anything for a request that is known")
	}
	return numberMeasure(float64(len(effects)-len(intents)), len(intents))
}

// duplicatedEffect looks for effects that a request had more than once.
func duplicatedEffect(l *ledger) (s sighting) {
	had, again := map[uint64]bool{}, map[string]int{}
	for _, e := range l.effectsOf(l.window(query{}, none)) {
		if had[e.intent] {
			s.see(l, e.line, e.visit)
			again[cmp.Or(e.tool, "other tools")]++
		}
		had[e.intent] = true
	}
	s.sentence = fmt.Sprintf("%s did again what had been done for the same request (%s)", callsOfTools(s.count), tally(again))
	return s
}

func callsOfTools(n int) string {
	return words.Count(float64(n)) + words.OneOr(n, " call of a tool", " calls of tools")
}

// unattributed says how many effects belong to no intent that is known, "" for none.
func (l *ledger) unattributed() string {
	n := 0
	for i := range l.effects {
		if e := &l.effects[i]; e.executed && e.intent == 0 && !e.warm {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s carried neither a request's nonce nor a traceparent nor an Idempotency-Key: whether they repeat one another is not known", callsOfTools(n))
}
