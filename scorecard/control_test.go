package scorecard_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// controlled is a drill whose outage was planned and not played.
func controlled() *synth {
	d := newSynth("baseline 15", "surge 30", "recovery 30")
	d.setup.Control = true
	d.fault("surge", "primary", "server_error", 1)
	d.bar("availability", "min", 0.9, "surge")
	d.bar("failover_time", "max", 5, "surge")
	return d
}

func TestControlRun(t *testing.T) {
	card := judge(t, controlled().play(resilient))
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
	card := judge(t, d.play(func(q *ask) {
		if q.Due > 15 && q.luck.Float64() < 0.5 {
			q.try("primary")
			q.fail(500)
			return
		}
		resilient(q)
	}))
	if card.Verdict != scorecard.Fail {
		t.Errorf("verdict %s, want fail: %s", card.Verdict, card.Sentence)
	}
}

// A fault of connections leaves no mark on attempts, so in a control run it must
// not be taken for one that nobody saw.
func TestControlOfUnseenFaults(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.setup.Control = true
	slow := func(q *ask) {
		q.try("primary")
		if q.Due > surgeTo {
			q.at += 5
		}
		q.answer()
	}
	d.play(slow)
	d.fault("surge", "primary", "refuse", 1)
	if got := codes(judge(t, d.log())); len(got) > 0 {
		t.Errorf("findings %v of an outage that was not played", got)
	}
}

// A thousand control runs of healthy apps, whatever their rates, latencies and
// retries, yield no finding though an outage was planned.
func TestHealthyControls(t *testing.T) {
	for seed := range uint64(1000 / raceFactor) {
		card := judge(t, healthy(seed))
		if len(card.Findings) > 0 || card.Verdict == scorecard.Fail {
			t.Errorf("seed %d: %v, findings %v: %s", seed, card.Verdict, codes(card), card.Sentence)
		}
	}
}

// healthy is the log of a drill whose faults were planned and not played.
func healthy(seed uint64) []byte {
	luck := rand.New(rand.NewPCG(seed, 15))
	d := newSynth("calm 7", "surge 7", "after 7")
	d.luck = luck
	d.setup.Control = true
	d.journey("chat", 4+8*luck.Float64()).Stream = luck.IntN(2) == 0
	d.journey("api", 2+4*luck.Float64()).Stream = luck.IntN(2) == 0
	kinds := []string{"server_error", "rate_limit", "slow", "truncate", "refuse", "hang"}
	d.fault("surge", "primary", kinds[luck.IntN(len(kinds))], 0.3+0.7*luck.Float64())
	windows := d.setup.Windows
	d.setup.Windows = nil // planned; nothing is played
	retried := 0.03 * luck.Float64()
	dwell := luck.ExpFloat64() / 20
	d.play(func(q *ask) {
		q.at += dwell * luck.ExpFloat64()
		if luck.Float64() < retried {
			q.tryWithin("primary", synthTTFT/2) // hung up on, as a network does now and then
			q.at += 0.1 + 0.2*luck.Float64()
		}
		q.try("primary")
		q.answer()
	})
	d.setup.Windows = windows
	return d.log()
}
