package scorecard_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Each outcome of METRICS §2, and what comes first where two could hold.
func TestOutcomes(t *testing.T) {
	own := func(q *ask) { q.try("primary"); q.answer() }
	for _, tt := range []struct {
		name  string
		app   func(*ask)
		want  string
		class string
	}{
		{"good", own, "good", ""},
		{"another provider", func(q *ask) { q.try("secondary"); q.answer() }, "fallback", ""},
		{"declared smaller model", func(q *ask) { own(q); q.u.Degraded = true }, "fallback", ""},
		{"whole, and then the connection broke", func(q *ask) { own(q); q.u.How = "cut" }, "good", ""},
		{"slow total", func(q *ask) { q.at += 1.2; own(q); q.u.First = moment(q.Due + 0.1) }, "slow_good", ""},
		{"slow first token", func(q *ask) { own(q); q.u.First = moment(q.Due + 1.1); q.at = q.Due + 1.2 }, "slow_good", ""},
		{"template", (*ask).lesser, "degraded", ""},
		{"slow template", func(q *ask) { q.at += 3; q.lesser() }, "slow_degraded", ""},
		{"template with a refusing status", func(q *ask) { q.lesser(); q.u.Status, q.u.Told = 503, true }, "degraded", ""},
		{"undeclared template", func(q *ask) { q.lesser(); q.u.Degraded = false }, "unverified", ""},
		{"echo of the prompt", func(q *ask) {
			q.lesser()
			q.u.Degraded = false
			q.u.Answer = &record.Answer{Nonces: []string{q.u.Nonce}}
		}, "unverified", ""},
		{"clean error", func(q *ask) { q.fail(503) }, "error", "clean"},
		{"error event in a stream", func(q *ask) { own(q); q.half(); q.u.Told = true }, "error", "clean"},
		{"raw error", func(q *ask) { q.fail(500); q.u.Raw = true }, "error", "raw"},
		{"leaked key", func(q *ask) { q.fail(500); q.u.Raw, q.u.Leak = true, true }, "error", "leaked"},
		{"empty", func(q *ask) { q.u.Status = 200 }, "error", "empty"},
		{"redirected", func(q *ask) { q.u.Status = 302 }, "error", "empty"},
		{"cut", func(q *ask) { own(q); q.half(); q.u.How = "cut" }, "error", "dropped"},
		{"refused", func(q *ask) { q.u.How = "refused" }, "error", "dropped"},
		{"truncated", func(q *ask) { own(q); q.half() }, "truncated", ""},
		{"truncated and owned up to", func(q *ask) { own(q); q.half(); q.u.Degraded = true }, "degraded", ""},
		{"two pieces", func(q *ask) { own(q); q.half(); q.u.Answer.Pieces = 2 }, "spliced", ""},
		{"a stretch is missing", func(q *ask) { own(q); q.half(); q.u.Answer.Gap = true }, "spliced", ""},
		{"a continuation that is declared", func(q *ask) { own(q); q.half(); q.u.Answer.Pieces = 2; q.u.Degraded = true }, "degraded", ""},
		{"restarted", func(q *ask) { own(q); q.u.Restarts = 2 }, "good", ""},
		{"another's", func(q *ask) { own(q); q.u.Answer.Nonces = []string{nonceWord(1)} }, "foreign", ""},
		{"another's beside its own", func(q *ask) { own(q); q.u.Answer.Nonces = append(q.u.Answer.Nonces, nonceWord(1)) }, "foreign", ""},
		{"timeout", func(q *ask) { q.at += 30 }, "hang", ""},
		{"no end", func(q *ask) { q.u.How = "" }, "hang", ""},
		{"over the cap", func(q *ask) { q.u.Sent, q.u.Dropped = nil, "in_flight" }, "unknown", ""},
		{"sent late", func(q *ask) { own(q); q.u.Sent = moment(q.Due + 0.101) }, "unknown", ""},
		{"sent a little late", func(q *ask) { own(q); q.u.Sent = moment(q.Due + 0.099) }, "good", ""},
		{"stopped by us", func(q *ask) { own(q); q.u.How = "stopped" }, "unknown", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newSynth("calm 10", "test 2")
			d.journey("chat", 10)
			done := false
			d.play(func(q *ask) {
				if q.Due < 10 || done {
					own(q)
					return
				}
				done = true
				tt.app(q)
			})
			if tt.name == "no end" {
				for i := range d.lines {
					if u := d.lines[i].User; u != nil && u.How == "" {
						u.Ended = nil
					}
				}
			}
			card := judge(t, d.log())
			want := map[string]int{"good": 19}
			want[tt.want]++
			if diff := cmp.Diff(want, card.Outcomes["test"]); diff != "" {
				t.Error(diff)
			}
			for _, r := range card.Worst {
				if r.Outcome != tt.want || r.Class != tt.class {
					t.Errorf("the worst requests show %s %q, want %s %q", r.Outcome, r.Class, tt.want, tt.class)
				}
			}
		})
	}
}

