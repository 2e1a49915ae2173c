package mockllm

import (
	"encoding/json"
	"strings"
)

// openaiEcho is what a response repeats of its request, with the defaults filled in.
type openaiEcho struct {
	FrequencyPenalty, Instructions, MaxToolCalls, Metadata,
	ParallelToolCalls, PresencePenalty, CacheKey, CacheFor,
	Reasoning, SafetyID, Temperature, Text, ToolChoice, Tools,
	TopLogprobs, TopP, Truncation, User json.RawMessage

	effort string // of the reasoning
}

// openaiEchoOf reads the settings.
func openaiEchoOf(o object, model string) (openaiEcho, *openaiError) {
	e := openaiEcho{}
	for _, s := range []struct {
		key, want, otherwise string
		to                   *json.RawMessage
	}{
		{"frequency_penalty", "a decimal", "0.0", &e.FrequencyPenalty},
		{"instructions", "", "null", &e.Instructions},
		{"max_tool_calls", "an integer", "null", &e.MaxToolCalls},
		{"metadata", "an object", "{}", &e.Metadata},
		{"parallel_tool_calls", "a boolean", "true", &e.ParallelToolCalls},
		{"presence_penalty", "a decimal", "0.0", &e.PresencePenalty},
		{"prompt_cache_key", "a string", "null", &e.CacheKey},
		{"prompt_cache_retention", "a string", "null", &e.CacheFor},
		{"reasoning", "an object", "{}", &e.Reasoning},
		{"safety_identifier", "a string", "null", &e.SafetyID},
		{"temperature", "a decimal", "1.0", &e.Temperature},
		{"text", "an object", "{}", &e.Text},
		{"tool_choice", "", `"auto"`, &e.ToolChoice},
		{"tools", "an array", "[]", &e.Tools},
		{"top_logprobs", "an integer", "0", &e.TopLogprobs},
		{"top_p", "a decimal", "1.0", &e.TopP},
		{"truncation", "a string", `"disabled"`, &e.Truncation},
		{"user", "a string", "null", &e.User},
	} {
		*s.to = json.RawMessage(s.otherwise)
		if !o.given(s.key) {
			continue
		}
		value, ok := openaiSetting(o[s.key], s.want)
		if !ok {
			return e, openaiType(s.key, s.want, o[s.key])
		}
		*s.to = value
	}
	var bad *openaiError
	if e.Text, bad = openaiTextSettings(e.Text); bad == nil {
		bad = e.reasoning(model)
	}
	return e, bad
}

// openaiSetting is a value as a response shows it: decimals have a point.
func openaiSetting(raw json.RawMessage, want string) (json.RawMessage, bool) {
	got := kind(raw)
	if want == "a decimal" {
		if got == "an integer" {
			return append(raw[:len(raw):len(raw)], ".0"...), true
		}
		want = "a decimal number"
	}
	return raw, want == "" || got == want
}

// openaiTextSettings completes the settings of the text.
func openaiTextSettings(raw json.RawMessage) (json.RawMessage, *openaiError) {
	text := struct {
		Format    json.RawMessage `json:"format"`
		Verbosity string          `json:"verbosity"`
	}{json.RawMessage(`{"type":"text"}`), "medium"}
	var o object
	_ = json.Unmarshal(raw, &o) // it is an object
	switch {
	case !field(o, "verbosity", &text.Verbosity):
		return nil, openaiType("text.verbosity", "a string", o["verbosity"])
	case o.given("format") && kind(o["format"]) != "an object":
		return nil, openaiType("text.format", "an object", o["format"])
	case o.given("format"):
		text.Format = o["format"]
	}
	return document(text, ""), nil
}

// reasoning completes the settings of the reasoning.
func (e *openaiEcho) reasoning(model string) *openaiError {
	settings := struct {
		Effort  *string `json:"effort"`
		Summary *string `json:"summary"`
	}{}
	var o object
	_ = json.Unmarshal(e.Reasoning, &o) // it is an object
	if !field(o, "effort", &settings.Effort) {
		return openaiType("reasoning.effort", "a string", o["effort"])
	}
	if !field(o, "summary", &settings.Summary) {
		return openaiType("reasoning.summary", "a string", o["summary"])
	}
	if settings.Effort == nil && openaiReasoner(model) {
		settings.Effort = ptr("medium")
	}
	if settings.Effort != nil {
		e.effort = *settings.Effort
	}
	e.Reasoning = document(settings, "")
	return nil
}

// openaiReasoner says whether a model thinks before it speaks, unless told not to.
func openaiReasoner(model string) bool {
	o := len(model) > 1 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9'
	return o || strings.HasPrefix(model, "gpt-5") && !strings.Contains(model, "chat")
}

// thinks says whether the response has an item of reasoning.
func (e *openaiEcho) thinks() bool {
	return e.effort == "medium" || e.effort == "high" || e.effort == "xhigh"
}
