package drill

import (
	"errors"
	"testing"
)

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		target  string
		allowed []string
		ok      bool
	}{
		{"http://127.0.0.1:8000", nil, true},
		{"http://localhost:8000/base", nil, true},
		{"http://[::1]:8000", nil, true},
		{"http://staging.example:8000", nil, false},
		{"http://staging.example:8000", []string{"staging.example"}, true},
		{"http://staging.example:8000", []string{"other.example"}, false},
		{"https://api.openai.com/v1", nil, false},
		{"https://API.OpenAI.com./v1", []string{"api.openai.com"}, false},
		{"https://my.openai.azure.com", []string{"my.openai.azure.com"}, false},
		{"https://api.fireworks.ai", []string{"api.fireworks.ai"}, false},
		{"https://bedrock-runtime.eu-west-1.amazonaws.com", []string{"bedrock-runtime.eu-west-1.amazonaws.com"}, false},
		{"https://support-bot-1.eu-west-1.elb.amazonaws.com", []string{"support-bot-1.eu-west-1.elb.amazonaws.com"}, true},
		{"https://europe-west4-aiplatform.googleapis.com", []string{"europe-west4-aiplatform.googleapis.com"}, false},
		{"https://api.cerebras.ai", []string{"api.cerebras.ai"}, false},
		{"https://notopenai.com", []string{"notopenai.com"}, true},
		{"127.0.0.1:8000", nil, false},
		{"ftp://127.0.0.1", nil, false},
		{"", nil, false},
	} {
		err := CheckTarget(c.target, c.allowed)
		if (err == nil) != c.ok {
			t.Errorf("CheckTarget(%q, %v) = %v, want ok %v", c.target, c.allowed, err, c.ok)
		}
		if e, isTarget := errors.AsType[*TargetError](err); err != nil && (!isTarget || e.Hint == "") {
			t.Errorf("CheckTarget(%q) gives no hint", c.target)
		}
	}
}
