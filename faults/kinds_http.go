package faults

import "time"

// refusals are what a provider says itself in place of an answer.
func refusals() []Kind {
	return []Kind{
		{
			Name: "rate_limit", Family: "http", act: rateLimit,
			Doc: "The provider answers 429.",
			Wire: "429 with the provider's body. With retry_after the wait stands where the provider tells it (Retry-After, retry-after-ms, " +
				"the sentence, Gemini's RetryInfo) and the limit headers say that nothing is left; with none it is bare. remaining: positive tells of " +
				"requests left. body: come_back_later is {\"status\":\"come back later\"}, too_large a request that never fits.",
			Incidents: "OpenAI 2023-11-08: \"come back later\" as load shedding. OpenAI 2026-06-02: 429 with requests left, the limiter's own dependency was down. " +
				"Vertex 2026-02-27: 429 without Retry-After.",
			Client: "Waits as long as it is told and sends less meanwhile; without a hint backs off with jitter. Never retries what is too large. When the wait is longer than a user has patience, goes elsewhere.",
			SDKs: "openai and anthropic retry twice. Retry-After above 60 s: openai-python before 2.52 and openai-node 7 go by their own 0.5 s, openai-node 6, anthropic-ts and anthropic-python 2 sleep it out; " +
				"above 120 s newer openai-python gives up. google-genai does not retry.",
			Example: "{provider: primary, kind: rate_limit, share: 40%, retry_after: {escalate: [1s, 2s, 4s]}}",
			Params: []Param{
				{
					Name: "retry_after", Type: RetryAfter, Default: Wait{For: 5 * time.Second, Form: "seconds"},
					Doc: "What the client is told to wait, and in which form.",
				},
				{
					Name: "remaining", Type: Word, Allowed: []string{"truthful", "positive"},
					Doc: "What the headers say is left: nothing, as usual, or more than nothing, so that the 429 is false.",
				},
				{
					Name: "body", Type: Word, Allowed: []string{bodyComeBackLater, bodyTooLarge},
					Doc: "Another body than the provider's usual one; such answers tell no time to wait.",
				},
			},
		},
		{
			Name: "quota_exhausted", Family: "http", act: refusal,
			Doc:       "The account has no money or no quota left: waiting does not help.",
			Wire:      "openai: 429 insufficient_quota, without Retry-After. anthropic: 400 \"Your credit balance is too low\". azure-openai: 429 with a day to wait. gemini: 429 of the daily quota.",
			Incidents: "Every account whose card expires or whose monthly limit is reached.",
			Client:    "Does not retry, tells its owner, uses another provider.",
			SDKs:      "openai and the Vercel AI SDK retry it twice like any 429; anthropic does not, for it is a 400.",
			Example:   "{provider: primary, kind: quota_exhausted}",
		},
		{
			Name: "server_error", Family: "http", act: refusal,
			Doc:       "The provider answers 5xx at once.",
			Wire:      "500 in the provider's own words; 502 and 503 in those of what stands before it.",
			Incidents: "OpenAI 2025-06-10: 5% to 25% for 15 hours. Anthropic 2026-06-16: 10% for two hours, the commonest shape of all.",
			Client:    "One retry with jitter, then another provider; no bursts.",
			SDKs:      "openai and anthropic retry twice within 1.6 s; google-genai does not.",
			Example:   "{provider: primary, kind: server_error, status: 503, share: {from: 5%, to: 25%}}",
			Params:    []Param{status(500, "The status of the answer.", "500", "502", "503")},
		},
		{
			Name: "overloaded", Family: "http", act: refusal,
			Doc:       "The provider answers that it is overloaded.",
			Wire:      "anthropic: 529 overloaded_error without Retry-After. openai: 503 server_is_overloaded. gemini: 503 UNAVAILABLE.",
			Incidents: "Anthropic 2026-05-15, with models coming back one by one; 2026-03-17, when those who fled from Opus overloaded Sonnet ten minutes later.",
			Client:    "Backs off further than for a 500, lowers its concurrency, falls back to a model or provider that is not crowded too.",
			SDKs:      "openai and anthropic retry twice; to openai's a 529 is an InternalServerError, to anthropic's an OverloadedError.",
			Example:   "{provider: [primary, secondary], kind: overloaded, share: 30%, draw: shared}",
			Params: []Param{
				status(nil, "The status of the answer; left out, the dialect's own: 529 for anthropic, 503 for others.", "503", "529"),
			},
		},
		{
			Name: "unauthorized", Family: "http", act: unauthorized,
			Doc:       "The provider answers 401 to a valid key: the login loop.",
			Wire:      "401 as to a wrong key; gemini 400 API_KEY_INVALID.",
			Incidents: "Anthropic 2026-04-28: authentication errors on valid keys for 78 minutes.",
			Client:    "Treats sudden 401s on a key that worked as an outage: no login loop, another provider.",
			SDKs:      "None retries; anthropic-ts refreshes an OAuth token once.",
			Example:   "{provider: primary, kind: unauthorized, share: 50%, match: {api_key: sk-team-a}}",
		},
		{
			Name: "bad_request", Family: "http", act: refusal,
			Doc:       "The provider answers 400 to a request that is right.",
			Wire:      "400 invalid_request_error (gemini: INVALID_ARGUMENT) about a parameter.",
			Incidents: "Azure 2026-03-09: 400 and 429 on one model in seven regions for 20 hours.",
			Client:    "Falls back to another model when requests fail that passed before; a retry cannot help.",
			SDKs:      "None retries.",
			Example:   "{provider: primary, kind: bad_request, match: {model: gpt-4o}}",
		},
		{
			Name: "not_found", Family: "http", act: refusal,
			Doc:       "The model is gone: 404.",
			Wire:      "404 model_not_found, not_found_error, DeploymentNotFound or NOT_FOUND; of the Responses API 400.",
			Incidents: "Every deprecation date; deployments that a script deleted.",
			Client:    "Falls back to another model and tells its owner.",
			SDKs:      "None retries.",
			Example:   "{provider: primary, kind: not_found, match: {model: gpt-4o}}",
		},
		{
			Name: "context_length", Family: "http", act: refusal, Spoken: true,
			Doc:       "The prompt is too long for the model, says the provider.",
			Wire:      "400: openai context_length_exceeded, anthropic \"prompt is too long\", gemini \"exceeds the maximum number of tokens\".",
			Incidents: "A model is rerouted to one with a smaller window; chats that grow.",
			Client:    "Shortens the prompt or takes a model with more room; never sends the same again.",
			SDKs:      "None retries.",
			Example:   "{provider: primary, kind: context_length, match: {min_prompt_tokens: 4000}}",
		},
		{
			Name: "content_filter", Family: "http", act: refusal, Spoken: true,
			Doc:       "The provider's filter refuses a harmless prompt.",
			Wire:      "400 content_filter (azure-openai with its verdicts), content_policy_violation, or invalid_request_error; gemini 200 with blockReason.",
			Incidents: "Vertex 2026-02-27: the safety filters ran out of capacity.",
			Client:    "Says so to its user or asks another provider; does not send the same again.",
			SDKs:      "None retries.",
			Example:   "{provider: primary, kind: content_filter, share: 5%, match: {has_attachment: true}}",
		},
	}
}

