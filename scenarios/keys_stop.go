package scenarios

import (
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/stop"
)

// stopKey are the rules that end a drill before its time.
func stopKey() schema.Key {
	return schema.Key{
		Name: "stop_when", Type: schema.List, Item: stopRuleKey(), Items: 20,
		Example: "[{metric: error_rate, max: 80%, over: 10s, for: 30s}]",
		Doc:     "When the drill is to be stopped and healed, whatever of it is left (exit code 97): bounds on what is seen of it live.",
		Into:    schema.Field(func(d *draft) any { return schema.Add(&d.stops) }),
	}
}

func stopRuleKey() *schema.Key {
	k := &schema.Key{
		Name: "rule", Type: schema.Map, By: "metric",
		Keys: []schema.Key{
			{
				Name: "metric", Type: schema.Word, Required: true, Example: "error_rate", Words: liveMetricNames(),
				Doc:  "What is watched.",
				Into: schema.Field(func(s *stopDraft) any { return &s.Metric }),
			},
			{
				Name: "over", Type: schema.Duration, Default: "10s", Least: "1s", Most: "10m",
				Doc:  "The last stretch of time that it is measured over.",
				Into: schema.Field(func(s *stopDraft) any { return &s.Over }),
			},
			{
				Name: "for", Type: schema.Duration, Default: "10s", Least: "0s", Most: "1h",
				Doc:  "How long it must have been above the bound without a break.",
				Into: schema.Field(func(s *stopDraft) any { return &s.For }),
			},
		},
	}
	for _, m := range stop.Metrics() {
		bound := schema.Key{
			Name: "max", Required: true,
			Doc:  "What it may be at most.",
			Into: schema.Field(func(s *stopDraft) any { return &s.Max }),
		}
		switch m.Unit {
		case "share":
			bound.Type, bound.Example, bound.Least, bound.Most = schema.Share, "80%", "0%", "100%"
		case "rate":
			bound.Type, bound.Example, bound.Least, bound.Most = schema.Rate, "200/s", "0/s", "1000000/s"
		default:
			bound.Type, bound.Example, bound.Least, bound.Most = schema.Number, "500", "0", "1000000"
		}
		k.Cases = append(k.Cases, schema.Case{Word: m.Name, Doc: m.Doc, Keys: []schema.Key{bound}})
	}
	return k
}

func liveMetricNames() []string {
	var names []string
	for _, m := range stop.Metrics() {
		names = append(names, m.Name)
	}
	return names
}
