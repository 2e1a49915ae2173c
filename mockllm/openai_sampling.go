package mockllm

import (
	"encoding/json"
	"fmt"
	"strings"
)

// openaiSampling refuses what a chat's model does not take. A fallback to a newer model
// often ends here, and nobody knows before the day of the outage.
func openaiSampling(o object, req *Request, _ *openaiChatCall) *openaiError {
	const hottest = 2
	var heat json.Number
	if !field(o, "temperature", &heat) || kind(o["temperature"]) == "a string" {
		return openaiType("temperature", "a decimal", o["temperature"])
	}
	degrees, _ := heat.Float64() // 0 of none
	switch {
	case degrees > hottest:
		return openaiInvalid("temperature", "decimal_above_max_value", fmt.Sprintf(
			"Invalid 'temperature': decimal above maximum value. Expected a value <= %d, but got %s instead.", hottest, heat))
	case degrees < 0:
		return openaiInvalid("temperature", "decimal_below_min_value", fmt.Sprintf(
			"Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got %s instead.", heat))
	case openaiReasoner(req.Model) && o.given("max_tokens"):
		return openaiInvalid("max_tokens", "unsupported_parameter",
			"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
	case !openaiAlwaysReasons(req.Model):
		return nil
	case heat != "" && degrees != 1:
		return openaiInvalid("temperature", "unsupported_value", fmt.Sprintf(
			"Unsupported value: 'temperature' does not support %s with this model. Only the default (1) value is supported.", heat))
	case o.given("stop"):
		return openaiInvalid("stop", "unsupported_parameter", "Unsupported parameter: 'stop' is not supported with this model.")
	}
	return nil
}

// openaiAlwaysReasons says whether a model cannot be told not to think: from gpt-5.1 on
// they can, and then they can be sampled like others.
func openaiAlwaysReasons(model string) bool {
	return openaiReasoner(model) && !strings.HasPrefix(model, "gpt-5.")
}
