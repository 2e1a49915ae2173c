package scenarios

import (
	"slices"

	"github.com/seed-76a9de92/brownout/mockllm/pace"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// KeyTable is the table of the language: every key, what may stand behind it
// and what it means. It feeds the decoder, the messages, the reference and the
// editors' schema; what is not in it cannot be written.
func KeyTable() schema.Key {
	return schema.Key{
		Name: "scenario", Type: schema.Map,
		Doc: "A drill: providers, traffic, phases with faults, and bars.",
		Keys: []schema.Key{
			{
				Name: "version", Type: schema.Count, Required: true, Example: "1", Least: "1", Most: "1",
				Doc:  "The version of the language.",
				Into: schema.Field(func(d *draft) any { return &d.version }),
			},
			{
				Name: "name", Type: schema.Name, Required: true, Example: "support-bot-brownout",
				Doc:  "What results are filed under.",
				Into: schema.Field(func(d *draft) any { return &d.name }),
			},
			{
				Name: "title", Type: schema.Text,
				Doc:  "One line for people.",
				Into: schema.Field(func(d *draft) any { return &d.title }),
			},
			{
				Name: "about", Type: schema.Text,
				Doc:  "What the drill rehearses and what it shows.",
				Into: schema.Field(func(d *draft) any { return &d.about }),
			},
			{
				Name: "sources", Type: schema.List, Item: &schema.Key{Name: "source", Type: schema.Text}, Items: 100,
				Doc:  "Where the script comes from: incidents, write-ups.",
				Into: schema.Field(func(d *draft) any { return schema.Add(&d.sources) }),
			},
			{
				Name: "teaches", Type: schema.List, Items: 100, Example: "[no_fallback]",
				Item: &schema.Key{Name: "finding", Type: schema.Word, Words: findingCodes()},
				Doc:  "What the drill shows about an app that is not ready for it: the codes of findings.",
				Into: schema.Field(func(d *draft) any { return schema.Add(&d.teaches) }),
			},
			{
				Name: "seed", Type: schema.Count, Default: "1",
				Doc:  "Everything random in the drill follows from it.",
				Into: schema.Field(func(d *draft) any { return &d.seed }),
			},
			{
				Name: "extends", Type: schema.Text, Example: "./base.drill.yaml",
				Doc: "The parent: a file, or builtin:NAME. Maps merge, lists replace, null removes. " +
					"It is read before the rest, and not part of what was played.",
			},
			appKey(),
			{
				Name: "providers", Type: schema.Named, Required: true, Item: providerKey(), Items: 50,
				Example: "{primary: {dialect: openai}}",
				Doc:     "The mock LLM endpoints, by name.",
				Into: schema.Field(func(d *draft) any {
					return schema.AddNamed(&d.providers, func(p *providerDraft, name string) { p.name = name })
				}),
			},
			trafficKey(),
			{
				Name: "phases", Type: schema.List, Required: true, Item: phaseKey(), Items: 500,
				Example: "[{name: baseline, for: 30s}]",
				Doc:     "The timeline: named stretches, one after the other.",
				Into:    schema.Field(func(d *draft) any { return schema.Add(&d.phases) }),
			},
			{
				Name: "bars", Type: schema.List, Item: barKey(), Items: 200,
				Doc:  "The thresholds that the drill must meet. Without any: no harm, and 95% available in the last 10s.",
				Into: schema.Field(func(d *draft) any { return schema.Add(&d.bars) }),
			},
			{
				Name: "healthy", Type: schema.Share, Default: "99%", Least: "50%", Most: "100%",
				Doc:  "The availability that a fit baseline has.",
				Into: schema.Field(func(d *draft) any { return &d.healthy }),
			},
			{
				Name: "warmup", Type: schema.Duration, Default: "2s", Most: "1h",
				Doc:  "What is cut from the front of the baseline.",
				Into: schema.Field(func(d *draft) any { return &d.warmup }),
			},
			sloKey(),
			watchKey(),
			stopKey(),
		},
	}
}

// AppKeyTable is the table of app files: that part of the language which says what
// an app is like. Nothing is required, for the scenario says the rest.
func AppKeyTable() schema.Key {
	table := KeyTable()
	table.Name, table.Doc = "app file", "What an app is like, for any scenario: how it starts, whom it calls, what its users send."
	table.Keys = slices.DeleteFunc(table.Keys, func(k schema.Key) bool {
		return !slices.Contains([]string{"version", "extends", "app", "providers", "traffic", "watch"}, k.Name)
	})
	for i := range table.Keys {
		table.Keys[i].Required = false
	}
	return table
}

func appKey() schema.Key {
	return schema.Key{
		Name: "app", Type: schema.Map,
		Doc:  "How brownout starts the app itself.",
		Into: schema.Field(func(d *draft) any { return &d.app }),
		Keys: []schema.Key{
			{
				Name: "command", Type: schema.List, Item: &schema.Key{Name: "word", Type: schema.Text}, Items: 1000,
				Example: "[python, app.py]",
				Doc:     "The program and its arguments; they know {{PROVIDER.base_url}}, .url and .key, and {{port}}, a free port for the app itself.",
				Into:    schema.Field(func(a *appDraft) any { return schema.Add(&a.command) }),
			},
			{
				Name: "env", Type: schema.Texts, Example: `{LLM_URL: "{{primary.base_url}}"}`,
				Doc:  "Environment variables beside the SDKs' own, which are set by themselves. They know the same placeholders.",
				Into: schema.Field(func(a *appDraft) any { return &a.env }),
			},
			{
				Name: "ready", Type: schema.Map,
				Doc:  "How the app says that it is ready; else when the target accepts a connection.",
				Into: schema.Field(func(a *appDraft) any { return &a.ready }),
				Keys: []schema.Key{
					{
						Name: "url", Type: schema.Text, Check: checkAppURL, Example: "http://127.0.0.1:8000/healthz",
						Doc:  "What answers 2xx once the app is ready. It knows {{port}}.",
						Into: schema.Field(func(r *readyDraft) any { return &r.url }),
					},
					{
						Name: "within", Type: schema.Duration, Default: schema.FormatDuration(readyWithin), Least: "100ms", Most: "1h",
						Doc:  "How long that may take.",
						Into: schema.Field(func(r *readyDraft) any { return &r.within }),
					},
				},
			},
		},
	}
}

func providerKey() *schema.Key {
	return &schema.Key{
		Name: "provider", Type: schema.Map,
		Keys: []schema.Key{
			{
				Name: "dialect", Type: schema.Word, Required: true, Example: "openai",
				Words: dialectNames(), Later: later(dialectNames(), "azure-openai", "gemini", "ollama", "bedrock"),
				Doc:  "The wire format.",
				Into: schema.Field(func(p *providerDraft) any { return &p.dialect }),
			},
			{
				Name: "listen", Type: schema.Text, Check: checkAddress, Example: "127.0.0.1:4100",
				Doc:  "Where the mock listens; without it on a free port where brownout starts the app, and else on 127.0.0.1:4100 for the first provider, 4101 for the second, ….",
				Into: schema.Field(func(p *providerDraft) any { return &p.listen }),
			},
			{
				Name: "models", Type: schema.Named, Item: modelKey(), Check: checkModel, Items: 200,
				Example: "{gpt-4o: {ttft: {p50: 350ms, p99: 1.2s}}}",
				Doc:     "How fast and how long models answer. Others are accepted, unless strict, and are as fast as their names say.",
				Into: schema.Field(func(p *providerDraft) any {
					return schema.AddNamed(&p.models, newModel)
				}),
			},
			strictKey(),
			regionKey(),
			tlsKey(),
			limitsKey(),
			keysKey(),
			capacityKey(),
			answersKey(),
			upstreamKey(),
		},
	}
}

func modelKey() *schema.Key {
	return &schema.Key{
		Name: "model", Type: schema.Map,
		Keys: []schema.Key{
			profileKey(),
			{
				Name: "ttft", Type: schema.Map,
				Doc:  "From request to first token. Without it, long prompts take longer, and a few requests much longer.",
				Into: schema.Field(func(m *modelDraft) any { return &m.TTFT }),
				Keys: spreadKeys(),
			},
			{
				Name: "gap", Type: schema.Map,
				Doc:  "Between two tokens.",
				Into: schema.Field(func(m *modelDraft) any { return &m.Gap }),
				Keys: spreadKeys(),
			},
			{
				Name: "tokens", Type: schema.Map,
				Doc:  "Tokens of an answer.",
				Into: schema.Field(func(m *modelDraft) any { return &m.Tokens }),
				Keys: []schema.Key{
					{
						Name: "p50", Type: schema.Number, Required: true, Example: "60", Least: "1", Most: "100000",
						Doc:  "The median.",
						Into: schema.Field(func(l *pace.Length) any { return &l.P50 }),
					},
					{
						Name: "p99", Type: schema.Number, Example: "200", Least: "1", Most: "1000000",
						Doc:  "The 99th percentile; without it all are alike.",
						Into: schema.Field(func(l *pace.Length) any { return &l.P99 }),
					},
				},
			},
			qualityKey(),
			priceKey(),
		},
	}
}

func spreadKeys() []schema.Key {
	return []schema.Key{
		{
			Name: "p50", Type: schema.Duration, Required: true, Example: "350ms", Least: "0s", Most: "10m",
			Doc:  "The median; 0ms: nothing is waited for.",
			Into: schema.Field(func(s *pace.Spread) any { return &s.P50 }),
		},
		{
			Name: "p99", Type: schema.Duration, Example: "1.2s", Least: "1ms", Most: "1h",
			Doc:  "The 99th percentile; without it all are alike.",
			Into: schema.Field(func(s *pace.Spread) any { return &s.P99 }),
		},
	}
}
