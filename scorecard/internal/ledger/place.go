package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Edge is how far outside its outage an attempt may seem to have been hit: the
// ledger's clock and the injector's look at two moments.
const Edge = record.Seconds(time.Second)

// placeAll finds what was hit, and puts every visit into its phase: the one it
// is due in or, if it was first hit in a later one, that.
func (l *Ledger) placeAll() {
	for i := range l.Outages {
		l.Outages[i].Number = l.Providers.Find(l.Outages[i].Provider)
	}
	for i := range l.Attempts {
		a := &l.Attempts[i]
		if !a.Hit() {
			l.blameLoad(a)
		}
		if a.Hit() {
			l.placeHit(a)
		} else {
			l.placeCaught(a)
		}
	}
	for i := range l.Outages {
		o := &l.Outages[i]
		for _, w := range o.hidden {
			if o.Onset == Never || w.Start < o.Onset {
				o.Onset = w.Start
			}
		}
	}
	for i := range l.Visits {
		l.placeVisit(&l.Visits[i])
	}
	for i := range l.Attempts {
		l.placeWarm(&l.Attempts[i])
	}
	for i := range l.Effects {
		l.placeWarm(&l.Effects[i].Attempt)
	}
}

// blameLoad makes a hit of an attempt that a provider turned away for want of room
// while a fault took that room: no fault was applied to the attempt, and yet it
// met one.
func (l *Ledger) blameLoad(a *Attempt) {
	if !slices.Contains([]int32{429, 503, 529}, a.Status) {
		return
	}
	for _, w := range l.Setup.Windows {
		if FamilyOf(w.Family).takesRoom && w.Start <= a.Arrived && a.Arrived < w.End && l.Providers.Word(a.Provider) == w.Provider {
			a.Kind = l.Kinds.of(w.Kind)
			return
		}
	}
}

// placeWarm says whether an attempt is of the warm-up.
func (l *Ledger) placeWarm(a *Attempt) {
	a.Warm = a.Arrived < l.Calm.From
	if a.Visit != None {
		a.Warm = l.Visits[a.Visit].Warm
	}
}

// placeHit finds the outage in which an attempt was hit.
func (l *Ledger) placeHit(a *Attempt) {
	for i := range l.Outages {
		o := &l.Outages[i]
		if o.Number != a.Provider || a.Arrived < o.From-Edge || a.Arrived >= o.To+Edge {
			continue
		}
		a.Outage = int32(i)
		at := max(a.Arrived, o.From)
		if o.Onset == Never || at < o.Onset {
			o.Onset = at
		}
		return
	}
}

// placeCaught finds the outage that began under an attempt.
func (l *Ledger) placeCaught(a *Attempt) {
	for i := range l.Outages {
		if o := &l.Outages[i]; o.Number == a.Provider && o.caught(a) != Never {
			a.Outage = int32(i)
			return
		}
	}
}

// caught is when a transport fault began under an attempt, or never: it does to
// the connections that are open what it does to those that come.
func (o *Outage) caught(a *Attempt) record.Seconds {
	for _, w := range o.hidden {
		if FamilyOf(w.Family).tears && !Partial(w) && a.Arrived < w.Start && w.Start <= a.Ended {
			return w.Start
		}
	}
	return Never
}

// Partial says whether a window leaves some requests alone.
func Partial(w record.Window) bool {
	return w.ShareFrom < 1 || w.ShareTo < 1 || w.Rise > 0 || w.Partial
}

// placeVisit finds a visit's phase and counts it in the outages that it met.
func (l *Ledger) placeVisit(v *Visit) {
	for _, k := range l.TriesOf(v) {
		switch a := &l.Attempts[k]; {
		case v.hitAt != Never:
		case a.Hit():
			v.hitAt = a.Arrived // attempts stand by arrival
		case a.Outage != None:
			v.hitAt = l.Outages[a.Outage].caught(a)
		}
	}
	for i := range l.Outages {
		o := &l.Outages[i]
		if l.MetIn(v, int32(i)) {
			o.Hits++
		}
		if v.hitAt == Never && o.unseen(v.Due) {
			v.hitAt = v.Due
		}
		if v.hitAt == Never {
			v.hitAt = o.torn(v)
		}
	}
	v.Warm = v.Due < l.Calm.From && v.hitAt == Never
	v.Phase = PhaseAt(&l.Setup, v.Due)
	if v.hitAt != Never {
		v.Phase = max(v.Phase, PhaseAt(&l.Setup, v.hitAt))
	}
}

// MetIn says whether a visit met the faults of an outage: an attempt of its was
// hit, or it was due while attempts could not be seen.
func (l *Ledger) MetIn(v *Visit, outage int32) bool {
	o := &l.Outages[outage]
	return o.unseen(v.Due) || o.torn(v) != Never || slices.ContainsFunc(l.TriesOf(v), func(k int32) bool {
		return l.Attempts[k].Outage == outage
	})
}

// Belongs says whether a visit counts in an outage: it is due in it, or met it
// though due before.
func (l *Ledger) Belongs(v *Visit, outage int32) bool {
	o := &l.Outages[outage]
	return o.Has(v.Due) || v.Due < o.From && l.MetIn(v, outage)
}

// fillGaps adds a visit for each planned request of which the log has no line.
// Nobody knows whose it was, so it is a possible request of every journey.
func (l *Ledger) fillGaps() {
	byN := make([]int32, len(l.Visits))
	for i := range byN {
		byN[i] = int32(i)
	}
	slices.SortFunc(byN, func(a, b int32) int { return cmp.Compare(l.Visits[a].N, l.Visits[b].N) })
	most := len(l.Visits) + 1000 // a log with more gaps than lines is beyond counting
	before := &Visit{N: -1}
	var gaps []Visit
	for _, i := range byN {
		after := &l.Visits[i]
		lost := int(after.N - before.N - 1)
		for k := range min(lost, most-len(gaps)) {
			due := before.Due + (after.Due-before.Due)/record.Seconds(lost+1)*record.Seconds(k+1)
			gaps = append(gaps, Visit{
				N: before.N + 1 + int32(k), Due: due, Sent: Never, First: Never, Ended: Never, hitAt: Never,
				Journey: None, From: None, Phase: None, Answered: None, Note: None, Dropped: true,
			})
		}
		l.Missing += max(lost, 0)
		before = after
	}
	if len(gaps) == 0 {
		return
	}
	l.Visits = append(l.Visits, gaps...)
	slices.SortStableFunc(l.Visits, func(a, b Visit) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.N, b.N))
	})
}

// findAnswers finds the attempt whose answer each user got: of those at the
// provider that the answer names, the last begun before the user's request ended
// that was answered, or else the last.
func (l *Ledger) findAnswers() {
	for i := range l.Visits {
		v := &l.Visits[i]
		for _, k := range l.TriesOf(v) {
			a := &l.Attempts[k]
			if v.From == None || a.Provider != v.From || a.Arrived > v.Ended {
				continue
			}
			if v.Answered == None || l.Answers(k) || !l.Answers(v.Answered) {
				v.Answered = k
			}
		}
	}
}

// Answers says whether the attempt was answered with success, and the client
// was there to the end.
func (l *Ledger) Answers(k int32) bool {
	a := &l.Attempts[k]
	return a.Status >= 200 && a.Status < 300 && a.Left == Never
}
