package mockllm

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// openai is the row of the OpenAI API. Shapes as recorded from December 2025 to May
// 2026.
func openai() Dialect {
	return Dialect{
		Name:    "openai",
		Doc:     "OpenAI: chat completions, responses, completions, embeddings, images, moderations, files, batches and models.",
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
			{http.MethodPost, "/responses", endpointResponses, openaiResponses},
			{http.MethodPost, "/responses/input_tokens", endpointCounted, openaiResponsesCount},
			{http.MethodGet, "/responses/{id}", endpointStored, openaiResponseGet},
			{http.MethodDelete, "/responses/{id}", endpointStored, openaiResponseDelete},
			{http.MethodPost, "/responses/{id}/cancel", endpointStored, openaiResponseCancel},
			{http.MethodPost, "/completions", "completions", openaiCompletions},
			{http.MethodPost, "/embeddings", "embeddings", openaiEmbeddings},
			{http.MethodPost, "/images/generations", "images", openaiImages},
			{http.MethodPost, "/moderations", "moderations", openaiModerations},
			{http.MethodPost, "/files", "files", openaiFileUpload},
			{http.MethodGet, "/files", "files", openaiFileList},
			{http.MethodGet, "/files/{id}", "files", openaiFileGet},
			{http.MethodDelete, "/files/{id}", "files", openaiFileDelete},
			{http.MethodGet, "/files/{id}/content", "files", openaiFileContent},
			{http.MethodPost, "/batches", "batches", openaiBatchCreate},
			{http.MethodGet, "/batches", "batches", openaiBatchList},
			{http.MethodGet, "/batches/{id}", "batches", openaiBatchGet},
			{http.MethodPost, "/batches/{id}/cancel", "batches", openaiBatchCancel},
			{http.MethodGet, "/models", "models", openaiModels},
			{http.MethodGet, "/models/{id...}", "models", openaiModel},
		},
		within: []string{endpointBatch},
		models: openaiSnapshots,
		limits: limits.Amounts{limits.Requests: 10_000, limits.Tokens: 2_000_000},
		hint:   formMS,
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

// openaiEdge is what Cloudflare puts on everything.
func openaiEdge(h head, m *mint) head {
	return h.with(
		"Server", "cloudflare",
		"CF-RAY", m.cfRay(),
		"cf-cache-status", "DYNAMIC",
		"strict-transport-security", "max-age=31536000; includeSubDomains; preload",
		"x-content-type-options", "nosniff",
		"alt-svc", `h3=":443"; ma=86400`,
	)
}

// openaiEngine is what the API adds when a request got as far as its engine.
func openaiEngine(h head, m *mint, a account, elapsedMS string) head {
	return openaiEdge(h, m).with(
		"access-control-expose-headers", "X-Request-ID",
		"openai-organization", a.org,
		"openai-processing-ms", elapsedMS,
		"openai-project", a.project,
		"openai-version", "2020-10-01",
		"x-openai-proxy-wasm", "v0.1",
		"x-request-id", m.openaiID(),
	)
}

// openaiLimits are the rate-limit headers. Reset is the time until all is left again.
func openaiLimits(h head, left limits.Allowance) head {
	requests, tokens := left[limits.Requests], left[limits.Tokens]
	return h.with(
		"x-ratelimit-limit-requests", strconv.Itoa(requests.Limit),
		"x-ratelimit-limit-tokens", strconv.Itoa(tokens.Limit),
		"x-ratelimit-remaining-requests", strconv.Itoa(requests.Left),
		"x-ratelimit-remaining-tokens", strconv.Itoa(tokens.Left),
		"x-ratelimit-reset-requests", requests.Refill().Truncate(time.Millisecond).String(),
		"x-ratelimit-reset-tokens", tokens.Refill().Truncate(time.Millisecond).String(),
	)
}
