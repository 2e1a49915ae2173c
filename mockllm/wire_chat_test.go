package mockllm_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// weather is a tool in both dialects' words, and noon one without arguments.
func weather(dialect string) string {
	const name = `"name":"get_current_weather","description":"The weather of a city"`
	const schema = `{"type":"object","properties":{"location":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["location"]}`
	if dialect == "anthropic" {
		return `{` + name + `,"input_schema":` + schema + `}`
	}
	return `{"type":"function","function":{` + name + `,"parameters":` + schema + `}}`
}

func noon(dialect string) string {
	if dialect == "anthropic" {
		return `{"name":"is_it_noon","input_schema":{"type":"object","properties":{}}}`
	}
	return `{"type":"function","function":{"name":"is_it_noon"}}`
}

// verdict is a schema for structured answers.
const verdict = `{"type":"object","properties":{"class":{"enum":["refund","other"]},"reply":{"type":"string"}},"required":["class","reply"],"additionalProperties":false}`

// chatForms are requests for chat completions in every form, by the name of their golden.
func chatForms() map[string]string {
	ask := func(model, more string) string {
		return `{"model":"` + model + `","messages":[{"role":"user","content":"ticket ` + answer.Nonce(7, 1) + `: hello, in JSON"}]` + more + `}`
	}
	tools := `,"tools":[` + weather("openai") + `,` + noon("openai") + `]`
	schema := `,"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":` + verdict + `}}`
	const stream, usage = `,"stream":true`, `,"stream":true,"stream_options":{"include_usage":true}`
	return map[string]string{
		"openai_chat_call_json":        ask("gpt-4o", tools),
		"openai_chat_call_stream":      ask("gpt-3.5-turbo", tools+stream),
		"openai_chat_calls_json":       ask("gpt-4o", tools+`,"parallel_tool_calls":true`),
		"openai_chat_calls_stream":     ask("gpt-4o", tools+`,"parallel_tool_calls":true`+usage),
		"openai_chat_named_json":       ask("gpt-4o", tools+`,"tool_choice":{"type":"function","function":{"name":"is_it_noon"}}`),
		"openai_chat_schema_json":      ask("gpt-4o", schema),
		"openai_chat_schema_stream":    ask("gpt-4o", schema+stream),
		"openai_chat_object_json":      ask("gpt-4o", `,"response_format":{"type":"json_object"}`),
		"openai_chat_choices_json":     ask("gpt-4o", `,"n":2`),
		"openai_chat_choices_stream":   ask("gpt-4o", `,"n":2`+usage),
		"openai_chat_logprobs_json":    ask("gpt-4o", `,"logprobs":true,"top_logprobs":2,"max_tokens":2`),
		"openai_chat_logprobs_stream":  ask("gpt-4o", `,"logprobs":true,"max_tokens":2`+stream),
		"openai_chat_stop_json":        ask("gpt-4o", `,"stop":["u","\n"]`),
		"openai_chat_call_cut_stream":  ask("gpt-4o", tools+`,"max_tokens":5`+stream),
		"openai_chat_plainpad_stream":  ask("gpt-4o", schema+`,"stream":true,"stream_options":{"include_obfuscation":false}`),
		"openai_chat_after_json":       strings.Replace(ask("gpt-4o", tools), "}]", `},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_current_weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"{\"sky\":\"clear\"}"}]`, 1),
		"openai_chat_attachments_json": `{"model":"gpt-4o","max_tokens":12,"messages":[{"role":"user","content":[{"type":"text","text":"` + answer.Nonce(7, 1) + `"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},{"type":"file","file":{"file_id":"file-1"}},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}`,
	}
}

// TestWire1 is row 1 of the checklist, byte by byte and as rules: streams of chats have
// no event lines, chunks of 1 modulo 16 unless that is not wanted, usage only when it is
// wanted, and [DONE] at the end.
func TestWire1(t *testing.T) {
	for name, body := range chatForms() {
		var got *capture
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			got = do(server(t, "openai", short(), nil), request(t.Context(), "POST", "/v1/chat/completions", body))
			golden(t, name, got.dump())
		})
		if !strings.HasSuffix(name, "_stream") {
			continue
		}
		if all := got.body(); strings.Contains(all, "event:") || !strings.HasSuffix(all, "\n\ndata: [DONE]\n\n") {
			t.Errorf("%s: %s", name, all)
		}
		usage, padded := strings.Contains(body, "include_usage"), !strings.Contains(body, "include_obfuscation")
		chunks := datas(got.body())
		for i, data := range chunks[:len(chunks)-1] {
			var chunk map[string]json.RawMessage
			unmarshal(t, data, &chunk)
			last := i == len(chunks)-2
			if _, has := chunk["usage"]; has != usage || usage && string(chunk["usage"]) == "null" == last {
				t.Errorf("%s: usage is %s in chunk %d of %d", name, chunk["usage"], i, len(chunks))
			}
			if _, has := chunk["obfuscation"]; has != padded || padded && len(data)%16 != 1 {
				t.Errorf("%s: %d bytes: %s", name, len(data), data)
			}
		}
	}
}

