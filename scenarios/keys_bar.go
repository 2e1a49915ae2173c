package scenarios

import (
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// barKey has the keys of every bar; how its threshold is written depends on the
// metric, see [thresholdKeys].
func barKey() *schema.Key {
	k := &schema.Key{
		Name: "bar", Type: schema.Map, By: "metric",
		Keys: []schema.Key{
			{
				Name: "metric", Type: schema.Word, Required: true, Example: "availability",
				Words: metricNames(),
				Doc:   "What is measured.",
				Into:  schema.Field(func(b *barDraft) any { return &b.metric }),
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
	for _, m := range measure.Metrics() {
		k.Cases = append(k.Cases, schema.Case{Word: m.Name, Doc: m.Doc, Keys: metricKeys(m)})
	}
	return k
}

// metricKeys are the keys of a bar on one metric beside those of every bar.
func metricKeys(m measure.Metric) []schema.Key {
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
func thresholdKeys(m measure.Metric) []schema.Key {
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
	switch par := measure.HasPar(m.Name); {
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
	for _, m := range measure.Metrics() {
		names = append(names, m.Name)
	}
	return names
}
