package measure

import (
	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// wastedTokens measures the share of tokens that went into no answer which
// served a user well.
func wastedTokens(l *Meter, w Window) Measure {
	all, useful := 0, 0
	for _, v := range w.Visits {
		for _, k := range l.TriesOf(v) {
			if a := &l.Attempts[k]; w.provider != ledger.None && a.Provider != w.provider {
				continue
			}
			n := l.tokens(k)
			all += n
			if l.useful(v, k) {
				useful += n
			}
		}
	}
	if all == 0 {
		return unmeasured("no tokens were counted")
	}
	return numberMeasure(1-float64(useful)/float64(all), all)
}

// tokens is what an attempt was charged: a refused one nothing.
func (l *Meter) tokens(k int32) int {
	a := &l.Attempts[k]
	if a.Status < 200 || a.Status >= 300 {
		return 0
	}
	return int(max(a.TokensIn, 0)) + int(max(a.TokensOut, 0))
}

// useful says whether an attempt went into an answer that served its user well:
// it is the one that was read, or was answered for another call of the request.
func (l *Meter) useful(v *ledger.Visit, k int32) bool {
	if !v.Served() || !l.Answers(k) || v.Answered == ledger.None {
		return false
	}
	a, read := &l.Attempts[k], &l.Attempts[v.Answered]
	return k == v.Answered || a.Endpoint != read.Endpoint || a.Print != read.Print
}

// orphanWork sums up how long providers worked for users who had left or had
// their answer.
func orphanWork(l *Meter, w Window) Measure {
	if len(w.Visits) == 0 {
		return unmeasured("no request was due")
	}
	work := 0.0
	for _, v := range w.Visits {
		for _, k := range l.TriesOf(v) {
			if w.provider == ledger.None || l.Attempts[k].Provider == w.provider {
				work += l.Orphan(v, k).Float()
			}
		}
	}
	return numberMeasure(work, len(w.Visits))
}

// Orphan is how long an attempt went on after its user had gone.
func (l *Meter) Orphan(v *ledger.Visit, k int32) record.Seconds {
	if v.Ended == ledger.Never {
		return 0
	}
	a := &l.Attempts[k]
	end := a.Ended
	if a.Left != ledger.Never {
		end = min(end, a.Left)
	}
	return max(end-max(a.Arrived, l.gone(v, k)), 0)
}

// gone is when the user went away whom an attempt was made for: when he sent the
// same again, unless this attempt gave the answer yet, or had the end of it.
func (l *Meter) gone(v *ledger.Visit, k int32) record.Seconds {
	for _, again := range l.Again(v) {
		if again > l.Attempts[k].Arrived && k != v.Answered {
			return again
		}
	}
	return v.Ended
}
