package mockllm

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// azureRetelling is how Azure passes on what the engine says: with the verdicts of
// its content filters, and without the tier of service, of which it has its own.
func azureRetelling(x *exchange) retelling {
	a := asked{mint: x.mint, Request: x.req, region: x.spec.Region, left: x.left}
	t := retelling{
		head:   func() head { return azureHealthy(a) },
		refuse: func(status int, body []byte) Reply { return azureRefused(a, status, body) },
	}
	if ofResponses(x.req.Endpoint) {
		return t // its events and documents are the engine's own
	}
	t.document = azureDocument
	t.chunk = func(engine told) (told, bool) { return azureChunk(x.mint, engine), true }
	if x.req.Endpoint == "chat" || x.req.Endpoint == "completions" {
		// No choices, no id: who reads the first choice without looking falls here.
		t.opening = []byte(`data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":` +
			azurePromptFilter + "}\n\n")
	}
	return t
}

// What the content filters say of harmless text.
const (
	azureHarms1   = `"hate":{"filtered":false,"severity":"safe"},`
	azureHarms2   = `"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}`
	azureDetected = `{"detected":false,"filtered":false}`

	azurePromptFilter = `[{"prompt_index":0,"content_filter_results":{` + azureHarms1 + `"jailbreak":` + azureDetected + `,` + azureHarms2 + `}}]`
	azureTextFilter   = `{` + azureHarms1 + `"protected_material_code":` + azureDetected + `,"protected_material_text":` + azureDetected + `,` + azureHarms2 + `}`
)

// azureDocument is a whole answer.
func azureDocument(t told) told {
	delete(t, "service_tier")
	if choices := t.list("choices"); len(choices) > 0 {
		azureFiltered(choices)
		t["prompt_filter_results"] = json.RawMessage(azurePromptFilter)
	}
	return t
}

// azureChunk is an event of a stream.
func azureChunk(m *mint, t told) told {
	azureFiltered(t.list("choices"))
	tier, tiered := t["service_tier"]
	padding, padded := t["obfuscation"].(string)
	delete(t, "service_tier")
	if tiered && padded {
		// The engine that Azure runs has no tiers, and pads what it says without them.
		less := len(`"service_tier":,`) + len(compact(tier))
		t["obfuscation"] = m.base62((len(padding) + less) % 16)
	}
	return t
}

// azureFiltered adds the verdicts on what choices say; where they say nothing there
// are none.
func azureFiltered(choices []told) {
	for _, c := range choices {
		verdict := "{}"
		if c.object("delta").text("content")+c.object("message").text("content")+c.text("text") != "" {
			verdict = azureTextFilter
		}
		c["content_filter_results"] = json.RawMessage(verdict)
	}
}

// azureHead is on everything but refused keys.
func azureHead(a asked) head {
	region := a.region
	if region == "" {
		region = "East US 2"
	}
	return begin().with(
		"strict-transport-security", "max-age=31536000; includeSubDomains; preload",
		"apim-request-id", a.uuid(),
		"x-content-type-options", "nosniff",
		"x-ms-region", region,
	)
}

// azureHealthy is the header of a good answer.
func azureHealthy(a asked) head {
	h := azureHead(a).with("x-request-id", a.uuid())
	if a.Model == "" { // no deployment was asked
		return h
	}
	h.with(
		"azureml-model-session", azureSession(a.Model),
		"skip-error-remapping", "true",
		"x-accel-buffering", "no",
		"x-ms-deployment-name", a.Model,
		"x-ms-is-spilled-over", "false",
		"x-ms-rai-invoked", "true",
		"x-ratelimit-abusepenalty-active", "False",
	)
	return azureLimits(h, a)
}

// azureSession names the instance that answers: always the same for a deployment.
func azureSession(deployment string) string {
	m := mint{rng: draw.Rand(0, "session", deployment)}
	return "d20260330170902-" + m.hex(12)
}

// azureLimits tells the limits: the time until all is left again in whole
// milliseconds without a unit, which many take for seconds. Of the tokens of the
// Responses API it knows nothing.
func azureLimits(h head, a asked) head {
	for u, kind := range map[limits.Unit]string{limits.Requests: "requests", limits.Tokens: "tokens"} {
		q := a.left[u]
		limit, left, reset := q.Limit, q.Left, q.Refill().Milliseconds()
		if ofResponses(a.Endpoint) && u == limits.Tokens {
			limit, left, reset = -1, -1, 0
		}
		h.with(
			"x-ratelimit-limit-"+kind, strconv.Itoa(limit),
			"x-ratelimit-remaining-"+kind, strconv.Itoa(left),
			"x-ratelimit-renewalperiod-"+kind, "60",
			"x-ratelimit-reset-"+kind, strconv.FormatInt(reset, 10),
		)
	}
	return h
}

// azureOperation is what an endpoint is called in the errors.
func azureOperation(endpoint string) string {
	switch endpoint {
	case "", "chat":
		return "ChatCompletions_Create"
	}
	return strings.ToUpper(endpoint[:1]) + endpoint[1:] + "_Create"
}
