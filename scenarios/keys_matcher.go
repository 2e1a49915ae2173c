package scenarios

import "github.com/seed-76a9de92/brownout/scenarios/schema"

// matcherKey is the one matcher of the language.
func matcherKey(name, doc string, into func(*journeyDraft) any) schema.Key {
	return schema.Key{
		Name: name, Type: schema.Map, Doc: doc + " All given parts must hold.", Into: schema.Field(into),
		Rules: []schema.Rule{schema.OneAtLeast(matcherParts()...)},
		Keys:  matcherKeys(func(m *matcherDraft) *matcherDraft { return m }),
	}
}

func matcherParts() []string {
	return []string{"status", "header", "json", "event", "contains", "matches"}
}

// expectKey is the matcher for what an answer is to look like, with its length.
func expectKey() schema.Key {
	return schema.Key{
		Name: "expect", Type: schema.Map, Example: `{json: {"$.class": refund}}`,
		Doc: "What a reply must match to be an answer at all; a success that does not is wrong. All given parts must hold. " +
			"Of answers that cannot carry the text that proves who answered, a class or extracted fields, it alone decides.",
		Into:  schema.Field(func(j *journeyDraft) any { return &j.expect }),
		Rules: []schema.Rule{schema.OneAtLeast(append(matcherParts(), "max_length")...)},
		Keys: append(matcherKeys(func(e *expectDraft) *matcherDraft { return &e.matcherDraft }), schema.Key{
			Name: "max_length", Type: schema.Count, Least: "1", Most: "65536", Example: "200",
			Doc:  "How many characters the answer's text has at most.",
			Into: schema.Field(func(e *expectDraft) any { return &e.maxLength }),
		}),
	}
}

// matcherKeys are the parts of a matcher that is inside what a map is decoded
// into.
func matcherKeys[T any](in func(*T) *matcherDraft) []schema.Key {
	return []schema.Key{
		{
			Name: "status", Type: schema.Count, Least: "100", Most: "599",
			Doc:  "The status of the reply.",
			Into: schema.Field(func(t *T) any { return &in(t).Status }),
		},
		{
			Name: "header", Type: schema.Texts, Example: `{X-Degraded: "true"}`,
			Doc:  "Headers of the reply.",
			Into: schema.Field(func(t *T) any { return &in(t).Header }),
		},
		{
			Name: "json", Type: schema.Values, Example: `{"$.degraded": true}`,
			Doc:  "JSONPath and the value found there.",
			Into: schema.Field(func(t *T) any { return &in(t).JSON }),
		},
		{
			Name: "event", Type: schema.Text, Example: "reset",
			Doc:  "The name of an event of the stream.",
			Into: schema.Field(func(t *T) any { return &in(t).Event }),
		},
		{
			Name: "contains", Type: schema.Text,
			Doc:  "A stretch of text.",
			Into: schema.Field(func(t *T) any { return &in(t).Contains }),
		},
		{
			Name: "matches", Type: schema.Text, Check: checkRegexp,
			Doc:  "A regular expression (RE2).",
			Into: schema.Field(func(t *T) any { return &in(t).Matches }),
		},
	}
}
