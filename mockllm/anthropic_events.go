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
	e := &anthropicEvents{mint: x.mint, buf: make([]byte, 0, anthropicRoom)}
	if id = anthropicMessageID(x.mint); !s.send(e.start(x, id)) {
		return "", false
	}
	for i, b := range blocks {
		if !e.block(s, i, b) {
			return "", false
		}
	}
	return id, s.finish(e.end(x, d), anthropicStop(d)) &&
		s.send(e.event("message_stop", `{"type":"message_stop"}`))
}

// anthropicRoom is what the longest events of a text take.
const anthropicRoom = 768

// speaks says whether a block's bursts are in its events. The arguments of a tool
// that has none are not.
func (b anthropicBlock) speaks() bool { return b.kind != blockUse || b.said.String() != "{}" }

// anthropicEvents writes the events of one stream, all into the same buffer.
type anthropicEvents struct {
	*mint
	buf []byte
}

// block sends the i-th block. The ping comes right after the first has begun.
func (e *anthropicEvents) block(s stream, i int, b anthropicBlock) bool {
	at := strconv.Itoa(i)
	if !s.send(e.opens(s.x, at, b)) {
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
	e.begin("content_block_stop", `{"type":"content_block_stop","index":`, at)
	return s.send(e.close())
}

// opens is the event with a block before its first word.
func (e *anthropicEvents) opens(x *exchange, index string, b anthropicBlock) []byte {
	e.begin("content_block_start", `{"type":"content_block_start","index":`, index, `,"content_block":`)
	if b.kind == blockText {
		e.buf = append(e.buf, `{"type":"text","text":""}`...)
	} else {
		e.buf = x.compact(e.buf, anthropicBlock{kind: b.kind, call: b.call}.content())
	}
	return e.close()
}

// start is the event with the message before its first block.
func (e *anthropicEvents) start(x *exchange, id string) []byte {
	e.begin("message_start", `{"type":"message_start","message":{"model":`)
	e.buf = appendText(e.buf, dated(x.req.Model, anthropicSnapshots()))
	e.buf = append(append(e.buf, `,"id":"`...), id...)
	e.buf = append(e.buf, `","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"stop_details":null,`...)
	e.buf = strconv.AppendInt(append(e.buf, `"usage":{"input_tokens":`...), int64(x.served.TokensIn), 10)
	e.buf = append(e.buf, `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,`...)
	e.buf = append(e.buf, `"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},`...)
	e.buf = append(e.buf, `"output_tokens":1,"service_tier":"standard","inference_geo":"not_available"}}`...)
	return e.close()
}

// end is the event that says why and after how much the message ended.
func (e *anthropicEvents) end(x *exchange, d *draft) []byte {
	e.begin("message_delta", `{"type":"message_delta","delta":{"stop_reason":"`, anthropicStop(d), `","stop_sequence":`)
	if d.stop == "" {
		e.buf = append(e.buf, "null"...)
	} else {
		e.buf = appendText(e.buf, d.stop)
	}
	e.buf = append(e.buf, `,"stop_details":null},"usage":{"input_tokens":`...)
	e.buf = strconv.AppendInt(e.buf, int64(x.served.TokensIn), 10)
	e.buf = append(e.buf, `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":`...)
	e.buf = strconv.AppendInt(e.buf, int64(d.tokens()), 10)
	e.buf = append(e.buf, `,"output_tokens_details":{"thinking_tokens":`...)
	e.buf = append(strconv.AppendInt(e.buf, int64(d.thoughts.len()), 10), "}}"...)
	return e.close()
}

// event frames a JSON object.
func (e *anthropicEvents) event(name, object string) []byte {
	e.begin(name, object[:len(object)-1])
	return e.close()
}

// begin begins an event, with pieces of its JSON.
func (e *anthropicEvents) begin(name string, pieces ...string) {
	e.buf = append(append(e.buf[:0], "event: "...), name...)
	e.buf = append(e.buf, "\ndata: "...)
	for _, piece := range pieces {
		e.buf = append(e.buf, piece...)
	}
}

// delta is the event with more of a block.
func (e *anthropicEvents) delta(index, kind, text string) []byte {
	of := `{"type":"text_delta","text":`
	switch kind {
	case blockThinking:
		of = `{"type":"thinking_delta","thinking":`
	case blockUse:
		of = `{"type":"input_json_delta","partial_json":`
	case blockSign:
		of = `{"type":"signature_delta","signature":`
	}
	e.begin("content_block_delta", `{"type":"content_block_delta","index":`, index, `,"delta":`, of)
	e.buf = append(appendText(e.buf, text), '}')
	return e.close()
}

// close ends an event. Up to 15 spaces before its last brace hide how long it is.
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
