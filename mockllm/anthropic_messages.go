package mockllm

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
)

// anthropicServe answers with a message.
func anthropicServe(x *exchange) {
	words, cut := x.compose()
	stop := "end_turn"
	if cut {
		stop = "max_tokens"
	}
	if x.req.Stream {
		anthropicStream(x, words, stop)
		return
	}
	if !x.pause(x.first() + x.gaps(len(words))) {
		return
	}
	message := anthropicMessageOf(x)
	message.Content = []anthropicText{{Type: "text", Text: strings.Join(words, " ")}}
	message.StopReason = &stop
	message.Usage.Output = len(words)
	x.content(len(words))
	x.served.Finish = stop
	h := anthropicHealthy(x).with("Content-Type", "application/json")
	x.reply(Reply{http.StatusOK, h, document(message, "")})
}

type anthropicText struct {
	Type string `json:"type"`
	Text string `json:"text"`
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
	Model        string          `json:"model"`
	ID           string          `json:"id"`
	Type         string          `json:"type"`
	Role         string          `json:"role"`
	Content      []anthropicText `json:"content"`
	StopReason   *string         `json:"stop_reason"`
	StopSequence *string         `json:"stop_sequence"`
	StopDetails  *string         `json:"stop_details"`
	Usage        anthropicUsage  `json:"usage"`
}

// anthropicMessageOf is the answer before its first word.
func anthropicMessageOf(x *exchange) anthropicMessage {
	return anthropicMessage{
		Model: dated(x.req.Model, anthropicSnapshots()), ID: "msg_01" + x.base58(22),
		Type: "message", Role: "assistant", Content: []anthropicText{},
		Usage: anthropicUsage{Input: x.served.TokensIn, Output: 1, Tier: "standard", Geo: "not_available"},
	}
}

// anthropicStream answers with a few words an event.
func anthropicStream(x *exchange, words []string, stop string) {
	bursts := anthropicBursts(x, words)
	if !x.pause(x.first()) {
		return
	}
	h := anthropicHealthy(x).with("Content-Type", "text/event-stream; charset=utf-8", "Cache-Control", "no-cache")
	s := x.open(h, len(bursts))
	e := anthropicEvents{mint: x.mint}
	if !s.send(e.event("message_start", `{"type":"message_start","message":`+compact(anthropicMessageOf(x))+`}`)) ||
		!s.send(e.event("content_block_start", `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`)) ||
		!s.send([]byte("event: ping\ndata: {\"type\": \"ping\"}\n\n")) {
		return
	}
	for i, burst := range bursts {
		// What comes in one event was made word by word.
		if !s.content(e.text(i, burst), len(burst)) || !x.pause(x.gaps(len(burst))) {
			return
		}
	}
	if s.send(e.event("content_block_stop", `{"type":"content_block_stop","index":0}`)) &&
		s.finish(e.event("message_delta", anthropicEnd(x, stop, len(words))), stop) {
		s.send(e.event("message_stop", `{"type":"message_stop"}`))
	}
}

// anthropicEnd is the event that says why and after how much the message ended.
func anthropicEnd(x *exchange, stop string, tokens int) string {
	return `{"type":"message_delta","delta":{"stop_reason":"` + stop + `","stop_sequence":null,"stop_details":null},"usage":{"input_tokens":` +
		strconv.Itoa(x.served.TokensIn) + `,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":` +
		strconv.Itoa(tokens) + `,"output_tokens_details":{"thinking_tokens":0}}}`
}

// anthropicBursts cuts an answer into events of two to six words. The cuts belong
// to the answer, like its pace: a fault at an event hits the same words in every run.
func anthropicBursts(x *exchange, words []string) [][]string {
	rng := random(x.opts.Seed, "bursts", x.name, x.key)
	var bursts [][]string
	for len(words) > 0 {
		n := min(2+rng.IntN(5), len(words))
		bursts = append(bursts, words[:n])
		words = words[n:]
	}
	return bursts
}

// anthropicEvents writes the events of one stream, all into the same buffer.
type anthropicEvents struct {
	*mint
	buf []byte
}

// event frames a JSON object. Up to 15 spaces before its last brace hide how long
// it is.
func (e *anthropicEvents) event(name, object string) []byte {
	e.buf = append(append(e.buf[:0], "event: "...), name...)
	e.buf = append(append(e.buf, "\ndata: "...), object[:len(object)-1]...)
	return e.close(e.rng)
}

// text is the event with the i-th burst. Words are letters alone and need no
// escapes.
func (e *anthropicEvents) text(i int, words []string) []byte {
	e.buf = append(e.buf[:0], "event: content_block_delta\ndata: "...)
	e.buf = append(e.buf, `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"`...)
	for j, w := range words {
		if i > 0 || j > 0 {
			e.buf = append(e.buf, ' ')
		}
		e.buf = append(e.buf, w...)
	}
	e.buf = append(e.buf, `"}`...)
	return e.close(e.rng)
}

func (e *anthropicEvents) close(rng *rand.Rand) []byte {
	for range rng.IntN(16) {
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
