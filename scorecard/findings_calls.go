package scorecard

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What providers met: retries, routes, calls that no mock knows.

// letDown says whether a user was left with an error or harm.
func (v *visit) letDown() bool { return v.outcome == failed || v.outcome.row().harm }

// noFallback looks for journeys whose requests failed at a faulted provider and
// were never tried at another, though one was whole.
func noFallback(l *ledger) (s sighting) {
	if len(l.setup.Providers) < 2 {
		return sighting{}
	}
	var providers []string
	for i := range l.outages {
		o := &l.outages[i]
		if o.hits == 0 || !l.whole(l.setup.Providers, o.span) {
			continue
		}
		before := s.count
		for _, name := range l.journeyNames() {
			l.seeStuck(&s, int32(i), l.journeys.find(name))
		}
		if s.count > before && !slices.Contains(providers, o.provider) {
			providers = append(providers, o.provider)
		}
	}
	s.sentence = fmt.Sprintf("%s failed at %s, and none like %s was tried at another provider, though one was whole",
		requests(s.count), strings.Join(providers, " or "), words.OneOr(s.count, "it", "them"))
	return s
}

// seeStuck sees a journey's failures in an outage, if nothing of that journey
// that met the outage was tried elsewhere.
func (l *ledger) seeStuck(s *sighting, outage, journey int32) {
	provider := l.providers.find(l.outages[outage].provider)
	var stuck []int32
	for i, v := range l.counted {
		if v.journey != journey || !l.belongs(v, outage) {
			continue
		}
		if l.wentElsewhere(v, provider) || !l.joined() && l.used(provider) > 1 {
			return
		}
		// An app that takes a bad answer for good has no reason to ask elsewhere.
		if (v.outcome == failed || v.outcome == hang) && (l.metIn(v, outage) || !l.joined()) {
			stuck = append(stuck, i)
		}
	}
	for _, i := range stuck {
		s.see(l, l.visits[i].line, i)
	}
}

// used counts the providers that were called, provider among them.
func (l *ledger) used(provider int32) int {
	called := map[int32]bool{provider: true}
	for i := range l.attempts {
		called[l.attempts[i].provider] = true
	}
	return len(called)
}

// singleProvider looks for failures where the drill itself knows one provider.
func singleProvider(l *ledger) (s sighting) {
	if len(l.setup.Providers) != 1 {
		return sighting{}
	}
	for i := range l.outages {
		for k, v := range l.counted {
			if v.letDown() && l.belongs(v, int32(i)) {
				s.see(l, v.line, k)
			}
		}
	}
	s.sentence = fmt.Sprintf("%s failed while %s, the only provider, had an outage",
		requests(s.count), l.setup.Providers[0].Name)
	return s
}

// retryStorm looks at the phase and provider with the highest amplification.
func retryStorm(l *ledger) (s sighting) {
	var worst Measure
	for _, p := range l.setup.Phases {
		if !faulty(p, l.setup.Windows) {
			continue
		}
		for _, provider := range l.setup.Providers {
			m := l.measure(query{Metric: "retry_amplification", Phase: p.Name, Provider: provider.Name})
			if m.Value != nil && (worst.Value == nil || *m.Value > *worst.Value) {
				worst = m
			}
		}
	}
	if worst.Value == nil || *worst.Value <= 2 {
		return sighting{}
	}
	w := l.window(query{Phase: worst.Phase, Provider: worst.Provider}, none)
	made := slices.Collect(l.made(w))
	doubled := 0
	for _, k := range made {
		if a := &l.attempts[k]; a.prev != none {
			s.see(l, a.line, a.visit)
			if l.doubled(k) {
				doubled++
			}
		}
	}
	if 3*doubled >= s.count {
		return sighting{} // a finding of its own, and not for too many tries
	}
	// A retry that words its prompt anew is a call of its own, but no request.
	needed := words.Count(float64(len(made)-s.count)) + " calls"
	if float64(len(made)) < 2*float64(len(made)-s.count) {
		needed = requests(len(w.visits))
	}
	s.sentence = fmt.Sprintf("in %s the app made %s the attempts that it needed: %s at %s for %s",
		worst.Phase, words.Figure(*worst.Value, "x"), words.Count(float64(len(made))), worst.Provider, needed)
	return s
}

func retryAfterIgnored(l *ledger) (s sighting) {
	m := l.measure(query{Metric: "retry_after_compliance"})
	if m.Value == nil || *m.Value >= 0.90 {
		return sighting{}
	}
	for k := range l.made(l.window(query{}, none)) {
		if _, early := l.waited(k); early {
			s.see(l, l.retried(k).line, l.attempts[k].visit)
		}
	}
	s.sentence = fmt.Sprintf("%d of %d retries came before the time that Retry-After asked for: %s waited as told",
		s.count, m.N, words.Percent(*m.Value))
	return s
}

