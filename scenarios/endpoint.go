package scenarios

import (
	"net/url"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// endpoint says how to ask an app that is itself an LLM endpoint of a dialect:
// a gateway, a proxy, a model server.
type endpoint struct {
	dialect string
	path    string // {model} stands for the model, which is then not in the body
	streams string // the path of a stream, where it is another; else the body asks for one
	header  map[string]string
	body    map[string]any // beside model and stream
	answer  reply.Rule     // for JSON and for a stream
}

// endpointTable has a row for each dialect that an app can be asked in.
func endpointTable() []endpoint {
	prompt := []any{map[string]any{"role": "user", "content": "{{prompt}}"}}
	return []endpoint{
		{
			dialect: "openai", path: "/v1/chat/completions",
			body:   map[string]any{"messages": prompt},
			answer: reply.Rule{JSON: "$.choices[0].message.content", SSE: "$.choices[0].delta.content"},
		},
		{
			dialect: "anthropic", path: "/v1/messages",
			header: map[string]string{"Anthropic-Version": "2023-06-01"},
			body:   map[string]any{"messages": prompt, "max_tokens": 1024},
			answer: reply.Rule{JSON: "$.content[*].text", SSE: "$.delta.text"},
		},
		{
			dialect: "azure-openai", path: "/openai/v1/chat/completions",
			body:   map[string]any{"messages": prompt},
			answer: reply.Rule{JSON: "$.choices[0].message.content", SSE: "$.choices[0].delta.content"},
		},
		{
			dialect: "gemini", path: "/v1beta/models/{model}:generateContent",
			streams: "/v1beta/models/{model}:streamGenerateContent?alt=sse",
			body: map[string]any{"contents": []any{
				map[string]any{"role": "user", "parts": []any{map[string]any{"text": "{{prompt}}"}}},
			}},
			answer: reply.Rule{
				JSON: "$.candidates[0].content.parts[*].text",
				SSE:  "$.candidates[0].content.parts[*].text",
			},
		},
	}
}

func endpointNames() []string {
	var names []string
	for _, e := range endpointTable() {
		names = append(names, e.dialect)
	}
	return names
}

// ask fills in the request of a journey that names a dialect, and the answer
// rule unless the scenario has its own.
func (j *journeyDraft) ask() {
	for _, e := range endpointTable() {
		if e.dialect != j.request.dialect {
			continue
		}
		header := map[string]string{}
		for _, from := range []map[string]string{e.header, j.request.Header} {
			for k, v := range from {
				header[k] = v
			}
		}
		j.request.Method, j.request.Header = "POST", header
		j.request.Path, j.request.JSON = e.question(j.request.model, j.request.Stream)
		if j.answer.Node == nil {
			j.answer.Rule = e.answer
		}
	}
}

// question is the path and the body of a request.
func (e endpoint) question(model string, stream bool) (path string, body map[string]any) {
	body = map[string]any{}
	for k, v := range e.body {
		body[k] = v
	}
	path = e.path
	switch {
	case stream && e.streams != "":
		path = e.streams
	case stream:
		body["stream"] = true
	}
	if !strings.Contains(path, "{model}") {
		body["model"] = model
	}
	return strings.ReplaceAll(path, "{model}", url.PathEscape(model)), body
}
