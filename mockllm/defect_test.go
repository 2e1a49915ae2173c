package mockllm_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// completed asks for a chat completion with a defect and reads what it says.
func completed(t *testing.T, d mockllm.Defect, members string) (text, finish, arguments string) {
	t.Helper()
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai"}, mockllm.Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	body := `{"model":"gpt-4o","messages":[{"role":"user","content":"json please, ` + answer.Nonce(7, 1) + `"}]` + members + `}`
	r := httptest.NewRequestWithContext(mockllm.WithDefect(t.Context(), d), http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer sk-x")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var doc struct {
		Choices []struct {
			Message struct {
				Content   string `json:"content"`
				ToolCalls []struct {
					Function struct {
						Arguments string `json:"arguments"`
					} `json:"function"`
				} `json:"tool_calls"`
			} `json:"message"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != http.StatusOK || len(doc.Choices) != 1 {
		t.Fatalf("%s: %d %v\n%s", d.Kind, w.Code, err, w.Body)
	}
	c := doc.Choices[0]
	for _, call := range c.Message.ToolCalls {
		arguments += call.Function.Arguments
	}
	return c.Message.Content, c.FinishReason, arguments
}

// TestDefects: each shows in the words, and in nothing else.
func TestDefects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sound, _, _ := completed(t, mockllm.Defect{}, "")
		if got, _, _ := completed(t, mockllm.Defect{Kind: "duplicate"}, ""); got != sound {
			t.Error("what is no defect changes the answer")
		}
		words := len(strings.Fields(sound))
		for kind, is := range map[string]func(text string, words []string) bool{
			"gibberish": func(text string, all []string) bool { return len(all) == words && len(answer.Find(text)) == 0 },
			"wrong_language": func(text string, all []string) bool {
				return len(all) == words && strings.ContainsAny(text, "สข数然因系อ")
			},
			"refusal":      func(text string, _ []string) bool { return text == "I'm sorry, but I can't help with that." },
			"short":        func(_ string, all []string) bool { return len(all) == 3 },
			"repeat":       func(text string, all []string) bool { return strings.HasSuffix(text, all[words/3]+" "+all[words/3]) },
			"weaker_model": func(_ string, all []string) bool { return len(all) == words/2 },
			"empty":        func(text string, _ []string) bool { return text == "" },
		} {
			text, finish, _ := completed(t, mockllm.Defect{Kind: kind, Seed: 3}, "")
			if finish != "stop" || !is(text, strings.Fields(text)) {
				t.Errorf("%s: finish %s: %s", kind, finish, text)
			}
			if again, _, _ := completed(t, mockllm.Defect{Kind: kind, Seed: 3}, ""); again != text {
				t.Errorf("%s: not the same twice", kind)
			}
		}
	})
}

// TestDefectsKeepTheForm: a document stays one, and has the schema asked for.
func TestDefectsKeepTheForm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, kind := range []string{"gibberish", "wrong_language", "refusal", "short", "repeat", "weaker_model"} {
			if text, _, _ := completed(t, mockllm.Defect{Kind: kind}, `,"response_format":{"type":"json_object"}`); !json.Valid([]byte(text)) {
				t.Errorf("%s: not valid: %s", kind, text)
			}
		}
	})
}

func TestBrokenJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tools := `,"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"what":{"type":"string"}},"required":["what"]}}}]`
		text, _, _ := completed(t, mockllm.Defect{Kind: "broken_json"}, `,"response_format":{"type":"json_object"}`)
		if json.Valid([]byte(text)) || !strings.HasPrefix(text, "{") {
			t.Errorf("the document is %s", text)
		}
		sound, _, _ := completed(t, mockllm.Defect{}, "")
		if text, _, _ := completed(t, mockllm.Defect{Kind: "broken_json"}, ""); text != sound {
			t.Errorf("a text is changed: %s", text)
		}
		if _, finish, args := completed(t, mockllm.Defect{Kind: "broken_tool_call"}, tools); json.Valid([]byte(args)) || finish != "tool_calls" {
			t.Errorf("finish %s, arguments %s", finish, args)
		}
		if _, _, args := completed(t, mockllm.Defect{Kind: "broken_json"}, tools); !json.Valid([]byte(args)) {
			t.Errorf("broken_json breaks arguments: %s", args)
		}
	})
}

func TestEarlyFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sound, _, _ := completed(t, mockllm.Defect{}, "")
		words := len(strings.Fields(sound))
		for _, c := range []struct {
			defect mockllm.Defect
			want   int
		}{
			{mockllm.Defect{Kind: "early_finish", Token: 5}, 5},
			{mockllm.Defect{Kind: "early_finish", Share: 0.5}, (words + 1) / 2},
			{mockllm.Defect{Kind: "early_finish", Token: 100_000}, words - 1},
			{mockllm.Defect{Kind: "early_finish"}, 0},
		} {
			text, finish, _ := completed(t, c.defect, "")
			if got := len(strings.Fields(text)); got != c.want || finish != "length" || !strings.HasPrefix(sound, text) {
				t.Errorf("%+v: %d words, want %d; finish %s", c.defect, got, c.want, finish)
			}
		}
	})
}

func TestAlter(t *testing.T) {
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai"}, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ class, variant, part, want string }{
		{"no_finish", "", `{"finish_reason": "stop"}`, `{"finish_reason": null}`},
		{"no_finish", "", `{"stop_reason":"end_turn","stop_sequence":null}`, `{"stop_reason":null,"stop_sequence":null}`},
		{"no_finish", "", "{\"a\": 1,\n  \"finishReason\": \"STOP\",\n  \"index\": 0}", "{\"a\": 1,\n  \"index\": 0}"},
		{"no_finish", "", "event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n", ""},
		{"no_finish", "", `{"id": "resp_1", "status": "completed", "output": [{"status": "completed"}]}`, `{"id": "resp_1", "status": "in_progress", "output": [{"status": "completed"}]}`},
		{"no_finish", "", `{"id": "resp_1", "status": "incomplete", "completed_at": 1770674968}`, `{"id": "resp_1", "status": "in_progress", "completed_at": null}`},
		{"no_finish", "", `{"content":"say \"finish_reason\":\"stop\""}`, `{"content":"say \"finish_reason\":\"stop\""}`},
		{"bad_usage", "missing", `{"usage":{"a":1,"b":{"c":2}},"x":1}`, `{"usage":null,"x":1}`},
		{"bad_usage", "negative", `{"usageMetadata": {"a": 12}}`, `{"usageMetadata": {"a": -1}}`},
		{"bad_usage", "huge", `{"usage":{"a":1,"b":{"c":2}},"x":1}`, `{"usage":{"a":999999999999,"b":{"c":999999999999}},"x":1}`},
		{"bad_usage", "huge", `{"usage":null}`, `{"usage":null}`},
		{"early_finish", "content_filter", `{"finish_reason":"length"}`, `{"finish_reason":"content_filter"}`},
		{"early_finish", "content_filter", `{"stop_reason": "max_tokens"}`, `{"stop_reason": "refusal"}`},
		{"early_finish", "content_filter", `{"finishReason": "MAX_TOKENS"}`, `{"finishReason": "SAFETY"}`},
		{"early_finish", "content_filter", `{"incomplete_details":{"reason":"max_output_tokens"}}`, `{"incomplete_details":{"reason":"content_filter"}}`},
		{"early_finish", "length", `{"finish_reason":"length"}`, `{"finish_reason":"length"}`},
		{"stall", "", `{"finish_reason":"stop"}`, `{"finish_reason":"stop"}`},
	} {
		got := string(s.Alter(mockllm.Request{}, []byte(c.part), mockllm.Failure{Class: c.class, Variant: c.variant}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.class, c.variant, diff)
		}
	}
}

func TestCallerOfARequest(t *testing.T) {
	s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai"}, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string][2]string{
		`{"model":"m","user":"ada","service_tier":"flex"}`:       {"ada", "flex"},
		`{"model":"m","safety_identifier":"eve","user":"ada"}`:   {"eve", ""},
		`{"model":"m","metadata":{"user_id":"bob"}}`:             {"bob", ""},
		`{"model":"m","user":17,"messages":[{"role":"user"}]}`:   {"", ""},
		`{"model":"m","messages":[{"role":"user","user":"no"}]}`: {"", ""},
		`not json "user"`: {"", ""},
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer sk-x")
		_, req := s.Parse(r)
		if got := [2]string{req.User, req.ServiceTier}; got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
