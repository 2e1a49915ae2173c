package findings_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// trait is what one app does wrong in a drill that shows it, and what the same
// app does without it. Apps have a state, so each drill gets its own.
type trait struct {
	finding       string
	drill         func() *synth.Drill
	app, opposite func() func(*synth.Ask)
}

func surging(kind string, share float64) func() *synth.Drill {
	return func() *synth.Drill { return synth.Surge(kind, share) }
}

// withBatch is a surge that a deferrable journey shares.
func withBatch() *synth.Drill {
	d := synth.Surge("server_error", 0.5)
	d.Journey("batch", 10).Priority = "deferrable"
	return d
}

// shedding sheds a journey's every second request in the surge.
func shedding(journey string) func() func(*synth.Ask) {
	return func() func(*synth.Ask) {
		n := 0
		return func(q *synth.Ask) {
			if n++; synth.InSurge(q) && q.Journey.Name == journey && n%3 > 0 {
				q.Fail(503)
				return
			}
			synth.Resilient(q)
		}
	}
}

// onTheClock retries when the second turns, with everybody else.
func onTheClock(q *synth.Ask) {
	if q.Try("primary").OK {
		q.Answer()
		return
	}
	q.At = float64(int(q.At)) + 1
	if q.Try("primary").OK || q.Try("secondary").OK {
		q.Answer()
	}
}

// doubling answers an error with two attempts at once.
func doubling(q *synth.Ask) {
	if q.Try("primary").OK {
		q.Answer()
		return
	}
	q.At += 0.3 + float64(q.U.N%10)/50
	at := q.At
	first := q.Try("primary").OK
	q.At = at
	if q.Try("primary").OK || first || q.Try("secondary").OK {
		q.Answer()
	}
}

// released keeps the requests of an outage's last seconds until it is over.
func released(q *synth.Ask) {
	switch {
	case q.Due >= synth.SurgeTo-5 && q.Due < synth.SurgeTo:
		q.At = synth.SurgeTo + 0.2
		q.Try("primary")
		q.Answer()
	default:
		synth.BreakerAfter(1)(q)
	}
}

// swinging goes to the secondary for 4 s and comes back for as long.
func swinging(q *synth.Ask) {
	if synth.InSurge(q) && int(q.Due-synth.SurgeFrom)/4%2 == 1 {
		q.Try("secondary")
		q.Answer()
		return
	}
	synth.Resilient(q)
}

// unlessStatus falls back but on one status.
func unlessStatus(status int) func(*synth.Ask) {
	return func(q *synth.Ask) {
		r := q.Try("primary")
		if r.Status == status {
			q.Fail(503)
			return
		}
		if r.OK || q.Try("secondary").OK {
			q.Answer()
		}
	}
}

// beforeWords falls back unless words have come.
func beforeWords(q *synth.Ask) {
	r := q.Try("primary")
	if r.Begun && !r.OK {
		q.Fail(502)
		return
	}
	if r.OK || q.Try("secondary").OK {
		q.Answer()
	}
}

// crowded has a secondary whose own limits refuse every second request.
func crowded() func(*synth.Ask) {
	n := 0
	return func(q *synth.Ask) {
		if q.Try("primary").OK {
			q.Answer()
			return
		}
		r := q.Try("secondary")
		if n++; n%2 == 0 {
			r.Line.Status, r.Line.First, r.Line.TokensOut, r.Line.Refused = 429, nil, 0, "rate_limit"
			q.Fail(503)
			return
		}
		q.Answer()
	}
}

// lingering goes on for 5 s with every tenth answer that nobody reads.
func lingering(q *synth.Ask) {
	synth.Resilient(q)
	if q.U.N%10 == 0 {
		q.Last.Line.Ended += synth.Secs(5)
	}
}

func traits() map[string]trait {
	declared := func() *synth.Drill {
		d := synth.Surge("server_error", 0.5)
		d.Journey("chat", 10).HasDegrade = true
		return d
	}
	fast := func() *synth.Drill {
		d := synth.Surge("server_error", 0.5)
		d.Journey("chat", 40)
		return d
	}
	fusing := func(stuck bool) func() func(*synth.Ask) {
		return func() func(*synth.Ask) { return (&synth.Fuse{Failures: 8, Open: 3, Probes: 1, Stuck: stuck}).App }
	}
	return map[string]trait{
		"always the same pause": {"no_jitter", surging("server_error", 0.5), synth.Still(synth.Steadily(0.5, 1)), synth.Still(synth.Retrying(0.5, 1))},
		"retries on the clock":  {"synchronised", fast, synth.Still(onTheClock), synth.Still(synth.Retrying(0.5))},
		"doubles its requests":  {"doubles_requests", surging("server_error", 0.5), synth.Still(doubling), synth.Still(synth.Retrying(0.3))},
		"breaker never closes":  {"breaker_stuck", surging("server_error", 1), fusing(true), fusing(false)},
		"comes back as a herd":  {"herd_on_return", surging("server_error", 1), synth.Still(released), synth.Still(synth.BreakerAfter(1))},
		"flaps":                 {"flapping", surging("server_error", 0.9), synth.Still(swinging), synth.Still(synth.BreakerAfter(1))},
		"does not recover":      {"not_recovered", surging("server_error", 0.5), synth.Still(synth.Sick), synth.Still(synth.Resilient)},
		"falls back on 500 only": {
			"fallback_only_on_some", synth.Mixed("server_error", "rate_limit"), synth.Still(unlessStatus(429)), synth.Still(synth.Resilient),
		},
		"falls back before the first token only": {
			"fallback_only_before_first_token", synth.Mixed("server_error", "cut"), synth.Still(beforeWords), synth.Still(synth.Resilient),
		},
		"crowds its fallback":   {"fallback_saturated", surging("server_error", 0.5), crowded, synth.Still(synth.Resilient)},
		"starves critical work": {"starves_critical", withBatch, shedding("chat"), shedding("batch")},
		"works on for nobody":   {"orphaned_work", surging("server_error", 0.5), synth.Still(lingering), synth.Still(synth.Resilient)},
		"passes gibberish on":   {"gibberish_passed_on", surging("gibberish", 0.5), synth.Still(synth.Credulous), synth.Still(synth.Resilient)},
		"passes a refusal on":   {"gibberish_passed_on", surging("refusal", 0.5), synth.Still(synth.Credulous), synth.Still(synth.Resilient)},
		"passes broken JSON on": {"broken_json_passed_on", surging("broken_json", 0.5), synth.Still(synth.Credulous), synth.Still(synth.Resilient)},
		"answers in its own words": {
			"undeclared_template", declared, synth.Still(synth.OwnWords(false)), synth.Still(synth.OwnWords(true)),
		},
	}
}

// Every trait is found and nothing else, and without it nothing is.
func TestTraits(t *testing.T) {
	for name, tt := range traits() {
		t.Run(name, func(t *testing.T) {
			card := synth.Judge(t, tt.drill().Play(tt.app()))
			if diff := cmp.Diff([]string{tt.finding}, synth.Codes(card)); diff != "" {
				t.Errorf("findings (-planted +found):\n%s", diff)
			}
			for _, f := range card.Findings {
				t.Logf("%s, %d times, lines %v: %s", f.Code, f.Count, f.Evidence, f.Sentence)
			}
			if got := synth.Codes(synth.Judge(t, tt.drill().Play(tt.opposite()))); len(got) > 0 {
				t.Errorf("with the opposite of the trait it found %v", got)
			}
		})
	}
}
