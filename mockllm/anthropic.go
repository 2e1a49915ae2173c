package mockllm

import (
	"net/http"
	"strconv"
	"time"
)

// anthropic is the row of the Anthropic API: messages and models. Shapes as
// recorded from December 2025 to May 2026.
func anthropic() Dialect {
	return Dialect{
		Name:    "anthropic",
		Doc:     "Anthropic: messages and models.",
		base:    func(url string) string { return url },
		version: "v1",
		key:     anthropicKey,
		env: func(base, key string) []string {
			return []string{"ANTHROPIC_API_KEY=" + key, "ANTHROPIC_BASE_URL=" + base}
		},
		routes: []route{
			{http.MethodPost, "/messages", "messages", anthropicMessages},
			{http.MethodGet, "/models", "models", anthropicModels},
			{http.MethodGet, "/models/{id...}", "models", anthropicModel},
		},
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

// The limits that the rate-limit headers speak of. Nothing enforces them.
const (
	anthropicRequests = 4_000     // a minute
	anthropicInput    = 2_000_000 // tokens a minute
	anthropicOutput   = 400_000   // the same
)

// anthropicHead is on everything the API says itself.
func anthropicHead(m *mint, id, elapsedMS string) head {
	return head{}.with(
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
	h := anthropicHead(x.mint, x.anthropicID(), x.elapsed()).with(
		"anthropic-organization-id", x.account.uuid,
		"content-security-policy", "default-src 'none'; frame-ancestors 'none'",
		"vary", "Accept-Encoding",
	)
	return anthropicLimits(h, x.now)
}

// anthropicLimits are the rate-limit headers of buckets that this request alone has
// touched: full again by now, and tokens are told in thousands.
func anthropicLimits(h head, now time.Time) head {
	reset := now.UTC().Format(time.RFC3339)
	for _, l := range []struct {
		kind      string
		limit     int
		remaining int
	}{
		{"requests", anthropicRequests, anthropicRequests - 1},
		{"tokens", anthropicInput + anthropicOutput, anthropicInput + anthropicOutput},
		{"input-tokens", anthropicInput, anthropicInput},
		{"output-tokens", anthropicOutput, anthropicOutput},
	} {
		name := "anthropic-ratelimit-" + l.kind
		h.with(name+"-limit", strconv.Itoa(l.limit), name+"-remaining", strconv.Itoa(l.remaining), name+"-reset", reset)
	}
	return h
}
