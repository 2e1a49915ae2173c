package mockllm

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// azureOpenAI is the row of the Azure OpenAI service. Behind it stands OpenAI's
// engine: every route of the row openai is one here, under the paths and in the
// layout of Azure. Shapes as recorded in March 2026.
func azureOpenAI() Dialect {
	engine := openai()
	return Dialect{
		Name:    "azure-openai",
		Doc:     "Azure OpenAI: OpenAI's routes by deployment (/openai/deployments/NAME/…?api-version=) and under /openai/v1.",
		base:    func(url string) string { return url }, // the SDKs add /openai
		version: "openai",
		key:     azureKey,
		form:    func(r *http.Request) string { return r.URL.Query().Get("api-version") },
		env: func(base, key string) []string {
			return []string{
				"AZURE_API_BASE=" + base, // these three are LiteLLM's; the key is also Vercel's
				"AZURE_API_KEY=" + key,
				"AZURE_API_VERSION=" + azureVersion,
				"AZURE_OPENAI_API_KEY=" + key,
				"AZURE_OPENAI_API_VERSION=" + azureVersion, // LangChain.js
				"AZURE_OPENAI_ENDPOINT=" + base,
				"OPENAI_API_VERSION=" + azureVersion,
			}
		},
		routes: azureRoutes(engine.routes),
		within: engine.within,
		models: engine.models,
		limits: limits.Amounts{limits.Requests: 2_000, limits.Tokens: 2_000_000},
		hint:   formMS,
		refuse: azureRefuse,
		answer: azureAnswer,
		event:  azureEvent,
		part:   engine.part,
	}
}

// azureVersion is the version of the API that apps are told to ask for. Any is
// served.
const azureVersion = "2024-10-21"

// azureKey is an API key, or the bearer of a login with Entra.
func azureKey(h http.Header) string {
	if key := h.Get("Api-Key"); key != "" {
		return key
	}
	return bearer(h)
}

// azureRoutes are the engine's routes under v1 and under their classic paths. Before
// some of these the SDKs put the deployment, and it must be there, but for batches.
func azureRoutes(engine []route) []route {
	ofDeployments := []string{
		"/completions", "/chat/completions", "/embeddings", "/audio/transcriptions", "/audio/translations",
		"/audio/speech", "/images/generations", "/batches", "/images/edits",
	}
	var routes []route
	for _, r := range engine {
		classic := azureRead(r.read, true)
		routes = append(routes, route{r.method, "/v1" + r.path, r.endpoint, azureRead(r.read, false)})
		deployed := r.method == http.MethodPost && slices.Contains(ofDeployments, r.path)
		if deployed {
			routes = append(routes, route{r.method, "/deployments/{deployment}" + r.path, r.endpoint, classic})
		}
		if !deployed || r.path == "/batches" {
			routes = append(routes, route{r.method, r.path, r.endpoint, classic})
		}
	}
	return routes
}

// reader is the read of a route.
type reader = func(*call) (func(*exchange), *Reply)

// azureRead reads a request as the engine does, after Azure has had its look at it:
// on classic paths the deployment is the model, whatever the body says, and without
// a version there is nothing.
func azureRead(read reader, classic bool) reader {
	return func(c *call) (func(*exchange), *Reply) {
		if classic && c.req.Form == "" {
			reply := azureRefuse(c.asked(), unknownPath)
			return nil, &reply
		}
		if name := c.vars["deployment"]; name != "" {
			c.req.Model = name
			c.body = azureDeployed(c.body, name)
		}
		serve, refused := read(c)
		if refused != nil {
			reply := azureRefused(c.asked(), refused.Status, refused.Body)
			return nil, &reply
		}
		return retell(serve, azureRetelling), nil
	}
}

// azureDeployed puts the deployment into a body where the engine looks for the
// model. What is no JSON object stays as it is, for the engine to refuse.
func azureDeployed(body []byte, name string) []byte {
	var o object
	if json.Unmarshal(body, &o) != nil || o == nil {
		return body
	}
	o["model"] = json.RawMessage(compact(name))
	return document(o, "")
}