// Without a primary, every whole answer is good.
func TestNoPrimary(t *testing.T) {
	d := newSynth("calm 10", "test 2")
	n := 0
	card := judge(t, d.play(func(q *ask) {
		n++
		q.try([]string{"primary", "secondary"}[n%2])
		q.answer()
	}))
	if diff := cmp.Diff(map[string]int{"good": 20}, card.Outcomes["test"]); diff != "" {
		t.Error(diff)
	}
	if p := card.Journeys[0].Primary; p != "" {
		t.Errorf("primary %q, want none", p)
	}
}

// A request belongs to the phase in which it was first hit.
func TestHitInALaterPhase(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.fault("surge", "primary", "server_error", 1)
	card := judge(t, d.play(func(q *ask) {
		if q.Due < surgeFrom {
			q.at += 0.5 // the last five of the calm arrive in the surge
		}
		primaryOnly(q)
	}))
	if diff := cmp.Diff(map[string]int{"good": 125}, card.Outcomes["calm"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"error": 305}, card.Outcomes["surge"]); diff != "" {
		t.Error(diff)
	}
}

// An app that rewrites answers is not accused of spoiling them.
func TestRewrittenAnswers(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.fault("surge", "primary", "server_error", 0.5)
	card := judge(t, d.play(func(q *ask) {
		resilient(q)
		q.half()
	}))
	if got := codes(card); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	if diff := cmp.Diff(map[string]int{"unverified": 300}, card.Outcomes["surge"]); diff != "" {
		t.Error(diff)
	}
	if m := measureOf(t, card, "harm", "", ""); m.Measured {
		t.Errorf("harm is measured as %v in answers that cannot be verified", *m.Value)
	}
	if card.Verdict != scorecard.Inconclusive {
		t.Errorf("verdict %v, want inconclusive", card.Verdict)
	}
}

// A transport fault tears the connections that are open when it begins: their
// requests were due in the baseline, and are the outage's.
func TestRequestsCaughtByATransportFaultAreTheOutages(t *testing.T) {
	torn := func(q *ask) {
		if q.at < surgeFrom && q.at+synthTotal >= surgeFrom {
			q.tryWithin("primary", surgeFrom-q.at)
			q.fail(502)
			return
		}
		primaryOnly(q)
	}
	card := judge(t, surge("refuse", 1).play(torn))
	if n := card.Outcomes["calm"]["error"]; n != 0 {
		t.Errorf("%d errors in the baseline, want none", n)
	}
	// With a fault that only meets new requests, an error in the baseline stays there.
	card = judge(t, surge("server_error", 1).play(torn))
	if n := card.Outcomes["calm"]["error"]; n == 0 {
		t.Error("errors that no fault explains were moved out of the baseline")
	}
}

// A TLS fault leaves the connections that are open alone: what they carried is
// the baseline's, as it would be without the fault.
func TestRequestsUnderWayAreNotATLSFaults(t *testing.T) {
	good := func(kind string) int {
		return judge(t, surge(kind, 1).play(resilient)).Outcomes["calm"]["good"]
	}
	if tls, without := good("cert_expired"), good("server_error"); tls != without {
		t.Errorf("%d good in the baseline, want the %d that there are when nothing is torn", tls, without)
	}
	if torn, without := good("refuse"), good("server_error"); torn >= without {
		t.Errorf("%d good in the baseline before a refusal, want fewer than %d: the last ones were under way", torn, without)
	}
}

// The same when the attempt was never seen, or had been written whole.
func TestRequestsTornUnseenAreTheOutages(t *testing.T) {
	torn := func(q *ask) {
		switch {
		case q.Due < surgeFrom && q.Due+0.2 >= surgeFrom: // refused when it came to call
			q.at = surgeFrom
			q.fail(502)
		case q.Due < surgeFrom && q.Due+synthTotal >= surgeFrom: // written, and lost on its way
			q.try("primary")
			q.fail(502)
		default:
			primaryOnly(q)
		}
	}
	card := judge(t, surge("refuse", 1).play(torn))
	if n := card.Outcomes["calm"]["error"]; n != 0 {
		t.Errorf("%d errors in the baseline, want none", n)
	}
	// What ended before the fault began is the baseline's own.
	card = judge(t, surge("refuse", 1).play(func(q *ask) {
		if q.Due < surgeFrom-1 && q.Due > surgeFrom-2 {
			q.fail(502)
			return
		}
		primaryOnly(q)
	}))
	if n := card.Outcomes["calm"]["error"]; n == 0 {
		t.Error("errors before the fault were moved out of the baseline")
	}
}

// Wrong content is harm only where a parser could have told.
func TestWrongContent(t *testing.T) {
	for kind, harm := range map[string]float64{"gibberish": 0, "broken_json": 1} {
		card := judge(t, surge(kind, 1).play(credulous))
		if n := card.Outcomes["surge"]["wrong"]; n != 300 {
			t.Errorf("%s: %v, want 300 wrong", kind, card.Outcomes["surge"])
		}
		exactly(t, measureOf(t, card, "harm", "surge", ""), figure{300 * harm, nan, nan, ""})
	}
}
