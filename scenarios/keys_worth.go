package scenarios

import "github.com/seed-76a9de92/brownout/scenarios/schema"

// What answers are worth and cost, and what was promised.

func sloKey() schema.Key {
	return schema.Key{
		Name: "slo", Type: schema.Share, Least: "50%", Most: "99.999%", Example: "99.5%",
		Doc:  "The availability that the team has promised over 30 days; budget_burn is measured by it.",
		Into: schema.Field(func(d *draft) any { return &d.slo }),
	}
}

func qualityKey() schema.Key {
	return schema.Key{
		Name: "quality", Type: schema.Share, Least: "1%", Most: "100%", Example: "90%",
		Doc:  "How good the model's answers are, by the team's own measure; quality_retention is measured by it.",
		Into: schema.Field(func(m *modelDraft) any { return &m.quality }),
	}
}

func priceKey() schema.Key {
	dollars := func(name, doc string, into func(*priceDraft) any) schema.Key {
		return schema.Key{
			Name: name, Type: schema.Number, Most: "100000", Example: "2.5",
			Doc: doc, Into: schema.Field(into),
		}
	}
	return schema.Key{
		Name: "price", Type: schema.Map, Example: "{input: 2.5, output: 10}",
		Rules: []schema.Rule{schema.OneAtLeast("input", "output")},
		Doc:   "What the model costs; cost_per_good and bill are measured by it.",
		Into:  schema.Field(func(m *modelDraft) any { return &m.price }),
		Keys: []schema.Key{
			dollars("input", "Dollars per million tokens of prompts.", func(p *priceDraft) any { return &p.input }),
			dollars("output", "Dollars per million tokens of answers.", func(p *priceDraft) any { return &p.output }),
		},
	}
}

// worth is what is said of the models' answers, nil for nothing.
func (p *providerDraft) worth() map[string]Worth {
	var said map[string]Worth
	for _, m := range p.models {
		if w := (Worth{m.quality, m.price.input, m.price.output}); w != (Worth{}) {
			if said == nil {
				said = map[string]Worth{}
			}
			said[m.name] = w
		}
	}
	return said
}
