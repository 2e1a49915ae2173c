package ledger_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// onReal plays a drill whose primary is a real endpoint: nothing in the answers of
// its says who gave them.
func onReal(t *testing.T, app func(*synth.Ask)) *scorecard.Card {
	t.Helper()
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Setup.Providers[0].Upstream = "http://127.0.0.1:11434"
	d.Fault("surge", "primary", "server_error", 1)
	return synth.Judge(t, d.Play(app))
}

// unsigned hands the last attempt's answer on, of a provider that signs none.
func unsigned(q *synth.Ask) {
	q.Answer()
	q.U.Answer = nil
}

// Who is served by a real endpoint is known from the provider ledger; who is by a
// mock, from the answer.
func TestRealEndpoint(t *testing.T) {
	card := onReal(t, func(q *synth.Ask) {
		if q.Try("primary").OK {
			unsigned(q)
			return
		}
		q.Try("secondary")
		q.Answer()
	})
	want := map[string]map[string]int{"calm": {"good": 130}, "surge": {"fallback": 300}, "after": {"good": 300}}
	for phase, outcomes := range want {
		if diff := cmp.Diff(outcomes, card.Outcomes[phase]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", phase, diff)
		}
	}
	if m := synth.Measure(t, card, "harm", "", ""); !m.Measured || m.N != 300 {
		t.Errorf("harm is judged on %d answers, want the 300 of the mock", m.N)
	}
	limits := strings.Join(card.Limits, "\n")
	for _, part := range []string{"primary is a real endpoint", "the other providers are mocks"} {
		if !strings.Contains(limits, part) {
			t.Errorf("no word of %q in\n%s", part, limits)
		}
	}
	if strings.Contains(limits, "rewrites") {
		t.Errorf("the app is accused of rewriting:\n%s", limits)
	}
}

// A success with nothing behind it is nobody's, and so is one after an answer that
// a fault has touched.
func TestRealEndpointUnserved(t *testing.T) {
	for name, app := range map[string]func(*synth.Ask){
		"template": func(q *synth.Ask) {
			if q.Try("primary").OK {
				unsigned(q)
				return
			}
			q.Lesser()
			q.U.Degraded = false
		},
		"after a fault": func(q *synth.Ask) {
			r := q.Try("primary")
			if !r.OK {
				r.Line.Status, r.Line.Finish, r.Line.At = 200, "stop", "token 3"
			}
			unsigned(q)
		},
	} {
		card := onReal(t, app)
		if diff := cmp.Diff(map[string]int{"unverified": 300}, card.Outcomes["surge"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if m := synth.Measure(t, card, "harm", "", ""); m.Measured && *m.Value > 0 {
			t.Errorf("%s: %v users are said to have come to harm", name, *m.Value)
		}
	}
}

// Where a fault has only delayed it, an answer is an answer.
func TestRealEndpointDelayed(t *testing.T) {
	card := onReal(t, func(q *synth.Ask) {
		if r := q.Try("primary"); !r.OK {
			r.Line.Status, r.Line.Finish = 200, "stop"
		}
		unsigned(q)
	})
	if diff := cmp.Diff(map[string]int{"good": 300}, card.Outcomes["surge"]); diff != "" {
		t.Error(diff)
	}
}

// A real endpoint that fails is no fault of the drill, and the card says so.
func TestRealEndpointFails(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Setup.Providers[0].Upstream = "http://127.0.0.1:11434"
	d.Fault("surge", "primary", "server_error", 1)
	d.Play(func(q *synth.Ask) { q.Try("primary"); unsigned(q) })
	d.Mark("upstream", 50, "primary at http://127.0.0.1:11434: connection refused")
	card := synth.Judge(t, d.Log())
	if limits := strings.Join(card.Limits, "\n"); !strings.Contains(limits, "at 50 s a real endpoint failed by itself, which was no injected fault: primary at") {
		t.Errorf("not said in\n%s", limits)
	}
}
