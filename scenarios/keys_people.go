package scenarios

import "github.com/seed-76a9de92/brownout/scenarios/schema"

// What the drill does to the app beside its users' requests, in place of the people
// who would: look at its status page, throw its switches.

// watchKey is what the drill looks at by itself.
func watchKey() schema.Key {
	return schema.Key{
		Name: "watch", Type: schema.Map, Rules: []schema.Rule{schema.OneAtLeast("status")},
		Doc:  "What the drill looks at while it lasts, beside its requests.",
		Into: schema.Field(func(d *draft) any { return &d.watch }),
		Keys: []schema.Key{{
			Name: "status", Type: schema.Map, Example: "{url: /status.json, expect: {contains: investigating}}",
			Doc: "The app's own status page, or a part of it that a machine can read. When expect first holds, users were told, which is a mark status; " +
				"when it no longer holds after that, they were told that it is over, a mark all_clear. No answer, and one of 500 and more unless expect asks for it, says neither.",
			Into: schema.Field(func(w *watchDraft) any { return &w.status }),
			Keys: []schema.Key{
				{
					Name: "url", Type: schema.Text, Required: true, Check: checkPlace, Example: "/status.json",
					Doc:  "Its address, or a path that is joined to the target.",
					Into: schema.Field(func(s *statusDraft) any { return &s.url }),
				},
				{
					Name: "expect", Type: schema.Map, Required: true, Example: "{contains: investigating}",
					Doc:   "What the page is like while it tells of an outage. All given parts must hold.",
					Into:  schema.Field(func(s *statusDraft) any { return &s.expect }),
					Rules: []schema.Rule{schema.OneAtLeast(matcherParts()...)},
					Keys:  matcherKeys(func(m *matcherDraft) *matcherDraft { return m }),
				},
				{
					Name: "every", Type: schema.Duration, Default: schema.FormatDuration(watchEvery), Least: "100ms", Most: "10m",
					Doc:  "From one look to the next.",
					Into: schema.Field(func(s *statusDraft) any { return &s.every }),
				},
			},
		}},
	}
}

// doKey are the steps of a phase.
func doKey() schema.Key {
	return schema.Key{
		Name: "do", Type: schema.List, Items: 100, Example: "[{after: 5s, request: {path: /safe-mode, json: {on: true}}}]",
		Item: &schema.Key{Name: "step", Type: schema.Map, Keys: stepKeys()},
		Doc:  "Calls that the drill makes in it, as its people would: a switch thrown, a job stopped. What came back is a mark; the card tells of those that failed.",
		Into: schema.Field(func(p *phaseDraft) any { return schema.Add(&p.steps) }),
	}
}

func stepKeys() []schema.Key {
	return []schema.Key{
		{
			Name: "after", Type: schema.Duration, Most: "24h",
			Doc:  "How long after the phase began. Without it, at once.",
			Into: schema.Field(func(s *stepDraft) any { return &s.after }),
		},
		stepRequestKey(),
		{
			Name: "expect", Type: schema.Map, Example: "{status: 200}",
			Doc:   "What the reply must be like; without it any status below 400. All given parts must hold.",
			Into:  schema.Field(func(s *stepDraft) any { return &s.expect }),
			Rules: []schema.Rule{schema.OneAtLeast(matcherParts()...)},
			Keys:  matcherKeys(func(m *matcherDraft) *matcherDraft { return m }),
		},
		{
			Name: "timeout", Type: schema.Duration, Default: schema.FormatDuration(stepWithin), Least: "100ms", Most: "10m",
			Doc:  "How long the reply may take.",
			Into: schema.Field(func(s *stepDraft) any { return &s.within }),
		},
		{
			Name: "note", Type: schema.Text, Example: "on-call switches to templates",
			Doc:  "What it is for, as the card tells it.",
			Into: schema.Field(func(s *stepDraft) any { return &s.note }),
		},
	}
}

func stepRequestKey() schema.Key {
	return schema.Key{
		Name: "request", Type: schema.Map, Required: true, Example: "{path: /safe-mode}",
		Doc:   "What is sent, as it stands: it knows no placeholders.",
		Into:  schema.Field(func(s *stepDraft) any { return &s.request }),
		Rules: []schema.Rule{schema.ExactlyOne("path", "url"), schema.OneAtMost("json", "text")},
		Keys: []schema.Key{
			{
				Name: "path", Type: schema.Text, Check: checkPath, Example: "/safe-mode",
				Doc:  "Path and query, joined to the target.",
				Into: schema.Field(func(r *callDraft) any { return &r.Path }),
			},
			{
				Name: "url", Type: schema.Text, Check: checkURL, Example: "http://127.0.0.1:9000/flags/llm",
				Doc:  "An address beside the target.",
				Into: schema.Field(func(r *callDraft) any { return &r.url }),
			},
			{
				Name: "method", Type: schema.Word, Words: []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
				Doc:  "Without it POST when there is a body, else GET.",
				Into: schema.Field(func(r *callDraft) any { return &r.Method }),
			},
			{
				Name: "header", Type: schema.Texts, Example: "{X-Team: drill}",
				Doc:  "Headers beside the usual ones.",
				Into: schema.Field(func(r *callDraft) any { return &r.Header }),
			},
			{
				Name: "json", Type: schema.JSON, Example: "{on: true}",
				Doc:  "A JSON body.",
				Into: schema.Field(func(r *callDraft) any { return &r.JSON }),
			},
			{
				Name: "text", Type: schema.Text,
				Doc:  "A plain body.",
				Into: schema.Field(func(r *callDraft) any { return &r.Text }),
			},
		},
	}
}
