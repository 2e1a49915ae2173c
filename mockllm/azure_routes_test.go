package mockllm_test

import (
	"bytes"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestAzureRoutes: the engine's other routes are there by both paths, under Azure's
// header and with nothing of OpenAI's edge.
func TestAzureRoutes(t *testing.T) {
	nonce := answer.Nonce(7, 1)
	s := server(t, "azure-openai", sized(6), nil)
	for _, c := range []struct{ classic, v1, body, want string }{
		{"/openai/deployments/m/completions", "/openai/v1/completions", `{"model":"m","prompt":"` + nonce + `","max_tokens":50}`, `"content_filter_results":{"hate"`},
		{"/openai/deployments/m/completions", "/openai/v1/completions", `{"model":"m","prompt":"` + nonce + `","max_tokens":50,"stream":true}`, `"prompt_filter_results":[{"prompt_index":0`},
		{"/openai/deployments/m/embeddings", "/openai/v1/embeddings", `{"model":"m","input":"` + nonce + `"}`, `{"data":[{"embedding":[`},
		{"/openai/deployments/m/embeddings", "/openai/v1/embeddings", `{"model":"m","input":"` + nonce + `","encoding_format":"base64"}`, `{"data":[{"embedding":"`},
		{"/openai/responses", "/openai/v1/responses", `{"model":"m","input":"` + nonce + `"}`, `"object": "response"`},
		{"/openai/responses", "/openai/v1/responses", `{"model":"m","input":"` + nonce + `","stream":true}`, "event: response.completed\n"},
	} {
		for _, path := range []string{c.classic + "?api-version=2025-04-01-preview", c.v1} {
			got := do(s, azureRequest(t.Context(), "POST", path, c.body))
			if got.status != 200 || !strings.Contains(got.body(), c.want) || !strings.Contains(got.body(), `"m"`) {
				t.Errorf("%s: no %s in %d %s", path, c.want, got.status, got.body())
			}
			if sent(got, "apim-request-id") == nil || sent(got, "CF-RAY") != nil || sent(got, "openai-version") != nil {
				t.Errorf("%s: the header is %v", path, got.header)
			}
			limit := map[bool]string{false: "2000000", true: "-1"}[strings.HasSuffix(c.v1, "responses")]
			if tokens := sent(got, "x-ratelimit-limit-tokens"); !slices.Equal(tokens, []string{limit}) {
				t.Errorf("%s: a limit of %q tokens", path, tokens)
			}
		}
	}
}

// TestAzureFiles: what was uploaded comes back as it was, also where it looks like
// JSON.
func TestAzureFiles(t *testing.T) {
	const content = "{\"custom_id\":\"b\",\"a\":1}\n{\"custom_id\":\"c\"}\n"
	s := server(t, "azure-openai", pace.Instant(), nil)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("purpose", "batch")
	part, err := w.CreateFormFile("file", "in.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = w.Close()
	r := azureRequest(t.Context(), "POST", "/openai/files?api-version=1", form.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	var file struct{ ID string }
	unmarshal(t, []byte(do(s, r).body()), &file)
	got := do(s, azureRequest(t.Context(), "GET", "/openai/files/"+file.ID+"/content?api-version=1", ""))
	if got.status != 200 || got.body() != content {
		t.Errorf("got %d %q", got.status, got.body())
	}
	missing := do(s, azureRequest(t.Context(), "GET", "/openai/files/none?api-version=1", ""))
	if missing.status != 404 || sent(missing, "apim-request-id") == nil || !strings.Contains(missing.body(), "\n  \"error\": {") {
		t.Errorf("a file that is not there: %d %v %s", missing.status, missing.header, missing.body())
	}
}

// TestAzureResponsesWaits: a limit of the Responses API tells nobody how long to wait,
// and its errors within a stream are the engine's.
func TestAzureResponsesWaits(t *testing.T) {
	s := server(t, "azure-openai", pace.Instant(), nil)
	asked := mockllm.Request{Endpoint: "responses", Model: "m"}
	f := mockllm.Failure{Class: "rate_limit", Wait: 6e9, Form: "ms"}
	if r := s.Answer(asked, f); r.Status != 429 || r.Header["retry-after"] != nil || r.Header["retry-after-ms"] != nil || strings.Contains(string(r.Body), "retry after") {
		t.Errorf("got %v %s", r.Header, r.Body)
	}
	if event := string(s.Event(asked, f)); !strings.HasPrefix(event, "event: ") {
		t.Errorf("got %q", event)
	}
}
