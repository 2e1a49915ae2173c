package measure

import (
	"iter"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Made goes through the attempts of a window's visits that it is about: those
// with a prompt, at its provider if it names one.
func (l *Meter) Made(w Window) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for _, v := range w.Visits {
			for _, k := range l.TriesOf(v) {
				if (w.provider == ledger.None || l.Attempts[k].Provider == w.provider) && !yield(k) {
					return
				}
			}
		}
	}
}

// amplification measures how many times the attempts it needed the app made, at
// the worst provider.
func amplification(l *Meter, w Window) Measure {
	if refusal, yes := l.anybodys(w); yes {
		return refusal
	}
	attempts, calls := make([]int, len(l.Providers.List)), make([]int, len(l.Providers.List))
	for k := range l.Made(w) {
		a := &l.Attempts[k]
		attempts[a.Provider]++
		if a.Prev == ledger.None {
			calls[a.Provider]++
		}
	}
	lost := make([]int, len(l.Providers.List))
	for c := range l.Lost(w) {
		lost[c.Provider]++
	}
	usual := l.usualAttempts(w.Journey)
	sends := len(w.Visits) // what users send again is no amplification of the app's
	for _, v := range w.Visits {
		sends += int(l.Extra(v).Again.N)
	}
	worst := 0.0
	for provider, n := range attempts {
		if n > 0 {
			worst = max(worst, float64(n)/float64(max(calls[provider], 1)))
		}
		if all := n + lost[provider]; all > 0 && usual > 0 && sends > 0 {
			worst = max(worst, float64(all)/float64(sends)/usual)
		}
	}
	if worst == 0 {
		return unmeasured("no attempt was made")
	}
	return numberMeasure(worst, len(w.Visits))
}

// usualAttempts is how many attempts a request takes in the baseline, at all
// providers; 0: nobody knows.
func (l *Meter) usualAttempts(journey int32) float64 {
	return once(l.usual, journey, func() float64 { return l.calmAttempts(journey) })
}

func (l *Meter) calmAttempts(journey int32) float64 {
	n, attempts := 0, 0
	for i := range l.Visits[:l.dueBy(l.Calm.To)] {
		v := &l.Visits[i]
		if l.IsCalm(v) && v.Outcome != ledger.Unknown && (journey == ledger.None || v.Journey == journey) {
			n++
			attempts += int(v.Tries.N)
		}
	}
	if n < baselineNeeds {
		return 0
	}
	return float64(attempts) / float64(n)
}

// compliance measures the share of retries that waited as they were told.
func compliance(l *Meter, w Window) Measure {
	k, n := 0, 0
	for a := range l.Made(w) {
		switch eligible, early := l.Waited(a); {
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

// Waited says whether an attempt's answer had a Retry-After and was retried, and
// whether that was before its time.
func (l *Meter) Waited(k int32) (eligible, early bool) {
	a := &l.Attempts[k]
	if a.Wait == ledger.Never || a.Left != ledger.Never {
		return false, false
	}
	retry := l.Retried(k)
	if retry == nil {
		return false, false
	}
	return true, TooEarly(a, retry)
}

// TooEarly says whether a retry came before the time that a's Retry-After asked for.
func TooEarly(a *ledger.Attempt, retry *ledger.Attempt) bool {
	slack := max(record.Seconds(50*time.Millisecond), a.Wait/20)
	if a.ByDate {
		slack = max(slack, record.Seconds(time.Second)) // a date has whole seconds
	}
	return retry.Arrived-a.Ended < a.Wait-slack
}

// Hopeless says whether the answer to an attempt will be the same however often
// it is asked.
func (l *Meter) Hopeless(a *ledger.Attempt) bool {
	return slices.Contains([]int32{400, 401, 403, 404, 422}, a.Status) ||
		l.Kinds.Word(a.Kind) == "quota_exhausted"
}

// hopelessRetries counts retries of what cannot succeed.
func hopelessRetries(l *Meter, w Window) Measure {
	if len(w.Visits) == 0 {
		return unmeasured("no request was due")
	}
	n := 0
	for k := range l.Made(w) {
		if prev := l.Attempts[k].Prev; prev != ledger.None && l.Hopeless(&l.Attempts[prev]) {
			n++
		}
	}
	return numberMeasure(float64(n), len(w.Visits))
}
