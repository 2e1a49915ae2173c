package ledger_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Each outcome of METRICS §2, and what comes first where two could hold.
func TestOutcomes(t *testing.T) {
	own := func(q *synth.Ask) { q.Try("primary"); q.Answer() }
	for _, tt := range []struct {
		name  string
		app   func(*synth.Ask)
		want  string
		class string
	}{
		{"good", own, "good", ""},
		{"another provider", func(q *synth.Ask) { q.Try("secondary"); q.Answer() }, "fallback", ""},
		{"declared smaller model", func(q *synth.Ask) { own(q); q.U.Degraded = true }, "fallback", ""},
		{"whole, and then the connection broke", func(q *synth.Ask) { own(q); q.U.How = "cut" }, "good", ""},
		{"slow total", func(q *synth.Ask) { q.At += 1.2; own(q); q.U.First = synth.Moment(q.Due + 0.1) }, "slow_good", ""},
		{"slow first token", func(q *synth.Ask) { own(q); q.U.First = synth.Moment(q.Due + 1.1); q.At = q.Due + 1.2 }, "slow_good", ""},
		{"template", (*synth.Ask).Lesser, "degraded", ""},
		{"slow template", func(q *synth.Ask) { q.At += 3; q.Lesser() }, "slow_degraded", ""},
		{"template with a refusing status", func(q *synth.Ask) { q.Lesser(); q.U.Status, q.U.Told = 503, true }, "degraded", ""},
		{"undeclared template", func(q *synth.Ask) { q.Lesser(); q.U.Degraded = false }, "unverified", ""},
		{"echo of the prompt", func(q *synth.Ask) {
			q.Lesser()
			q.U.Degraded = false
			q.U.Answer = &record.Answer{Nonces: []string{q.U.Nonce}}
		}, "unverified", ""},
		{"clean error", func(q *synth.Ask) { q.Fail(503) }, "error", "clean"},
		{"error event in a stream", func(q *synth.Ask) { own(q); q.Half(); q.U.Told = true }, "error", "clean"},
		{"raw error", func(q *synth.Ask) { q.Fail(500); q.U.Raw = true }, "error", "raw"},
		{"leaked key", func(q *synth.Ask) { q.Fail(500); q.U.Raw, q.U.Leak = true, true }, "error", "leaked"},
		{"empty", func(q *synth.Ask) { q.U.Status = 200 }, "error", "empty"},
		{"redirected", func(q *synth.Ask) { q.U.Status = 302 }, "error", "empty"},
		{"cut", func(q *synth.Ask) { own(q); q.Half(); q.U.How = "cut" }, "error", "dropped"},
		{"refused", func(q *synth.Ask) { q.U.How = "refused" }, "error", "dropped"},
		{"truncated", func(q *synth.Ask) { own(q); q.Half() }, "truncated", ""},
		{"truncated and owned up to", func(q *synth.Ask) { own(q); q.Half(); q.U.Degraded = true }, "degraded", ""},
		{"two pieces", func(q *synth.Ask) { own(q); q.Half(); q.U.Answer.Pieces = 2 }, "spliced", ""},
		{"a stretch is missing", func(q *synth.Ask) { own(q); q.Half(); q.U.Answer.Gap = true }, "spliced", ""},
		{"a continuation that is declared", func(q *synth.Ask) { own(q); q.Half(); q.U.Answer.Pieces = 2; q.U.Degraded = true }, "degraded", ""},
		{"restarted", func(q *synth.Ask) { own(q); q.U.Restarts = 2 }, "good", ""},
		{"another's", func(q *synth.Ask) { own(q); q.U.Answer.Nonces = []string{synth.NonceWord(1)} }, "foreign", ""},
		{"another's beside its own", func(q *synth.Ask) { own(q); q.U.Answer.Nonces = append(q.U.Answer.Nonces, synth.NonceWord(1)) }, "foreign", ""},
		{"timeout", func(q *synth.Ask) { q.At += 30 }, "hang", ""},
		{"no end", func(q *synth.Ask) { q.U.How = "" }, "hang", ""},
		{"over the cap", func(q *synth.Ask) { q.U.Sent, q.U.Dropped = nil, "in_flight" }, "unknown", ""},
		{"sent late", func(q *synth.Ask) { own(q); q.U.Sent = synth.Moment(q.Due + 0.101) }, "unknown", ""},
		{"sent a little late", func(q *synth.Ask) { own(q); q.U.Sent = synth.Moment(q.Due + 0.099) }, "good", ""},
		{"stopped by us", func(q *synth.Ask) { own(q); q.U.How = "stopped" }, "unknown", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := synth.New("calm 10", "test 2")
			d.Journey("chat", 10)
			done := false
			d.Play(func(q *synth.Ask) {
				if q.Due < 10 || done {
					own(q)
					return
				}
				done = true
				tt.app(q)
			})
			if tt.name == "no end" {
				for i := range d.Lines {
					if u := d.Lines[i].User; u != nil && u.How == "" {
						u.Ended = nil
					}
				}
			}
			card := synth.Judge(t, d.Log())
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
	d := synth.New("calm 10", "test 2")
	n := 0
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		n++
		q.Try([]string{"primary", "secondary"}[n%2])
		q.Answer()
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
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", "server_error", 1)
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		if q.Due < synth.SurgeFrom {
			q.At += 0.5 // the last five of the calm arrive in the surge
		}
		synth.PrimaryOnly(q)
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
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", "server_error", 0.5)
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		synth.Resilient(q)
		q.Half()
	}))
	if got := synth.Codes(card); len(got) != 0 {
		t.Errorf("found %v", got)
	}
	if diff := cmp.Diff(map[string]int{"unverified": 300}, card.Outcomes["surge"]); diff != "" {
		t.Error(diff)
	}
	if m := synth.Measure(t, card, "harm", "", ""); m.Measured {
		t.Errorf("harm is measured as %v in answers that cannot be verified", *m.Value)
	}
	if card.Verdict != scorecard.Inconclusive {
		t.Errorf("verdict %v, want inconclusive", card.Verdict)
	}
}

