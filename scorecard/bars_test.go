package scorecard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

func value(v float64) *float64 { return &v }

func at(s float64) record.Seconds { return record.Of(time.Duration(s * 1e9)) }

// ratio is a measured share with its interval.
func ratio(k, n int) measure.Measure {
	low, high := stats.Wilson(k, n)
	return measure.Measure{
		Value: value(float64(k) / float64(n)), Low: &low, High: &high, N: n, Unit: "share", Measured: true,
	}
}

func span(low, high float64, by string) measure.Measure {
	return measure.Measure{Value: &high, Low: &low, High: &high, N: 400, Unit: "s", Measured: true, By: by}
}

func counted(v float64, n int) measure.Measure {
	return measure.Measure{Value: &v, N: n, Measured: true}
}

func atLeast(metric string, t float64) record.Bar {
	return record.Bar{Metric: metric, Op: "min", Threshold: t}
}

func atMost(metric string, t float64) record.Bar {
	return record.Bar{Metric: metric, Op: "max", Threshold: t}
}

func TestDecide(t *testing.T) {
	interval := atLeast("availability", 0.9)
	interval.Evidence = "interval"
	anyway := atMost("failover_time", 5)
	anyway.By = "any"
	const pass, fail, open = scorecard.Pass, scorecard.Fail, scorecard.Inconclusive
	for _, c := range []struct {
		name   string
		bar    record.Bar
		unit   string
		m      measure.Measure
		want   scorecard.Verdict
		near   bool
		reason string // part of it
	}{
		{"met with enough", atLeast("availability", 0.9), "share", ratio(195, 200), pass, false, ""},
		{"on the bar is met", atLeast("availability", 0.9), "share", ratio(180, 200), pass, true, ""},
		{"a hair below is missed", atLeast("availability", 0.9), "share", ratio(179, 200), fail, true, ""},
		{"well below", atLeast("availability", 0.9), "share", ratio(20, 200), fail, false, ""},
		{"35 are enough for 90 %", atLeast("availability", 0.9), "share", ratio(35, 35), pass, false, ""},
		{"34 are not", atLeast("availability", 0.9), "share", ratio(34, 34), open, true, "needs 35"},
		{"few, but all of the interval misses", atLeast("availability", 0.9), "share", ratio(2, 20), fail, false, ""},
		{"few, and it may be either", atLeast("availability", 0.9), "share", ratio(17, 20), open, true, "20 requests"},
		{"max of a share", atMost("error_rate", 0.05), "share", ratio(10, 300), pass, true, ""},
		{"max of a share needs 73 for 5 %", atMost("error_rate", 0.05), "share", ratio(0, 72), open, true, "needs 73"},
		{"no request", atLeast("availability", 0), "share", measure.Measure{Value: value(1)}, open, false, "nothing to count"},
		{"not measured", atLeast("availability", 0.9), "share", measure.Measure{Reason: "no baseline"}, open, false, "not measured: no baseline"},
		{"interval beyond", interval, "share", ratio(199, 200), pass, false, ""},
		{"interval across, though met", interval, "share", ratio(184, 200), open, true, "crosses"},
		{"interval misses", interval, "share", ratio(100, 200), fail, false, ""},
		{"100 % is never shown by few", atLeast("availability", 1), "share", ratio(99, 99), open, false, "needs 100"},
		{"100 % by a hundred", atLeast("availability", 1), "share", ratio(100, 100), pass, false, "rules out more than 3.7 %"},
		{"100 % with one missing", atLeast("availability", 1), "share", ratio(999, 1000), fail, false, ""},
		{"no harm among a hundred", atMost("harm", 0), "count", counted(0, 100), pass, false, "none among 100: rules out more than 3.7 %"},
		{"no harm among 99", atMost("harm", 0), "count", counted(0, 99), open, false, "needs 100"},
		{"harm among few", atMost("harm", 0), "count", counted(1, 5), fail, false, ""},
		{"count below", atMost("flaps", 1), "count", counted(1, 300), pass, false, ""},
		{"ratio above", atMost("retry_amplification", 1.5), "x", counted(1.51, 300), fail, false, ""},
		{"time by its upper end", atMost("recovery_lag", 5), "s", span(4.8, 4.9, ""), pass, false, ""},
		{"time across is missed", atMost("recovery_lag", 5), "s", span(4.8, 5.2, ""), fail, true, ""},
		{"time without interval", atMost("latency_p95", 2), "s", counted(1.9, 100), pass, false, ""},
		{"bound beyond", atMost("latency_p95", 2), "s", measure.Measure{Low: value(20), N: 80}, fail, false, "more than 20 s"},
		{"bound below", atMost("recovery_lag", 30), "s", measure.Measure{Low: value(20), N: 80}, open, false, "only known to be more than 20 s"},
		{"failed over in time", atMost("failover_time", 5), "s", span(1.1, 1.2, "fallback"), pass, false, ""},
		{"failed over late", atMost("failover_time", 5), "s", span(6.1, 6.2, "fallback"), fail, false, ""},
		{"retries are no failover", atMost("failover_time", 5), "s", span(0, 0, "retry"), open, false, "failover not exercised: retries"},
		{"nor is the app", atMost("failover_time", 5), "s", span(1, 1, "app"), open, false, "failover not exercised"},
		{"nor is nobody", atMost("failover_time", 5), "s", span(0, 0, ""), open, false, "failover not exercised"},
		{"unless the bar takes it", anyway, "s", span(0, 0, "retry"), pass, false, ""},
		{"never failed over", atMost("failover_time", 5), "s", measure.Measure{Low: value(9), N: 80}, fail, false, "more than 9 s"},
		{"never failed over, small bound", atMost("failover_time", 5), "s", measure.Measure{Low: value(3), N: 80}, fail, false, "never settled"},
		{"never, whoever may serve", anyway, "s", measure.Measure{Low: value(3), N: 80}, fail, false, "never settled"},
		{"no bar at all", record.Bar{Metric: "harm"}, "count", counted(0, 100), open, false, "neither"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, near, reason := scorecard.Decide(c.bar, c.unit, c.m)
			if v != c.want || near != c.near {
				t.Errorf("got %v (close: %v) %q, want %v (close: %v)", v, near, reason, c.want, c.near)
			}
			if !strings.Contains(reason, c.reason) {
				t.Errorf("reason %q, want %q in it", reason, c.reason)
			}
		})
	}
}

