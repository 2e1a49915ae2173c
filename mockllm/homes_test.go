package mockllm_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestHomes: by what the SDKs of the two clouds find a mock.
func TestHomes(t *testing.T) {
	for dialect, want := range map[string][]string{
		"azure-openai": {
			"AZURE_API_BASE=http://h:1", "AZURE_API_KEY=k", "AZURE_API_VERSION=2024-10-21",
			"AZURE_OPENAI_API_KEY=k", "AZURE_OPENAI_API_VERSION=2024-10-21", "AZURE_OPENAI_ENDPOINT=http://h:1", "OPENAI_API_VERSION=2024-10-21",
		},
		"gemini": {
			"GEMINI_API_BASE=http://h:1", "GEMINI_API_KEY=k", "GOOGLE_API_KEY=k", "GOOGLE_GEMINI_BASE_URL=http://h:1",
			"GOOGLE_GENERATIVE_AI_API_KEY=k", "GOOGLE_VERTEX_BASE_URL=http://h:1",
		},
	} {
		if diff := cmp.Diff(want, mockllm.Env(dialect, "http://h:1/", "k")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", dialect, diff)
		}
	}
}

// TestTheirLimits: what is beyond a limit is refused in each one's words, with the
// time until it would fit.
func TestTheirLimits(t *testing.T) {
	for _, c := range []struct {
		dialect, path, body string
		want                []string // in the body or the header
	}{
		{"azure-openai", azureClassic, azureBody(""), []string{"have exceeded call rate limit", "Please retry after 20 seconds.", "retry-after: 20", "x-ratelimit-limit-requests: 3", "x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 60000"}},
		{"gemini", geminiPath, geminiBody(""), []string{"limit: 3, model: gemini-2.5-flash", `"quotaValue": "3"`, `"retryDelay": "20s"`, `"status": "RESOURCE_EXHAUSTED"`}},
		{"gemini", geminiCompat, compatBody(""), []string{"[{\n  \"error\": {\n    \"code\": 429,", `"retryDelay": "20s"`}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, err := mockllm.New("primary", mockllm.Spec{Dialect: c.dialect, Others: pace.Model{TTFT: pace.Spread{P50: 1}, Gap: pace.Spread{P50: 1}, Tokens: pace.Length{P50: 1}}, Limits: limits.Limits{Requests: 3}}, mockllm.Options{})
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			for i := range 4 {
				r := request(t.Context(), "POST", c.path, c.body)
				got := do(s, r)
				if want := map[bool]int{true: 200, false: 429}[i < 3]; got.status != want {
					t.Fatalf("%s %s: request %d after %v got %d", c.dialect, c.path, i, time.Since(start), got.status)
				}
				for _, want := range c.want {
					if i == 3 && !strings.Contains(got.dump(), want) {
						t.Errorf("%s %s: no %q in\n%s", c.dialect, c.path, want, got.dump())
					}
				}
			}
		})
	}
}

// TestTheirUnknowns: a strict provider knows the models of its list alone, and one
// with keys those alone.
func TestTheirUnknowns(t *testing.T) {
	for _, c := range []struct {
		dialect, path, body, key string
		status                   int
		want                     string
	}{
		{"azure-openai", azureClassic, azureBody(""), "sk-drill", 200, ""},
		{"azure-openai", strings.Replace(azureClassic, "4.1-mini", "9", 1), azureBody(""), "sk-drill", 404, "DeploymentNotFound"},
		{"azure-openai", azureClassic, azureBody(""), "other", 401, "Access denied"},
		{"gemini", geminiPath, geminiBody(""), "sk-drill", 200, ""},
		{"gemini", strings.Replace(geminiPath, "2.5", "9", 1), geminiBody(""), "sk-drill", 404, "models/gemini-9-flash is not found"},
		{"gemini", "/v1beta/models/gemini-9", "", "sk-drill", 404, "models/gemini-9 is not found"},
		{"gemini", geminiPath, geminiBody(""), "other", 400, "API_KEY_INVALID"},
		{"gemini", geminiCompat, compatBody(""), "sk-drill", 200, ""},
		{"gemini", geminiCompat, strings.Replace(compatBody(""), "2.5", "9", 1), "sk-drill", 404, "NOT_FOUND"},
		{"gemini", geminiCompat, compatBody(""), "other", 400, "API_KEY_INVALID"},
	} {
		s, err := mockllm.New("primary", mockllm.Spec{Dialect: c.dialect, Others: pace.Instant(), Strict: true, Keys: map[string]limits.Limits{"sk-drill": {}}}, mockllm.Options{})
		if err != nil {
			t.Fatal(err)
		}
		method := "POST"
		if c.body == "" {
			method = "GET"
		}
		r := request(t.Context(), method, c.path, c.body)
		r.Header.Set("Authorization", "Bearer "+c.key)
		if got := do(s, r); got.status != c.status || !strings.Contains(got.body(), c.want) {
			t.Errorf("%s %s with %s: got %d %s; want %d %q", c.dialect, c.path, c.key, got.status, got.body(), c.status, c.want)
		}
	}
}
