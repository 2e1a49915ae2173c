package scorecard

import (
	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// evidence is what judging the bars and grading need beyond the card itself. The
// measuring side fills it.
type evidence struct {
	// Unfit are the reasons why nothing that was measured may count: the mocks
	// were never called, more than 5 % unknown in a phase, an unhealthy baseline.
	// Each is a sentence without a full stop.
	Unfit []string
	// Interrupted says why the drill ended early, "" when it did not. Played is
	// how far it came, s since the start; windows that end later were not played.
	Interrupted string
	Played      float64
	// Outages in the order of their beginning.
	Outages []outageEvidence
	// Metastable: recovery_lag is beyond its limit after some outage.
	Metastable bool
	// StreamHit counts the requests hit by time, stream or content faults.
	StreamHit int
	// Measure gives one metric on one window; its Reason when it was not measured.
	// N is what was looked at: requests of a share, answers judged of harm. N = 0
	// never passes a bar. A settled time has both ends of its interval as spans
	// ("not noticeable": 0 and 0), one never settled has Low alone, and so has a
	// quantile that falls among the unanswered ("> 20 s").
	Measure func(measure.Query) measure.Measure
}

// outageEvidence is one outage: a stretch with a fault window open on one
// provider.
type outageEvidence struct {
	Provider string
	Begins   string  // phase in which it begins: failover_time and its like belong here
	After    string  // phase in which it has ended: failback_time, recovery_lag; "" when the drill ends first
	From, To float64 // t0 and t1, s since the start
	// Availability of the requests that belong to it, all journeys pooled.
	Availability measure.Measure
	Par          float64 // what the best of all clients could have served of them; 1 where nobody knows
}

// evidence is what the bars are judged on.
func (l *judging) evidence() evidence {
	ev := evidence{
		Unfit: l.Unfit(), Interrupted: l.Interrupted(), Played: l.Setup.Length.Float(), Measure: l.Measure,
	}
	if ev.Interrupted != "" {
		ev.Played = l.Last.Float()
	}
	for i := range l.Outages {
		ev.Outages = append(ev.Outages, l.outageEvidence(int32(i)))
		ev.Metastable = ev.Metastable || l.Metastable(int32(i))
	}
	for _, v := range l.Counted {
		if l.spoilt(v) {
			ev.StreamHit++
		}
	}
	return ev
}

func (l *judging) outageEvidence(outage int32) outageEvidence {
	o := &l.Outages[outage]
	return outageEvidence{
		Provider: o.Provider, Begins: l.PhaseName(o.Begins), After: l.PhaseName(o.After),
		From: o.From.Float(), To: o.To.Float(), Availability: l.OutageAvailability(outage), Par: measure.ParIn(&l.Setup, o.From, o.To),
	}
}

// spoilt says whether a visit met a fault that can leave an answer late, torn or bad.
func (l *judging) spoilt(v *ledger.Visit) bool {
	for _, k := range l.TriesOf(v) {
		a := &l.Attempts[k]
		if a.Outage == ledger.None || !a.Hit() {
			continue
		}
		for _, w := range l.Outages[a.Outage].Windows {
			if w.Kind == l.Kinds.Word(a.Kind) && ledger.FamilyOf(w.Family).Spoils {
				return true
			}
		}
	}
	return false
}
