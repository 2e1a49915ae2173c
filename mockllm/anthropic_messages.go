package mockllm

import (
	"encoding/json"
)

// anthropicCall is a message to be answered.
type anthropicCall struct {
	wanted
	said   conversation
	known  []tool // all that are offered, also those that cannot be called now
	keeps  bool   // the conversation can be gone on with
	secret bool   // the thinking is not shown
}

func (m *anthropicCall) serve(x *exchange) {
	d := x.draft(&m.wanted)
	blocks := m.blocks(x, d)
	if x.req.Stream {
		if id, done := anthropicStream(x, d, blocks); done {
			m.keep(x, id, d)
		}
		return
	}
	wait := x.first()
	for _, b := range blocks {
		wait += x.whole(b.bursts)
	}
	if !x.pause(wait) {
		return
	}
	message := anthropicMessageOf(x)
	for _, b := range blocks {
		message.Content = append(message.Content, b.content())
	}
	stop := anthropicStop(d)
	message.StopReason, message.StopSequence = &stop, ptr(d.stop)
	message.Usage.Output = d.tokens()
	anthropicHealthy(x).with("Content-Type", "application/json")
	if x.document(message, "", "") {
		x.content(d.tokens())
		x.served.Finish = stop
		m.keep(x, message.ID, d)
	}
}

// anthropicStop is why a message ends.
func anthropicStop(d *draft) string {
	switch {
	case d.cut:
		return "max_tokens"
	case len(d.calls) > 0:
		return "tool_use"
	case d.stop != "":
		return "stop_sequence"
	}
	return "end_turn"
}

// anthropicBlock is a part of a message: thinking, text, or the use of a tool.
type anthropicBlock struct {
	kind   string
	said   wording
	bursts []wording // of it, what its events carry
	call   anthropicUse
	sign   string // of thinking
}

// anthropicUse is the use of a tool, as JSON.
type anthropicUse struct {
	Type   string          `json:"type"`
	ID     string          `json:"id"`
	Name   string          `json:"name"`
	Input  json.RawMessage `json:"input"`
	Caller struct {
		Type string `json:"type"`
	} `json:"caller"`
}

// The kinds of blocks, and the one of what stands at the end of thinking.
const (
	blockText     = "text"
	blockThinking = "thinking"
	blockUse      = "tool_use"
	blockSign     = "signature"
)

// blocks are the parts of a message.
func (m *anthropicCall) blocks(x *exchange, d *draft) (blocks []anthropicBlock) {
	if d.thoughts.len() > 0 {
		b := anthropicBlock{kind: blockThinking, sign: "Eq" + x.base62(342)}
		if !m.secret {
			b.said, b.bursts = d.thoughts, x.bursts(d.thoughts)
		}
		blocks = append(blocks, b)
	}
	for _, call := range d.calls {
		use := anthropicUse{Type: blockUse, ID: "toolu_01" + x.base58(22), Name: call.name, Input: json.RawMessage("{}")}
		use.Caller.Type = "direct"
		blocks = append(blocks, anthropicBlock{kind: blockUse, said: call.args, bursts: x.bursts(call.args), call: use})
	}
	if len(d.calls) == 0 {
		blocks = append(blocks, anthropicBlock{kind: blockText, said: d.text, bursts: x.bursts(d.text)})
	}
	return blocks
}

// content is the block as JSON.
func (b anthropicBlock) content() any {
	switch b.kind {
	case blockThinking:
		return struct {
			Type      string `json:"type"`
			Thinking  string `json:"thinking"`
			Signature string `json:"signature"`
		}{b.kind, b.said.String(), b.sign}
	case blockUse:
		// Arguments that were cut are no JSON, and left out.
		if args := json.RawMessage(b.said.String()); json.Valid(args) {
			b.call.Input = args
		}
		return b.call
	}
	return struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}{b.kind, b.said.String()}
}

// anthropicUsage is the bill of a message.
type anthropicUsage struct {
	Input         int `json:"input_tokens"`
	CacheCreation int `json:"cache_creation_input_tokens"`
	CacheRead     int `json:"cache_read_input_tokens"`
	Creation      struct {
		FiveMinutes int `json:"ephemeral_5m_input_tokens"`
		OneHour     int `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
	Output int    `json:"output_tokens"`
	Tier   string `json:"service_tier"`
	Geo    string `json:"inference_geo"`
}

// anthropicMessage is a message, keys in the order recorded.
type anthropicMessage struct {
	Model        string         `json:"model"`
	ID           string         `json:"id"`
	Type         string         `json:"type"`
	Role         string         `json:"role"`
	Content      []any          `json:"content"`
	StopReason   *string        `json:"stop_reason"`
	StopSequence *string        `json:"stop_sequence"`
	StopDetails  *string        `json:"stop_details"`
	Usage        anthropicUsage `json:"usage"`
}

// anthropicMessageID is a message's.
func anthropicMessageID(m *mint) string { return "msg_01" + m.base58(22) }

// anthropicMessageOf is the answer before its first word.
func anthropicMessageOf(x *exchange) anthropicMessage {
	return anthropicMessage{
		Model: dated(x.req.Model, anthropicSnapshots()), ID: anthropicMessageID(x.mint),
		Type: "message", Role: "assistant", Content: []any{},
		Usage: anthropicUsage{Input: x.served.TokensIn, Output: 1, Tier: "standard", Geo: "not_available"},
	}
}
