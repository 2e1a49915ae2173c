package mockllm

import (
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// holder is whose limits a request is held against.
func holder(req Request) limits.Holder { return limits.Holder{Key: req.Key, Model: req.Model} }

// cost is what a request takes when it comes. Of answers that are counted as they
// are made it takes the first token.
func cost(req Request) limits.Amounts {
	in := req.tokens()
	longest := min(req.MaxTokens, 2*limits.Most)
	if longest == 0 && oldModel(req.Model) {
		longest = 16
	}
	return limits.Amounts{limits.Requests: 1, limits.Tokens: in + longest, limits.Input: in, limits.Output: 1}
}

// oldModel says whether a model is of the time when OpenAI reserved 16 tokens for an
// answer of which no length was said; later it reserved none.
func oldModel(name string) bool {
	return name == "gpt-4" || strings.HasPrefix(name, "gpt-4-") || strings.HasPrefix(name, "gpt-3.5")
}
