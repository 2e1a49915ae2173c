package scenarios

import (
	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// Which requests a fault touches, and which it hits of those.

func matchKey(kind faults.Kind, keys []schema.Key) schema.Key {
	if why := kind.Wide(); why != "" {
		return impossible("match", why+"; leave it out")
	}
	k := schema.Key{
		Name: "match", Type: schema.Map,
		Doc:  "The requests that it touches. All given parts must hold.",
		Into: schema.Field(func(f *faultDraft) any { return &f.match }),
		Keys: keys,
	}
	var names []string
	for _, key := range k.Keys {
		names = append(names, key.Name)
	}
	k.Rules = []schema.Rule{schema.OneAtLeast(names...)}
	return k
}

func matchKeys() []schema.Key {
	return []schema.Key{
		{
			Name: "model", Type: schema.Text, Check: checkModel, Example: "gpt-4o",
			Doc:  "The model asked for, exactly.",
			Into: schema.Field(func(m *matchDraft) any { return &m.Model }),
		},
		{
			Name: "endpoint", Type: schema.Word, Words: endpoints(),
			Doc:  "What is asked of the provider.",
			Into: schema.Field(func(m *matchDraft) any { return &m.Endpoint }),
		},
		{
			Name: "stream", Type: schema.Flag,
			Doc:  "Whether a stream is asked for.",
			Into: schema.Field(func(m *matchDraft) any { return &m.Stream }),
		},
		{
			Name: "min_prompt_tokens", Type: schema.Count, Least: "1", Most: "10000000", Example: "4000",
			Doc:  "How many tokens the prompt has at least.",
			Into: schema.Field(func(m *matchDraft) any { return &m.MinPromptTokens }),
		},
		{
			Name: "has_tools", Type: schema.Flag,
			Doc:  "Whether tools are offered.",
			Into: schema.Field(func(m *matchDraft) any { return &m.HasTools }),
		},
		{
			Name: "has_attachment", Type: schema.Flag,
			Doc:  "Whether there is an image, a sound or a file in it.",
			Into: schema.Field(func(m *matchDraft) any { return &m.HasAttachment }),
		},
		{
			Name: "api_key", Type: schema.Text, Check: checkKey, Example: "sk-team-a",
			Doc:  "The API key, exactly.",
			Into: schema.Field(func(m *matchDraft) any { return &m.APIKey }),
		},
		{
			Name: "region", Type: schema.Text, Check: checkRegion, Example: "East US 2",
			Doc:  "The provider's region, of several that the fault names.",
			Into: schema.Field(func(m *matchDraft) any { return &m.Region }),
		},
		{
			Name: "service_tier", Type: schema.Text, Example: "flex",
			Doc:  "The tier of service asked for.",
			Into: schema.Field(func(m *matchDraft) any { return &m.ServiceTier }),
		},
		{
			Name: "user", Type: schema.Text, Example: "user-17",
			Doc:  "The end user that the request names: user, safety_identifier or metadata.user_id.",
			Into: schema.Field(func(m *matchDraft) any { return &m.User }),
		},
		{
			Name: "session", Type: schema.Text, Example: "chat-3",
			Doc:  "The user's session, as {{session}} says it: the journey and which of its sessions it is, from 0.",
			Into: schema.Field(func(m *matchDraft) any { return &m.Session }),
		},
	}
}

func cycleKey() schema.Key {
	part := func(name, doc string, into func(*cycleDraft) any) schema.Key {
		return schema.Key{
			Name: name, Type: schema.Duration, Required: true, Least: "10ms", Most: "24h", Example: "5s",
			Doc: doc, Into: schema.Field(into),
		}
	}
	return schema.Key{
		Name: "cycle", Type: schema.Map,
		Doc:  "It comes and goes while its window is open, beginning bad.",
		Into: schema.Field(func(f *faultDraft) any { return &f.cycle }),
		Keys: []schema.Key{
			part("bad", "How long it is there.", func(c *cycleDraft) any { return &c.Bad }),
			part("ok", "How long it is away.", func(c *cycleDraft) any { return &c.OK }),
		},
	}
}

func firstKey(kind faults.Kind) schema.Key {
	if why := kind.Wide(); why != "" {
		return impossible("first", why+"; leave it out")
	}
	return schema.Key{
		Name: "first", Type: schema.Count, Least: "1", Most: "1000000", Example: "1",
		Doc:  "How many attempts of each user request it can hit; 1 the first alone. Of requests without a nonce, so many in all.",
		Into: schema.Field(func(f *faultDraft) any { return &f.first }),
	}
}

func stickyKey(kind faults.Kind) schema.Key {
	if why := kind.Wide(); why != "" {
		return impossible("sticky", why+"; leave it out")
	}
	return schema.Key{
		Name: "sticky", Type: schema.Word, Words: faults.Stickies(),
		Doc:  "Whose requests share one luck, for as long as it lasts; without it each attempt draws anew.",
		Into: schema.Field(func(f *faultDraft) any { return &f.sticky }),
	}
}

func drawKey(kind faults.Kind) schema.Key {
	if why := kind.Wide(); why != "" {
		return impossible("draw", why+"; leave it out")
	}
	return schema.Key{
		Name: "draw", Type: schema.Word, Words: faults.Draws(),
		Doc:  "Whether several providers fail together, as behind one edge, or each for itself, which is usual.",
		Into: schema.Field(func(f *faultDraft) any { return &f.draw }),
	}
}
