package measure

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
)

// Metrics gives every metric that bars may name and cards hold, in the order of
// the card.
func Metrics() []Metric {
	rows := metricRows()
	metrics := make([]Metric, len(rows))
	for i, r := range rows {
		metrics[i] = r.Metric
	}
	return metrics
}

// A metricRow is a metric and how it is measured.
type metricRow struct {
	Metric
	per     per
	slowest bool // all journeys together are the slowest of them, not a pool
	// said, if not nil, says whether the scenario has the words that the metric is
	// measured by, or the log what they are about. A card leaves it out where not.
	said    func(*Meter) bool
	measure func(*Meter, Window) Measure
}

// per says what naming a provider means for a metric.
type per int

const (
	perNothing  per = iota
	perOutage       // the outage of that provider which begins in the phase, as a window of its own
	perAttempts     // attempts at that provider alone
	perEffects      // calls of that service alone
)

// ofLedger says whether the metric is about the provider ledger, and of one provider
// about its part of it.
func (p per) ofLedger() bool { return p == perAttempts || p == perEffects }

// metricRows is the table of metrics: a new one is a row and a function.
func metricRows() []metricRow {
	return slices.Concat(
		servedMetrics(), backoffMetrics(), breakerMetrics(), loadMetrics(), burdenMetrics(), worthMetrics(), effectMetrics(),
		peopleMetrics(),
	)
}

