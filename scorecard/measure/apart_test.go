package measure_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// searching has each question embedded by one provider before an app answers it by
// others.
func searching(by string, app func(*synth.Ask)) func(*synth.Ask) {
	return func(q *synth.Ask) {
		r := q.Try(by)
		if r.Line != nil {
			r.Line.Endpoint, r.Line.Print, r.Line.First = "embeddings", "embedded "+q.U.Nonce, nil
		}
		q.U.First = nil
		if !r.OK {
			q.Fail(503)
			return
		}
		app(q)
	}
}

// Who embeds questions by one provider and answers them by another has the second for
// its primary: its answers are no fallback's, and its outage is one.
func TestPrimaryIsWhoAnswers(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "secondary", "server_error", 1)
	card := synth.Judge(t, d.Play(searching("primary", func(q *synth.Ask) {
		if q.Try("secondary").OK {
			q.Answer()
			return
		}
		q.Fail(503)
	})))
	if n := card.Outcomes["calm"]["good"]; n < 100 {
		t.Errorf("in the baseline answers are %v", card.Outcomes["calm"])
	}
	if m := synth.Measure(t, card, "failover_time", "surge", ""); m.Value != nil || m.Low == nil {
		t.Errorf("failover of an app that never does is %v, %q", synth.Show(m.Value), m.Reason)
	}
	if codes := synth.Codes(card); len(codes) != 1 || codes[0] != "no_fallback" {
		t.Errorf("findings %v", codes)
	}
}

// An outage of who embeds is met by whoever cannot do without, though texts are asked of
// another provider all the time.
func TestOutageOfWhoEmbeds(t *testing.T) {
	for name, tt := range map[string]struct {
		embed string // where, once the first has failed
		want  int    // findings of no fallback
	}{"cannot do without": {"", 1}, "embeds elsewhere": {"secondary", 0}} {
		d := synth.New("calm 15", "surge 30", "after 30")
		d.Fault("surge", "primary", "server_error", 0.5)
		answer := func(q *synth.Ask) { q.Try("secondary"); q.Answer() }
		card := synth.Judge(t, d.Play(func(q *synth.Ask) {
			searching("primary", answer)(q)
			if q.U.Status != 200 && tt.embed != "" {
				q.U.Told = false
				searching(tt.embed, answer)(q)
			}
		}))
		found := 0
		for _, code := range synth.Codes(card) {
			if code == "no_fallback" {
				found++
			}
		}
		if found != tt.want || card.Outcomes["calm"]["good"] < 100 {
			t.Errorf("%s: findings %v, outcomes %v", name, synth.Codes(card), card.Outcomes)
		}
	}
}

// So has who asks one provider what sort of question it is, and the other for the answer:
// but which is asked first does not tell then where requests go.
func TestPrimaryIsNotWhoSorts(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "secondary", "server_error", 1)
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		q.Try("primary").Line.Print = "sorted " + q.U.Nonce
		q.U.First = nil
		if q.Try("secondary").OK {
			q.Answer()
			return
		}
		q.Fail(503)
	}))
	if n := card.Outcomes["calm"]["good"]; n < 100 {
		t.Errorf("in the baseline answers are %v", card.Outcomes["calm"])
	}
	if m := synth.Measure(t, card, "failover_time", "surge", ""); m.Low == nil {
		t.Errorf("failover of an app that never does is %v, %q", synth.Show(m.Value), m.Reason)
	}
	for name, phase := range map[string]string{"switch_time": "surge", "flaps": "surge", "failback_time": "after"} {
		if m := synth.Measure(t, card, name, phase, ""); m.Measured {
			t.Errorf("%s is %v", name, synth.Show(m.Value))
		}
	}
}
