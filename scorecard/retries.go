package scorecard

import (
	"iter"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// made goes through the attempts of a window's visits that it is about: those
// with a prompt, at its provider if it names one.
func (l *ledger) made(w window) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for _, v := range w.visits {
			for _, k := range l.triesOf(v) {
				if (w.provider == none || l.attempts[k].provider == w.provider) && !yield(k) {
					return
				}
			}
		}
	}
}

// amplification measures how many times the attempts it needed the app made, at
// the worst provider.
func amplification(l *ledger, w window) Measure {
	attempts, calls := make([]int, len(l.providers.list)), make([]int, len(l.providers.list))
	for k := range l.made(w) {
		a := &l.attempts[k]
		attempts[a.provider]++
		if a.prev == none {
			calls[a.provider]++
		}
	}
	usual := l.usualAttempts(w.journey)
	sends := len(w.visits) // what users send again is no amplification of the app's
	for _, v := range w.visits {
		sends += int(l.extra(v).again.n)
	}
	worst := 0.0
	for provider, n := range attempts {
		if n == 0 {
			continue
		}
		worst = max(worst, float64(n)/float64(max(calls[provider], 1)))
		if usual > 0 {
			worst = max(worst, float64(n)/float64(sends)/usual)
		}
	}
	if worst == 0 {
		return unmeasured("no attempt was made")
	}
	return numberMeasure(worst, len(w.visits))
}

// usualAttempts is how many attempts a request takes in the baseline, at all
// providers; 0: nobody knows.
func (l *ledger) usualAttempts(journey int32) float64 {
	return once(l.usual, journey, func() float64 { return l.calmAttempts(journey) })
}

func (l *ledger) calmAttempts(journey int32) float64 {
	n, attempts := 0, 0
	for i := range l.visits[:l.dueBy(l.calm.to)] {
		v := &l.visits[i]
		if l.isCalm(v) && v.outcome != unknown && (journey == none || v.journey == journey) {
			n++
			attempts += int(v.tries.n)
		}
	}
	if n < baselineNeeds {
		return 0
	}
	return float64(attempts) / float64(n)
}

// compliance measures the share of retries that waited as they were told.
func compliance(l *ledger, w window) Measure {
	k, n := 0, 0
	for a := range l.made(w) {
		switch eligible, early := l.waited(a); {
		case !eligible:
		case early:
			n++
		default:
			k++
			n++
		}
	}
	return shareMeasure(k, n, "no answer with Retry-After was retried")
}

// waited says whether an attempt's answer had a Retry-After and was retried, and
// whether that was before its time.
func (l *ledger) waited(k int32) (eligible, early bool) {
	a := &l.attempts[k]
	if a.wait == never || a.left != never {
		return false, false
	}
	retry := l.retried(k)
	if retry == nil {
		return false, false
	}
	return true, a.tooEarly(retry)
}

// tooEarly says whether a retry came before the time that a's Retry-After asked for.
func (a *attempt) tooEarly(retry *attempt) bool {
	slack := max(record.Seconds(50*time.Millisecond), a.wait/20)
	if a.byDate {
		slack = max(slack, record.Seconds(time.Second)) // a date has whole seconds
	}
	return retry.arrived-a.ended < a.wait-slack
}

// hopeless says whether the answer to an attempt will be the same however often
// it is asked.
func (l *ledger) hopeless(a *attempt) bool {
	return slices.Contains([]int32{400, 401, 403, 404, 422}, a.status) ||
		l.kinds.word(a.kind) == "quota_exhausted"
}

// hopelessRetries counts retries of what cannot succeed.
func hopelessRetries(l *ledger, w window) Measure {
	if len(w.visits) == 0 {
		return unmeasured("no request was due")
	}
	n := 0
	for k := range l.made(w) {
		if prev := l.attempts[k].prev; prev != none && l.hopeless(&l.attempts[prev]) {
			n++
		}
	}
	return numberMeasure(float64(n), len(w.visits))
}