// servedMetrics are how users fared, where their requests went, and what the app
// made of retries.
func servedMetrics() []metricRow {
	const (
		low, high    = "low", "high"
		share, s, n  = "share", "s", "count"
		win, outage  = "window", "outage"
		after, drill = "after", "drill"
	)
	return []metricRow{
		{
			Metric: Metric{
				Name: "availability", Unit: share, Scope: win, Better: high,
				Doc: "Requests served well: answered whole, by any provider, and not slow.",
			},
			per: perOutage, measure: shareOf((*ledger.Visit).Served),
		},
		{
			Metric: Metric{
				Name: "usable_share", Unit: share, Scope: win, Better: high,
				Doc: "Requests served well or with a lesser answer that the app owns up to.",
			},
			per: perOutage, measure: shareOf((*ledger.Visit).Usable),
		},
		{
			Metric: Metric{
				Name: "users_affected", Unit: share, Scope: win, Better: low,
				Doc: "Sessions with a request that was not served well ÷ sessions active; without sessions each request is one.",
			},
			per: perOutage, measure: usersAffected,
		},
		{
			Metric: Metric{
				Name: "error_rate", Unit: share, Scope: win, Better: low,
				Doc: "Requests that ended in an error.",
			},
			per: perOutage, measure: shareOf(is(ledger.Failed)),
		},
		{
			Metric: Metric{
				Name: "degraded_share", Unit: share, Scope: win, Better: low,
				Doc: "Requests answered with a declared lesser answer.",
			},
			per: perOutage, measure: shareOf(is(ledger.Degraded)),
		},
		{
			Metric: Metric{
				Name: "fallback_share", Unit: share, Scope: win, Better: low,
				Doc: "Requests answered by another provider, or a declared smaller model.",
			},
			per: perOutage, measure: shareOf(is(ledger.Fallback)),
		},
		{
			Metric: Metric{
				Name: "undeclared", Unit: share, Scope: win, Better: low,
				Doc: "Requests that failed without a clean and timely word: harm, errors that are not clean or come later than slow_over.",
			},
			per: perOutage, measure: undeclared,
		},
		{
			Metric: Metric{
				Name: "harm", Unit: n, Scope: drill, Better: low,
				Doc: "Users worse off than with an honest error: another's answer, a stale, spliced or truncated one, one that is not what the scenario expects or was put off and never came, a hang, a key shown.",
			},
			per: perOutage, measure: harm,
		},

		{
			Metric: Metric{
				Name: "ttft_p50", Unit: s, Scope: win, Better: low,
				Doc: "Median time from due to the first content token.",
			},
			per: perOutage, measure: timeOf((*ledger.Visit).Ttft, 0.50),
		},
		{
			Metric: Metric{
				Name: "ttft_p95", Unit: s, Scope: win, Better: low,
				Doc: "95th percentile of the time from due to the first content token.",
			},
			per: perOutage, measure: timeOf((*ledger.Visit).Ttft, 0.95),
		},
		{
			Metric: Metric{
				Name: "ttft_p99", Unit: s, Scope: win, Better: low,
				Doc: "99th percentile of the time from due to the first content token.",
			},
			per: perOutage, measure: timeOf((*ledger.Visit).Ttft, 0.99),
		},
		{
			Metric: Metric{
				Name: "latency_p50", Unit: s, Scope: win, Better: low,
				Doc: "Median time from due to the last byte.",
			},
			per: perOutage, measure: timeOf((*ledger.Visit).Latency, 0.50),
		},
		{
			Metric: Metric{
				Name: "latency_p95", Unit: s, Scope: win, Better: low,
				Doc: "95th percentile of the time from due to the last byte.",
			},
			per: perOutage, measure: timeOf((*ledger.Visit).Latency, 0.95),
		},
		{
			Metric: Metric{
				Name: "latency_p99", Unit: s, Scope: win, Better: low,
				Doc: "99th percentile of the time from due to the last byte.",
			},
			per: perOutage, measure: timeOf((*ledger.Visit).Latency, 0.99),
		},
		{
			Metric: Metric{
				Name: "max_gap_p99", Unit: s, Scope: win, Better: low,
				Doc: "99th percentile of the longest silence inside a streamed answer.",
			},
			per: perOutage, measure: maxGap,
		},
		{
			Metric: Metric{
				Name: "time_to_error_p95", Unit: s, Scope: win, Better: low,
				Doc: "95th percentile of the time from due to an error or a declared lesser answer.",
			},
			per: perOutage, measure: timeToError,
		},

		{
			Metric: Metric{
				Name: "feedback_p95", Unit: s, Scope: win, Better: low,
				Doc: "95th percentile of the time from due to the first sign of life that the progress rule accepts, or the answer.",
			},
			per: perOutage, measure: feedback,
		},
		{
			Metric: Metric{
				Name: "failover_time", Unit: s, Scope: outage, Better: low,
				Doc: "From an outage's first hit until users are served well again while it lasts.",
			},
			per: perOutage, slowest: true, measure: failoverTime,
		},
		{
			Metric: Metric{
				Name: "failover_loss", Unit: s, Scope: win, Better: low,
				Doc: "Seconds of service lost: (1 − availability) × length of the window.",
			},
			per: perOutage, measure: failoverLoss,
		},
		{
			Metric: Metric{
				Name: "failover_first", Unit: s, Scope: outage, Better: low, Join: true,
				Doc: "From an outage's first hit until the first token of a fallback answer.",
			},
			per: perOutage, measure: failoverFirst,
		},
		{
			Metric: Metric{
				Name: "switch_time", Unit: s, Scope: outage, Better: low, Join: true,
				Doc: "From an outage's first hit until first attempts go elsewhere: what a breaker logs.",
			},
			per: perOutage, slowest: true, measure: switchTime,
		},
		{
			Metric: Metric{
				Name: "detection_time_p50", Unit: s, Scope: outage, Better: low, Join: true,
				Doc: "Median time from a call's first attempt at the faulted provider to its first elsewhere.",
			},
			per: perOutage, measure: detectionTime(0.50),
		},
		{
			Metric: Metric{
				Name: "detection_time_p95", Unit: s, Scope: outage, Better: low, Join: true,
				Doc: "95th percentile of the time from a call's first attempt at the faulted provider to its first elsewhere.",
			},
			per: perOutage, measure: detectionTime(0.95),
		},
		{
			Metric: Metric{
				Name: "dead_attempts", Unit: share, Scope: outage, Better: low, Join: true,
				Doc: "Requests due 10 s or more into an outage whose first attempt goes to a provider that is wholly down.",
			},
			per: perOutage, measure: deadAttempts,
		},
		{
			Metric: Metric{
				Name: "flaps", Unit: n, Scope: outage, Better: low, Join: true,
				Doc: "Changes of route in an outage beyond the one that leads away.",
			},
			per: perOutage, slowest: true, measure: flaps,
		},

		{
			Metric: Metric{
				Name: "failback_time", Unit: s, Scope: after, Better: low, Join: true,
				Doc: "From an outage's end until first attempts go to the primary again.",
			},
			per: perOutage, slowest: true, measure: failbackTime,
		},
		{
			Metric: Metric{
				Name: "failback_overshoot", Unit: "x", Scope: after, Better: low,
				Doc: "Highest second of arrivals at the primary after the outage ÷ highest in the baseline.",
			},
			per: perOutage, measure: overshoot,
		},
		{
			Metric: Metric{
				Name: "recovery_lag", Unit: s, Scope: after, Better: low,
				Doc: "From the end of all outages until users are served well again, without extra load.",
			},
			per: perOutage, slowest: true, measure: recoveryLag,
		},

		{
			Metric: Metric{
				Name: "backlog_drain", Unit: s, Scope: after, Better: low,
				Doc: "From an outage's end until the last of its answers was delivered that had been put off.",
			},
			per: perOutage, measure: backlogDrain,
		},

		{
			Metric: Metric{
				Name: "retry_amplification", Unit: "x", Scope: win, Better: low, Join: true,
				Doc: "Attempts ÷ calls, or attempts per request ÷ the baseline's if that is more, at the worst provider; those lost with their connections count, too.",
			},
			per: perAttempts, measure: amplification,
		},
		{
			Metric: Metric{
				Name: "retry_after_compliance", Unit: share, Scope: win, Better: high, Join: true,
				Doc: "Retries that waited as long as Retry-After asked ÷ answers with it that were retried.",
			},
			per: perAttempts, measure: compliance,
		},
		{
			Metric: Metric{
				Name: "hopeless_retries", Unit: n, Scope: drill, Better: low, Join: true,
				Doc: "Retries after 400, 401, 403, 404, 422 or an exhausted quota.",
			},
			per: perAttempts, measure: hopelessRetries,
		},
		{
			Metric: Metric{
				Name: "cache_share", Unit: share, Scope: win, Better: high, Join: true,
				Doc: "Repeated questions answered whole without asking a provider ÷ questions repeated.",
			},
			per: perOutage, measure: cacheShare,
		},
		{
			Metric: Metric{
				Name: "context_kept", Unit: share, Scope: win, Better: high, Join: true,
				Doc: "Follow-up turns whose prompt still carries the questions that their session was answered before.",
			},
			per: perAttempts, measure: contextKept,
		},
		{
			Metric: Metric{
				Name: "wasted_tokens", Unit: share, Scope: win, Better: low, Join: true,
				Doc: "Tokens that went into no well-served answer.",
			},
			per: perAttempts, measure: wastedTokens,
		},
		{
			Metric: Metric{
				Name: "orphan_work", Unit: s, Scope: drill, Better: low, Join: true,
				Doc: "Provider-seconds of work for users who had left or been answered.",
			},
			per: perAttempts, measure: orphanWork,
		},
	}
}

// LeastInstances is how often something must be seen to be a finding. One may
// be chance.
const LeastInstances = 5
