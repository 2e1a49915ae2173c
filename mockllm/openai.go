package mockllm

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// openai is the row of the OpenAI API: chat completions and models. Shapes as
// recorded from December 2025 to May 2026.
func openai() Dialect {
	return Dialect{
		Name:    "openai",
		Doc:     "OpenAI: chat completions and models.",
		base:    func(url string) string { return url + "/v1" },
		version: "v1",
		key:     bearer,
		env: func(base, key string) []string {
			return []string{
				"OPENAI_API_BASE=" + base, // LangChain and the 0.x client
				"OPENAI_API_KEY=" + key,
				"OPENAI_BASE_URL=" + base,
			}
		},
		routes: []route{
			{http.MethodPost, "/chat/completions", "chat", openaiChat},
			{http.MethodGet, "/models", "models", openaiModels},
			{http.MethodGet, "/models/{id...}", "models", openaiModel},
		},
		refuse: openaiRefuse,
		answer: openaiAnswer,
		event:  openaiEvent,
		part:   openaiPart,
	}
}

// bearer is the key in the Authorization header.
func bearer(h http.Header) string {
	scheme, key, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

// The limits that the rate-limit headers speak of. Nothing enforces them.
const (
	openaiRequests = 10_000    // a minute
	openaiTokens   = 2_000_000 // a minute
)

// openaiEdge is what Cloudflare puts on everything.
func openaiEdge(m *mint) head {
	return head{}.with(
		"Server", "cloudflare",
		"CF-RAY", m.cfRay(),
		"cf-cache-status", "DYNAMIC",
		"strict-transport-security", "max-age=31536000; includeSubDomains; preload",
		"x-content-type-options", "nosniff",
		"alt-svc", `h3=":443"; ma=86400`,
	)
}

// openaiEngine is what the API adds when a request got as far as its engine.
func openaiEngine(m *mint, a account, elapsedMS string) head {
	return openaiEdge(m).with(
		"access-control-expose-headers", "X-Request-ID",
		"openai-organization", a.org,
		"openai-processing-ms", elapsedMS,
		"openai-project", a.project,
		"openai-version", "2020-10-01",
		"x-openai-proxy-wasm", "v0.1",
		"x-request-id", m.openaiID(),
	)
}

// openaiLimits are the rate-limit headers of a bucket that refills all the time
// and that this request alone has touched: reset is the time until it is full. The
// provider reserves the prompt and the longest answer there can be.
func openaiLimits(h head, req Request) head {
	reserved := tokensIn(req.Prompt) + min(max(req.MaxTokens, 16), openaiTokens)
	left := max(openaiTokens-reserved, 0)
	return h.with(
		"x-ratelimit-limit-requests", strconv.Itoa(openaiRequests),
		"x-ratelimit-limit-tokens", strconv.Itoa(openaiTokens),
		"x-ratelimit-remaining-requests", strconv.Itoa(openaiRequests-1),
		"x-ratelimit-remaining-tokens", strconv.Itoa(left),
		"x-ratelimit-reset-requests", untilFull(openaiRequests, openaiRequests-1),
		"x-ratelimit-reset-tokens", untilFull(openaiTokens, left),
	)
}

// untilFull is the time a bucket of so much a minute takes to refill, as OpenAI
// writes it.
func untilFull(limit, left int) string {
	d := time.Duration(limit-left) * time.Minute / time.Duration(limit)
	return d.Truncate(time.Millisecond).String()
}
