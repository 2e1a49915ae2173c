package mockllm

import (
	"net/http"
	"strconv"
	"time"
)

// anthropic is the row of the Anthropic API: messages, the counting of their tokens,
// and models. Shapes as
// recorded from December 2025 to May 2026.
func anthropic() Dialect {
	return Dialect{
		Name:    "anthropic",
		Doc:     "Anthropic: messages, count_tokens and models.",
		base:    func(url string) string { return url },
		version: "v1",
		key:     anthropicKey,
		env: func(base, key string) []string {
			return []string{
				"ANTHROPIC_API_BASE=" + base, // LiteLLM, which asks for it first
				"ANTHROPIC_API_KEY=" + key,
				"ANTHROPIC_API_URL=" + base, // LangChain, which asks for it first
				"ANTHROPIC_BASE_URL=" + base,
			}
		},
		routes: []route{
			{http.MethodPost, "/messages", "messages", anthropicMessages},
			{http.MethodPost, "/messages/count_tokens", "count_tokens", anthropicCount},
			{http.MethodGet, "/models", "models", anthropicModels},
			{http.MethodGet, "/models/{id...}", "models", anthropicModel},
		},
		models: anthropicSnapshots,
		limits: amounts{byRequest: 4_000, byInput: 2_000_000, byOutput: 400_000},
		hint:   formSeconds,
		burst:  [2]int{4, 15},
		refuse: anthropicRefuse,
		answer: anthropicAnswer,
		event:  anthropicEvent,
		part:   anthropicPart,
	}
}

// anthropicKey is an API key, or the bearer of an OAuth login.
func anthropicKey(h http.Header) string {
	if key := h.Get("X-Api-Key"); key != "" {
		return key
	}
	return bearer(h)
}

// anthropicHead is on everything the API says itself.
func anthropicHead(h head, m *mint, id, elapsedMS string) head {
	return h.with(
		"Server", "cloudflare",
		"CF-RAY", m.cfRay(),
		"cf-cache-status", "DYNAMIC",
		"x-robots-tag", "none",
		"request-id", id,
		"strict-transport-security", "max-age=31536000; includeSubDomains; preload",
		"x-envoy-upstream-service-time", elapsedMS,
	)
}

// anthropicHealthy is the header of a good answer.
func anthropicHealthy(x *exchange) head {
	h := anthropicHead(x.head(), x.mint, x.anthropicID(), x.elapsed()).with(
		"anthropic-organization-id", x.account.uuid,
		"content-security-policy", "default-src 'none'; frame-ancestors 'none'",
		"vary", "Accept-Encoding",
	)
	return anthropicLimits(h, x.left, x.arrived)
}

// anthropicLimits are the rate-limit headers at a moment. Tokens are told in
// thousands, and also together.
func anthropicLimits(h head, left allowance, now time.Time) head {
	requests, in, out := left[byRequest], left[byInput], left[byOutput]
	reset := func(d time.Duration) string { return now.Add(d).UTC().Format(time.RFC3339) }
	return h.with(
		"anthropic-ratelimit-requests-limit", strconv.Itoa(requests.limit),
		"anthropic-ratelimit-requests-remaining", strconv.Itoa(requests.left),
		"anthropic-ratelimit-requests-reset", reset(requests.refill()),
		"anthropic-ratelimit-tokens-limit", strconv.Itoa(in.limit+out.limit),
		"anthropic-ratelimit-tokens-remaining", strconv.Itoa(in.thousands()+out.thousands()),
		"anthropic-ratelimit-tokens-reset", reset(max(in.refill(), out.refill())),
		"anthropic-ratelimit-input-tokens-limit", strconv.Itoa(in.limit),
		"anthropic-ratelimit-input-tokens-remaining", strconv.Itoa(in.thousands()),
		"anthropic-ratelimit-input-tokens-reset", reset(in.refill()),
		"anthropic-ratelimit-output-tokens-limit", strconv.Itoa(out.limit),
		"anthropic-ratelimit-output-tokens-remaining", strconv.Itoa(out.thousands()),
		"anthropic-ratelimit-output-tokens-reset", reset(out.refill()),
	)
}

// thousands is what is left of the quota, rounded to thousands.
func (q quota) thousands() int { return min((q.left+500)/1000*1000, q.limit) }