// edges are what stands before a provider and speaks in its place.
func edges() []Kind {
	return []Kind{
		{
			Name: "bad_gateway", Family: "http", act: refusal,
			Doc: "The edge before the provider answers that it cannot reach it.",
			Wire: "The edge's own error, without the provider's request id: JSON with a numeric code (cf_bad_gateway), an HTML page, or plain text " +
				"(\"upstream connect error\", \"error code: 1016\").",
			Incidents: "OpenAI 2023-11-08: 75% JSON 502, 25% JSON 503. OpenAI 2024-12-04: 530 for everything. Cloudflare 2025-11-18: pages of 5xx for every provider behind it, five minutes bad, five minutes good.",
			Client:    "Reads the status and survives a body that is no JSON; knows that two providers behind one edge fail together.",
			SDKs:      "openai and anthropic retry twice, then raise with the page as message and no body; google-genai does not retry.",
			Example:   "{provider: [primary, secondary], kind: bad_gateway, status: 502, body: html, cycle: {bad: 5s, ok: 5s}, draw: shared}",
			Params: []Param{
				status(502, "The status of the answer.", "502", "503", "504", "520", "521", "522", "523", "524", "530"),
				{
					Name: "body", Type: Word, Allowed: []string{"json", "html", "text"},
					Doc: "What the body is; left out, what the dialect's edge sends with the status.",
				},
			},
		},
		{
			Name: "gateway_timeout", Family: "http", act: gatewayTimeout, Worked: true,
			Doc:       "The provider's gateway holds the request and then gives it up.",
			Wire:      "Nothing for the time of hold, then 504 or Cloudflare's 524.",
			Incidents: "OpenAI 2025-06-10; every long request behind a gateway that waits 100 s.",
			Client:    "Has a timeout of its own that is shorter, streams, and tries elsewhere.",
			SDKs:      "openai and anthropic wait for it (600 s) and retry twice: three holds in a row.",
			Example:   "{provider: primary, kind: gateway_timeout, after: 10s, share: 60%, hold: 30s}",
			Params: []Param{
				{
					Name: "hold", Type: Duration, Default: 30 * time.Second,
					Doc: "How long the request is held before the answer.",
				},
				status(504, "The status of the answer.", "504", "524"),
			},
		},
	}
}

// untrue are answers that say 200 and are none.
func untrue() []Kind {
	return []Kind{
		{
			Name: "error_in_200", Family: "http", act: errorIn200,
			Doc:       "The status is 200 and the body is an error.",
			Wire:      "200 with the provider's JSON error, also where a stream was asked for.",
			Incidents: "Gateways and proxies that lose the status; background modes.",
			Client:    "Looks for the answer, not for the status alone.",
			SDKs:      "Streamed: silence, an empty answer and no error, but for google-genai. Whole: an object without choices or content; the AI SDK alone raises.",
			Example:   "{provider: primary, kind: error_in_200, error: overloaded, share: 20%}",
			Params:    []Param{errorParam("The error in the body.")},
		},
		{
			Name: "wrong_body", Family: "http", act: wrongBody,
			Doc:       "The status is 200 and the body is something else: a page, a text, nothing, or the answer under a wrong type.",
			Wire:      "200 with a sign-in page (html), \"OK\" (text), no byte (empty), or the good answer as application/json when it is a stream and as an event stream when it is not (wrong_type).",
			Incidents: "Captive networks, firewalls, proxies that are being configured.",
			Client:    "Checks that what came is an answer before it shows it.",
			SDKs:      "openai and anthropic return the page as a string, or an empty stream; google-genai and, of whole answers, the AI SDK raise.",
			Example:   "{provider: primary, kind: wrong_body, body: html, share: 20%}",
			Params: []Param{{
				Name: "body", Type: Word, Allowed: []string{"html", "text", "empty", "wrong_type"}, Default: "html",
				Doc: "What comes in place of the answer.",
			}},
		},
	}
}
