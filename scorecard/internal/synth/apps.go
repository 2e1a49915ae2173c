package synth

import (
	"math"
)

// Resilient tries the primary once and then the secondary.
func Resilient(q *Ask) {
	if q.Try("primary").OK || q.Try("secondary").OK {
		q.Answer()
		return
	}
	q.Fail(502)
}

// Asking makes an app that asks the primary so many times, waits so many seconds each
// time, and then asks the secondary.
func Asking(times int, patience float64) func(*Ask) {
	return func(q *Ask) {
		for range times {
			if q.TryWithin("primary", patience).OK {
				q.Answer()
				return
			}
		}
		q.Try("secondary")
		q.Answer()
	}
}

// Breaker goes straight to the secondary while the surge lasts.
func Breaker(q *Ask) {
	if !InSurge(q) {
		Resilient(q)
		return
	}
	q.Try("secondary")
	q.Answer()
}

// BreakerAfter fails over that long after the first hit: until then its users get
// errors, and from then on the secondary answers.
func BreakerAfter(seconds float64) func(*Ask) {
	return func(q *Ask) {
		if q.Due < FirstHit+seconds {
			PrimaryOnly(q)
		} else {
			Breaker(q)
		}
	}
}

// Retrying tries the primary until the pauses are used up, then the secondary.
// Pauses are up to 30 % longer than given, different for each request.
func Retrying(pauses ...float64) func(*Ask) {
	return pausing(func(q *Ask, pause float64) float64 {
		_, part := math.Modf(float64(q.U.N) * 0.618)
		return pause * (1 + 0.3*part)
	}, pauses)
}

// Steadily is [Retrying] with pauses that are always the same.
func Steadily(pauses ...float64) func(*Ask) {
	return pausing(func(_ *Ask, pause float64) float64 { return pause }, pauses)
}

func pausing(drawn func(*Ask, float64) float64, pauses []float64) func(*Ask) {
	return func(q *Ask) {
		for _, pause := range append([]float64{0}, pauses...) {
			q.At += drawn(q, pause)
			if q.Try("primary").OK {
				q.Answer()
				return
			}
		}
		q.Try("secondary")
		q.Answer()
	}
}

// instantly is turned away in no time, and asks again at once.
func instantly(q *Ask) {
	for range 3 {
		at := q.At
		r := q.Try("primary")
		if r.OK {
			q.Answer()
			return
		}
		q.At, r.Line.Ended = at, r.Line.Arrived
	}
	q.Try("secondary")
	q.Answer()
}

// PrimaryOnly knows the primary only.
func PrimaryOnly(q *Ask) {
	if q.Try("primary").OK {
		q.Answer()
		return
	}
	q.Fail(502)
}

// spoiling does something to the answers of an app that is otherwise well.
func spoiling(what func(*Ask)) func(*Ask) {
	return func(q *Ask) {
		Resilient(q)
		if int(q.Due*10)%10 == 0 && InSurge(q) {
			what(q)
		}
	}
}

// Sick stays so after the surge.
func Sick(q *Ask) {
	if q.Due < SurgeTo {
		Resilient(q)
		return
	}
	q.Try("primary")
	q.Fail(503)
}

// OwnWords answers with a text of its own.
func OwnWords(declared bool) func(*Ask) {
	return func(q *Ask) {
		if q.Try("primary").OK {
			q.Answer()
			return
		}
		q.Lesser()
		q.U.Degraded = declared
	}
}

// Credulous passes on what came with a 200.
func Credulous(q *Ask) {
	r := q.Try("primary")
	switch {
	case r.OK:
		q.Answer()
	case r.Begun:
		q.Half()
		q.U.Answer = nil
	case q.Try("secondary").OK:
		q.Answer()
	}
}

// Still makes an app that keeps nothing of one to be made anew for each drill.
func Still(app func(*Ask)) func() func(*Ask) { return func() func(*Ask) { return app } }

// PutOff answers later: accepted at once, delivered after so many seconds.
func PutOff(q *Ask, after float64) {
	q.U.Deferred = Moment(q.At + 0.01)
	q.At += after
	q.Answer()
	q.U.Status, q.U.First, q.U.Delivered = 202, Moment(q.At), true
}

// NeverDelivered accepts and forgets.
func NeverDelivered(q *Ask) {
	q.U.Status, q.U.Deferred = 202, Moment(q.At+0.01)
	q.At += 15
}

// Fuse is an app with a breaker: it opens at so many failures in a row, stays
// open for so long, then lets so many probes through at once, and closes when
// they are answered.
type Fuse struct {
	Failures int
	Open     float64
	Probes   int
	Stuck    bool // probes, and never closes

	failed int
	until  float64
	left   int
}

// App handles one request.
func (f *Fuse) App(q *Ask) {
	if f.until > 0 && q.Due < f.until {
		q.Try("secondary")
		q.Answer()
		return
	}
	probing := f.until > 0
	if probing && f.left == 0 {
		f.left = f.Probes
	}
	if q.Try("primary").OK {
		q.Answer()
		if !f.Stuck || !probing {
			f.failed, f.until, f.left = 0, 0, 0
			return
		}
	} else {
		f.failed++
		q.Try("secondary")
		q.Answer()
	}
	switch {
	case probing:
		if f.left--; f.left == 0 {
			f.until = q.Due + f.Open
		}
	case f.failed >= f.Failures:
		f.until = q.Due + f.Open
	}
}
