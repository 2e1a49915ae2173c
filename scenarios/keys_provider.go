package scenarios

import (
	"errors"
	"regexp"

	"github.com/seed-76a9de92/brownout/mockllm/pace"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// What a provider knows and how much it can do.

func strictKey() schema.Key {
	return schema.Key{
		Name: "strict", Type: schema.Flag,
		Doc:  "Only the models given are there; without any, those that the provider is known for.",
		Into: schema.Field(func(p *providerDraft) any { return &p.strict }),
	}
}

func regionKey() schema.Key {
	return schema.Key{
		Name: "region", Type: schema.Text, Check: checkRegion, Example: "East US 2",
		Doc:  "Where the provider is, for dialects whose answers tell it.",
		Into: schema.Field(func(p *providerDraft) any { return &p.region }),
	}
}

func tlsKey() schema.Key {
	return schema.Key{
		Name: "tls", Type: schema.Flag,
		Doc:  "The provider speaks TLS, with a certificate that the drill's own authority signed; the app is told of it by SSL_CERT_FILE, REQUESTS_CA_BUNDLE and NODE_EXTRA_CA_CERTS. It can have TLS faults.",
		Into: schema.Field(func(p *providerDraft) any { return &p.tls }),
	}
}

func limitsKey() schema.Key {
	return schema.Key{
		Name: "limits", Type: schema.Map,
		Doc:   "What each key may ask of each model, or of each tool; what exceeds it is refused as the provider does. Without it nothing is, and the headers tell of large limits.",
		Into:  schema.Field(func(p *providerDraft) any { return &p.limits }),
		Keys:  limitKeys(),
		Rules: []schema.Rule{schema.OneAtLeast("requests", "tokens")},
	}
}

func limitKeys() []schema.Key {
	return []schema.Key{
		{
			Name: "requests", Type: schema.Rate, Least: "1/min", Most: "100000000/min", Example: "3000/min",
			Doc:  "Requests; those of a minute may come at once.",
			Into: schema.Field(func(l *limitsDraft) any { return &l.requests }),
		},
		{
			Name: "tokens", Type: schema.Rate, Least: "1/min", Most: "10000000000/min", Example: "600000/min",
			Doc:  "Tokens of prompts and of the longest answers asked for. Of anthropic, five sixths are of prompts, and one of answers as they are made.",
			Into: schema.Field(func(l *limitsDraft) any { return &l.tokens }),
		},
	}
}

func keysKey() schema.Key {
	return schema.Key{
		Name: "keys", Type: schema.Named, Check: checkKey, Items: 1000,
		Example: "{free: {requests: 3/min}, plus: {requests: 25/min}}",
		Doc:     "The API keys that are right, with limits of their own beside the provider's; any other is wrong. The app is given the first. Without it, every key is right.",
		Item:    &schema.Key{Name: "key", Type: schema.Map, Keys: limitKeys()},
		Into: schema.Field(func(p *providerDraft) any {
			return schema.AddNamed(&p.keys, func(k *limitsDraft, name string) { k.name = name })
		}),
	}
}

func capacityKey() schema.Key {
	return schema.Key{
		Name: "capacity", Type: schema.Map,
		Doc:  "How much the provider does at a time; without it there is no end.",
		Into: schema.Field(func(p *providerDraft) any { return &p.capacity }),
		Keys: []schema.Key{
			{
				Name: "concurrency", Type: schema.Count, Required: true, Least: "1", Most: "1000000", Example: "128",
				Doc:  "Requests answered at a time.",
				Into: schema.Field(func(c *capacityDraft) any { return &c.Concurrency }),
			},
			{
				Name: "queue", Type: schema.Count, Most: "1000000",
				Doc:  "Requests that wait for their turn, twice the concurrency unless it is given; what comes then finds the provider overloaded.",
				Into: schema.Field(func(c *capacityDraft) any { return &c.Queue }),
			},
			{
				Name: "slowdown", Type: schema.Number, Default: "2", Least: "1", Most: "100",
				Doc:  "How many times as long an answer takes with half as many requests again as are answered at a time; it begins at half of them.",
				Into: schema.Field(func(c *capacityDraft) any { return &c.Slowdown }),
			},
		},
	}
}

func profileKey() schema.Key {
	var names []string
	for _, p := range pace.Profiles() {
		names = append(names, p.Name)
	}
	return schema.Key{
		Name: "profile", Type: schema.Word, Words: names, Example: "small",
		Doc:  "How fast the model is where nothing else is said; without it as its name says.",
		Into: schema.Field(func(m *modelDraft) any { return &m.Profile }),
	}
}

var (
	region = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$`)
	apiKey = regexp.MustCompile(`^[!-~]{1,200}$`)
)

func checkRegion(text string) error {
	if !region.MatchString(text) {
		return errors.New("a region: letters, digits, spaces and . _ -, at most 40")
	}
	return nil
}

// checkKey wants what a header can carry.
func checkKey(key string) error {
	if !apiKey.MatchString(key) {
		return errors.New("an API key: letters, digits and signs without spaces, at most 200")
	}
	return nil
}
