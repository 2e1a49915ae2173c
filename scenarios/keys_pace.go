package scenarios

import (
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// How requests come: how they follow each other, and how their rate changes.

func arrivalKey() schema.Key {
	var plain []string
	for _, a := range pace.Arrivals() {
		if !a.Varies {
			plain = append(plain, a.Name)
		}
	}
	return schema.Key{
		Name: "arrival", Type: schema.Either, Default: plain[0], Example: "{gamma: {cv: 3}}",
		Doc:  "How requests follow each other: uniform evenly, poisson as those of independent users do, gamma in bursts.",
		Into: schema.Field(func(t *trafficDraft) any { return &t.arrival }),
		Forms: []schema.Key{
			{
				Type: schema.Word, Words: plain,
				Into: schema.Field(func(a *arrivalDraft) any { return &a.name }),
			},
			{
				Type: schema.Map,
				Keys: []schema.Key{{
					Name: "gamma", Type: schema.Map, Required: true, Example: "{cv: 3}",
					Doc:  "Bursts and lulls, of the same rate on average.",
					Into: schema.Field(func(a *arrivalDraft) any { return a }),
					Keys: []schema.Key{{
						Name: "cv", Type: schema.Number, Required: true, Example: "3", Least: "0.1", Most: "20",
						Doc:  "How uneven: the standard deviation of the distances by their mean. 1 is as poisson. The Azure LLM traces of 2023 have 1.09 (conversations) and 13.15 (code); 3 is a good burst.",
						Into: schema.Field(func(a *arrivalDraft) any { return &a.cv }),
					}},
				}},
			},
		},
	}
}

func shapeKey() schema.Key {
	return schema.Key{
		Name: "shape", Type: schema.Map, Example: "{ramp: {to: 4, over: 2m}}",
		Rules: []schema.Rule{schema.ExactlyOne("ramp", "steps", "day")},
		Doc:   "How the rates of all journeys change over the drill, as factors of what each says. Without it they stay.",
		Into:  schema.Field(func(t *trafficDraft) any { return &t.shape }),
		Keys: []schema.Key{
			slopeKey(),
			{
				Name: "steps", Type: schema.Map, Example: "{each: 30s, factors: [1, 2, 4]}",
				Doc:  "Factors of which each holds for the same time; the last stays.",
				Into: schema.Field(func(s *shapeDraft) any { return &s.steps }),
				Keys: []schema.Key{
					{
						Name: "each", Type: schema.Duration, Required: true, Example: "30s", Least: "100ms", Most: "24h",
						Doc:  "How long each holds.",
						Into: schema.Field(func(s *stepsDraft) any { return &s.lasts }),
					},
					factorsKey("[1, 2, 4]", "What the rates are times; 0 is silence."),
				},
			},
			{
				Name: "day", Type: schema.Map, Example: "{lasts: 24m, factors: [0.2, 0.1, 0.6, 1, 0.9, 0.5]}",
				Doc:  "A table of factors at equal distances, with straight lines between them, from the last back to the first, and again: a day and its nights.",
				Into: schema.Field(func(s *shapeDraft) any { return &s.day }),
				Keys: []schema.Key{
					{
						Name: "lasts", Type: schema.Duration, Required: true, Example: "24m", Least: "1s", Most: "24h",
						Doc:  "How long one day lasts in the drill.",
						Into: schema.Field(func(s *stepsDraft) any { return &s.lasts }),
					},
					factorsKey("[0.2, 0.1, 0.6, 1, 0.9, 0.5]", "What the rates are times; 24 of them are its hours."),
				},
			},
		},
	}
}

func slopeKey() schema.Key {
	factor := func(name, example, fallback, doc string, into func(*rampDraft) any) schema.Key {
		return schema.Key{
			Name: name, Type: schema.Number, Default: fallback, Example: example, Required: fallback == "",
			Least: "0", Most: maxFactor, Doc: doc, Into: schema.Field(into),
		}
	}
	return schema.Key{
		Name: "ramp", Type: schema.Map, Example: "{from: 1, to: 4, after: 30s, over: 2m}",
		Doc:  "A straight line from one factor to another; then it stays.",
		Into: schema.Field(func(s *shapeDraft) any { return &s.ramp }),
		Keys: []schema.Key{
			factor("from", "1", "1", "What the rates are times at first.", func(r *rampDraft) any { return &r.from }),
			factor("to", "4", "", "What they are times in the end.", func(r *rampDraft) any { return &r.to }),
			{
				Name: "after", Type: schema.Duration, Example: "30s", Most: "24h",
				Doc:  "When it begins; without it at once.",
				Into: schema.Field(func(r *rampDraft) any { return &r.after }),
			},
			{
				Name: "over", Type: schema.Duration, Required: true, Example: "2m", Least: "100ms", Most: "24h",
				Doc:  "How long it takes.",
				Into: schema.Field(func(r *rampDraft) any { return &r.over }),
			},
		},
	}
}

func factorsKey(example, doc string) schema.Key {
	return schema.Key{
		Name: "factors", Type: schema.List, Required: true, Items: 1000, Example: example, Doc: doc,
		Into: schema.Field(func(s *stepsDraft) any { return schema.Add(&s.factors) }),
		Item: &schema.Key{Name: "factor", Type: schema.Number, Least: "0", Most: maxFactor},
	}
}

// maxFactor bounds how much of its rate a journey sends.
const maxFactor = "1000"
