package mockllm_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// TestSamplingRefusals has what models that think do not take, and what nobody takes.
func TestSamplingRefusals(t *testing.T) {
	for _, c := range []struct{ model, more, param, code, want string }{
		{"gpt-4o", `"max_tokens":9,"temperature":0.7,"stop":"x"`, "", "", ""},
		{"gpt-5-chat-latest", `"max_tokens":9,"temperature":0`, "", "", ""},
		{"gpt-5", `"max_completion_tokens":9,"temperature":1`, "", "", ""},
		{"gpt-5.5", `"max_completion_tokens":9,"temperature":0.7`, "", "", ""},
		{"gpt-5", `"max_tokens":9`, "max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."},
		{"gpt-5.5", `"max_tokens":9`, "max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."},
		{"o3", `"temperature":0.70`, "temperature", "unsupported_value", "Unsupported value: 'temperature' does not support 0.70 with this model. Only the default (1) value is supported."},
		{"gpt-5-mini", `"stop":["x"]`, "stop", "unsupported_parameter", "Unsupported parameter: 'stop' is not supported with this model."},
		{"gpt-4o", `"temperature":3`, "temperature", "decimal_above_max_value", "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead."},
		{"gpt-4o", `"temperature":-0.1`, "temperature", "decimal_below_min_value", "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -0.1 instead."},
		{"gpt-4o", `"temperature":"1"`, "temperature", "invalid_type", "Invalid type for 'temperature': expected a decimal, but got a string instead."},
	} {
		got := do(server(t, "openai", pace.Instant(), nil), request(t.Context(), "POST", path("openai"),
			`{"model":"`+c.model+`","messages":[{"role":"user","content":"hello"}],`+c.more+`}`))
		var said struct {
			Error struct{ Message, Param, Code string }
		}
		unmarshal(t, []byte(got.body()), &said)
		e := said.Error
		if (got.status == 200) != (c.want == "") || e.Message != c.want || e.Param != c.param || e.Code != c.code {
			t.Errorf("%s, %s: got %d %s", c.model, c.more, got.status, got.body())
		}
	}
}
