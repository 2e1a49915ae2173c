package mockllm

import (
	"iter"
	"slices"
)

// openaiLogprobs are how likely the tokens of an answer were.
type openaiLogprobs struct {
	Content []openaiLikely `json:"content"`
	Refusal *string        `json:"refusal"`
}

// openaiLikely is a token, and those that it was chosen from.
type openaiLikely struct {
	openaiToken
	Top []openaiToken `json:"top_logprobs"`
}

type openaiToken struct {
	Token   string  `json:"token"`
	Logprob float64 `json:"logprob"`
	Bytes   []int   `json:"bytes"`
}

// likely tells how likely tokens were, if that is asked for: each almost certain, and
// what it was chosen from ever less likely.
func (c *openaiChatCall) likely(tokens iter.Seq[string]) *openaiLogprobs {
	if !c.logprobs {
		return nil
	}
	l := &openaiLogprobs{Content: []openaiLikely{}}
	for t := range tokens {
		likely := openaiLikely{openaiTokenOf(t, -0.01), []openaiToken{}}
		for i := range c.top {
			other := openaiTokenOf(t, -0.01)
			if i > 0 {
				other = openaiTokenOf(string(rune('A'+i-1)), -5*float64(i))
			}
			likely.Top = append(likely.Top, other)
		}
		l.Content = append(l.Content, likely)
	}
	return l
}

// odds is how likely one token was, in JSON.
func (c *openaiChatCall) odds(token string) string {
	if !c.logprobs {
		return "null"
	}
	return compact(c.likely(slices.Values([]string{token})))
}

func openaiTokenOf(t string, logprob float64) openaiToken {
	bytes := make([]int, len(t))
	for i := range len(t) {
		bytes[i] = int(t[i])
	}
	return openaiToken{t, logprob, bytes}
}
