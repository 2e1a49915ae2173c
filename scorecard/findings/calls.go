package findings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// What providers met: retries, routes, calls that no mock knows.

// letDown says whether a user was left with an error or harm.
func letDown(v *ledger.Visit) bool { return v.Outcome == ledger.Failed || v.Outcome.Row().Harm }

// noFallback looks for journeys whose requests failed at a faulted provider and
// were never tried at another, though one was whole.
func noFallback(l *looker) (s sighting) {
	if len(l.Setup.Providers) < 2 {
		return sighting{}
	}
	var providers []string
	for i := range l.Outages {
		o := &l.Outages[i]
		if o.Hits == 0 || !l.Whole(l.Setup.Providers, o.Span) {
			continue
		}
		before := s.count
		for _, name := range l.JourneyNames() {
			l.seeStuck(&s, int32(i), l.Journeys.Find(name))
		}
		if s.count > before && !slices.Contains(providers, o.Provider) {
			providers = append(providers, o.Provider)
		}
	}
	s.sentence = fmt.Sprintf("%s failed at %s, and none like %s was tried at another provider, though one was whole",
		requests(s.count), strings.Join(providers, " or "), words.OneOr(s.count, "it", "them"))
	return s
}

// seeStuck sees a journey's failures in an outage, if nothing of that journey
// that met the outage was tried elsewhere.
func (l *looker) seeStuck(s *sighting, outage, journey int32) {
	provider := l.Providers.Find(l.Outages[outage].Provider)
	var stuck []int32
	for i, v := range l.Counted {
		if v.Journey != journey || !l.Belongs(v, outage) {
			continue
		}
		if l.WentElsewhere(v, provider) || !l.Joined() && l.used(provider) > 1 {
			return
		}
		// An app that takes a bad answer for good has no reason to ask elsewhere.
		if (v.Outcome == ledger.Failed || v.Outcome == ledger.Hang) && (l.MetIn(v, outage) || !l.Joined()) {
			stuck = append(stuck, i)
		}
	}
	for _, i := range stuck {
		s.see(l, l.Visits[i].Line, i)
	}
}

// used counts the providers that were called, provider among them.
func (l *looker) used(provider int32) int {
	called := map[int32]bool{provider: true}
	for i := range l.Attempts {
		called[l.Attempts[i].Provider] = true
	}
	return len(called)
}

// singleProvider looks for failures where the drill itself knows one provider.
func singleProvider(l *looker) (s sighting) {
	if len(l.Setup.Providers) != 1 {
		return sighting{}
	}
	for i := range l.Outages {
		for k, v := range l.Counted {
			if letDown(v) && l.Belongs(v, int32(i)) {
				s.see(l, v.Line, k)
			}
		}
	}
	s.sentence = fmt.Sprintf("%s failed while %s, the only provider, had an outage",
		requests(s.count), l.Setup.Providers[0].Name)
	return s
}

// retryStorm looks at the phase and provider with the highest amplification.
func retryStorm(l *looker) (s sighting) {
	var worst measure.Measure
	for _, p := range l.Setup.Phases {
		if !p.Faulty(l.Setup.Windows) {
			continue
		}
		for _, provider := range l.Setup.Providers {
			m := l.Measure(measure.Query{Metric: "retry_amplification", Phase: p.Name, Provider: provider.Name})
			if m.Value != nil && (worst.Value == nil || *m.Value > *worst.Value) {
				worst = m
			}
		}
	}
	if worst.Value == nil || *worst.Value <= 2 {
		return sighting{}
	}
	w := l.Window(measure.Query{Phase: worst.Phase, Provider: worst.Provider}, ledger.None)
	made := slices.Collect(l.Made(w))
	doubled := 0
	for _, k := range made {
		if a := &l.Attempts[k]; a.Prev != ledger.None {
			s.see(l, a.Line, a.Visit)
			if l.doubled(k) {
				doubled++
			}
		}
	}
	if s.count > 0 && 3*doubled >= s.count {
		return sighting{} // a finding of its own, and not for too many tries
	}
	// A retry that words its prompt anew is a call of its own, but no request.
	needed := words.Count(float64(len(made)-s.count)) + " calls"
	if float64(len(made)) < 2*float64(len(made)-s.count) {
		needed = requests(len(w.Visits))
	}
	all := len(made)
	if lost := l.seeLost(&s, w); lost > 0 {
		all, needed = all+lost, requests(len(w.Visits))
	}
	s.sentence = fmt.Sprintf("in %s the app made %s the attempts that it needed: %s at %s for %s",
		worst.Phase, words.Figure(*worst.Value, "x"), words.Count(float64(all)), worst.Provider, needed)
	return s
}

// seeLost counts the attempts of a window that were lost with their connections, those
// beyond one for each request as instances: which of them were retries nobody knows.
func (l *looker) seeLost(s *sighting, w measure.Window) int {
	lost := 0
	for c := range l.Lost(w) {
		if lost++; lost > len(w.Visits) {
			s.see(l, c.Line, ledger.None)
		}
	}
	return lost
}

