package scorecard_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// planted is an app with one known trait, in a drill that shows it: calm for
// 15 s, a surge of 30 s, 30 s after it.
type planted struct {
	name     string
	fault    string // on the primary, through the surge
	share    float64
	app      func(*ask)
	opposite func(*ask) // the same app without the trait
	want     []string   // findings, sorted
}

const (
	surgeFrom = 15.0
	surgeTo   = 45.0
	firstHit  = 15.01 // the first request due in the surge
)

func inSurge(q *ask) bool { return q.Due >= surgeFrom && q.Due < surgeTo }

// breaker goes straight to the secondary while the surge lasts.
func breaker(q *ask) {
	if !inSurge(q) {
		resilient(q)
		return
	}
	q.try("secondary")
	q.answer()
}

// breakerAfter fails over that long after the first hit: until then its users get
// errors, and from then on the secondary answers.
func breakerAfter(seconds float64) func(*ask) {
	return func(q *ask) {
		if q.Due < firstHit+seconds {
			primaryOnly(q)
		} else {
			breaker(q)
		}
	}
}

// retrying tries the primary until the pauses are used up, then the secondary.
// Pauses are up to 30 % longer than given, different for each request.
func retrying(pauses ...float64) func(*ask) {
	return pausing(func(q *ask, pause float64) float64 {
		_, part := math.Modf(float64(q.u.N) * 0.618)
		return pause * (1 + 0.3*part)
	}, pauses)
}

// steadily is retrying with pauses that are always the same.
func steadily(pauses ...float64) func(*ask) {
	return pausing(func(_ *ask, pause float64) float64 { return pause }, pauses)
}

func pausing(drawn func(*ask, float64) float64, pauses []float64) func(*ask) {
	return func(q *ask) {
		for _, pause := range append([]float64{0}, pauses...) {
			q.at += drawn(q, pause)
			if q.try("primary").ok {
				q.answer()
				return
			}
		}
		q.try("secondary")
		q.answer()
	}
}

// instantly is turned away in no time, and asks again at once.
func instantly(q *ask) {
	for range 3 {
		at := q.at
		r := q.try("primary")
		if r.ok {
			q.answer()
			return
		}
		q.at, r.line.Ended = at, r.line.Arrived
	}
	q.try("secondary")
	q.answer()
}

// primaryOnly knows the primary only.
func primaryOnly(q *ask) {
	if q.try("primary").ok {
		q.answer()
		return
	}
	q.fail(502)
}

// spoiling does something to the answers of an app that is otherwise well.
func spoiling(what func(*ask)) func(*ask) {
	return func(q *ask) {
		resilient(q)
		if int(q.Due*10)%10 == 0 && inSurge(q) {
			what(q)
		}
	}
}

func plantedApps() []planted {
	return []planted{
		{"fails over", "server_error", 1, breaker, breaker, nil},
		{"no fallback", "server_error", 1, primaryOnly, breaker, []string{"no_fallback"}},
		{"dead primary first", "server_error", 1, resilient, breaker, []string{"dead_primary_first"}},
		{"retries at once", "server_error", 0.5, retrying(0.005, 0.005), retrying(0.2, 0.4), []string{"no_backoff"}},
		{"retries in no time", "server_error", 0.5, instantly, retrying(0.2, 0.4), []string{"no_backoff"}},
		{"retries without growth", "server_error", 0.5, retrying(0.5, 0.5), retrying(0.5, 1), []string{"no_backoff"}},
		{"retries too often", "server_error", 0.9, retrying(0.2, 0.4, 0.8), retrying(0.2), []string{"retry_storm"}},
		{"ignores Retry-After", "rate_limit", 0.6, retrying(0.5), retrying(5), []string{"retry_after_ignored"}},
		{"retries 401", "unauthorized", 0.6, retrying(1), retrying(), []string{"hopeless_retries"}},
		{"retries a spent quota", "quota_exhausted", 0.6, retrying(1), retrying(), []string{"hopeless_retries"}},
		{"sits slowness out", "slow", 1, primaryOnly, func(q *ask) {
			if !q.tryWithin("primary", 1).ok {
				q.try("secondary")
			}
			q.answer()
		}, []string{"slow_ignored"}},
		{"sits a slow line out", "latency", 1, primaryOnly, breaker, []string{"slow_ignored"}},
		{"never fails back", "server_error", 1, func(q *ask) {
			if q.Due < surgeFrom+1 {
				resilient(q)
				return
			}
			q.try("secondary")
			q.answer()
		}, breakerAfter(1), []string{"not_failed_back"}},
		{"hangs", "hang", 0.2, func(q *ask) {
			if int(q.Due*10)%10 < 5 && q.tryWithin("primary", 1).ok || q.try("primary").ok || q.try("secondary").ok {
				q.answer()
			}
		}, func(q *ask) {
			if q.tryWithin("primary", 1).ok || q.try("secondary").ok {
				q.answer()
			}
		}, []string{"hangs"}},
		{"passes half answers on", "truncate", 0.5, func(q *ask) {
			if r := q.try("primary"); r.begun && !r.ok {
				q.half()
			} else {
				resilient(q)
			}
		}, resilient, []string{"truncated_answer"}},
		{"splices", "server_error", 0.5, spoiling(func(q *ask) { q.u.Answer.Pieces, q.u.Answer.Complete = 2, false }), spoiling(func(q *ask) {
			q.u.Restarts = 1
		}), []string{"spliced_answer"}},
		{"gives another's answer", "server_error", 0.5, spoiling(func(q *ask) { q.u.Answer.Nonces = []string{nonceWord(3)} }), spoiling(func(*ask) {}), []string{"foreign_answer"}},
		{"shows a key", "server_error", 0.5, spoiling(func(q *ask) { q.fail(500); q.u.Leak = true }), spoiling(func(q *ask) { q.fail(500) }), []string{"key_leaked"}},
		{"shows raw errors", "server_error", 0.5, spoiling(func(q *ask) { q.fail(500); q.u.Raw = true }), spoiling(func(q *ask) { q.fail(500) }), []string{"raw_error"}},
		{"calls what nobody knows", "server_error", 0.5, spoiling(func(q *ask) {
			a := *q.last.line
			a.Endpoint, a.Path, a.Nonce, a.Status, a.Fault, a.Kind = "unknown", "/v1/rerank", "", 404, "", ""
			q.lines = append(q.lines, record.Line{T: a.Ended, Kind: "attempt", Attempt: &a})
		}), spoiling(func(*ask) {}), []string{"unknown_paths"}},
	}
}

