package scenarios

import (
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// barKey has the keys of every bar; how its threshold is written depends on the
// metric, see [thresholdKeys].
func barKey() *schema.Key {
	k := &schema.Key{
		Name: "bar", Type: schema.Map, By: "metric",
		Keys: []schema.Key{
			{
				Name: "metric", Type: schema.Word, Required: true, Example: "availability",
				Words: metricNames(), Later: later(metricNames(), laterMetrics()...),
				Doc:  "What is measured.",
				Into: schema.Field(func(b *barDraft) any { return &b.metric }),
			},
			{
				Name: "journey", Type: schema.Name,
				Doc:  "Without it all journeys pooled; of times the slowest.",
				Into: schema.Field(func(b *barDraft) any { return &b.journey }),
			},
			{
				Name: "provider", Type: schema.Name,
				Doc:  "Without it all providers.",
				Into: schema.Field(func(b *barDraft) any { return &b.provider }),
			},
			{
				Name: "severity", Type: schema.Word, Words: []string{"fail", "warn"}, Default: "fail",
				Doc:  "Whether missing it fails the drill.",
				Into: schema.Field(func(b *barDraft) any { return &b.severity }),
			},
			{
				Name: "evidence", Type: schema.Word, Words: []string{"interval"},
				Doc:  "interval: the whole confidence interval must lie beyond the threshold.",
				Into: schema.Field(func(b *barDraft) any { return &b.evidence }),
			},
		},
	}
	for _, m := range scorecard.Metrics() {
		k.Cases = append(k.Cases, schema.Case{Word: m.Name, Doc: m.Doc, Keys: metricKeys(m)})
	}
	return k
}

// metricKeys are the keys of a bar on one metric beside those of every bar.
func metricKeys(m scorecard.Metric) []schema.Key {
	rows := thresholdKeys(m)
	if m.Scope == "drill" {
		rows = append(rows, impossible("phase", m.Name+" is measured over the whole drill; leave it out"))
	} else {
		rows = append(rows, schema.Key{
			Name: "phase", Type: schema.Name,
			Doc:  "Without it each fault phase, or outage, alone.",
			Into: schema.Field(func(b *barDraft) any { return &b.phase }),
		})
	}
	if m.Name == "failover_time" {
		rows = append(rows, schema.Key{
			Name: "by", Type: schema.Word, Words: []string{"any"},
			Doc:  "any: riding through by retries, or by the app's own answers, counts as well.",
			Into: schema.Field(func(b *barDraft) any { return &b.by }),
		})
	}
	return rows
}

// thresholdKeys are max and min; one of them makes no sense for the metric.
func thresholdKeys(m scorecard.Metric) []schema.Key {
	threshold := schema.Key{
		Name: "max", Required: true,
		Doc:  "The measured value may be this at most.",
		Into: schema.Field(func(b *barDraft) any { return &b.threshold }),
	}
	wrong := impossible("min", "of "+m.Name+" less is better; write max")
	if m.Better == "high" {
		threshold.Name, threshold.Doc = "min", "The measured value must be this at least."
		wrong = impossible("max", "of "+m.Name+" more is better; write min")
	}
	switch par := scorecard.HasPar(m.Name); {
	case m.Unit == "s" && par:
		threshold.Type, threshold.Example, threshold.Most = schema.ParSpan, "5s", "24h"
	case m.Unit == "share" && par:
		threshold.Type, threshold.Example, threshold.Least, threshold.Most = schema.ParShare, "95%", "0%", "100%"
	case m.Unit == "s":
		threshold.Type, threshold.Example, threshold.Most = schema.Duration, "5s", "24h"
	case m.Unit == "share":
		threshold.Type, threshold.Example, threshold.Least, threshold.Most = schema.Share, "95%", "0%", "100%"
	default:
		threshold.Type, threshold.Example, threshold.Most = schema.Number, "2", "1000000000"
	}
	return []schema.Key{threshold, wrong}
}

func metricNames() []string {
	var names []string
	for _, m := range scorecard.Metrics() {
		names = append(names, m.Name)
	}
	return names
}

// laterMetrics are the metrics that the design names. Those that have come to
// the table of metrics since are known, whatever stands here.
func laterMetrics() []string {
	return []string{
		"availability", "usable_share", "users_affected", "quality_retention", "harm", "error_rate", "degraded_share", "fallback_share",
		"undeclared", "ttft_p50", "ttft_p95", "ttft_p99", "latency_p50", "latency_p95", "latency_p99", "max_gap_p99",
		"time_to_error_p95", "detection_time_p50", "detection_time_p95", "failover_time", "switch_time", "failover_first",
		"failover_loss", "failover_tax_p50", "failover_tax_p95", "failback_time", "failback_overshoot", "flaps", "recovery_lag",
		"retry_amplification", "retry_after_compliance", "backoff_growth", "backoff_jitter", "synchrony", "hopeless_retries",
		"breaker_open_time", "breaker_open_attempts", "breaker_probe_rate", "breaker_half_open_burst", "breaker_false_opens",
		"breaker_stuck", "pressure", "dead_attempts", "orphan_work", "wasted_tokens", "cost_per_good", "cache_share", "key_spread",
		"feedback_p95", "backlog_drain", "context_kept", "critical_first", "duplicate_effects", "budget_burn", "bill",
		"alert_time", "acknowledged_time", "diagnosed_time", "degraded_mode_time", "status_time", "all_clear_time",
	}
}