// messageForms are requests for messages in every form, by the name of their golden.
func messageForms() map[string]string {
	ask := func(more string) string {
		return `{"model":"claude-haiku-4-5","max_tokens":2048,"messages":[{"role":"user","content":"ticket ` + answer.Nonce(7, 1) + `: hello"}]` + more + `}`
	}
	tools := `,"tools":[` + weather("anthropic") + `,` + noon("anthropic") + `]`
	const stream, think = `,"stream":true`, `,"thinking":{"type":"enabled","budget_tokens":1024}`
	return map[string]string{
		"anthropic_use_json":          ask(tools),
		"anthropic_use_stream":        ask(tools + stream),
		"anthropic_use_empty_stream":  ask(tools + `,"tool_choice":{"type":"tool","name":"is_it_noon"}` + stream),
		"anthropic_uses_json":         ask(tools + `,"tool_choice":{"type":"auto","disable_parallel_tool_use":false}`),
		"anthropic_uses_stream":       ask(tools + `,"tool_choice":{"type":"any","disable_parallel_tool_use":false}` + stream),
		"anthropic_thinking_json":     ask(think),
		"anthropic_thinking_stream":   ask(think + stream),
		"anthropic_thinking_omitted":  ask(`,"thinking":{"type":"adaptive","display":"omitted"}` + stream),
		"anthropic_format_json":       ask(`,"output_config":{"format":{"type":"json_schema","schema":` + verdict + `}}`),
		"anthropic_format_stream":     ask(`,"output_format":{"type":"json_schema","schema":` + verdict + `}` + stream),
		"anthropic_stopped_json":      ask(`,"stop_sequences":["u","###"]`),
		"anthropic_stopped_stream":    ask(`,"stop_sequences":["u"]` + stream),
		"anthropic_use_cut_json":      strings.Replace(ask(tools), "2048", "5", 1),
		"anthropic_after_stream":      strings.Replace(ask(tools+stream), "}]", `},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"get_current_weather","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"clear"}]}]`, 1),
		"anthropic_attachments_count": `{"model":"claude-haiku-4-5","messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"` + answer.Nonce(7, 1) + `"}}]}]}`,
	}
}

// TestWire4 is row 4 of the checklist, byte by byte and as rules: every event but a ping
// has 0 to 15 spaces before its last brace, the ping none, and it comes right after the
// first block has begun; after an error nothing comes.
func TestWire4(t *testing.T) {
	const ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n"
	framed := regexp.MustCompile(`^event: ([a-z_]+)\ndata: \{"type":"([a-z_]+)(?:"|".*[^ ]) {0,15}\}\n\n$`)
	for name, body := range messageForms() {
		var got *capture
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			at := "/v1/messages"
			if strings.HasSuffix(name, "_count") {
				at += "/count_tokens"
			}
			got = do(server(t, "anthropic", short(), nil), request(t.Context(), "POST", at, body))
			golden(t, name, got.dump())
		})
		if !strings.Contains(body, `"stream":true`) {
			continue
		}
		for i, w := range got.writes {
			if (w.data == ping) != (i == 2) {
				t.Errorf("%s: event %d is %q", name, i, w.data)
			}
			if m := framed.FindStringSubmatch(w.data); w.data != ping && (m == nil || m[1] != m[2]) {
				t.Errorf("%s: %q", name, w.data)
			}
		}
	}
	failed := string(server(t, "anthropic", short(), nil).Event(mockllm.Request{}, mockllm.Failure{Class: "overloaded"}))
	if m := framed.FindStringSubmatch(failed); m == nil || m[1] != "error" {
		t.Errorf("the error is %q", failed)
	}
}
