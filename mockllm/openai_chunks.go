package mockllm

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// stream answers with a chunk per token. The head leaves with the first one, which
// is when the provider's does.
func (c *openaiChatCall) stream(x *exchange, d *draft) {
	if !x.pause(x.first()) {
		return
	}
	k := c.chunks(x)
	openaiLimits(openaiEngine(x.head(), x.mint, x.account, x.elapsed()), x.left).with("Content-Type", "text/event-stream; charset=utf-8")
	s := x.open(d.tokens() * c.choices)
	if !c.each(func(i int) bool { return s.send(k.begins(i, d.calls)) }) ||
		!c.say(s, k, d) || !c.call(s, k, d.calls) {
		return
	}
	finish := c.finish(d)
	if !c.each(func(i int) bool { return s.finish(k.choice(i, `{}`, `"`+finish+`"`), finish) }) {
		return
	}
	if x.req.Usage && !s.send(k.usage(openaiUsageOf(x.served.TokensIn, d.tokens()*c.choices))) {
		return
	}
	s.send([]byte("data: [DONE]\n\n"))
}

// each does something for every choice, until it fails.
func (c *openaiChatCall) each(do func(choice int) bool) bool {
	for i := range c.choices {
		if !do(i) {
			return false
		}
	}
	return true
}

// say sends the tokens of a text. The choices come on side by side.
func (c *openaiChatCall) say(s stream, k *openaiChunks, d *draft) bool {
	for token := range d.text.each() {
		likely := c.odds(token)
		if !c.each(func(i int) bool { return s.content(k.text(i, token, likely), 1) }) || !s.x.pause(s.x.gaps(1)) {
			return false
		}
	}
	return true
}

// call sends the arguments of calls. Of several each begins with a chunk of its own.
func (c *openaiChatCall) call(s stream, k *openaiChunks, calls []toolCall) bool {
	for j, call := range calls {
		if len(calls) > 1 && !c.each(func(i int) bool { return s.send(k.choice(i, `{`+k.opens(j, call)+`}`, "null")) }) {
			return false
		}
		for token := range call.args.each() {
			if !c.each(func(i int) bool { return s.content(k.args(i, j, token), 1) }) || !s.x.pause(s.x.gaps(1)) {
				return false
			}
		}
	}
	return true
}

// openaiChunks writes the chunks of one stream, all into the same buffer.
type openaiChunks struct {
	*mint
	begin     []byte // what all begin with
	end       []byte // what all but the last end with, before the padding
	obfuscate bool
	buf       []byte
}

func (c *openaiChatCall) chunks(x *exchange) *openaiChunks {
	k := &openaiChunks{mint: x.mint, obfuscate: c.obfuscate}
	k.begin = []byte(`data: {"id":"` + x.chatID() + `","object":"chat.completion.chunk","created":` +
		strconv.FormatInt(x.now.Unix(), 10) + `,"model":` + compact(dated(x.req.Model, openaiSnapshots())) +
		`,"service_tier":"default","system_fingerprint":"` + openaiFingerprint(x.req.Model) + `","choices":`)
	if x.req.Usage {
		k.end = []byte(`,"usage":null`)
	}
	return k
}

// begins is the first chunk of a choice. A call that is alone begins with it.
func (k *openaiChunks) begins(choice int, calls []toolCall) []byte {
	delta := `{"role":"assistant","content":"","refusal":null}`
	switch len(calls) {
	case 0:
	case 1:
		delta = `{"role":"assistant","content":null,` + k.opens(0, calls[0]) + `,"refusal":null}`
	default:
		delta = `{"role":"assistant","content":null}`
	}
	return k.choice(choice, delta, "null")
}

// opens is the beginning of the j-th call, without its arguments.
func (k *openaiChunks) opens(j int, call toolCall) string {
	return `"tool_calls":[{"index":` + strconv.Itoa(j) + `,"id":"` + k.callID() +
		`","type":"function","function":{"name":` + compact(call.name) + `,"arguments":""}}]`
}

// choice is a chunk with a delta and a finish_reason, both JSON.
func (k *openaiChunks) choice(i int, delta, finish string) []byte {
	k.open(i)
	k.buf = append(k.buf, delta...)
	k.buf = append(append(k.buf, `,"logprobs":null,"finish_reason":`...), finish...)
	k.buf = append(k.buf, `}]`...)
	return k.close(k.end)
}

// text is a chunk with a token, and how likely that was, in JSON.
func (k *openaiChunks) text(i int, token, likely string) []byte {
	k.open(i)
	k.buf = appendText(append(k.buf, `{"content":`...), token)
	k.buf = append(append(k.buf, `},"logprobs":`...), likely...)
	k.buf = append(k.buf, `,"finish_reason":null}]`...)
	return k.close(k.end)
}

// args is a chunk with a token of the arguments of the j-th call.
func (k *openaiChunks) args(i, j int, token string) []byte {
	k.open(i)
	k.buf = strconv.AppendInt(append(k.buf, `{"tool_calls":[{"index":`...), int64(j), 10)
	k.buf = appendText(append(k.buf, `,"function":{"arguments":`...), token)
	k.buf = append(k.buf, `}}]},"logprobs":null,"finish_reason":null}]`...)
	return k.close(k.end)
}

// open begins a chunk, up to the delta of a choice.
func (k *openaiChunks) open(i int) {
	k.buf = append(append(k.buf[:0], k.begin...), `[{"index":`...)
	k.buf = append(strconv.AppendInt(k.buf, int64(i), 10), `,"delta":`...)
}

// usage is the chunk after the last choice.
func (k *openaiChunks) usage(u openaiUsage) []byte {
	k.buf = append(append(k.buf[:0], k.begin...), `[]`...)
	return k.close([]byte(`,"usage":` + compact(u)))
}

// close ends a chunk: the padding makes the length of its JSON 1 modulo 16, so
// that who sees only lengths learns nothing of the text.
func (k *openaiChunks) close(end []byte) []byte {
	k.buf = append(k.buf, end...)
	if k.obfuscate {
		k.buf = append(k.buf, `,"obfuscation":"`...)
		length := len(k.buf) - len("data: ") + len(`"}`)
		for range ((1-length)%16 + 16) % 16 {
			k.buf = append(k.buf, digits62[k.rng.IntN(62)])
		}
		k.buf = append(k.buf, '"')
	}
	k.buf = append(k.buf, "}\n\n"...)
	return k.buf
}

// openaiPart reads an event of a chat stream.
func openaiPart(event []byte) Part {
	_, data, ok := bytes.Cut(event, []byte("data:"))
	data = bytes.TrimSpace(data)
	if !ok {
		return Other
	}
	if string(data) == "[DONE]" {
		return Terminator
	}
	var chunk struct {
		Type    string          `json:"type"` // of a response's event
		Delta   json.RawMessage `json:"delta"`
		Choices []struct {
			Text  string `json:"text"` // of a legacy completion
			Delta struct {
				Content   string `json:"content"`
				ToolCalls []struct {
					Function struct {
						Arguments string `json:"arguments"`
					} `json:"function"`
				} `json:"tool_calls"`
			} `json:"delta"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
	}
	if json.Unmarshal(data, &chunk) != nil {
		return Other
	}
	if len(chunk.Choices) == 0 {
		return openaiResponsesPart(chunk.Type, chunk.Delta)
	}
	c := chunk.Choices[0]
	if c.FinishReason != "" {
		return Finish
	}
	said := c.Text + c.Delta.Content
	for _, call := range c.Delta.ToolCalls {
		said += call.Function.Arguments
	}
	if said != "" {
		return Content
	}
	return Other
}
