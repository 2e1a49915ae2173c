package mockllm

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
)

// serve answers with content.
func (g *geminiCall) serve(x *exchange) {
	d := x.draft(&g.wanted)
	pieces, finish := geminiPieces(x, d), "STOP"
	if d.cut {
		finish = "MAX_TOKENS"
	}
	if x.req.Stream {
		geminiServeStream(x, pieces, finish)
		return
	}
	wait := x.first()
	for _, p := range pieces {
		wait += x.gap(p.tokens)
	}
	if !x.pause(wait) {
		return
	}
	chunks := geminiChunks{x: x, id: x.geminiID()}
	parts := []geminiSaid{}
	for _, p := range pieces {
		chunks.count(p)
		if last := len(parts) - 1; last >= 0 && parts[last].continues(p.geminiSaid) {
			parts[last].Text = ptr(*parts[last].Text + *p.Text)
			continue
		}
		parts = append(parts, p.geminiSaid)
	}
	x.content(d.tokens())
	x.served.Finish = finish
	geminiDocument(x, chunks.chunk(parts, finish))
}

// geminiSaid is a part of an answer: a text, a thought, or the call of a function.
type geminiSaid struct {
	Text    *string             `json:"text,omitempty"`
	Thought bool                `json:"thought,omitempty"`
	Call    *geminiFunctionCall `json:"functionCall,omitempty"`
}

