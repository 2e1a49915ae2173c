package mockllm

import (
	"bytes"
	"encoding/json"
)

// Heard is what a provider says about an answer beside its words.
type Heard struct {
	Finish string // why it ended, in the provider's own word; "": not said
	// TokensIn and TokensOut are as billed; 0: not said.
	TokensIn, TokensOut int
}

// Hear reads an event of a stream, with its blank line, or the whole body of an
// answer, of a provider of any dialect: their names for these things differ and
// do not collide. What is neither says nothing.
func Hear(part []byte) Heard {
	var h Heard
	if _, data, ok := bytes.Cut(part, []byte("data:")); ok && !bytes.HasPrefix(bytes.TrimSpace(part), []byte("{")) {
		part = data
	}
	if t, ok := hear(part); ok {
		h.take(t)
	}
	return h
}

// take reads an object and those in it that carry such things. It looks at no
// others: what a model wrote may have any names.
func (h *Heard) take(t told) {
	for _, name := range []string{"finish_reason", "finishReason", "stop_reason"} {
		if word := t.text(name); word != "" {
			h.Finish = word
		}
	}
	if status := t.text("status"); t.text("object") == "response" && status != "in_progress" && status != "queued" {
		h.Finish = status
	}
	h.bill(t.object("usage"))
	h.bill(t.object("usageMetadata"))
	for _, name := range []string{"choices", "candidates"} {
		for _, one := range t.list(name) {
			h.take(one)
		}
	}
	for _, name := range []string{"delta", "message", "response"} {
		if inner := t.object(name); inner != nil {
			h.take(inner)
		}
	}
}

// bill reads what is counted. An answer may be counted more than once as it
// comes; the last count holds.
func (h *Heard) bill(usage told) {
	for name, tokens := range map[string]*int{
		"prompt_tokens": &h.TokensIn, "input_tokens": &h.TokensIn, "promptTokenCount": &h.TokensIn,
		"completion_tokens": &h.TokensOut, "output_tokens": &h.TokensOut, "candidatesTokenCount": &h.TokensOut,
	} {
		number, _ := usage[name].(json.Number)
		if n, err := number.Int64(); err == nil && n > 0 && n < 1<<31 {
			*tokens = int(n)
		}
	}
}