func retryAfterIgnored(l *looker) (s sighting) {
	m := l.Measure(measure.Query{Metric: "retry_after_compliance"})
	if m.Value == nil || *m.Value >= 0.90 {
		return sighting{}
	}
	for k := range l.Made(l.Window(measure.Query{}, ledger.None)) {
		if _, early := l.Waited(k); early {
			s.see(l, l.Retried(k).Line, l.Attempts[k].Visit)
		}
	}
	s.sentence = fmt.Sprintf("%d of %d retries came before the time that Retry-After asked for: %s waited as told",
		s.count, m.N, words.Percent(*m.Value))
	return s
}

// noBackoff looks for retries that follow an error at once, or after pauses that
// do not grow.
func noBackoff(l *looker) (s sighting) {
	if !l.Joined() {
		return sighting{}
	}
	b := l.Backoff(l.Window(measure.Query{}, ledger.None))
	if len(b.Pauses) < measure.LeastInstances {
		return sighting{}
	}
	pause := stats.Quantile(b.Pauses, 0.5)
	growth := 0.0
	if len(b.Ratios) >= measure.LeastInstances {
		growth = stats.Quantile(b.Ratios, 0.5)
	}
	if pause >= measure.Immediately && (growth == 0 || growth >= 1.3) {
		return sighting{}
	}
	for _, k := range b.Lines {
		s.see(l, l.Attempts[k].Line, l.Attempts[k].Visit)
	}
	s.sentence = fmt.Sprintf("%d retries followed an error after %s in the median", s.count, words.Figure(pause, "s"))
	if growth > 0 {
		s.sentence += fmt.Sprintf(", each pause %s the one before", words.Figure(growth, "x"))
	}
	return s
}

func hopelessRetried(l *looker) (s sighting) {
	if !l.Joined() {
		return sighting{}
	}
	after := map[string]int{}
	for k := range l.Made(l.Window(measure.Query{}, ledger.None)) {
		a := &l.Attempts[k]
		if a.Prev == ledger.None || !l.Hopeless(&l.Attempts[a.Prev]) {
			continue
		}
		s.see(l, a.Line, a.Visit)
		after[fmt.Sprint(l.Attempts[a.Prev].Status)]++
	}
	s.sentence = fmt.Sprintf("%d retries of what no retry can change (after %s)", s.count, words.Tally(after))
	return s
}

// deadPrimaryFirst looks for requests that pay a failed attempt at a provider long
// known to be down, before they go where they are served.
func deadPrimaryFirst(l *looker) (worst sighting) {
	for i := range l.Outages {
		o := &l.Outages[i]
		if o.Onset == ledger.Never || o.Blind() || !l.Joined() {
			continue
		}
		provider, n := l.Providers.Find(o.Provider), 0
		var s sighting
		for k, v := range l.Counted {
			if !o.Has(v.Due) || v.Due < o.Onset+measure.SettledIn || !o.Down(v.Due) {
				continue
			}
			n++
			if l.FirstAt(v) == provider && l.WentElsewhere(v, provider) {
				s.see(l, v.Line, k)
			}
		}
		if 2*s.count <= n || s.count <= worst.count {
			continue
		}
		worst = s
		worst.sentence = fmt.Sprintf("%s of the requests still tried %s first when it had answered nobody for ten seconds",
			words.Percent(float64(s.count)/float64(n)), o.Provider)
	}
	return worst
}

// notFailedBack looks for journeys that stayed away long after their primary was
// well again.
func notFailedBack(l *looker) (s sighting) {
	const patience = 15.0 // s
	var stays []string
	for i := range l.Outages {
		o := &l.Outages[i]
		for _, name := range l.JourneyNames() {
			m := l.Measure(measure.Query{Metric: "failback_time", Phase: l.PhaseName(o.After), Journey: name, Provider: o.Provider})
			stayed := ""
			switch {
			case o.After == ledger.None || !m.Measured || l.stuckOpen(int32(i)):
			case m.Value == nil && *m.Low > patience:
				stayed = "never came back"
			case m.Value != nil && *m.Value > patience:
				stayed = "came back after " + words.Figure(*m.Value, "s")
			}
			if stayed == "" {
				continue
			}
			stays = append(stays, fmt.Sprintf("%s %s to %s", name, stayed, o.Provider))
			provider := l.Providers.Find(o.Provider)
			for k, v := range l.Counted {
				if first := l.FirstAt(v); v.Journey == l.Journeys.Find(name) && l.Until(int32(i)).Has(v.Due) &&
					first != provider && first != ledger.None {
					s.see(l, v.Line, k)
				}
			}
		}
	}
	s.sentence = fmt.Sprintf("%s, though it was well again: %s went elsewhere", strings.Join(stays, ", "), requests(s.count))
	return s
}

func unknownPaths(l *looker) (s sighting) {
	for i := range l.Attempts {
		if a := &l.Attempts[i]; a.Endpoint == ledger.EndpointUnknown && !a.Warm {
			s.see(l, a.Line, a.Visit)
		}
	}
	s.sentence = fmt.Sprintf("%d calls to paths that no provider here has (%s)", s.count, words.Tally(l.Paths))
	return s
}
