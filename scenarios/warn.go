package scenarios

import (
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Evidence that the card asks for, METRICS §4: the rules that it judges by.
const (
	baselineNeeds = 20              // requests
	settledNeeds  = 20              // requests that must be left once a time has settled, …
	settledLeft   = 5 * time.Second // … and time
	spotlessNeeds = 100             // requests of which a bar that allows none must see
	z95squared    = 1.96 * 1.96     // of the Wilson interval, 95 %
)

// warn says what is unwise about a plan that can be played, with the arithmetic.
func (b *builder) warn() {
	b.warnListen()
	b.warnPrompt()
	b.warnBaseline()
	b.warnRecovery()
	b.warnLoad()
	b.warnReplays()
	for _, f := range b.places {
		b.warnShort(f)
		b.warnTorn(f)
	}
	b.warnTaken()
	b.warnUnjudged()
	b.warnStops()
	given := b.allowances()
	for i := range b.plan.Bars {
		if b.plan.DefaultBars {
			b.warnBar(&barDraft{Place: schema.Place{Pos: b.draft.At("phases")}}, b.plan.Bars[i], given)
		} else {
			b.warnBar(&b.draft.bars[i], b.plan.Bars[i], given)
		}
	}
}

// warnListen speaks of mocks that others on the network can reach.
func (b *builder) warnListen() {
	for i := range b.draft.providers {
		p := &b.draft.providers[i]
		if ip := hostOf(p.listen); ip.IsValid() && !ip.IsLoopback() {
			b.problems.Warn(p.At("listen"), "open-to-all", "%s listens on %s, which is not only this machine; real API keys may arrive there", p.name, p.listen)
		}
	}
}

// warnPrompt speaks of requests that carry nothing to be known by.
func (b *builder) warnPrompt() {
	for i := range b.draft.traffic.journeys {
		j := &b.draft.traffic.journeys[i]
		if j.request.dialect == "" && !carries(j.request.Node) {
			b.problems.Warn(j.At("request"), "no-nonce", "the requests of %s carry neither {{prompt}} nor {{nonce}}; no answer can be traced to its request", j.Name)
		}
	}
}

// carries says whether a text at or below a node has the nonce in it.
func carries(n *yamltree.Node) bool {
	for _, e := range n.Entries {
		if carries(e.Value) {
			return true
		}
	}
	for _, item := range n.Items {
		if carries(item) {
			return true
		}
	}
	return strings.Contains(n.Written, "{{prompt}}") || strings.Contains(n.Written, "{{nonce}}")
}

// warnBaseline speaks of a baseline that proves no health.
func (b *builder) warnBaseline() {
	p := &b.plan
	at := b.draft.phases[0].Pos
	if len(p.Windows) == 0 {
		b.problems.Warn(b.draft.At("phases"), "no-fault", "no phase has a fault; the drill rehearses nothing")
		return
	}
	first := p.firstFault()
	calm := span{min(p.Warmup, first), first}
	n := p.count("", calm)
	switch {
	case first == 0:
		b.problems.Warn(at, "no-baseline", "no baseline: the first fault begins at once; the card needs %d requests before it", baselineNeeds)
	case n < baselineNeeds:
		b.problems.Warn(at, "no-baseline", "the baseline is too short: %s less %s of warm-up at %.4g/s are %.0f requests; the card needs %d",
			show(first), show(p.Warmup), p.rate("", calm), n, baselineNeeds)
	}
}

// warnRecovery speaks of a drill that ends before anybody can be seen to be
// back.
func (b *builder) warnRecovery() {
	p := &b.plan
	if len(p.Windows) == 0 {
		return
	}
	var last time.Duration
	for _, w := range p.Windows {
		last = max(last, w.To)
	}
	at := b.draft.phases[len(b.draft.phases)-1].Pos
	rate := p.rate("", span{last, p.Length})
	needs := max(settledLeft, seconds(settledNeeds/rate))
	switch left := p.Length - last; {
	case left == 0:
		b.problems.Warn(at, "no-recovery", "no recovery: the last fault ends with the drill; add a phase without faults")
	case rate == 0:
		b.problems.Warn(at, "no-recovery", "no recovery: nothing is sent in the %s after the last fault", show(left))
	case left < needs:
		b.problems.Warn(at, "no-recovery", "the recovery is too short: %s after the last fault; to see users settled takes %s (%s, and %d requests at %.4g/s)",
			show(left), show(needs), show(settledLeft), settledNeeds, rate)
	}
}

// warnShort speaks of a fault that never ends by itself and whose window is over
// before anybody gives up: what it did falls into the next phase.
func (b *builder) warnShort(f faultPlace) {
	if !f.kind.Endless {
		return
	}
	shortest := b.plan.Journeys[0]
	for _, j := range b.plan.Journeys {
		if j.Timeout < shortest.Timeout {
			shortest = j
		}
	}
	from, to := f.draft.span(b.plan.Phases[f.phase])
	if to-from < shortest.Timeout {
		b.problems.Warn(f.draft.At("kind"), "short-fault", "%s for %s is shorter than the shortest timeout, %s of %s: it is over before anybody gives up, and what it did shows in the next phase",
			f.kind.Name, show(to-from), show(shortest.Timeout), shortest.Name)
	}
}