// Taking requests away, in the shares that were there, never makes a pass of a
// fail or of what was open.
func TestLessEvidenceNeverPasses(t *testing.T) {
	for n := 1000; n >= 20; n -= 20 {
		for k := 0; k <= n; k += n / 20 {
			more, _, _ := scorecard.Decide(atLeast("availability", 0.95), "share", ratio(k, n))
			for d := 1; d <= 20; d++ {
				if k%d != 0 || n%d != 0 {
					continue
				}
				less, _, _ := scorecard.Decide(atLeast("availability", 0.95), "share", ratio(k/d, n/d))
				if less == scorecard.Pass && more != scorecard.Pass {
					t.Fatalf("%d of %d is %v, %d of %d passes", k, n, more, k/d, n/d)
				}
			}
		}
	}
}

func setup() *record.Setup {
	return &record.Setup{
		Length: at(60),
		Phases: []record.Phase{
			{Name: "baseline", End: at(10)},
			{Name: "surge", Start: at(10), End: at(20)},
			{Name: "spread", Start: at(20), End: at(30)},
			{Name: "calm", Start: at(30), End: at(45)},
			{Name: "healthy", Start: at(45), End: at(60)},
		},
		Windows: []record.Window{
			{Key: "a", Kind: "rate_limit", Provider: "primary", Start: at(10), End: at(20), ShareFrom: 1, ShareTo: 1},
			{Key: "b", Kind: "stall", Provider: "primary", Start: at(22), End: at(30), ShareFrom: 1, ShareTo: 1},
		},
	}
}

