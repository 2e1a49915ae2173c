// Package conformance_test has the official Go SDKs as clients of the mock
// providers: whatever an SDK makes of a real answer, it makes of a mock's. It is a
// module of its own, so that nothing else depends on the SDKs. Start it with ../run.
package conformance_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSDK has a part for each client, and in it one for each check.
func TestSDK(t *testing.T) {
	t.Run("openai", testOpenAI)
	t.Run("openai_responses", testOpenAIResponses)
	t.Run("azure", testAzure)
	t.Run("anthropic", testAnthropic)
	t.Run("genai", testGenAI)
}

// nonce is the word by which the mock knows the question again, in its answer.
const nonce = "zijozasuvadakufipu"

const prompt = "What is the weather in Lagos? " + nonce

// words are few, so that each answer is soon there: the scenario has 12 for all
// models.
const words = 12

// provider is what the ready file says of a mock.
type provider struct {
	URL string            `json:"url"`
	Env map[string]string `json:"env"`
}

// use gives the test the environment that an app would be given to find a provider.
func use(t *testing.T, name string) provider {
	t.Helper()
	file := os.Getenv("BROWNOUT_READY")
	if file == "" {
		t.Fatal("BROWNOUT_READY names no ready file; start with ../run")
	}
	text, err := os.ReadFile(file)
	must(t, err)
	var ready struct{ Providers map[string]provider }
	must(t, json.Unmarshal(text, &ready))
	p, ok := ready.Providers[name]
	if !ok {
		t.Fatalf("no provider %q in %s", name, file)
	}
	for variable, value := range p.Env {
		t.Setenv(variable, value)
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails unless got is as wanted.
func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// at is the i-th of a list.
func at[T any](t *testing.T, list []T, i int) T {
	t.Helper()
	if i >= len(list) {
		t.Fatalf("%d of %T, want more than %d", len(list), list, i)
	}
	return list[i]
}

// whole fails unless text is a complete answer to the prompt.
func whole(t *testing.T, text string) {
	t.Helper()
	found := strings.Split(text, " ")
	if len(found) != words || found[1] != nonce {
		t.Errorf("no whole answer of %d words: %q", words, text)
	}
}

// unit fails unless the vector has so many dimensions and length 1.
func unit[F float32 | float64](t *testing.T, vector []F, dimensions int) {
	t.Helper()
	sum := 0.0
	for _, x := range vector {
		sum += float64(x) * float64(x)
	}
	if len(vector) != dimensions || math.Abs(math.Sqrt(sum)-1) > 1e-3 {
		t.Errorf("%d dimensions and length %v, want %d and 1", len(vector), math.Sqrt(sum), dimensions)
	}
}

// The weather tool.
const (
	toolName = "get_weather"
	toolDoc  = "The weather of a city"
)

// weather is what the tool takes.
type weather struct {
	City string `json:"city" jsonschema:"required"`
	Unit string `json:"unit" jsonschema:"required,enum=celsius,enum=fahrenheit"`
}

func weatherSchema() map[string]any {
	return object(map[string]any{
		"city": map[string]any{"type": "string"},
		"unit": map[string]any{"type": "string", "enum": []string{"celsius", "fahrenheit"}},
	})
}

// asked fails unless args are what the weather tool takes.
func asked(t *testing.T, args string) {
	t.Helper()
	var w weather
	strict(t, args, &w)
	if w.City == "" || !slices.Contains([]string{"celsius", "fahrenheit"}, w.Unit) {
		t.Errorf("not what the tool takes: %s", args)
	}
}

// report is a structured answer: every kind of value that schemas are usually made
// of.
type report struct {
	City    string  `json:"city" jsonschema:"required"`
	Degrees float64 `json:"degrees" jsonschema:"required"`
	Sky     string  `json:"sky" jsonschema:"required,enum=clear,enum=cloudy,enum=rain"`
	Storm   bool    `json:"storm" jsonschema:"required"`
	Hours   []hour  `json:"hours" jsonschema:"required"`
}

type hour struct {
	Hour int    `json:"hour" jsonschema:"required"`
	Note string `json:"note" jsonschema:"required"`
}

func reportSchema() map[string]any {
	return object(map[string]any{
		"city":    map[string]any{"type": "string"},
		"degrees": map[string]any{"type": "number"},
		"sky":     map[string]any{"type": "string", "enum": []string{"clear", "cloudy", "rain"}},
		"storm":   map[string]any{"type": "boolean"},
		"hours": map[string]any{"type": "array", "items": object(map[string]any{
			"hour": map[string]any{"type": "integer"},
			"note": map[string]any{"type": "string"},
		})},
	})
}

// reported fails unless text is a report that carries the nonce.
func reported(t *testing.T, text string) {
	t.Helper()
	var r report
	strict(t, text, &r)
	if !slices.Contains([]string{"clear", "cloudy", "rain"}, r.Sky) || !strings.Contains(text, nonce) {
		t.Errorf("not a report with the nonce: %s", text)
	}
}

// strict decodes JSON and fails at keys that are unknown.
func strict(t *testing.T, text string, to any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
}

// object is the schema of an object with these properties, all of them required.
func object(properties map[string]any) map[string]any {
	var names []string
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return map[string]any{"type": "object", "properties": properties, "required": names, "additionalProperties": false}
}
