package scorecard_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// told is a card to tell, of an app that asked these providers and got these
// outcomes in the surge.
func told(verdict scorecard.Verdict, providers []account.ProviderRow, surge map[string]int) *scorecard.Card {
	s := setup()
	return &scorecard.Card{
		Verdict: verdict, Phases: s.Phases, Windows: s.Windows, Providers: providers,
		Journeys: []account.JourneyRow{{Name: "chat", Primary: "primary"}},
		Outcomes: map[string]map[string]int{"baseline": {"good": 100}, "surge": surge},
		Metrics: []measure.Measure{
			{Name: "availability", Phase: "baseline", Unit: "share", Value: value(1), N: 100},
			{Name: "availability", Phase: "surge", Unit: "share", Value: value(0.12), N: 100},
			{Name: "retry_amplification", Phase: "surge", Unit: "x", Value: value(3.92), N: 100},
		},
	}
}

func alone() []account.ProviderRow {
	return []account.ProviderRow{{Name: "primary", Attempts: 400, Answered: 112}, {Name: "secondary"}}
}

func both() []account.ProviderRow {
	return []account.ProviderRow{{Name: "primary", Attempts: 140, Answered: 120}, {Name: "secondary", Attempts: 70, Answered: 69}}
}

func missed(metric, phase, unit, op string, threshold, got float64) scorecard.BarResult {
	return scorecard.BarResult{
		Metric: metric, Phase: phase, Unit: unit, Op: op, Threshold: threshold, Value: &got, N: 100,
		Verdict: scorecard.Fail, Severity: "fail",
	}
}

func met(metric, phase, unit, op string, threshold float64) scorecard.BarResult {
	b := missed(metric, phase, unit, op, threshold, threshold)
	b.Verdict = scorecard.Pass
	return b
}

func TestSentence(t *testing.T) {
	naive := told(scorecard.Fail, alone(), map[string]int{"good": 12, "error": 88})
	naive.Bars = []scorecard.BarResult{
		missed("retry_amplification", "surge", "x", "max", 1.5, 3.92),
		missed("availability", "spread", "share", "min", 0.9, 0.6),
		missed("availability", "surge", "share", "min", 0.9, 0.12),
		met("harm", "", "count", "max", 0),
	}

	stuck := told(scorecard.Fail, alone(), map[string]int{"error": 100})
	stuck.Bars = []scorecard.BarResult{missed("failover_time", "surge", "s", "max", 5, 0)}
	stuck.Bars[0].Value, stuck.Bars[0].Low = nil, value(18.7)

	late := told(scorecard.Fail, both(), map[string]int{"good": 20, "fallback": 69, "error": 11})
	late.Bars = []scorecard.BarResult{missed("failover_time", "surge", "s", "max", 5, 7.4)}
	late.Metrics = append(late.Metrics, measure.Measure{
		Name: "failover_time", Phase: "surge", Unit: "s", Value: value(7.4), High: value(7.4), By: "fallback", N: 100,
	})

	lateRetry := told(scorecard.Fail, alone(), map[string]int{"good": 89, "error": 11})
	lateRetry.Bars = late.Bars
	lateRetry.Metrics = append(lateRetry.Metrics, measure.Measure{
		Name: "failover_time", Phase: "surge", Unit: "s", Value: value(7.4), High: value(7.4), By: "retry", N: 100,
	})

	harm := told(scorecard.Fail, both(), map[string]int{"good": 90, "truncated": 3, "slow_truncated": 1, "spliced": 1})
	harm.Bars = []scorecard.BarResult{missed("harm", "", "count", "max", 0, 5)}

	other := told(scorecard.Fail, both(), map[string]int{"good": 100})
	other.Bars = []scorecard.BarResult{missed("retry_after_compliance", "surge", "share", "min", 0.9, 0.25)}

	warned := told(scorecard.Fail, both(), map[string]int{"good": 100})
	warned.Bars = append([]scorecard.BarResult{missed("availability", "surge", "share", "min", 0.9, 0.1)}, other.Bars...)
	warned.Bars[0].Severity = "warn"

	switched := told(scorecard.Pass, both(), map[string]int{"good": 28, "fallback": 69, "degraded": 3})
	switched.Metrics[1].Value = value(0.97)
	switched.Metrics = append(switched.Metrics, late.Metrics[3])
	switched.Bars = []scorecard.BarResult{
		met("failover_time", "surge", "s", "max", 10), met("availability", "surge", "share", "min", 0.9),
	}

	retried := told(scorecard.Pass, alone(), map[string]int{"good": 100})
	retried.Metrics[1].Value = value(1)
	retried.Metrics = append(retried.Metrics, measure.Measure{
		Name: "failover_time", Phase: "surge", Unit: "s", Value: value(0), By: "retry", N: 100,
	})

	app := told(scorecard.Pass, alone(), map[string]int{"good": 100})
	app.Metrics = append(app.Metrics, measure.Measure{
		Name: "failover_time", Phase: "surge", Unit: "s", Value: value(0), By: "app", N: 100,
	})

	nothing := told(scorecard.Pass, both(), map[string]int{"good": 100})
	nothing.Windows = nil

	open := &scorecard.Card{Verdict: scorecard.Inconclusive, Reasons: []string{"the mocks were never called", "x", "y"}}
	stopped := &scorecard.Card{Verdict: scorecard.Aborted, Reasons: []string{"interrupted after 12 s of 54 s"}}

	for _, c := range []struct {
		name string
		card *scorecard.Card
		want string
	}{
		{"the worst of the most telling", naive, "during surge 12 % of users were served well (bar 90 %): one provider, no fallback, 3.9 attempts per request; 3 of 4 bars missed"},
		{"never over it", stuck, "the outage that began in surge was never overcome: users still went without after 18.7 s (bar 5 s): one provider, no fallback, 3.9 attempts per request"},
		{"late", late, "failover to secondary took 7.4 s during surge; the bar is 5 s"},
		{"late by retries", lateRetry, "retries overcame the outage that began in surge only after 7.4 s; the bar is 5 s"},
		{"harm", harm, "over the whole drill 5 users came to harm, 1 spliced, 4 truncated (bar 0)"},
		{"any other bar", other, "during surge retry after compliance was 25 % (bar: at least 90 %)"},
		{"a warning is not told", warned, "during surge retry after compliance was 25 % (bar: at least 90 %)"},
		{"failed over", switched, "failover to secondary took 7.4 s; the bar is 10 s; 97 % of users were served well in surge, the worst phase (bar 90 %)"},
		{"ridden through", retried, "retries carried the app through, nothing failed over: one provider, no fallback, 3.9 attempts per request; 100 % of users were served well in every phase"},
		{"by itself", app, "the app itself carried its users through, without another provider; 12 % of users were served well in surge, the worst phase"},
		{"no fault", nothing, "every bar was met"},
		{"undecided", open, "no verdict: the mocks were never called; and 2 more reasons"},
		{"stopped", stopped, "the drill was stopped before its end: interrupted after 12 s of 54 s"},
		{"empty", &scorecard.Card{}, "no verdict: the card does not say why"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := scorecard.Sentence(c.card); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