// proof is evidence of one outage in which everything measures m.
func proof(m measure.Measure) scorecard.Evidence {
	return scorecard.Evidence{
		Outages: []scorecard.OutageAt{{Par: 1, Provider: "primary", Begins: "surge", After: "calm", From: 10, To: 30, Availability: m}},
		Measure: func(scorecard.Query) measure.Measure { return m },
	}
}

func judged(s *record.Setup, e scorecard.Evidence) *scorecard.Card {
	card := &scorecard.Card{Phases: s.Phases, Windows: s.Windows}
	scorecard.JudgeBars(card, s, e)
	return card
}

func windows(card *scorecard.Card) []string {
	var got []string
	for _, b := range card.Bars {
		got = append(got, b.Metric+"@"+b.Phase)
	}
	return got
}

func TestBarsWithoutPhase(t *testing.T) {
	s := setup()
	s.Bars = []record.Bar{
		atLeast("availability", 0.9), atMost("failover_time", 5), atMost("recovery_lag", 5), atMost("harm", 0),
		{Metric: "availability", Op: "min", Threshold: 0.9, Phase: "healthy"},
	}
	got := windows(judged(s, proof(ratio(100, 100))))
	want := []string{
		"availability@surge", "availability@spread", "failover_time@surge", "recovery_lag@calm", "harm@", "availability@healthy",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("windows (-want +got):\n%s", diff)
	}
}

func TestBarsWithoutWindowAreNotDropped(t *testing.T) {
	s := setup()
	s.Windows = nil
	s.Bars = []record.Bar{
		atLeast("availability", 0.9), atMost("failover_time", 5), atMost("recovery_lag", 5), atMost("sparkle", 5),
	}
	e := proof(ratio(100, 100))
	e.Outages = nil
	card := judged(s, e)
	for _, b := range card.Bars {
		if b.Verdict != scorecard.Inconclusive || b.Reason == "" {
			t.Errorf("%s: %v %q", b.Metric, b.Verdict, b.Reason)
		}
	}
	if len(card.Bars) != 4 || card.Verdict != scorecard.Inconclusive {
		t.Errorf("%d bars, verdict %v", len(card.Bars), card.Verdict)
	}
}

func TestDefaultBars(t *testing.T) {
	var last []record.Seconds
	e := proof(counted(0, 500))
	e.Measure = func(q scorecard.Query) measure.Measure {
		if q.Metric == "harm" {
			return counted(0, 500)
		}
		last = append(last, q.Last)
		return ratio(199, 200)
	}
	card := judged(setup(), e)
	if diff := cmp.Diff([]string{"harm@", "availability@healthy"}, windows(card)); diff != "" {
		t.Errorf("windows (-want +got):\n%s", diff)
	}
	if !card.DefaultBars || card.Verdict != scorecard.Pass {
		t.Errorf("default bars %v, verdict %v", card.DefaultBars, card.Verdict)
	}
	if diff := cmp.Diff([]record.Seconds{at(10), at(10), at(10)}, last); diff != "" {
		t.Errorf("the end of recovery asked for (-want +got):\n%s", diff)
	}
}

func TestUnknownRequestsMustNotDecide(t *testing.T) {
	s := setup()
	s.Bars = []record.Bar{{Metric: "availability", Phase: "surge", Op: "min", Threshold: 0.9}}
	served := map[scorecard.UnknownAs]measure.Measure{
		scorecard.LeftOut: ratio(181, 200), scorecard.AsServed: ratio(185, 204), scorecard.AsUnserved: ratio(181, 204),
	}
	e := proof(ratio(1, 1))
	e.Measure = func(q scorecard.Query) measure.Measure { return served[q.Unknown] }
	card := judged(s, e)
	if card.Verdict != scorecard.Inconclusive || !strings.Contains(card.Bars[0].Reason, "unknown") {
		t.Errorf("181 of 200 with 4 unknown: %v %q", card.Verdict, card.Bars[0].Reason)
	}
	if *card.Bars[0].Value != 181.0/200 {
		t.Errorf("the card shows %v, not what was measured", *card.Bars[0].Value)
	}
	served[scorecard.AsUnserved] = ratio(184, 204)
	if card := judged(s, e); card.Verdict != scorecard.Pass {
		t.Errorf("passes either way, but %v: %q", card.Verdict, card.Bars[0].Reason)
	}
}

