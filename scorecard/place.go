package scorecard

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// edge is how far outside its outage an attempt may seem to have been hit: the
// ledger's clock and the injector's look at two moments.
const edge = record.Seconds(time.Second)

// placeAll finds what was hit, and puts every visit into its phase: the one it
// is due in or, if it was first hit in a later one, that.
func (l *ledger) placeAll() {
	for i := range l.outages {
		l.outages[i].number = l.providers.find(l.outages[i].provider)
	}
	for i := range l.attempts {
		a := &l.attempts[i]
		if !a.hit() {
			l.blameLoad(a)
		}
		if a.hit() {
			l.placeHit(a)
		} else {
			l.placeCaught(a)
		}
	}
	for i := range l.outages {
		o := &l.outages[i]
		for _, w := range o.hidden {
			if o.onset == never || w.Start < o.onset {
				o.onset = w.Start
			}
		}
	}
	for i := range l.visits {
		l.placeVisit(&l.visits[i])
	}
	for i := range l.attempts {
		l.placeWarm(&l.attempts[i])
	}
	for i := range l.effects {
		l.placeWarm(&l.effects[i].attempt)
	}
}

// blameLoad makes a hit of an attempt that a provider turned away for want of room
// while a fault took that room: no fault was applied to the attempt, and yet it
// met one.
func (l *ledger) blameLoad(a *attempt) {
	if !slices.Contains([]int32{429, 503, 529}, a.status) {
		return
	}
	for _, w := range l.setup.Windows {
		if familyOf(w.Family).takesRoom && w.Start <= a.arrived && a.arrived < w.End && l.providers.word(a.provider) == w.Provider {
			a.kind = l.kinds.of(w.Kind)
			return
		}
	}
}

// placeWarm says whether an attempt is of the warm-up.
func (l *ledger) placeWarm(a *attempt) {
	a.warm = a.arrived < l.calm.from
	if a.visit != none {
		a.warm = l.visits[a.visit].warm
	}
}

// placeHit finds the outage in which an attempt was hit.
func (l *ledger) placeHit(a *attempt) {
	for i := range l.outages {
		o := &l.outages[i]
		if o.number != a.provider || a.arrived < o.from-edge || a.arrived >= o.to+edge {
			continue
		}
		a.outage = int32(i)
		at := max(a.arrived, o.from)
		if o.onset == never || at < o.onset {
			o.onset = at
		}
		return
	}
}

// placeCaught finds the outage that began under an attempt.
func (l *ledger) placeCaught(a *attempt) {
	for i := range l.outages {
		if o := &l.outages[i]; o.number == a.provider && o.caught(a) != never {
			a.outage = int32(i)
			return
		}
	}
}

// caught is when a transport fault began under an attempt, or never: it does to
// the connections that are open what it does to those that come.
func (o *outage) caught(a *attempt) record.Seconds {
	for _, w := range o.hidden {
		if familyOf(w.Family).tears && !partial(w) && a.arrived < w.Start && w.Start <= a.ended {
			return w.Start
		}
	}
	return never
}

// partial says whether a window leaves some requests alone.
func partial(w record.Window) bool {
	return w.ShareFrom < 1 || w.ShareTo < 1 || w.Rise > 0 || w.Partial
}

// placeVisit finds a visit's phase and counts it in the outages that it met.
func (l *ledger) placeVisit(v *visit) {
	for _, k := range l.triesOf(v) {
		switch a := &l.attempts[k]; {
		case v.hitAt != never:
		case a.hit():
			v.hitAt = a.arrived // attempts stand by arrival
		case a.outage != none:
			v.hitAt = l.outages[a.outage].caught(a)
		}
	}
	for i := range l.outages {
		o := &l.outages[i]
		if l.metIn(v, int32(i)) {
			o.hits++
		}
		if v.hitAt == never && o.unseen(v.due) {
			v.hitAt = v.due
		}
		if v.hitAt == never {
			v.hitAt = o.torn(v)
		}
	}
	v.warm = v.due < l.calm.from && v.hitAt == never
	v.phase = phaseAt(&l.setup, v.due)
	if v.hitAt != never {
		v.phase = max(v.phase, phaseAt(&l.setup, v.hitAt))
	}
}

// metIn says whether a visit met the faults of an outage: an attempt of its was
// hit, or it was due while attempts could not be seen.
func (l *ledger) metIn(v *visit, outage int32) bool {
	o := &l.outages[outage]
	return o.unseen(v.due) || o.torn(v) != never || slices.ContainsFunc(l.triesOf(v), func(k int32) bool {
		return l.attempts[k].outage == outage
	})
}

// belongs says whether a visit counts in an outage: it is due in it, or met it
// though due before.
func (l *ledger) belongs(v *visit, outage int32) bool {
	o := &l.outages[outage]
	return o.has(v.due) || v.due < o.from && l.metIn(v, outage)
}

// fillGaps adds a visit for each planned request of which the log has no line.
// Nobody knows whose it was, so it is a possible request of every journey.
func (l *ledger) fillGaps() {
	byN := make([]int32, len(l.visits))
	for i := range byN {
		byN[i] = int32(i)
	}
	slices.SortFunc(byN, func(a, b int32) int { return cmp.Compare(l.visits[a].n, l.visits[b].n) })
	most := len(l.visits) + 1000 // a log with more gaps than lines is beyond counting
	before := &visit{n: -1}
	var gaps []visit
	for _, i := range byN {
		after := &l.visits[i]
		lost := int(after.n - before.n - 1)
		for k := range min(lost, most-len(gaps)) {
			due := before.due + (after.due-before.due)/record.Seconds(lost+1)*record.Seconds(k+1)
			gaps = append(gaps, visit{
				n: before.n + 1 + int32(k), due: due, sent: never, first: never, ended: never, hitAt: never,
				journey: none, from: none, phase: none, answered: none, note: none, dropped: true,
			})
		}
		l.missing += max(lost, 0)
		before = after
	}
	if len(gaps) == 0 {
		return
	}
	l.visits = append(l.visits, gaps...)
	slices.SortStableFunc(l.visits, func(a, b visit) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.n, b.n))
	})
}

// findAnswers finds the attempt whose answer each user got: of those at the
// provider that the answer names, the last begun before the user's request ended
// that was answered, or else the last.
func (l *ledger) findAnswers() {
	for i := range l.visits {
		v := &l.visits[i]
		for _, k := range l.triesOf(v) {
			a := &l.attempts[k]
			if v.from == none || a.provider != v.from || a.arrived > v.ended {
				continue
			}
			if v.answered == none || l.answers(k) || !l.answers(v.answered) {
				v.answered = k
			}
		}
	}
}

// answers says whether the attempt was answered with success, and the client
// was there to the end.
func (l *ledger) answers(k int32) bool {
	a := &l.attempts[k]
	return a.status >= 200 && a.status < 300 && a.left == never
}
