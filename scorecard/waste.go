package scorecard

import "github.com/seed-76a9de92/brownout/scorecard/record"

// wastedTokens measures the share of tokens that went into no answer which
// served a user well.
func wastedTokens(l *ledger, w window) Measure {
	all, useful := 0, 0
	for _, v := range w.visits {
		for _, k := range l.triesOf(v) {
			if a := &l.attempts[k]; w.provider != none && a.provider != w.provider {
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
func (l *ledger) tokens(k int32) int {
	a := &l.attempts[k]
	if a.status < 200 || a.status >= 300 {
		return 0
	}
	return int(max(a.tokensIn, 0)) + int(max(a.tokensOut, 0))
}

// useful says whether an attempt went into an answer that served its user well:
// it is the one that was read, or was answered for another call of the request.
func (l *ledger) useful(v *visit, k int32) bool {
	if !v.served() || !l.answers(k) || v.answered == none {
		return false
	}
	a, read := &l.attempts[k], &l.attempts[v.answered]
	return k == v.answered || a.endpoint != read.endpoint || a.print != read.print
}

// orphanWork sums up how long providers worked for users who had left or had
// their answer.
func orphanWork(l *ledger, w window) Measure {
	if len(w.visits) == 0 {
		return unmeasured("no request was due")
	}
	work := 0.0
	for _, v := range w.visits {
		for _, k := range l.triesOf(v) {
			if w.provider == none || l.attempts[k].provider == w.provider {
				work += l.orphan(v, k).Float()
			}
		}
	}
	return numberMeasure(work, len(w.visits))
}

// orphan is how long an attempt went on after its user had gone.
func (l *ledger) orphan(v *visit, k int32) record.Seconds {
	if v.ended == never {
		return 0
	}
	a := &l.attempts[k]
	end := a.ended
	if a.left != never {
		end = min(end, a.left)
	}
	return max(end-max(a.arrived, l.gone(v, k)), 0)
}

// gone is when the user went away whom an attempt was made for: when he sent the
// same again, unless this attempt gave the answer yet, or had the end of it.
func (l *ledger) gone(v *visit, k int32) record.Seconds {
	for _, again := range l.again(v) {
		if again > l.attempts[k].arrived && k != v.answered {
			return again
		}
	}
	return v.ended
}
