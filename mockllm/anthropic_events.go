package mockllm

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// anthropicStream answers with a few words an event. It returns the message's id, and
// whether it went out whole.
func anthropicStream(x *exchange, d *draft, blocks []anthropicBlock) (id string, done bool) {
	if !x.pause(x.first()) {
		return "", false
	}
	content := 0
	for _, b := range blocks {
		if b.speaks() {
			content += len(b.bursts)
		}
	}
	anthropicHealthy(x).with("Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-cache")
	s := x.open(content)
	e := &anthropicEvents{mint: x.mint}
	message := anthropicMessageOf(x)
	if !s.send(e.event("message_start", `{"type":"message_start","message":`+compact(message)+`}`)) {
		return "", false
	}
	for i, b := range blocks {
		if !e.block(s, i, b) {
			return "", false
		}
	}
	return message.ID, s.finish(e.event("message_delta", anthropicEnd(x, d)), anthropicStop(d)) &&
		s.send(e.event("message_stop", `{"type":"message_stop"}`))
}

// speaks says whether a block's bursts are in its events. The arguments of a tool
// that has none are not.
func (b anthropicBlock) speaks() bool { return b.kind != blockUse || b.said.String() != "{}" }

// anthropicEnd is the event that says why and after how much the message ended.
func anthropicEnd(x *exchange, d *draft) string {
	return `{"type":"message_delta","delta":{"stop_reason":"` + anthropicStop(d) + `","stop_sequence":` + compact(ptr(d.stop)) +
		`,"stop_details":null},"usage":{"input_tokens":` + strconv.Itoa(x.served.TokensIn) +
		`,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":` + strconv.Itoa(d.tokens()) +
		`,"output_tokens_details":{"thinking_tokens":` + strconv.Itoa(d.thoughts.len()) + `}}}`
}

// anthropicEvents writes the events of one stream, all into the same buffer.
type anthropicEvents struct {
	*mint
	buf []byte
}

// block sends the i-th block. The ping comes right after the first has begun.
func (e *anthropicEvents) block(s stream, i int, b anthropicBlock) bool {
	at := strconv.Itoa(i)
	begin := `{"type":"content_block_start","index":` + at + `,"content_block":` + b.empty() + `}`
	if !s.send(e.event("content_block_start", begin)) {
		return false
	}
	if i == 0 && !s.send([]byte("event: ping\ndata: {\"type\": \"ping\"}\n\n")) {
		return false
	}
	if b.kind == blockUse && !s.send(e.delta(at, b.kind, "")) {
		return false
	}
	if b.speaks() {
		for _, burst := range b.bursts {
			if !s.content(e.delta(at, b.kind, burst.String()), burst.len()) || !s.x.pause(s.x.gap(burst.len())) {
				return false
			}
		}
	}
	if b.kind == blockThinking && !s.send(e.delta(at, blockSign, b.sign)) {
		return false
	}
	return s.send(e.event("content_block_stop", `{"type":"content_block_stop","index":`+at+`}`))
}

// empty is the block before its first word.
func (b anthropicBlock) empty() string {
	return compact(anthropicBlock{kind: b.kind, call: b.call}.content())
}

// event frames a JSON object. Up to 15 spaces before its last brace hide how long
// it is.
func (e *anthropicEvents) event(name, object string) []byte {
	e.buf = append(append(e.buf[:0], "event: "...), name...)
	e.buf = append(append(e.buf, "\ndata: "...), object[:len(object)-1]...)
	return e.close()
}

// delta is the event with more of a block.
func (e *anthropicEvents) delta(index, kind, text string) []byte {
	e.buf = append(e.buf[:0], "event: content_block_delta\ndata: "...)
	e.buf = append(append(e.buf, `{"type":"content_block_delta","index":`...), index...)
	begin := `{"type":"text_delta","text":`
	switch kind {
	case blockThinking:
		begin = `{"type":"thinking_delta","thinking":`
	case blockUse:
		begin = `{"type":"input_json_delta","partial_json":`
	case blockSign:
		begin = `{"type":"signature_delta","signature":`
	}
	e.buf = append(append(e.buf, `,"delta":`...), begin...)
	e.buf = append(appendText(e.buf, text), '}')
	return e.close()
}

func (e *anthropicEvents) close() []byte {
	for range e.rng.IntN(16) {
		e.buf = append(e.buf, ' ')
	}
	e.buf = append(e.buf, "}\n\n"...)
	return e.buf
}

// anthropicPart reads an event of a message stream.
func anthropicPart(event []byte) Part {
	_, data, ok := bytes.Cut(event, []byte("data:"))
	var e struct {
		Type  string `json:"type"`
		Delta struct {
			Text        string `json:"text"`
			PartialJSON string `json:"partial_json"`
			Thinking    string `json:"thinking"`
		} `json:"delta"`
	}
	if !ok || json.Unmarshal(bytes.TrimSpace(data), &e) != nil {
		return Other
	}
	switch {
	case e.Type == "message_stop":
		return Terminator
	case e.Type == "message_delta":
		return Finish
	case e.Type == "content_block_delta" && e.Delta.Text+e.Delta.PartialJSON+e.Delta.Thinking != "":
		return Content
	}
	return Other
}