// noBackoff looks for retries that follow an error at once, or after pauses that
// do not grow.
func noBackoff(l *ledger) (s sighting) {
	if !l.joined() {
		return sighting{}
	}
	b := l.backoff(l.window(query{}, none))
	if len(b.pauses) < leastInstances {
		return sighting{}
	}
	pause := stats.Quantile(b.pauses, 0.5)
	growth := 0.0
	if len(b.ratios) >= leastInstances {
		growth = stats.Quantile(b.ratios, 0.5)
	}
	if pause >= immediately && (growth == 0 || growth >= 1.3) {
		return sighting{}
	}
	for _, k := range b.lines {
		s.see(l, l.attempts[k].line, l.attempts[k].visit)
	}
	s.sentence = fmt.Sprintf("%d retries followed an error after %s in the median", s.count, words.Figure(pause, "s"))
	if growth > 0 {
		s.sentence += fmt.Sprintf(", each pause %s the one before", words.Figure(growth, "x"))
	}
	return s
}

func hopelessRetried(l *ledger) (s sighting) {
	if !l.joined() {
		return sighting{}
	}
	after := map[string]int{}
	for k := range l.made(l.window(query{}, none)) {
		a := &l.attempts[k]
		if a.prev == none || !l.hopeless(&l.attempts[a.prev]) {
			continue
		}
		s.see(l, a.line, a.visit)
		after[fmt.Sprint(l.attempts[a.prev].status)]++
	}
	s.sentence = fmt.Sprintf("%d retries of what no retry can change (after %s)", s.count, tally(after))
	return s
}

// tally writes counts by name, the largest first: "401: 30, 429: 12".
func tally(n map[string]int) string {
	const kept = 5
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names[:min(len(names), kept)] {
		parts = append(parts, fmt.Sprintf("%s: %d", name, n[name]))
	}
	if len(names) > kept {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// deadPrimaryFirst looks for requests that pay a failed attempt at a provider long
// known to be down, before they go where they are served.
func deadPrimaryFirst(l *ledger) (worst sighting) {
	for i := range l.outages {
		o := &l.outages[i]
		if o.onset == never || o.blind() || !l.joined() {
			continue
		}
		provider, n := l.providers.find(o.provider), 0
		var s sighting
		for k, v := range l.counted {
			if !o.has(v.due) || v.due < o.onset+settledIn || !o.down(v.due) {
				continue
			}
			n++
			if l.firstAt(v) == provider && l.wentElsewhere(v, provider) {
				s.see(l, v.line, k)
			}
		}
		if 2*s.count <= n || s.count <= worst.count {
			continue
		}
		worst = s
		worst.sentence = fmt.Sprintf("%s of the requests still tried %s first when it had answered nobody for ten seconds",
			words.Percent(float64(s.count)/float64(n)), o.provider)
	}
	return worst
}

// wentElsewhere says whether a visit made an attempt at another provider.
func (l *ledger) wentElsewhere(v *visit, provider int32) bool {
	return slices.ContainsFunc(l.triesOf(v), func(k int32) bool { return l.attempts[k].provider != provider })
}

// notFailedBack looks for journeys that stayed away long after their primary was
// well again.
func notFailedBack(l *ledger) (s sighting) {
	const patience = 15.0 // s
	var stays []string
	for i := range l.outages {
		o := &l.outages[i]
		for _, name := range l.journeyNames() {
			m := l.measure(query{Metric: "failback_time", Phase: l.phaseName(o.after), Journey: name, Provider: o.provider})
			stayed := ""
			switch {
			case o.after == none || !m.Measured || l.stuckOpen(int32(i)):
			case m.Value == nil && *m.Low > patience:
				stayed = "never came back"
			case m.Value != nil && *m.Value > patience:
				stayed = "came back after " + words.Figure(*m.Value, "s")
			}
			if stayed == "" {
				continue
			}
			stays = append(stays, fmt.Sprintf("%s %s to %s", name, stayed, o.provider))
			provider := l.providers.find(o.provider)
			for k, v := range l.counted {
				if first := l.firstAt(v); v.journey == l.journeys.find(name) && l.until(int32(i)).has(v.due) &&
					first != provider && first != none {
					s.see(l, v.line, k)
				}
			}
		}
	}
	s.sentence = fmt.Sprintf("%s, though it was well again: %s went elsewhere", strings.Join(stays, ", "), requests(s.count))
	return s
}

func unknownPaths(l *ledger) (s sighting) {
	for i := range l.attempts {
		if a := &l.attempts[i]; a.endpoint == endpointUnknown && !a.warm {
			s.see(l, a.line, a.visit)
		}
	}
	s.sentence = fmt.Sprintf("%d calls to paths that no provider here has (%s)", s.count, tally(l.paths))
	return s
}
