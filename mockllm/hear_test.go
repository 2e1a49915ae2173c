package mockllm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// TestHear reads finish and bill as the providers write them, and from nothing else.
func TestHear(t *testing.T) {
	for _, c := range []struct {
		name, part string
		want       mockllm.Heard
	}{
		{
			"openai", `{"object":"chat.completion","choices":[{"message":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12}}`,
			mockllm.Heard{Finish: "stop", TokensIn: 9, TokensOut: 12},
		},
		{
			"openai chunk", "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
			mockllm.Heard{Finish: "length"},
		},
		{
			"openai bill", "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":12}}\n\n",
			mockllm.Heard{TokensIn: 9, TokensOut: 12},
		},
		{
			"response", `{"object":"response","status":"completed","usage":{"input_tokens":9,"output_tokens":12}}`,
			mockllm.Heard{Finish: "completed", TokensIn: 9, TokensOut: 12},
		},
		{
			"response created", "event: response.created\ndata: {\"response\":{\"object\":\"response\",\"status\":\"in_progress\"}}\n\n",
			mockllm.Heard{},
		},
		{
			"response completed", "event: response.completed\ndata: {\"response\":{\"object\":\"response\",\"status\":\"incomplete\",\"usage\":{\"input_tokens\":9,\"output_tokens\":12}}}\n\n",
			mockllm.Heard{Finish: "incomplete", TokensIn: 9, TokensOut: 12},
		},
		{
			"anthropic", `{"type":"message","stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":12}}`,
			mockllm.Heard{Finish: "end_turn", TokensIn: 9, TokensOut: 12},
		},
		{
			"anthropic start", "event: message_start\ndata: {\"message\":{\"stop_reason\":null,\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n",
			mockllm.Heard{TokensIn: 9, TokensOut: 1},
		},
		{
			"anthropic delta", "event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":{\"output_tokens\":12}}\n\n",
			mockllm.Heard{Finish: "max_tokens", TokensOut: 12},
		},
		{
			"gemini", `{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":12}}`,
			mockllm.Heard{Finish: "STOP", TokensIn: 9, TokensOut: 12},
		},
		{
			"what a tool is asked", `{"content":[{"input":{"stop_reason":"x","usage":{"output_tokens":5}}}]}`,
			mockllm.Heard{},
		},
		{
			"a bill that cannot be", `{"usage":{"prompt_tokens":-9,"completion_tokens":1e12}}`,
			mockllm.Heard{},
		},
		{"the end", "data: [DONE]\n\n", mockllm.Heard{}},
		{"half an event", "data: {\"choices\":[{\"finish_reason\":\"st", mockllm.Heard{}},
		{"data: in a document", `{"choices":[{"message":{"content":"data: {}"},"finish_reason":"stop"}]}`, mockllm.Heard{Finish: "stop"}},
		{"nothing", "", mockllm.Heard{}},
	} {
		if diff := cmp.Diff(c.want, mockllm.Hear([]byte(c.part))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
