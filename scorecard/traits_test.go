package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trait is what one app does wrong in a drill that shows it, and what the same
// app does without it. Apps have a state, so each drill gets its own.
type trait struct {
	finding       string
	drill         func() *synth
	app, opposite func() func(*ask)
}

func still(app func(*ask)) func() func(*ask) { return func() func(*ask) { return app } }

func surging(kind string, share float64) func() *synth {
	return func() *synth { return surge(kind, share) }
}

// mixed is a surge of two faults.
func mixed(a, b string) func() *synth {
	return func() *synth {
		d := surge(a, 0.4)
		d.fault("surge", "primary", b, 0.5)
		return d
	}
}

// withBatch is a surge that a deferrable journey shares.
func withBatch() *synth {
	d := surge("server_error", 0.5)
	d.journey("batch", 10).Priority = "deferrable"
	return d
}

// shedding sheds a journey's every second request in the surge.
func shedding(journey string) func() func(*ask) {
	return func() func(*ask) {
		n := 0
		return func(q *ask) {
			if n++; inSurge(q) && q.journey.Name == journey && n%3 > 0 {
				q.fail(503)
				return
			}
			resilient(q)
		}
	}
}

// onTheClock retries when the second turns, with everybody else.
func onTheClock(q *ask) {
	if q.try("primary").ok {
		q.answer()
		return
	}
	q.at = float64(int(q.at)) + 1
	if q.try("primary").ok || q.try("secondary").ok {
		q.answer()
	}
}

// doubling answers an error with two attempts at once.
func doubling(q *ask) {
	if q.try("primary").ok {
		q.answer()
		return
	}
	q.at += 0.3 + float64(q.u.N%10)/50
	at := q.at
	first := q.try("primary").ok
	q.at = at
	if q.try("primary").ok || first || q.try("secondary").ok {
		q.answer()
	}
}

// released keeps the requests of an outage's last seconds until it is over.
func released(q *ask) {
	switch {
	case q.Due >= surgeTo-5 && q.Due < surgeTo:
		q.at = surgeTo + 0.2
		q.try("primary")
		q.answer()
	default:
		breakerAfter(1)(q)
	}
}

// swinging goes to the secondary for 4 s and comes back for as long.
func swinging(q *ask) {
	if inSurge(q) && int(q.Due-surgeFrom)/4%2 == 1 {
		q.try("secondary")
		q.answer()
		return
	}
	resilient(q)
}

// sick stays so after the surge.
func sick(q *ask) {
	if q.Due < surgeTo {
		resilient(q)
		return
	}
	q.try("primary")
	q.fail(503)
}

// unlessStatus falls back but on one status.
func unlessStatus(status int) func(*ask) {
	return func(q *ask) {
		r := q.try("primary")
		if r.status == status {
			q.fail(503)
			return
		}
		if r.ok || q.try("secondary").ok {
			q.answer()
		}
	}
}

// beforeWords falls back unless words have come.
func beforeWords(q *ask) {
	r := q.try("primary")
	if r.begun && !r.ok {
		q.fail(502)
		return
	}
	if r.ok || q.try("secondary").ok {
		q.answer()
	}
}

// crowded has a secondary whose own limits refuse every second request.
func crowded() func(*ask) {
	n := 0
	return func(q *ask) {
		if q.try("primary").ok {
			q.answer()
			return
		}
		r := q.try("secondary")
		if n++; n%2 == 0 {
			r.line.Status, r.line.First, r.line.TokensOut, r.line.Refused = 429, nil, 0, "rate_limit"
			q.fail(503)
			return
		}
		q.answer()
	}
}

// lingering goes on for 5 s with every tenth answer that nobody reads.
func lingering(q *ask) {
	resilient(q)
	if q.u.N%10 == 0 {
		q.last.line.Ended += secs(5)
	}
}

// ownWords answers with a text of its own.
func ownWords(declared bool) func(*ask) {
	return func(q *ask) {
		if q.try("primary").ok {
			q.answer()
			return
		}
		q.lesser()
		q.u.Degraded = declared
	}
}

// credulous passes on what came with a 200.
func credulous(q *ask) {
	r := q.try("primary")
	switch {
	case r.ok:
		q.answer()
	case r.begun:
		q.half()
		q.u.Answer = nil
	case q.try("secondary").ok:
		q.answer()
	}
}

func traits() map[string]trait {
	declared := func() *synth {
		d := surge("server_error", 0.5)
		d.journey("chat", 10).HasDegrade = true
		return d
	}
	fast := func() *synth {
		d := surge("server_error", 0.5)
		d.journey("chat", 40)
		return d
	}
	fusing := func(stuck bool) func() func(*ask) {
		return func() func(*ask) { return (&fuse{failures: 8, open: 3, probes: 1, stuck: stuck}).app }
	}
	return map[string]trait{
		"always the same pause": {"no_jitter", surging("server_error", 0.5), still(steadily(0.5, 1)), still(retrying(0.5, 1))},
		"retries on the clock":  {"synchronised", fast, still(onTheClock), still(retrying(0.5))},
		"doubles its requests":  {"doubles_requests", surging("server_error", 0.5), still(doubling), still(retrying(0.3))},
		"breaker never closes":  {"breaker_stuck", surging("server_error", 1), fusing(true), fusing(false)},
		"comes back as a herd":  {"herd_on_return", surging("server_error", 1), still(released), still(breakerAfter(1))},
		"flaps":                 {"flapping", surging("server_error", 0.9), still(swinging), still(breakerAfter(1))},
		"does not recover":      {"not_recovered", surging("server_error", 0.5), still(sick), still(resilient)},
		"falls back on 500 only": {
			"fallback_only_on_some", mixed("server_error", "rate_limit"), still(unlessStatus(429)), still(resilient),
		},
		"falls back before the first token only": {
			"fallback_only_before_first_token", mixed("server_error", "cut"), still(beforeWords), still(resilient),
		},
		"crowds its fallback":   {"fallback_saturated", surging("server_error", 0.5), crowded, still(resilient)},
		"starves critical work": {"starves_critical", withBatch, shedding("chat"), shedding("batch")},
		"works on for nobody":   {"orphaned_work", surging("server_error", 0.5), still(lingering), still(resilient)},
		"passes gibberish on":   {"gibberish_passed_on", surging("gibberish", 0.5), still(credulous), still(resilient)},
		"passes a refusal on":   {"gibberish_passed_on", surging("refusal", 0.5), still(credulous), still(resilient)},
		"passes broken JSON on": {"broken_json_passed_on", surging("broken_json", 0.5), still(credulous), still(resilient)},
		"answers in its own words": {
			"undeclared_template", declared, still(ownWords(false)), still(ownWords(true)),
		},
	}
}

// Every trait is found and nothing else, and without it nothing is.
func TestTraits(t *testing.T) {
	for name, tt := range traits() {
		t.Run(name, func(t *testing.T) {
			card := judge(t, tt.drill().play(tt.app()))
			if diff := cmp.Diff([]string{tt.finding}, codes(card)); diff != "" {
				t.Errorf("findings (-planted +found):\n%s", diff)
			}
			for _, f := range card.Findings {
				t.Logf("%s, %d times, lines %v: %s", f.Code, f.Count, f.Evidence, f.Sentence)
			}
			if got := codes(judge(t, tt.drill().play(tt.opposite()))); len(got) > 0 {
				t.Errorf("with the opposite of the trait it found %v", got)
			}
		})
	}
}