func TestVerdict(t *testing.T) {
	bar := func(metric, severity string) record.Bar {
		return record.Bar{Metric: metric, Phase: "surge", Op: "min", Threshold: 0.9, Severity: severity}
	}
	good, bad, few := ratio(200, 200), ratio(10, 200), ratio(5, 5)
	for _, c := range []struct {
		name  string
		bars  []measure.Measure
		warn  []measure.Measure
		unfit []string
		stop  string
		want  scorecard.Verdict
	}{
		{name: "all met", bars: []measure.Measure{good, good}, want: scorecard.Pass},
		{name: "one missed", bars: []measure.Measure{good, bad, few}, want: scorecard.Fail},
		{name: "one open", bars: []measure.Measure{good, few}, want: scorecard.Inconclusive},
		{name: "missed but only warns", bars: []measure.Measure{good}, warn: []measure.Measure{bad, few}, want: scorecard.Pass},
		{name: "nothing but warnings", warn: []measure.Measure{good}, want: scorecard.Inconclusive},
		{name: "unfit before fail", bars: []measure.Measure{bad}, unfit: []string{"the mocks were never called"}, want: scorecard.Inconclusive},
		{name: "unfit before pass", bars: []measure.Measure{good}, unfit: []string{"the mocks were never called"}, want: scorecard.Inconclusive},
		{name: "stopped before all", bars: []measure.Measure{bad}, unfit: []string{"x"}, stop: "Ctrl-C after 12 s", want: scorecard.Aborted},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := setup()
			all := map[string]measure.Measure{}
			names := []string{"availability", "error_rate", "retry_after_compliance"}
			for i, m := range c.bars {
				s.Bars = append(s.Bars, bar(names[i], ""))
				all[names[i]] = m
			}
			for i, m := range c.warn {
				s.Bars = append(s.Bars, bar(names[2-i], "warn"))
				all[names[2-i]] = m
			}
			e := proof(good)
			e.Unfit, e.Interrupted, e.Played = c.unfit, c.stop, 12
			e.Measure = func(q scorecard.Query) measure.Measure { return all[q.Metric] }
			card := judged(s, e)
			if card.Verdict != c.want {
				t.Errorf("verdict %v, want %v (%v)", card.Verdict, c.want, card.Reasons)
			}
			undecided := card.Verdict == scorecard.Inconclusive || card.Verdict == scorecard.Aborted
			if undecided != (len(card.Reasons) > 0) {
				t.Errorf("verdict %v with the reasons %q", card.Verdict, card.Reasons)
			}
		})
	}
}

func TestWindowsNotPlayedAreAborted(t *testing.T) {
	s := setup()
	s.Bars = []record.Bar{
		{Metric: "availability", Phase: "surge", Op: "min", Threshold: 0.9},
		{Metric: "availability", Phase: "spread", Op: "min", Threshold: 0.9},
		atMost("failover_time", 5), atMost("harm", 0),
	}
	e := proof(ratio(200, 200))
	e.Interrupted, e.Played = "Ctrl-C after 25 s", 25
	var got []scorecard.Verdict
	for _, b := range judged(s, e).Bars {
		got = append(got, b.Verdict)
	}
	want := []scorecard.Verdict{scorecard.Pass, scorecard.Aborted, scorecard.Aborted, scorecard.Aborted}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("an outage to 30 s, stopped after 25 s (-want +got):\n%s", diff)
	}
}
