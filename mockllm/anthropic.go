package mockllm

import (
	"net/http"
	"strconv"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
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
		limits: limits.Amounts{limits.Requests: 4_000, limits.Input: 2_000_000, limits.Output: 400_000},
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
func anthropicLimits(h head, left limits.Allowance, now time.Time) head {
	requests, in, out := left[limits.Requests], left[limits.Input], left[limits.Output]
	reset := func(d time.Duration) string { return now.Add(d).UTC().Format(time.RFC3339) }
	return h.with(
		"anthropic-ratelimit-requests-limit", strconv.Itoa(requests.Limit),
		"anthropic-ratelimit-requests-remaining", strconv.Itoa(requests.Left),
		"anthropic-ratelimit-requests-reset", reset(requests.Refill()),
		"anthropic-ratelimit-tokens-limit", strconv.Itoa(in.Limit+out.Limit),
		"anthropic-ratelimit-tokens-remaining", strconv.Itoa(thousands(in)+thousands(out)),
		"anthropic-ratelimit-tokens-reset", reset(max(in.Refill(), out.Refill())),
		"anthropic-ratelimit-input-tokens-limit", strconv.Itoa(in.Limit),
		"anthropic-ratelimit-input-tokens-remaining", strconv.Itoa(thousands(in)),
		"anthropic-ratelimit-input-tokens-reset", reset(in.Refill()),
		"anthropic-ratelimit-output-tokens-limit", strconv.Itoa(out.Limit),
		"anthropic-ratelimit-output-tokens-remaining", strconv.Itoa(thousands(out)),
		"anthropic-ratelimit-output-tokens-reset", reset(out.Refill()),
	)
}

// thousands is what is left of the quota, rounded to thousands.
func thousands(q limits.Quota) int { return min((q.Left+500)/1000*1000, q.Limit) }
