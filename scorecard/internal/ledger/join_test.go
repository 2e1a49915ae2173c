package ledger_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// edited plays an app and lets edit change its attempts.
func edited(d *synth.Drill, app func(*synth.Ask), edit func(i int, u *record.User, a *record.Attempt)) []byte {
	n := 0
	d.Play(func(q *synth.Ask) {
		before := len(d.Lines)
		app(q)
		for _, l := range d.Lines[before:] {
			if l.Attempt != nil {
				edit(n, q.U, l.Attempt)
				n++
			}
		}
	})
	return d.Log()
}

// traceID is how the traffic makes the trace id of a request: its number, and
// what follows from number and nonce.
func traceID(n int, nonce string) string {
	id := binary.BigEndian.AppendUint64(nil, uint64(n))
	sum := sha256.Sum256(append(id[:8:8], nonce...))
	return hex.EncodeToString(append(id, sum[:8]...))
}

func TestJoinLadder(t *testing.T) {
	d := synth.Surge("server_error", 1)
	d.Journey("chat", 1) // never two under way at once
	card := synth.Judge(t, edited(d, synth.Resilient, func(i int, u *record.User, a *record.Attempt) {
		switch i % 5 {
		case 1:
			a.Nonce = ""
		case 2:
			a.Nonce, a.Trace = "", traceID(u.N, u.Nonce)
		case 3:
			a.Nonce, a.Print = "", ""
		case 4:
			a.Nonce, a.Print, a.Trace = "", "", traceID(u.N, "someone else's nonce")
			a.Arrived, a.Ended = a.Arrived+synth.Secs(0.6), a.Ended+synth.Secs(0.6) // when nobody waits
		}
	}))
	want := account.Join{Attempts: 105, ByNonce: 21, ByTrace: 21, ByPrint: 12, ByTime: 30, None: 21, Share: 54.0 / 105}
	if diff := cmp.Diff(want, card.Join); diff != "" {
		t.Error(diff)
	}
}

// Attempts of the same trace belong together even where the trace is not ours.
func TestJoinByLikeTrace(t *testing.T) {
	card := synth.Judge(t, edited(synth.Surge("server_error", 1), synth.Resilient, func(i int, u *record.User, a *record.Attempt) {
		a.Trace = "the app's own for " + u.Nonce
		if a.Nth == 1 && a.Provider == "secondary" {
			a.Nonce, a.Print = "", ""
		}
	}))
	if card.Join.ByTrace != 300 || card.Join.Share != 1 {
		t.Errorf("joined %+v, want 300 by trace and all of them", card.Join)
	}
}

// What needs the join is not measured without it: never zero.
func TestWithoutTheJoin(t *testing.T) {
	forget := func(_ int, _ *record.User, a *record.Attempt) { a.Nonce, a.Print = "", "" }
	card := synth.Judge(t, edited(synth.Surge("server_error", 1), synth.BreakerAfter(3), forget))
	for _, m := range card.Metrics {
		joins := false
		for _, row := range measure.Metrics() {
			joins = joins || row.Name == m.Name && row.Join
		}
		if joins && (m.Measured || m.Value != nil || m.Reason == "") {
			t.Errorf("%s in %q is measured without the join", m.Name, m.Phase)
		}
	}
	// A fault on everybody needs no join to know who was hit.
	synth.Exactly(t, synth.Measure(t, card, "failover_time", "surge", ""), synth.Want(3, 2.9, 3, "fallback"))

	card = synth.Judge(t, edited(synth.Surge("server_error", 0.9), synth.BreakerAfter(3), forget))
	if m := synth.Measure(t, card, "failover_time", "surge", ""); m.Measured {
		t.Errorf("failover_time is measured as %v though nobody knows who was spared", m)
	}
}

// Calls that carry no prompt are no part of the join.
func TestListingModelsIsNoAttempt(t *testing.T) {
	card := synth.Judge(t, edited(synth.Surge("server_error", 1), func(q *synth.Ask) {
		q.Try("primary")
		q.Last.Line.Endpoint, q.Last.Line.Nonce, q.Last.Line.Print = "models", "", ""
		synth.Resilient(q)
	}, func(int, *record.User, *record.Attempt) {}))
	if card.Join.Share != 1 || card.Join.Attempts != 1055 {
		t.Errorf("joined %+v", card.Join)
	}
	synth.Exactly(t, synth.Measure(t, card, "retry_amplification", "surge", ""), synth.Want(1, synth.None, synth.None, ""))
}

// Who has a prompt's tokens counted before it is answered asks twice, and retries
// nothing; who asks for the same again does.
func TestCountingTokensIsNoRetry(t *testing.T) {
	for endpoint, want := range map[string]scorecard.Verdict{"count_tokens": scorecard.Pass, "chat": scorecard.Inconclusive} {
		d := synth.New("calm 15", "surge 30", "after 30")
		d.Fault("surge", "primary", "slow", 1)
		d.Bar("retry_amplification", "max", 1.5, "surge")
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			q.Try("primary").Line.Endpoint = endpoint
			q.Try("primary")
			q.Answer()
		}))
		m := synth.Measure(t, card, "retry_amplification", "surge", "")
		if card.Verdict != want || (m.Value != nil && *m.Value == 1) != (want == scorecard.Pass) {
			t.Errorf("%s first: %s, amplification %v, %q", endpoint, card.Verdict, synth.Show(m.Value), card.Reasons)
		}
	}
}