// A transport fault tears the connections that are open when it begins: their
// requests were due in the baseline, and are the outage's.
func TestRequestsCaughtByATransportFaultAreTheOutages(t *testing.T) {
	torn := func(q *synth.Ask) {
		if q.At < synth.SurgeFrom && q.At+synth.Total >= synth.SurgeFrom {
			q.TryWithin("primary", synth.SurgeFrom-q.At)
			q.Fail(502)
			return
		}
		synth.PrimaryOnly(q)
	}
	card := synth.Judge(t, synth.Surge("refuse", 1).Play(torn))
	if n := card.Outcomes["calm"]["error"]; n != 0 {
		t.Errorf("%d errors in the baseline, want none", n)
	}
	// With a fault that only meets new requests, an error in the baseline stays there.
	card = synth.Judge(t, synth.Surge("server_error", 1).Play(torn))
	if n := card.Outcomes["calm"]["error"]; n == 0 {
		t.Error("errors that no fault explains were moved out of the baseline")
	}
}

// A TLS fault leaves the connections that are open alone: what they carried is
// the baseline's, as it would be without the fault.
func TestRequestsUnderWayAreNotATLSFaults(t *testing.T) {
	good := func(kind string) int {
		return synth.Judge(t, synth.Surge(kind, 1).Play(synth.Resilient)).Outcomes["calm"]["good"]
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
	torn := func(q *synth.Ask) {
		switch {
		case q.Due < synth.SurgeFrom && q.Due+0.2 >= synth.SurgeFrom: // refused when it came to call
			q.At = synth.SurgeFrom
			q.Fail(502)
		case q.Due < synth.SurgeFrom && q.Due+synth.Total >= synth.SurgeFrom: // written, and lost on its way
			q.Try("primary")
			q.Fail(502)
		default:
			synth.PrimaryOnly(q)
		}
	}
	card := synth.Judge(t, synth.Surge("refuse", 1).Play(torn))
	if n := card.Outcomes["calm"]["error"]; n != 0 {
		t.Errorf("%d errors in the baseline, want none", n)
	}
	// What ended before the fault began is the baseline's own.
	card = synth.Judge(t, synth.Surge("refuse", 1).Play(func(q *synth.Ask) {
		if q.Due < synth.SurgeFrom-1 && q.Due > synth.SurgeFrom-2 {
			q.Fail(502)
			return
		}
		synth.PrimaryOnly(q)
	}))
	if n := card.Outcomes["calm"]["error"]; n == 0 {
		t.Error("errors before the fault were moved out of the baseline")
	}
}

// Wrong content is harm only where a parser could have told.
func TestWrongContent(t *testing.T) {
	for kind, harm := range map[string]float64{"gibberish": 0, "broken_json": 1} {
		card := synth.Judge(t, synth.Surge(kind, 1).Play(synth.Credulous))
		if n := card.Outcomes["surge"]["wrong"]; n != 300 {
			t.Errorf("%s: %v, want 300 wrong", kind, card.Outcomes["surge"])
		}
		synth.Exactly(t, synth.Measure(t, card, "harm", "surge", ""), synth.Want(300*harm, synth.None, synth.None, ""))
	}
}
