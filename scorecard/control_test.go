package scorecard_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
)

// controlled is a drill whose outage was planned and not played.
func controlled() *synth.Drill {
	d := synth.New("baseline 15", "surge 30", "recovery 30")
	d.Setup.Control = true
	d.Fault("surge", "primary", "server_error", 1)
	d.Bar("availability", "min", 0.9, "surge")
	d.Bar("failover_time", "max", 5, "surge")
	return d
}

func TestControlRun(t *testing.T) {
	card := synth.Judge(t, controlled().Play(synth.Resilient))
	if card.Verdict != scorecard.Pass || len(card.Bars) != 1 || card.Bars[0].Metric != "availability" {
		t.Errorf("%s, bars %+v; want the bar on failover left out and a pass", card.Verdict, card.Bars)
	}
	if card.Grade != "" || len(card.Findings) != 0 {
		t.Errorf("grade %q, findings %+v; want neither", card.Grade, card.Findings)
	}
	if want := "without any fault, 100 % of users were served well"; !strings.HasPrefix(card.Sentence, want) {
		t.Errorf("sentence %q, want %q …", card.Sentence, want)
	}
	if !strings.Contains(strings.Join(card.Limits, "\n"), "control run") {
		t.Errorf("limits %q do not say that it was a control run", card.Limits)
	}
}

// An app that fails by itself fails its control run too.
func TestControlRunOfASickApp(t *testing.T) {
	d := controlled()
	card := synth.Judge(t, d.Play(func(q *synth.Ask) {
		if q.Due > 15 && q.Luck.Float64() < 0.5 {
			q.Try("primary")
			q.Fail(500)
			return
		}
		synth.Resilient(q)
	}))
	if card.Verdict != scorecard.Fail {
		t.Errorf("verdict %s, want fail: %s", card.Verdict, card.Sentence)
	}
}

// A fault of connections leaves no mark on attempts, so in a control run it must
// not be taken for one that nobody saw.
func TestControlOfUnseenFaults(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Setup.Control = true
	slow := func(q *synth.Ask) {
		q.Try("primary")
		if q.Due > synth.SurgeTo {
			q.At += 5
		}
		q.Answer()
	}
	d.Play(slow)
	d.Fault("surge", "primary", "refuse", 1)
	if got := synth.Codes(synth.Judge(t, d.Log())); len(got) > 0 {
		t.Errorf("findings %v of an outage that was not played", got)
	}
}

// A thousand control runs of healthy apps, whatever their rates, latencies and
// retries, yield no finding though an outage was planned.
func TestHealthyControls(t *testing.T) {
	for seed := range uint64(1000 / raceFactor) {
		card := synth.Judge(t, healthy(seed))
		if len(card.Findings) > 0 || card.Verdict == scorecard.Fail {
			t.Errorf("seed %d: %v, findings %v: %s", seed, card.Verdict, synth.Codes(card), card.Sentence)
		}
	}
}

// healthy is the log of a drill whose faults were planned and not played.
func healthy(seed uint64) []byte {
	luck := rand.New(rand.NewPCG(seed, 15))
	d := synth.New("calm 7", "surge 7", "after 7")
	d.Luck = luck
	d.Setup.Control = true
	d.Journey("chat", 4+8*luck.Float64()).Stream = luck.IntN(2) == 0
	d.Journey("api", 2+4*luck.Float64()).Stream = luck.IntN(2) == 0
	kinds := []string{"server_error", "rate_limit", "slow", "truncate", "refuse", "hang"}
	d.Fault("surge", "primary", kinds[luck.IntN(len(kinds))], 0.3+0.7*luck.Float64())
	windows := d.Setup.Windows
	d.Setup.Windows = nil // planned; nothing is played
	retried := 0.03 * luck.Float64()
	dwell := luck.ExpFloat64() / 20
	d.Play(func(q *synth.Ask) {
		q.At += dwell * luck.ExpFloat64()
		if luck.Float64() < retried {
			q.TryWithin("primary", synth.TTFT/2) // hung up on, as a network does now and then
			q.At += 0.1 + 0.2*luck.Float64()
		}
		q.Try("primary")
		q.Answer()
	})
	d.Setup.Windows = windows
	return d.Log()
}
