package synth

import "github.com/seed-76a9de92/brownout/scorecard/record"

// The surge of [Surge], s.
const (
	SurgeFrom = 15.0
	SurgeTo   = 45.0
	FirstHit  = 15.01 // the first request due in the surge
)

// Surge is calm for 15 s, has one fault on its primary for 30 s, and 30 s after it.
func Surge(kind string, share float64) *Drill {
	d := New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", kind, share)
	return d
}

// InSurge says whether a request is due while the surge lasts.
func InSurge(q *Ask) bool { return q.Due >= SurgeFrom && q.Due < SurgeTo }

// Mixed is a surge of two faults.
func Mixed(a, b string) func() *Drill {
	return func() *Drill {
		d := Surge(a, 0.4)
		d.Fault("surge", "primary", b, 0.5)
		return d
	}
}

// Priced is a surge between a dear, good model and a cheap, lesser one. Every
// answered attempt of a synth has no tokens, so each is given 100 and 50.
func Priced(app func(*Ask)) *Drill {
	d := Surge("server_error", 1)
	d.Setup.SLO = 0.99
	d.Setup.Worth = []record.Worth{
		{Provider: "primary", Model: "m", Quality: 0.9, Input: 2, Output: 10},
		{Provider: "secondary", Model: "m", Quality: 0.72, Input: 1, Output: 1},
	}
	d.Play(app)
	for i := range d.Lines {
		if a := d.Lines[i].Attempt; a != nil {
			a.Model, a.TokensIn, a.TokensOut = "m", 100, 50
		}
	}
	return d
}

// Barred is a drill whose app meets its bars.
func Barred() *Drill {
	d := Surge("server_error", 1)
	d.Bar("availability", "min", 0.95, "surge")
	d.Bar("failover_time", "max", 5, "surge")
	return d
}