func (p planted) drill() *synth {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.fault("surge", "primary", p.fault, p.share)
	if p.fault == "rate_limit" {
		d.waits[p.fault] = 5
	}
	return d
}

// Every planted trait is found and nothing else, and with its opposite nothing is.
func TestPlanted(t *testing.T) {
	for _, p := range plantedApps() {
		t.Run(p.name, func(t *testing.T) {
			want := append([]string{}, p.want...)
			card := judge(t, p.drill().play(p.app))
			if diff := cmp.Diff(want, codes(card)); diff != "" {
				t.Errorf("findings (-planted +found):\n%s", diff)
				for _, f := range card.Findings {
					t.Log(f.Code, f.Sentence)
				}
			}
			if got := codes(judge(t, p.drill().play(p.opposite))); len(got) > 0 {
				t.Errorf("with the opposite of the trait it found %v", got)
			}
		})
	}
}

func TestAppDied(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.fault("surge", "primary", "server_error", 1)
	const died = 60.0
	d.play(func(q *ask) {
		if q.Due < died {
			breaker(q)
			return
		}
		q.u.How, q.u.Error = "refused", "connection refused"
	})
	d.mark("app_died", died, "signal: killed")
	card := judge(t, d.log())
	if diff := cmp.Diff([]string{"app_died"}, codes(card)); diff != "" {
		t.Error(diff)
	}
	const want = "the app died at 60 s (signal: killed); 150 requests after that went unserved"
	if got := card.Findings[0].Sentence; got != want {
		t.Errorf("sentence %q, want %q", got, want)
	}
}

func TestLeftTheDrill(t *testing.T) {
	for name, c := range map[string]struct {
		calls []record.Mark
		want  string
	}{
		"never": {},
		"once":  {[]record.Mark{{At: secs(20), Note: "api.openai.com (set X)"}}, "first at 20 s, and was refused: 1 × api.openai.com (set X)"},
		"often": {
			[]record.Mark{
				{At: secs(31), Note: "api.openai.com (set X)", Count: 2000},
				{At: secs(30), Note: "api.openai.com (set X)"},
				{At: secs(12), Note: "openrouter.ai (set X)", Count: 7},
			},
			"first at 12 s, and was refused: 2,001 × api.openai.com (set X), 7 × openrouter.ai (set X)",
		},
	} {
		d := newSynth("calm 15", "surge 30", "after 30")
		d.fault("surge", "primary", "server_error", 1)
		d.play(breaker)
		for _, m := range c.calls {
			m.Kind = "egress"
			d.lines = append(d.lines, record.Line{T: m.At, Kind: "mark", Mark: &m})
		}
		card := judge(t, d.log())
		if c.want == "" {
			if len(card.Findings) > 0 {
				t.Errorf("%s: found %v", name, codes(card))
			}
			continue
		}
		if diff := cmp.Diff([]string{"left_the_drill"}, codes(card)); diff != "" {
			t.Error(name, diff)
			continue
		}
		want := "the app called real providers past the mocks, " + c.want
		if got := card.Findings[0].Sentence; got != want {
			t.Errorf("%s: sentence %q, want %q", name, got, want)
		}
	}
}

func TestSingleProvider(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.setup.Providers = d.setup.Providers[:1]
	d.fault("surge", "primary", "server_error", 0.5)
	if diff := cmp.Diff([]string{"single_provider"}, codes(judge(t, d.play(primaryOnly)))); diff != "" {
		t.Error(diff)
	}
}