type geminiFunctionCall struct {
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

// continues says whether another part goes on where this one ends.
func (s geminiSaid) continues(next geminiSaid) bool {
	return s.Call == nil && next.Call == nil && s.Thought == next.Thought
}

// geminiPiece is what one chunk of a stream says.
type geminiPiece struct {
	geminiSaid
	tokens int
}

// geminiPieces cuts a draft into what chunks say. A call comes whole, or where it was
// cut, not at all.
func geminiPieces(x *exchange, d *draft) (pieces []geminiPiece) {
	for thought, text := range []wording{d.text, d.thoughts} {
		bursts := x.bursts(text)
		some, said := make([]geminiPiece, len(bursts)), make([]string, len(bursts))
		for i, burst := range bursts {
			said[i] = burst.String()
			some[i] = geminiPiece{geminiSaid{Text: &said[i], Thought: thought == 1}, burst.len()}
		}
		pieces = slices.Concat(some, pieces)
	}
	for _, c := range d.calls {
		if args := json.RawMessage(c.args.String()); json.Valid(args) {
			pieces = append(pieces, geminiPiece{geminiSaid{Call: &geminiFunctionCall{c.name, args}}, c.args.len()})
		}
	}
	return pieces
}

// geminiResponse is a whole answer, or a chunk of one; keys in the order recorded.
type geminiResponse struct {
	Candidates []geminiCandidate `json:"candidates"`
	Usage      geminiUsage       `json:"usageMetadata"`
	Model      string            `json:"modelVersion"`
	ID         string            `json:"responseId"`
}

type geminiCandidate struct {
	Content struct {
		Parts []geminiSaid `json:"parts,omitempty"`
		Role  string       `json:"role"`
	} `json:"content"`
	FinishReason string `json:"finishReason,omitempty"`
	Index        int    `json:"index"`
}

// geminiUsage is the bill so far.
type geminiUsage struct {
	Prompt     int            `json:"promptTokenCount"`
	Candidates int            `json:"candidatesTokenCount,omitempty"`
	Total      int            `json:"totalTokenCount"`
	Details    []geminiTokens `json:"promptTokensDetails"`
	Thoughts   int            `json:"thoughtsTokenCount,omitempty"`
}

// geminiTokens are the tokens of one kind of input.
type geminiTokens struct {
	Modality string `json:"modality"`
	Count    int    `json:"tokenCount"`
}

// geminiChunks makes the chunks of one answer.
type geminiChunks struct {
	x             *exchange
	id            string
	said, thought int // tokens so far

	array bool            // the stream is one, and not of events
	last  *geminiResponse // the chunk before
	page  sheet
	buf   []byte
}

func (c *geminiChunks) count(p geminiPiece) {
	if p.Thought {
		c.thought += p.tokens
	} else {
		c.said += p.tokens
	}
}

// chunk has parts and, if it is the last, why the answer ends. Its bill is what was
// counted until now.
func (c *geminiChunks) chunk(parts []geminiSaid, finish string) geminiResponse {
	usage := geminiUsage{Prompt: c.x.served.TokensIn, Details: []geminiTokens{{"TEXT", c.x.served.TokensIn}}}
	c.bill(&usage)
	var candidate geminiCandidate
	candidate.Content.Parts, candidate.Content.Role = parts, "model"
	candidate.FinishReason = finish
	return geminiResponse{
		Candidates: []geminiCandidate{candidate},
		Usage:      usage,
		Model:      c.x.req.Model,
		ID:         c.id,
	}
}

// bill puts what was counted until now on a bill.
func (c *geminiChunks) bill(u *geminiUsage) {
	u.Candidates, u.Thoughts, u.Total = c.said, c.thought, u.Prompt+c.said+c.thought
}

// geminiID is the id of a response: the time in seconds, and chance.
func (m *mint) geminiID() string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(m.now.Unix()))
	for range 13 {
		b = append(b, byte(m.rng.IntN(256)))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// geminiServeStream answers with a chunk for some tens of words. The last one has no
// text, and nothing comes after it.
func geminiServeStream(x *exchange, pieces []geminiPiece, finish string) {
	if !x.pause(x.first()) {
		return
	}
	array, kind := (asked{Request: x.req}).is(geminiArray), "text/event-stream"
	if array {
		kind = geminiJSON
	}
	geminiHead(x.head(), x.elapsed()).with("Content-Type", kind, "content-disposition", "attachment")
	s := x.open(len(pieces))
	chunks := geminiChunks{x: x, id: x.geminiID(), array: array}
	for _, p := range pieces {
		chunks.count(p)
		if !s.content(chunks.frame(p.geminiSaid, ""), p.tokens) || !x.pause(x.gap(p.tokens)) {
			return
		}
	}
	if s.finish(chunks.frame(geminiSaid{Text: new(string)}, finish), finish) && array {
		s.send([]byte("]"))
	}
}

// frame is the next chunk of a stream: an event, or an element of an array. It is good
// until the next, which is written on the same sheet.
func (c *geminiChunks) frame(p geminiSaid, finish string) []byte {
	begin := ",\r\n"
	if c.last == nil {
		begin = "["
		last := c.chunk([]geminiSaid{p}, finish)
		c.last = &last
	}
	candidate := &c.last.Candidates[0]
	candidate.Content.Parts[0], candidate.FinishReason = p, finish
	c.bill(&c.last.Usage)
	if !c.array {
		return c.page.geminiFrame(c.last)
	}
	c.buf = append(append(c.buf[:0], begin...), c.page.document(c.last, "  ", "\n")...)
	return c.buf
}

// geminiFrame is an event: JSON with the spaces of the pretty kind, but on one line.
func geminiFrame(v any) []byte { return new(sheet).geminiFrame(v) }

func (s *sheet) geminiFrame(v any) []byte {
	s.laid = appendSpaced(append(s.laid[:0], "data: "...), s.document(v, "", ""))
	s.laid = append(s.laid, "\r\n\r\n"...)
	return s.laid
}

// geminiPart reads an event of a stream, or an element of an array. There is no
// terminator but on the compatible route.
func geminiPart(event []byte) Part {
	data := bytes.TrimLeft(bytes.TrimSpace(event), "[, \r\n")
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("data:")))
	var chunk struct {
		Candidates []struct {
			Content struct {
				Parts []struct {
					Text         string          `json:"text"`
					FunctionCall json.RawMessage `json:"functionCall"`
				} `json:"parts"`
			} `json:"content"`
			FinishReason string `json:"finishReason"`
		} `json:"candidates"`
	}
	if json.Unmarshal(data, &chunk) != nil || len(chunk.Candidates) == 0 {
		return openaiPart(event)
	}
	c := chunk.Candidates[0]
	if c.FinishReason != "" {
		return Finish
	}
	for _, p := range c.Content.Parts {
		if p.Text != "" || p.FunctionCall != nil {
			return Content
		}
	}
	return Other
}
