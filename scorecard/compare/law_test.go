package compare_test

import (
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A law is what runs are drawn from: a drill of a minute (calm, an outage of the
// primary, and after it), and an app that fails over. What the scenario draws comes
// from the seed and is the same in every run of it; what the app does of itself comes
// from its own dice, anew in each run. Runs of one law differ by nothing but dice.
type law struct {
	rate     float64 // requests a second
	spotty   float64 // share of requests that the app spoils by itself
	unlucky  float64 // share that fails by the scenario's luck, in all runs alike
	failover float64 // the app is over between 1 s and so many after the outage begins
	probes   bool    // it tries the primary again every 10 s or so, for half a second
	pauses   float64 // how many pauses of a second it makes a run
	jitter   float64 // s, of latency: its mean
	slower   float64 // s, added to everything
}

// steady is an app that any team would be glad of.
func steady() law {
	return law{rate: 20, spotty: 0.005, unlucky: 0.01, failover: 3, jitter: 0.005}
}

// moody has dice for everything that apps have: when it fails over, when it looks
// whether the primary is back, when it stops to collect its garbage.
func moody() law {
	return law{rate: 20, spotty: 0.02, unlucky: 0.01, failover: 6, probes: true, pauses: 2, jitter: 0.02}
}

// The phases of the drill, s.
const (
	calmEnds   = 15.0
	outageEnds = 45.0
	drillEnds  = 60.0
)

func secs(s float64) record.Seconds { return record.Of(time.Duration(s * float64(time.Second))) }

func moment(s float64) *record.Seconds {
	at := secs(s)
	return &at
}

func (l law) setup(seed uint64) *record.Setup {
	return &record.Setup{
		Schema: record.Schema, Brownout: "v1.0.0", App: "law",
		Scenario:  record.Scenario{Name: "law", Hash: "abc", Seed: seed},
		StartedAt: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC),
		Length:    secs(drillEnds), Warmup: secs(2), Healthy: 0.9,
		Phases: []record.Phase{
			{Name: "calm", End: secs(calmEnds)},
			{Name: "outage", Start: secs(calmEnds), End: secs(outageEnds), Faults: []string{"primary: server_error 100%"}},
			{Name: "after", Start: secs(outageEnds), End: secs(drillEnds)},
		},
		Windows: []record.Window{{
			Key: "outage/1", Kind: "server_error", Family: "http", Provider: "primary", Phase: "outage",
			Start: secs(calmEnds), End: secs(outageEnds), ShareFrom: 1, ShareTo: 1,
		}},
		Providers: []record.Provider{{Name: "primary", Dialect: "openai"}, {Name: "secondary", Dialect: "anthropic"}},
		Journeys: []record.Journey{{
			Name: "chat", Priority: "critical", Rate: l.rate, Timeout: secs(20), Stream: true, SlowTTFT: secs(3), SlowTotal: secs(15),
		}},
		Bars: []record.Bar{
			{Metric: "availability", Phase: "outage", Op: "min", Threshold: 0.9},
			{Metric: "availability", Phase: "after", Op: "min", Threshold: 0.9},
			{Metric: "failover_time", Phase: "outage", Op: "max", Threshold: 10},
			{Metric: "latency_p50", Phase: "outage", Op: "max", Threshold: 2},
			{Metric: "ttft_p95", Phase: "outage", Op: "max", Threshold: 2},
			{Metric: "harm", Op: "max", Threshold: 0},
		},
	}
}

// play draws a run: the scenario's luck from seed, the app's from dice.
func (l law) play(seed, dice uint64) []record.Line {
	luck, own := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, dice+2))
	app := l.born(own)
	lines := []record.Line{{Kind: "setup", Setup: l.setup(seed)}}
	for n := range int(l.rate * drillEnds) {
		due := (float64(n) + 0.5) / l.rate
		ttft, whole, spoilt := 0.2+0.1*luck.ExpFloat64(), 0.3+0.2*luck.ExpFloat64(), luck.Float64() < l.unlucky
		spoilt = own.Float64() < l.spotty || spoilt
		ttft += l.jitter*own.ExpFloat64() + l.slower + app.pause(due)
		lines = append(lines, app.answers(n, due, ttft, ttft+whole, spoilt)...)
	}
	return append(lines, record.Line{T: secs(drillEnds), Kind: "end", End: &record.End{Reason: "done"}})
}

