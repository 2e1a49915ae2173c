package mockllm

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// gemini is the row of the Gemini API and of Gemini on Vertex AI, with the
// compatible route that serves OpenAI's clients. Shapes as recorded in December 2025
// and January 2026.
func gemini() Dialect {
	return Dialect{
		Name:    "gemini",
		Doc:     "Google Gemini: generateContent, streams, countTokens, embeddings; also by Vertex AI's paths and as /v1beta/openai.",
		base:    func(url string) string { return url }, // the SDKs add the version
		version: "v1beta",
		also:    []string{"v1", "v1alpha", "v1beta1"},
		key:     geminiKey,
		keyIn:   "key",
		form:    geminiForm,
		env: func(base, key string) []string {
			return []string{
				"GEMINI_API_BASE=" + base, // LiteLLM
				"GEMINI_API_KEY=" + key,
				"GOOGLE_API_KEY=" + key, // the SDKs prefer it; another one would be Google's
				"GOOGLE_GEMINI_BASE_URL=" + base,
				"GOOGLE_GENERATIVE_AI_API_KEY=" + key, // Vercel's
				"GOOGLE_VERTEX_BASE_URL=" + base,
			}
		},
		routes: geminiRoutes(),
		models: geminiSnapshots,
		limits: limits.Amounts{limits.Requests: 1_000, limits.Input: 1_000_000},
		hint:   formMS,
		burst:  [2]int{20, 60},
		refuse: geminiRefuse,
		answer: geminiAnswer,
		event:  geminiEvent,
		part:   geminiPart,
	}
}

// geminiKey is an API key, or the bearer of a login, which is also how OpenAI's
// clients send the key.
func geminiKey(h http.Header) string {
	if key := h.Get("X-Goog-Api-Key"); key != "" {
		return key
	}
	return bearer(h)
}

// The forms of a request: how what it gets is framed, and by whom it is served.
const (
	geminiSSE    = "sse"    // a stream of events
	geminiArray  = "array"  // a stream that is one JSON array
	geminiCompat = "openai" // the compatible route
	geminiVertex = "vertex" // added to the others
)

func geminiForm(r *http.Request) string {
	var form []string
	path := r.URL.Path
	if strings.Contains(path, "/publishers/") {
		form = append(form, geminiVertex)
	}
	switch {
	case strings.Contains(path, "/openai/"):
		form = append(form, geminiCompat)
	case !strings.HasSuffix(path, ":streamGenerateContent"):
	case r.URL.Query().Get("alt") == "sse", r.URL.Query().Get("$alt") == "sse":
		form = append(form, geminiSSE)
	default:
		form = append(form, geminiArray)
	}
	return strings.Join(form, " ")
}

// geminiRoutes are the methods of models, by the paths of both services, and the
// engine's routes that the compatible route has.
func geminiRoutes() []route {
	var routes []route
	for _, at := range []string{
		"/models/{model}",
		"/tunedModels/{model}",
		"/publishers/google/models/{model}",
		"/projects/{project}/locations/{location}/publishers/google/models/{model}",
	} {
		for _, r := range []route{
			{path: ":generateContent", endpoint: "generate", read: geminiGenerate},
			{path: ":streamGenerateContent", endpoint: "generate", read: geminiStream},
			{path: ":countTokens", endpoint: "count_tokens", read: geminiCount},
			{path: ":embedContent", endpoint: "embeddings", read: geminiEmbed},
			{path: ":batchEmbedContents", endpoint: "embeddings", read: geminiEmbedBatch},
		} {
			routes = append(routes, route{http.MethodPost, at + r.path, r.endpoint, r.read})
		}
	}
	routes = append(
		routes,
		route{http.MethodGet, "/models", "models", geminiModels},
		route{http.MethodGet, "/models/{model}", "models", geminiModel},
	)
	return append(routes, geminiCompatRoutes(openai().routes)...)
}

// geminiHead is on everything the service says.
func geminiHead(h head, elapsedMS string) head {
	h.with(
		"alt-svc", `h3=":443"; ma=2592000,h3-29=":443"; ma=2592000`,
		"Server", "scaffolding on HTTPServer2",
		"server-timing", "gfet4t7; dur="+elapsedMS,
		"x-content-type-options", "nosniff",
		"x-frame-options", "SAMEORIGIN",
		"x-xss-protection", "0",
	)
	h["vary"] = []string{"Origin", "X-Origin", "Referer"}
	return h
}

// geminiJSON is the type of all but the streams of events.
const geminiJSON = "application/json; charset=UTF-8"

// geminiDocument answers with a document.
func geminiDocument(x *exchange, v any) {
	geminiHead(x.head(), x.elapsed()).with("Content-Type", geminiJSON)
	x.document(v, "  ", "\n")
}

// geminiSeconds writes a time as Google does: 5s, 0.644s.
func geminiSeconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s"
}
