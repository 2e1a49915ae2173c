package scorecard

import (
	"fmt"
	"slices"
)

// Sessions: users who ask more than once, and what the app remembers of them.

// askedIn is a session and the nonce of a question that it asked, hashed.
type askedIn struct{ session, nonce uint64 }

// linkTurns tells each turn of a session which one came before it.
func (l *ledger) linkTurns() {
	last := map[uint64]int32{}
	for i := range l.visits {
		x := l.extra(&l.visits[i])
		if x.session == 0 {
			continue
		}
		if k, ok := last[x.session]; ok {
			x.before = k
		}
		last[x.session] = int32(i)
	}
}

// anothers says whether a reply has a nonce of another session's question.
// Without sessions every request is its own.
func (l *ledger) anothers(v *visit) bool {
	x := l.extra(v)
	for _, nonce := range l.hashesOf(x.others) {
		if x.session == 0 || !l.turns[askedIn{x.session, nonce}] {
			return true
		}
	}
	return false
}

// usersAffected measures the share of sessions of which a turn was not served
// well.
func usersAffected(l *ledger, w window) Measure {
	hurt, sessions, alone := 0, map[uint64]bool{}, 0
	for _, v := range w.visits {
		switch session := l.extra(v).session; {
		case session != 0:
			sessions[session] = sessions[session] || !v.served()
			continue
		case !v.served():
			hurt++
		}
		alone++
	}
	for _, h := range sessions {
		if h {
			hurt++
		}
	}
	return shareMeasure(hurt, len(sessions)+alone, "no request was due")
}

// contextKept measures the share of follow-up turns whose prompt still carries
// the questions that the session was answered before. At a provider it is of
// the turns that this one answered or was asked last, so that the card has it
// before a switch and after.
func contextKept(l *ledger, w window) Measure {
	switch {
	case len(l.turns) == 0:
		return unmeasured("no journey has sessions")
	case len(l.contexts) == 1:
		return unmeasured("no prompt ever carried an earlier turn: the app keeps no context")
	}
	kept, n := 0, 0
	for _, v := range w.visits {
		a, ok := l.followUp(v)
		if a == nil || w.provider != none && a.provider != w.provider {
			continue
		}
		n++
		if ok {
			kept++
		}
	}
	return shareMeasure(kept, n, "no follow-up turn reached a provider")
}

// followUp gives the attempt that a follow-up turn was answered by, or else its
// last, and whether that carried the context. nil: it made none, or no turn
// before it was answered.
func (l *ledger) followUp(v *visit) (a *attempt, kept bool) {
	k := v.answered
	for _, try := range l.triesOf(v) {
		if v.answered == none && l.attempts[try].endpoint == endpointText {
			k = try
		}
	}
	known := l.history(v)
	if k == none || len(known) == 0 {
		return nil, false
	}
	a = &l.attempts[k]
	return a, !slices.ContainsFunc(known, func(nonce uint64) bool { return !slices.Contains(l.hashesOf(l.contexts[a.context]), nonce) })
}

// history gives the questions of a session that were answered when a turn was
// sent. Of one that failed or is still being answered, nobody owes the model the
// memory.
func (l *ledger) history(v *visit) []uint64 {
	var known []uint64
	for k := l.extra(v).before; k != none; k = l.extra(&l.visits[k]).before {
		if e := &l.visits[k]; e.whole && e.ended != never && e.ended <= v.sent {
			known = append(known, hashOf(l.nonce(e)))
		}
	}
	return known
}

// keptNeeds is the share of follow-up turns at the primary that carry the
// conversation, of an app that is said to have lost it elsewhere. One that trims
// its prompts everywhere has lost nothing by the switch.
const keptNeeds = 0.95

// contextLost looks for follow-up turns that another provider got without the
// conversation that the primary is given.
func contextLost(l *ledger) (s sighting) {
	kept, n := map[int32]int{}, map[int32]int{} // by journey, at its primary
	for _, v := range l.counted {
		if a, ok := l.followUp(v); a != nil && a.provider == l.journey(v.journey).primary {
			n[v.journey]++
			if ok {
				kept[v.journey]++
			}
		}
	}
	for i, v := range l.counted {
		keeps := n[v.journey] >= leastInstances && float64(kept[v.journey]) >= keptNeeds*float64(n[v.journey])
		if a, ok := l.followUp(v); keeps && a != nil && !ok && a.provider != l.journey(v.journey).primary {
			s.see(l, v.line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s went to another provider without the conversation so far", requests(s.count))
	return s
}