// born is the app as its dice made it for one run.
func (l law) born(own *rand.Rand) born {
	b := born{over: calmEnds + 1 + (l.failover-1)*own.Float64()}
	if l.probes {
		for at := b.over; at < outageEnds; {
			at += 8 + 4*own.Float64()
			b.probes = append(b.probes, at)
		}
	}
	for range int(l.pauses) {
		b.pauses = append(b.pauses, drillEnds*own.Float64())
	}
	return b
}

type born struct {
	over           float64 // when it has failed over
	probes, pauses []float64
}

// pause is how long the app does nothing for what is due.
func (b born) pause(due float64) float64 {
	for _, at := range b.pauses {
		if at <= due && due < at+1 {
			return at + 1 - due
		}
	}
	return 0
}

// answers writes down what became of a request, and of its attempt.
func (b born) answers(n int, due, ttft, total float64, spoilt bool) []record.Line {
	down := due >= calmEnds && due < outageEnds
	provider := "primary"
	if down && due >= b.over {
		provider = "secondary"
		for _, at := range b.probes {
			if at <= due && due < at+0.5 {
				provider = "primary"
			}
		}
	}
	hit := down && provider == "primary"
	nonce := word(n)
	u := &record.User{N: n, Journey: "chat", Nonce: nonce, Due: secs(due), Sent: moment(due), How: "complete"}
	a := &record.Attempt{
		Provider: provider, Dialect: "openai", Endpoint: "chat", Nonce: nonce, Print: nonce, Nth: 1, Arrived: secs(due + 0.001),
	}
	if hit || spoilt {
		u.Ended, u.Status, u.Told = moment(due+0.05), 502, true
		a.Ended, a.Status = secs(due+0.04), 500
		if hit {
			a.Fault, a.Kind, a.At = "outage/1", "server_error", "headers"
		}
	} else {
		u.First, u.Ended, u.Status = moment(due+ttft), moment(due+total), 200
		u.Answer = &record.Answer{Provider: provider, Nonces: []string{nonce}, Begins: true, Complete: true, Pieces: 1, Words: 9}
		a.First, a.Ended, a.Status, a.Finish = u.First, *u.Ended, 200, "stop"
	}
	return []record.Line{{T: a.Ended, Kind: "attempt", Attempt: a}, {T: *u.Ended, Kind: "user", User: u}}
}

// word is a nonce.
func word(n int) string {
	const consonants, vowels = "bdfgklmnprstvz", "aeiou"
	var w []byte
	for range 4 {
		w = append(w, consonants[n%14], vowels[n/14%5])
		n /= 70
	}
	return string(w)
}

// entries are lines as the reader gives them.
func entries(lines []record.Line) iter.Seq2[record.Entry, error] {
	return func(yield func(record.Entry, error) bool) {
		for i, l := range lines {
			if !yield(record.Entry{No: i + 1, Line: l}, nil) {
				return
			}
		}
	}
}

// judged is the run that a log is of.
func judged(t testing.TB, name string, lines []record.Line) compare.Run {
	t.Helper()
	card, err := scorecard.Judge(entries(lines))
	if err != nil {
		t.Fatal(err)
	}
	all, err := scorecard.Fates(entries(lines))
	if err != nil {
		t.Fatal(err)
	}
	r := compare.Run{Name: name, Card: card}
	for f := range all {
		r.Fates = append(r.Fates, f)
	}
	return r
}

// run draws a run of the law and judges it.
func (l law) run(t testing.TB, seed, dice uint64) compare.Run {
	return judged(t, "run", l.play(seed, dice))
}
