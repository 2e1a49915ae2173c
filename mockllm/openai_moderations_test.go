package mockllm_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const moderations = "/v1/moderations"

func TestModerationsWire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		atRecording()
		golden(t, "openai_moderations", do(server(t, "openai", short(), nil), request(t.Context(), "POST", moderations,
			`{"model":"omni-moderation-latest","input":[{"type":"text","text":"hello"},{"type":"image_url","image_url":{"url":"https://example.com/cat.png"}}]}`)).dump())
	})
}

// TestModerations: texts have a result each, the parts of one message have one
// together, and none is flagged.
func TestModerations(t *testing.T) {
	for input, want := range map[string]int{
		`"hello"`:           1,
		`["hello","world"]`: 2,
		`[{"type":"text","text":"hello"},{"type":"text","text":"world"}]`: 1,
	} {
		got := do(server(t, "openai", pace.Instant(), nil), request(t.Context(), "POST", moderations, `{"input":`+input+`}`))
		var v struct {
			Results []struct {
				Flagged    bool
				Categories map[string]bool
				Scores     map[string]float64  `json:"category_scores"`
				Applied    map[string][]string `json:"category_applied_input_types"`
			}
		}
		unmarshal(t, []byte(got.body()), &v)
		if len(v.Results) != want {
			t.Fatalf("%s: %d results; want %d", input, len(v.Results), want)
		}
		for _, r := range v.Results {
			if r.Flagged || len(r.Categories) != 13 || len(r.Scores) != 13 || len(r.Applied) != 13 {
				t.Errorf("%s: %+v", input, r)
			}
			for name, found := range r.Categories {
				if found || r.Scores[name] > 0.01 {
					t.Errorf("%s: %s is %v, %v", input, name, found, r.Scores[name])
				}
			}
		}
	}
}

func TestModerationRefusals(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                      "Missing required parameter: 'input'.",
		`{"input":7}`:             "'$.input' is invalid",
		`{"input":[1,2]}`:         "'$.input' is invalid",
		`{"input":"x","model":7}`: "Invalid type for 'model'",
	} {
		got := do(server(t, "openai", pace.Instant(), nil), request(t.Context(), "POST", moderations, body))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("%s: got %d %s; want %s", body, got.status, got.body(), want)
		}
	}
}

// TestStrictDefaults: where a strict provider has just the models of its spec, what
// names no model is answered all the same, and what names another is not.
func TestStrictDefaults(t *testing.T) {
	s, err := mockllm.New("primary", mockllm.Spec{
		Dialect: "openai", Strict: true, Others: pace.Instant(),
		Models: map[string]pace.Model{"gpt-4o": pace.Instant()},
	}, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, body string
		want       int
	}{
		{moderations, `{"input":"x"}`, 200},
		{moderations, `{"input":"x","model":"omni-moderation-latest"}`, 404},
		{images, `{"prompt":"x"}`, 200},
		{images, `{"prompt":"x","model":"gpt-image-1"}`, 404},
		{embeddings, `{"input":"x","model":"text-embedding-3-small"}`, 404},
		{completions, `{"prompt":"x","model":"davinci-002"}`, 404},
		{responses, `{"input":"x","model":"gpt-5"}`, 400},
		{responses, `{"input":"x","model":"gpt-4o"}`, 200},
	} {
		if got := do(s, request(t.Context(), "POST", c.path, c.body)); got.status != c.want {
			t.Errorf("%s %s: got %d %s; want %d", c.path, c.body, got.status, got.body(), c.want)
		}
	}
}
