package scenarios

import (
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

func trafficKey() schema.Key {
	return schema.Key{
		Name: "traffic", Type: schema.Map, Required: true,
		Example: "{target: http://127.0.0.1:8000, journeys: {…}}",
		Doc:     "What is sent to the app.",
		Into:    schema.Field(func(d *draft) any { return &d.traffic }),
		Keys: []schema.Key{
			{
				Name: "target", Type: schema.Text, Check: checkAppURL, Example: "http://127.0.0.1:8000",
				Doc:  "Where the app listens.",
				Into: schema.Field(func(t *trafficDraft) any { return &t.target }),
			},
			arrivalKey(),
			shapeKey(),
			{
				Name: "connections", Type: schema.Word, Words: []string{"reuse", "fresh"}, Default: "reuse",
				Doc:  "Whether requests use connections that are there, or each makes its own, as users do who come once.",
				Into: schema.Field(func(t *trafficDraft) any { return &t.connections }),
			},
			{
				Name: "protocol", Type: schema.Word, Words: []string{"http1", "h2c"}, Default: "http1",
				Doc:  "What is spoken to the app: HTTP/1.1, or HTTP/2 without TLS where the app speaks that from the first byte.",
				Into: schema.Field(func(t *trafficDraft) any { return &t.protocol }),
			},
			{
				Name: "in_flight", Type: schema.Count, Default: "2000", Least: "1", Most: "100000",
				Doc:  "Requests under way at most. What is due beyond it is not sent, and recorded as such.",
				Into: schema.Field(func(t *trafficDraft) any { return &t.inFlight }),
			},
			{
				Name: "journeys", Type: schema.Named, Required: true, Item: journeyKey(), Items: 100,
				Example: "{chat: {rate: 20/s, request: {path: /chat}}}",
				Doc:     "The kinds of user request, by name.",
				Into: schema.Field(func(t *trafficDraft) any {
					return schema.AddNamed(&t.journeys, func(j *journeyDraft, name string) { j.Name = name })
				}),
			},
		},
	}
}

func journeyKey() *schema.Key {
	return &schema.Key{
		Name: "journey", Type: schema.Map,
		Rules: []schema.Rule{schema.ExactlyOne("rate", "trace"), schema.OneAtMost("speedup", "rate"), schema.OneAtMost("trace", "profile"), schema.OneAtMost("trace", "lengths")},
		Keys: []schema.Key{
			{
				Name: "rate", Type: schema.Rate, Example: "20/s", Least: "1/min", Most: "10000/s",
				Doc:  "How many are sent, whatever becomes of them; with a shape, where that is at 1.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.Rate }),
			},
			journeyProfileKey(),
			lengthsKey(),
			traceKey(),
			speedupKey(),
			{
				Name: "priority", Type: schema.Word, Words: []string{"critical", "deferrable"}, Default: "critical",
				Doc:  "Whether it may wait when the provider is in trouble.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.Priority }),
			},
			sessionsKey(),
			loginKey(),
			{
				Name: "cookies", Type: schema.Flag, Default: "false",
				Doc:  "Each user keeps the cookies that the app sets, and sends them again: each session its own; where there are none but a login, all share one user's.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.Cookies }),
			},
			repeatKey(),
			requestKey(),
			{
				Name: "answer", Type: schema.Map,
				Rules: []schema.Rule{
					schema.OneAtLeast("json", "sse", "text"), schema.OneAtMost("text", "json"), schema.OneAtMost("text", "sse"),
				},
				Doc:  "Where the model's text is in the app's reply; of json and sse the one for what came. Without it: all strings, in order.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.answer }),
				Keys: []schema.Key{
					{
						Name: "json", Type: schema.Text, Check: checkJSONPath, Example: "$.reply",
						Doc:  "A JSONPath into the body, or into each NDJSON line.",
						Into: schema.Field(func(a *answerDraft) any { return &a.JSON }),
					},
					{
						Name: "sse", Type: schema.Text, Check: checkJSONPath, Example: "$.delta",
						Doc:  "A JSONPath into the data of each event.",
						Into: schema.Field(func(a *answerDraft) any { return &a.SSE }),
					},
					{
						Name: "text", Type: schema.Flag, Words: []string{"true"},
						Doc:  "The body itself.",
						Into: schema.Field(func(a *answerDraft) any { return &a.Text }),
					},
				},
			},
			{
				Name: "timeout", Type: schema.Duration, Default: schema.FormatDuration(traffic.DefaultTimeout), Least: "100ms", Most: "1h",
				Doc:  "When the user gives up.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.Timeout }),
			},
			{
				Name: "slow_over", Type: schema.Map, Rules: []schema.Rule{schema.OneAtLeast("ttft", "total")},
				Doc:  "When an answer counts as slow. Without it: three times the baseline's p95, at least 1s.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.slow }),
				Keys: []schema.Key{
					{
						Name: "ttft", Type: schema.Duration, Least: "1ms", Most: "1h",
						Doc:  "To the first token.",
						Into: schema.Field(func(s *slowOverDraft) any { return &s.TTFT }),
					},
					{
						Name: "total", Type: schema.Duration, Least: "1ms", Most: "1h",
						Doc:  "To the end.",
						Into: schema.Field(func(s *slowOverDraft) any { return &s.Total }),
					},
				},
			},
			matcherKey("degraded", "How the app owns up to a lesser answer.", func(j *journeyDraft) any { return &j.degraded }),
			matcherKey("restart", "How the app says: forget what I streamed so far.", func(j *journeyDraft) any { return &j.restart }),
			expectKey(),
			matcherKey("deferred", "How the app says: accepted, the answer comes later. It needs deliver and deliver_within.", func(j *journeyDraft) any { return &j.deferred }),
			{
				Name: "deliver_within", Type: schema.Duration, Least: "100ms", Most: "24h", Example: "60s",
				Doc:  "How long after the request was due an answer is waited for that was put off; then it is lost. Meanwhile the request counts as under way.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.within }),
			},
			deliverKey(),
			matcherKey("progress", "What counts as a sign of life before the answer.", func(j *journeyDraft) any { return &j.progress }),
			impatienceKey(),
			{
				Name: "primary", Type: schema.Name, Example: "primary",
				Doc:  "The provider that the app asks first for its answers when all is well. Without it, the one that it does ask first in the baseline.",
				Into: schema.Field(func(j *journeyDraft) any { return &j.Primary }),
			},
		},
	}
}

func requestKey() schema.Key {
	return schema.Key{
		Name: "request", Type: schema.Map, Required: true, Example: "{path: /chat}",
		Doc:  "What is sent. Its strings know {{prompt}}, {{nonce}}, {{session}}, {{turn}} and {{n}}, and with a login {{token}}.",
		Into: schema.Field(func(j *journeyDraft) any { return &j.request }),
		Rules: []schema.Rule{
			schema.ExactlyOne("path", "dialect"), schema.OneAtMost("json", "text"),
			schema.OneAtMost("dialect", "method"), schema.OneAtMost("dialect", "json"), schema.OneAtMost("dialect", "text"),
			schema.OneAtMost("model", "path"),
		},
		Keys: []schema.Key{
			{
				Name: "path", Type: schema.Text, Check: checkPath, Example: "/chat",
				Doc:  "Path and query, joined to the target.",
				Into: schema.Field(func(r *requestDraft) any { return &r.Path }),
			},
			{
				Name: "method", Type: schema.Word, Words: []string{"GET", "POST", "PUT", "PATCH", "DELETE"},
				Doc:  "Without it POST when there is a body, else GET.",
				Into: schema.Field(func(r *requestDraft) any { return &r.Method }),
			},
			{
				Name: "header", Type: schema.Texts, Example: "{X-Tenant: drill}",
				Doc:  "Headers beside the usual ones.",
				Into: schema.Field(func(r *requestDraft) any { return &r.Header }),
			},
			{
				Name: "json", Type: schema.JSON, Example: `{message: "{{prompt}}"}`,
				Doc:  "A JSON body.",
				Into: schema.Field(func(r *requestDraft) any { return &r.JSON }),
			},
			{
				Name: "text", Type: schema.Text,
				Doc:  "A plain body.",
				Into: schema.Field(func(r *requestDraft) any { return &r.Text }),
			},
			{
				Name: "stream", Type: schema.Flag, Default: "false",
				Doc:  "The reply is expected as a stream.",
				Into: schema.Field(func(r *requestDraft) any { return &r.Stream }),
			},
			{
				Name: "dialect", Type: schema.Word, Words: endpointNames(),
				Doc:  "The app is itself an LLM endpoint of this dialect: path, body and answer follow from it.",
				Into: schema.Field(func(r *requestDraft) any { return &r.dialect }),
			},
			{
				Name: "model", Type: schema.Text, Check: checkModel, Example: "gpt-4o",
				Doc:  "With dialect: the model asked for.",
				Into: schema.Field(func(r *requestDraft) any { return &r.model }),
			},
		},
	}
}
