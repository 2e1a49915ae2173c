package measure

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
)

// usersAffected measures the share of sessions of which a turn was not served
// well.
func usersAffected(l *Meter, w Window) Measure {
	hurt, sessions, alone := 0, map[uint64]bool{}, 0
	for _, v := range w.Visits {
		switch session := l.Extra(v).Session; {
		case session != 0:
			sessions[session] = sessions[session] || !v.Served()
			continue
		case !v.Served():
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
func contextKept(l *Meter, w Window) Measure {
	switch {
	case len(l.Turns) == 0:
		return unmeasured("no journey has sessions")
	case len(l.Contexts) == 1:
		return unmeasured("no prompt ever carried an earlier turn: the app keeps no context")
	}
	kept, n := 0, 0
	for _, v := range w.Visits {
		a, ok := l.FollowUp(v)
		if a == nil || w.provider != ledger.None && a.Provider != w.provider {
			continue
		}
		n++
		if ok {
			kept++
		}
	}
	return shareMeasure(kept, n, "no follow-up turn reached a provider")
}

// FollowUp gives the attempt that a follow-up turn was answered by, or else its
// last, and whether that carried the context. nil: it made none, or no turn
// before it was answered.
func (l *Meter) FollowUp(v *ledger.Visit) (a *ledger.Attempt, kept bool) {
	k := v.Answered
	for _, try := range l.TriesOf(v) {
		if v.Answered == ledger.None && l.Attempts[try].Endpoint == ledger.EndpointText {
			k = try
		}
	}
	known := l.history(v)
	if k == ledger.None || len(known) == 0 {
		return nil, false
	}
	a = &l.Attempts[k]
	return a, !slices.ContainsFunc(known, func(nonce uint64) bool { return !slices.Contains(l.HashesOf(l.Contexts[a.Context]), nonce) })
}

// history gives the questions of a session that were answered when a turn was
// sent. Of one that failed or is still being answered, nobody owes the model the
// memory.
func (l *Meter) history(v *ledger.Visit) []uint64 {
	var known []uint64
	for k := l.Extra(v).Before; k != ledger.None; k = l.Extra(&l.Visits[k]).Before {
		if e := &l.Visits[k]; e.Whole && e.Ended != ledger.Never && e.Ended <= v.Sent {
			known = append(known, ledger.HashOf(l.Nonce(e)))
		}
	}
	return known
}
