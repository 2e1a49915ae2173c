package report_test

import (
	"time"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// The hand-made cards below tell one drill as two apps fared in it. They are no
// judge's output: their numbers are picked so that each part of a report has
// something to show.

func value(v float64) *float64 { return &v }

func seconds(s float64) record.Seconds { return record.Of(time.Duration(s * 1e9)) }

func script() []record.Phase {
	return []record.Phase{
		{Name: "baseline", Start: 0, End: seconds(10)},
		{Name: "surge", Start: seconds(10), End: seconds(19), Faults: []string{
			"primary: rate_limit 90 %, retry after 5 s", "primary: server_error 500 20 %",
		}},
		{Name: "spread", Start: seconds(19), End: seconds(29), Faults: []string{
			"primary: gateway_timeout 504 60 %", "primary: stall at token 12 20 %",
		}},
		{Name: "stabilisation", Start: seconds(29), End: seconds(36), Faults: []string{"primary: server_error 60 % → 20 %"}},
		{Name: "slow", Start: seconds(36), End: seconds(42), Faults: []string{"primary: slow ×4"}},
		{Name: "healthy", Start: seconds(42), End: seconds(54)},
	}
}

func faults() []record.Window {
	window := func(kind, family string, from, to, share, end float64) record.Window {
		return record.Window{
			Key: kind, Kind: kind, Family: family, Provider: "primary",
			Start: seconds(from), End: seconds(to), ShareFrom: share, ShareTo: end,
		}
	}
	surge := window("rate_limit", "http", 10, 19, 0.9, 0.9)
	surge.Rise = seconds(1)
	return []record.Window{
		surge,
		window("server_error", "http", 10, 19, 0.2, 0.2),
		window("gateway_timeout", "http", 19, 29, 0.6, 0.6),
		window("stall", "stream", 19, 29, 0.2, 0.2),
		window("server_error", "http", 29, 36, 0.6, 0.2),
		window("slow", "time", 36, 42, 1, 1),
	}
}

func share(name, phase string, k, n int, low, high float64) measure.Measure {
	return measure.Measure{
		Name: name, Phase: phase, Unit: "share", N: n, Measured: true,
		Value: value(float64(k) / float64(n)), Low: value(low), High: value(high),
	}
}

func measureOf(name, phase, unit string, v float64, n int) measure.Measure {
	return measure.Measure{Name: name, Phase: phase, Unit: unit, Value: value(v), N: n, Measured: true}
}

func base(app string) *scorecard.Card {
	return &scorecard.Card{
		Schema: record.Schema, Brownout: "v0.1.0", App: app,
		Scenario: record.Scenario{
			Name: "ai-brownout", Title: "An AI provider browns out at breakfast", Seed: 7,
			Hash: "3b0f5f6f1d8c8a77a53dc1ff0a9b64f0e7a5d1c07c2f4a5a9b1f1c7de0a91e42",
		},
		StartedAt: time.Date(2026, 11, 21, 8, 4, 0, 0, time.UTC), LengthS: 54,
		Phases: script(), Windows: faults(),
		Limits: []string{
			"name resolution: the app was given addresses, so a failing DNS was not drilled",
			"one machine, one run: what the next run brings, only --repeat shows",
		},
	}
}

// plot makes the timeline of a drill from a function that gives, for a second,
// the requests due by outcome.
func plot(at func(second int) map[string]float64) []account.Series {
	names := []string{"good", "fallback", "slow_good", "degraded", "error", "truncated", "hang"}
	var all []account.Series
	for _, name := range names {
		s := account.Series{Group: "outcome", Name: name, Unit: "count"}
		for second := range 54 {
			s.Values = append(s.Values, value(at(second)[name]))
		}
		all = append(all, s)
	}
	return all
}

func curve(group, name, unit string, at func(second int) float64) account.Series {
	s := account.Series{Group: group, Name: name, Unit: unit}
	for second := range 54 {
		s.Values = append(s.Values, value(at(second)))
	}
	return s
}

// naive is the card of an app with one provider and three immediate retries.
func naive() *scorecard.Card {
	c := base("builtin:naive")
	for i, score := range []float64{9, 31.2, 26} {
		c.Past = append(c.Past, scorecard.Past{
			StartedAt: c.StartedAt.AddDate(0, 3*(i-3), 0), Score: score,
			Dimensions: map[string]float64{"continuity": score, "failover": 0, "recovery": 84.4},
		})
	}
	c.Verdict = scorecard.Fail
	c.Sentence = "during surge 12.2 % of users were served well (bar 90 %): one provider, no fallback, 3.9 attempts per request; 5 of 8 bars missed"
	c.Grade, c.Score = "F", value(21.4)
	c.GradeCaps = []string{"at most D: 41.9 % served well in an outage", "at most D: 14 users came to harm"}
	c.Dimensions = []scorecard.Dimension{
		{
			Name: "continuity", Weight: 3, Exercised: true, Score: value(14.1), Reason: "availability 41.9 % over the outage of primary",
			Rests: []measure.Measure{{
				Name: "availability", Phase: "surge", Provider: "primary", Unit: "share", N: 672, Measured: true,
				Value: value(0.419), Low: value(0.382), High: value(0.456), Par: value(0.98),
			}},
		},
		{
			Name: "failover", Weight: 2, Exercised: true, Score: value(0), Reason: "failover time > 18.7 s in surge",
			Rests: []measure.Measure{{Name: "failover_time", Phase: "surge", Unit: "s", N: 399, Measured: true, Low: value(18.71)}},
		},
		{Name: "integrity", Weight: 2, Exercised: true, Score: value(47.3), Reason: "harm 14"},
		{Name: "degradation", Weight: 1, Exercised: true, Score: value(12.6), Reason: "undeclared 31 %"},
		{
			Name: "manners", Weight: 1, Exercised: true, Score: value(21.8), Reason: "retry amplification 3.92 × in surge, retry after compliance 0 %",
			Rests: []measure.Measure{
				measureOf("retry_amplification", "surge", "x", 3.92, 189),
				{Name: "retry_after_compliance", Unit: "share", N: 487, Measured: true, Value: value(0)},
			},
		},
		{Name: "recovery", Weight: 1, Exercised: true, Score: value(84.4), Reason: "recovery lag 3.1 s in healthy"},
		{Name: "cost", Weight: 1, Reason: "not measured"},
	}
	c.Bars = []scorecard.BarResult{
		{Metric: "availability", Phase: "surge", Op: "min", Threshold: 0.9, Unit: "share", Value: value(0.122), Low: value(0.083), High: value(0.176), N: 189, Verdict: scorecard.Fail, Severity: "fail"},
		{Metric: "availability", Phase: "spread", Op: "min", Threshold: 0.9, Unit: "share", Value: value(0.39), Low: value(0.326), High: value(0.457), N: 210, Verdict: scorecard.Fail, Severity: "fail"},
		{Metric: "availability", Phase: "healthy", Op: "min", Threshold: 0.95, Unit: "share", Value: value(0.972), Low: value(0.943), High: value(0.986), N: 252, Verdict: scorecard.Pass, Severity: "fail", Close: true},
		{Metric: "failover_time", Phase: "surge", Op: "max", Threshold: 5, Unit: "s", Low: value(18.71), N: 399, Verdict: scorecard.Fail, Severity: "fail", Reason: "more than 18.7 s and not seen to end"},
		{Metric: "retry_amplification", Phase: "surge", Op: "max", Threshold: 1.5, Unit: "x", Value: value(3.92), N: 189, Verdict: scorecard.Fail, Severity: "fail"},
		{Metric: "retry_amplification", Phase: "healthy", Op: "max", Threshold: 1.5, Unit: "x", Value: value(1.02), N: 252, Verdict: scorecard.Pass, Severity: "fail"},
		{Metric: "harm", Op: "max", Threshold: 0, Unit: "count", Value: value(14), N: 1134, Verdict: scorecard.Fail, Severity: "fail"},
		{Metric: "failback_time", Phase: "healthy", Op: "max", Threshold: 20, Unit: "s", Verdict: scorecard.Inconclusive, Severity: "fail", Reason: "not measured: there was no switch to come back from"},
		{Metric: "availability", Phase: "slow", Journey: "content", Op: "min", Threshold: 0.95, Unit: "share", Value: value(0.81), Low: value(0.6), High: value(0.92), N: 24, Verdict: scorecard.Fail, Severity: "warn"},
	}
	c.Metrics = []measure.Measure{
		share("availability", "baseline", 209, 210, 0.974, 0.999), share("availability", "surge", 23, 189, 0.083, 0.176),
		share("availability", "spread", 82, 210, 0.326, 0.457), share("availability", "stabilisation", 101, 147, 0.608, 0.756),
		share("availability", "slow", 98, 126, 0.697, 0.842), share("availability", "healthy", 245, 252, 0.943, 0.986),
		measureOf("retry_amplification", "baseline", "x", 1, 210), measureOf("retry_amplification", "surge", "x", 3.92, 189),
		measureOf("retry_amplification", "spread", "x", 2.6, 210), measureOf("retry_amplification", "stabilisation", "x", 1.7, 147),
		measureOf("retry_amplification", "slow", "x", 1, 126), measureOf("retry_amplification", "healthy", "x", 1.02, 252),
		measureOf("latency_p95", "baseline", "s", 1.31, 210), measureOf("latency_p95", "surge", "s", 1.52, 189),
		{Name: "latency_p95", Phase: "spread", Unit: "s", Low: value(20), N: 210, Reason: "so many got no answer in time"},
		measureOf("latency_p95", "stabilisation", "s", 2.2, 147), measureOf("latency_p95", "slow", "s", 6.1, 126),
		measureOf("latency_p95", "healthy", "s", 1.4, 252),
		{Name: "failover_time", Phase: "surge", Unit: "s", Low: value(18.71), N: 399, Reason: "never settled"},
		{Name: "failback_time", Phase: "healthy", Unit: "s", Reason: "there was no switch to come back from"},
		measureOf("harm", "", "count", 14, 1134),
	}
	c.Outcomes = map[string]map[string]int{
		"baseline": {"good": 209, "error": 1}, "surge": {"good": 23, "error": 166},
		"spread":        {"good": 82, "slow_good": 22, "error": 92, "truncated": 5, "hang": 9},
		"stabilisation": {"good": 101, "error": 46}, "slow": {"good": 98, "slow_good": 28},
		"healthy": {"good": 245, "error": 7},
	}
	c.Findings = []findings.Finding{
		{Code: "no_fallback", Severity: "high", Count: 304, Evidence: []int{412, 415, 417}, Sentence: "Only primary was ever asked: 304 requests failed while secondary was whole.", Advice: "Ask a second provider after the first failure; half a day, and availability in an outage follows the second provider's."},
		{Code: "ignores_retry_after", Severity: "high", Count: 487, Evidence: []int{398, 401, 404, 409}, Sentence: "None of 487 retries waited as Retry-After said; the median gap was 3 ms of 5 s asked for.", Advice: "Wait what Retry-After says, or give up if that is longer than the user will wait."},
		{Code: "hangs", Severity: "medium", Count: 9, Evidence: []int{902, 917}, Journeys: []string{"chat"}, Sentence: "9 users were left without an end when a stream stalled.", Advice: "End a stream that is silent for more than 10 s."},
	}
	c.Join = account.Join{Attempts: 2461, ByNonce: 2459, ByTrace: 2, Share: 1}
	c.Providers = []account.ProviderRow{
		{Name: "primary", Dialect: "openai", Attempts: 2461, Faulted: 1402, Answered: 758, Left: 9, Statuses: map[string]int{"200": 1059, "429": 1002, "500": 180, "504": 220}, Faults: map[string]int{"rate_limit": 1002, "server_error": 180, "gateway_timeout": 220}, Agents: []string{"support-bot/1.0"}},
		{Name: "secondary", Dialect: "anthropic"},
	}
	c.Journeys = []account.JourneyRow{
		{Name: "chat", Priority: "critical", Offered: 540, Primary: "primary", Outcomes: map[string]int{"good": 390, "error": 136, "hang": 9, "truncated": 5}, Availability: value(0.722), LatencyP50S: value(0.91), LatencyP95S: value(4.2), TTFTP50S: value(0.34), TTFTP95S: value(1.2)},
		{Name: "api", Priority: "critical", Offered: 270, Primary: "primary", Outcomes: map[string]int{"good": 180, "error": 90}, Availability: value(0.667), LatencyP50S: value(0.8), LatencyP95S: value(2.9)},
	}
	c.Worst = []account.Request{
		{N: 501, Line: 902, Journey: "chat", Phase: "spread", Nonce: "bako", DueS: 21.4, Outcome: "hang", Status: 200, TTFTS: value(0.4), LatencyS: value(20), Provider: "primary", Error: "context deadline exceeded", Attempts: []account.Try{{Provider: "primary", ArrivedS: 21.41, EndedS: 41.4, Status: 200, Fault: "stall", Left: true}}},
		{N: 231, Line: 412, Journey: "api", Phase: "surge", Nonce: "tiru", DueS: 12.1, Outcome: "error", Class: "raw", Status: 429, LatencyS: value(0.081), Attempts: []account.Try{
			{Provider: "primary", ArrivedS: 12.101, EndedS: 12.12, Status: 429, Fault: "rate_limit"},
			{Provider: "primary", ArrivedS: 12.122, EndedS: 12.14, Status: 429, Fault: "rate_limit"},
			{Provider: "primary", ArrivedS: 12.142, EndedS: 12.16, Status: 500, Fault: "server_error"},
			{Provider: "primary", ArrivedS: 12.161, EndedS: 12.18, Status: 429, Fault: "rate_limit"},
		}},
	}
	c.Timeline = account.Timeline{StepS: 1, Series: append(plot(func(s int) map[string]float64 {
		switch {
		case s >= 10 && s < 19:
			return map[string]float64{"good": float64(2 + s%3), "error": float64(19 - s%3)}
		case s >= 19 && s < 29:
			return map[string]float64{"good": 8, "slow_good": 2, "error": float64(10 - s%2), "truncated": float64(s % 2), "hang": 1}
		case s >= 29 && s < 36:
			return map[string]float64{"good": float64(s - 17), "error": float64(38 - s)}
		case s >= 36 && s < 42:
			return map[string]float64{"good": 16, "slow_good": 5}
		}
		return map[string]float64{"good": 21}
	}),
		curve("answered", "primary", "count", func(s int) float64 { return float64(21 - s%3) }),
		curve("attempts", "per request", "x", func(s int) float64 {
			if s >= 10 && s < 19 {
				return 3.6 + float64(s%3)/7
			}
			return 1
		}),
		curve("quantile", "latency_p50", "s", func(s int) float64 { return 0.8 + float64(s%4)/10 }),
		curve("quantile", "latency_p95", "s", func(s int) float64 {
			if s >= 36 && s < 42 {
				return 5.5 + float64(s%3)
			}
			return 1.2 + float64(s%5)/8
		}))}
	c.Events = []account.Event{
		{Kind: "outage", AtS: 10, Text: "outage of primary begins"},
		{Kind: "outage_end", AtS: 42, Text: "outage of primary ends"},
		{Kind: "recovered", AtS: 45.1, Text: "users are served well again"},
	}
	return c
}

// resilient is the card of an app with a breaker and a second provider.
func resilient() *scorecard.Card {
	c := base("builtin:resilient")
	c.Verdict = scorecard.Pass
	c.Sentence = "failover to secondary took 1.24 s; the bar is 5 s; 95.8 % of users were served well in surge, the worst phase (bar 90 %)"
	c.Grade, c.Score = "A", value(91.2)
	c.Dimensions = []scorecard.Dimension{
		{Name: "continuity", Weight: 3, Exercised: true, Score: value(78.2), Reason: "availability 97.9 % over the outage of primary"},
		{Name: "failover", Weight: 2, Exercised: true, Score: value(97.1), Reason: "failover time 1.24 s in surge"},
		{Name: "integrity", Weight: 2, Exercised: true, Score: value(100), Reason: "harm 0"},
		{Name: "degradation", Weight: 1, Exercised: true, Score: value(96.1), Reason: "undeclared 0 %"},
		{Name: "manners", Weight: 1, Exercised: true, Score: value(94.9), Reason: "retry amplification 1.08 × in surge, retry after compliance 100 %"},
		{Name: "recovery", Weight: 1, Exercised: true, Score: value(93.5), Reason: "recovery lag 0 s in healthy, failback time 6.2 s in healthy"},
		{Name: "cost", Weight: 1, Reason: "not measured"},
	}
	c.Bars = []scorecard.BarResult{
		{Metric: "availability", Phase: "surge", Op: "min", Threshold: 0.9, Unit: "share", Value: value(0.958), Low: value(0.919), High: value(0.978), N: 189, Verdict: scorecard.Pass, Severity: "fail"},
		{Metric: "availability", Phase: "spread", Op: "min", Threshold: 0.9, Unit: "share", Value: value(0.986), Low: value(0.959), High: value(0.995), N: 210, Verdict: scorecard.Pass, Severity: "fail"},
		{Metric: "failover_time", Phase: "surge", Op: "max", Threshold: 5, Unit: "s", Value: value(1.24), Low: value(1.19), High: value(1.24), N: 399, Verdict: scorecard.Pass, Severity: "fail"},
		{Metric: "retry_amplification", Phase: "surge", Op: "max", Threshold: 1.5, Unit: "x", Value: value(1.08), N: 189, Verdict: scorecard.Pass, Severity: "fail"},
		{Metric: "harm", Op: "max", Threshold: 0, Unit: "count", Value: value(0), N: 1134, Verdict: scorecard.Pass, Severity: "fail", Reason: "none among 1,134: rules out more than 0.34 %"},
		{Metric: "failback_time", Phase: "healthy", Op: "max", Threshold: 20, Unit: "s", Value: value(6.2), Low: value(5.9), High: value(6.2), N: 252, Verdict: scorecard.Pass, Severity: "fail"},
	}
	c.Metrics = []measure.Measure{
		share("availability", "baseline", 210, 210, 0.982, 1), share("availability", "surge", 181, 189, 0.919, 0.978),
		share("availability", "spread", 207, 210, 0.959, 0.995), share("availability", "stabilisation", 147, 147, 0.974, 1),
		share("availability", "slow", 126, 126, 0.97, 1), share("availability", "healthy", 252, 252, 0.985, 1),
		{Name: "failover_time", Phase: "surge", Unit: "s", Value: value(1.24), Low: value(1.19), High: value(1.24), N: 399, Measured: true, By: "fallback"},
		measureOf("retry_amplification", "surge", "x", 1.08, 189), measureOf("latency_p95", "surge", "s", 1.91, 189),
	}
	c.Outcomes = map[string]map[string]int{
		"baseline": {"good": 210}, "surge": {"good": 18, "fallback": 163, "slow_fallback": 3, "degraded": 5},
		"spread": {"fallback": 207, "degraded": 3}, "stabilisation": {"good": 12, "fallback": 135},
		"slow": {"good": 30, "fallback": 96}, "healthy": {"good": 202, "fallback": 50},
	}
	c.Join = account.Join{Attempts: 1312, ByNonce: 1312, Share: 1}
	c.Providers = []account.ProviderRow{
		{Name: "primary", Dialect: "openai", Attempts: 640, Faulted: 98, Answered: 472, Statuses: map[string]int{"200": 542, "429": 80, "500": 18}, Faults: map[string]int{"rate_limit": 80, "server_error": 18}, Agents: []string{"support-bot/1.0"}},
		{Name: "secondary", Dialect: "anthropic", Attempts: 672, Answered: 651, Statuses: map[string]int{"200": 672}, Agents: []string{"support-bot/1.0"}},
	}
	c.Journeys = []account.JourneyRow{
		{Name: "chat", Priority: "critical", Offered: 540, Primary: "primary", Outcomes: map[string]int{"good": 220, "fallback": 312, "degraded": 8}, Availability: value(0.985), LatencyP50S: value(0.91), LatencyP95S: value(1.9), TTFTP50S: value(0.34), TTFTP95S: value(0.8)},
	}
	c.Timeline = account.Timeline{StepS: 1, Series: append(plot(func(s int) map[string]float64 {
		switch {
		case s == 10:
			return map[string]float64{"good": 3, "fallback": 10, "degraded": 5, "error": 3}
		case s >= 11 && s < 46:
			return map[string]float64{"good": float64(s % 4), "fallback": float64(21 - s%4)}
		}
		return map[string]float64{"good": 21}
	}),
		curve("answered", "primary", "count", func(s int) float64 {
			if s >= 10 && s < 46 {
				return float64(s % 4)
			}
			return 21
		}),
		curve("answered", "secondary", "count", func(s int) float64 {
			if s >= 10 && s < 46 {
				return float64(21 - s%4)
			}
			return 0
		}))}
	c.Events = []account.Event{
		{Kind: "outage", AtS: 10, Text: "outage of primary begins"},
		{Kind: "failover", AtS: 11.24, Text: "failover to secondary settled"},
		{Kind: "outage_end", AtS: 42, Text: "outage of primary ends"},
		{Kind: "failback", AtS: 48.2, Text: "back at primary"},
	}
	return c
}
