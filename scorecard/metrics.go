package scorecard

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
	measure func(*ledger, window) Measure
}

// per says what naming a provider means for a metric.
type per int

const (
	perNothing  per = iota
	perOutage       // the outage of that provider which begins in the phase, as a window of its own
	perAttempts     // attempts at that provider alone
)

// metricRows is the table of metrics: a new one is a row and a function.
func metricRows() []metricRow {
	const (
		low, high    = "low", "high"
		share, s     = "share", "s"
		win, outage  = "window", "outage"
		after, drill = "after", "drill"
	)
	m := func(name, unit, scope, better, doc string) Metric {
		return Metric{Name: name, Unit: unit, Scope: scope, Better: better, Doc: doc}
	}
	joined := func(m Metric) Metric { m.Join = true; return m }
	return []metricRow{
		{m("availability", share, win, high, "Requests served well: answered whole, by any provider, and not slow."), perOutage, false, shareOf((*visit).served)},
		{m("usable_share", share, win, high, "Requests served well or with a lesser answer that the app owns up to."), perOutage, false, shareOf((*visit).usable)},
		{m("error_rate", share, win, low, "Requests that ended in an error."), perOutage, false, shareOf(is(failed))},
		{m("degraded_share", share, win, low, "Requests answered with a declared lesser answer."), perOutage, false, shareOf(is(degraded))},
		{m("fallback_share", share, win, low, "Requests answered by another provider, or a declared smaller model."), perOutage, false, shareOf(is(fallback))},
		{m("undeclared", share, win, low, "Requests that failed without a clean and timely word: harm, errors that are not clean or come later than slow_over."), perOutage, false, undeclared},
		{m("harm", "count", drill, low, "Users worse off than with an honest error: another's answer, a spliced or truncated one, a hang, a key shown."), perOutage, false, harm},

		{m("ttft_p50", s, win, low, "Median time from due to the first content token."), perOutage, false, timeOf((*visit).ttft, 0.50)},
		{m("ttft_p95", s, win, low, "95th percentile of the time from due to the first content token."), perOutage, false, timeOf((*visit).ttft, 0.95)},
		{m("ttft_p99", s, win, low, "99th percentile of the time from due to the first content token."), perOutage, false, timeOf((*visit).ttft, 0.99)},
		{m("latency_p50", s, win, low, "Median time from due to the last byte."), perOutage, false, timeOf((*visit).latency, 0.50)},
		{m("latency_p95", s, win, low, "95th percentile of the time from due to the last byte."), perOutage, false, timeOf((*visit).latency, 0.95)},
		{m("latency_p99", s, win, low, "99th percentile of the time from due to the last byte."), perOutage, false, timeOf((*visit).latency, 0.99)},
		{m("max_gap_p99", s, win, low, "99th percentile of the longest silence inside a streamed answer."), perOutage, false, maxGap},
		{m("time_to_error_p95", s, win, low, "95th percentile of the time from due to an error or a declared lesser answer."), perOutage, false, timeToError},

		{m("failover_time", s, outage, low, "From an outage's first hit until users are served well again while it lasts."), perOutage, true, failoverTime},
		{m("failover_loss", s, win, low, "Seconds of service lost: (1 − availability) × length of the window."), perOutage, false, failoverLoss},
		{joined(m("failover_first", s, outage, low, "From an outage's first hit until the first token of a fallback answer.")), perOutage, false, failoverFirst},
		{joined(m("switch_time", s, outage, low, "From an outage's first hit until first attempts go elsewhere: what a breaker logs.")), perOutage, true, switchTime},
		{joined(m("detection_time_p50", s, outage, low, "Median time from a call's first attempt at the faulted provider to its first elsewhere.")), perOutage, false, detectionTime(0.50)},
		{joined(m("detection_time_p95", s, outage, low, "95th percentile of the time from a call's first attempt at the faulted provider to its first elsewhere.")), perOutage, false, detectionTime(0.95)},
		{joined(m("dead_attempts", share, outage, low, "Requests due 10 s or more into an outage whose first attempt goes to a provider that is wholly down.")), perOutage, false, deadAttempts},
		{joined(m("flaps", "count", outage, low, "Changes of route in an outage beyond the one that leads away.")), perOutage, true, flaps},

		{joined(m("failback_time", s, after, low, "From an outage's end until first attempts go to the primary again.")), perOutage, true, failbackTime},
		{m("failback_overshoot", "x", after, low, "Highest second of arrivals at the primary after the outage ÷ highest in the baseline."), perOutage, false, overshoot},
		{m("recovery_lag", s, after, low, "From the end of all outages until users are served well again, without extra load."), perOutage, true, recoveryLag},

		{joined(m("retry_amplification", "x", win, low, "Attempts ÷ calls, or attempts per request ÷ the baseline's if that is more, at the worst provider.")), perAttempts, false, amplification},
		{joined(m("retry_after_compliance", share, win, high, "Retries that waited as long as Retry-After asked ÷ answers with it that were retried.")), perAttempts, false, compliance},
		{joined(m("hopeless_retries", "count", drill, low, "Retries after 400, 401, 403, 404, 422 or an exhausted quota.")), perAttempts, false, hopelessRetries},
		{joined(m("wasted_tokens", share, win, low, "Tokens that went into no well-served answer.")), perAttempts, false, wastedTokens},
		{joined(m("orphan_work", s, drill, low, "Provider-seconds of work for users who had left or been answered.")), perAttempts, false, orphanWork},
	}
}
