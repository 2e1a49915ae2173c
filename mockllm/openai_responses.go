package mockllm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// openaiResponse is one response, drawn whole when it is asked for. What it is like
// at a moment follows from the time: one in the background needs nobody to make it.
type openaiResponse struct {
	ask      openaiResponsesCall
	id       string
	model    string
	tokensIn int
	items    []openaiOutput
	cut      bool // it did not fit in the tokens that were allowed

	start time.Time       // when its turn came
	due   []time.Duration // since then, of each piece of the items, and of the end

	stopped atomic.Pointer[time.Time] // when it was cancelled
}

// openaiOutput is one item of a response: a message, reasoning, or a call.
type openaiOutput struct {
	id     string
	pieces []string // what the events carry; none: reasoning
	tokens []int    // of each piece
	call   *openaiInvocation
}

// openaiInvocation is what an item calls; its pieces are the arguments.
type openaiInvocation struct{ name, id string }

func (o openaiOutput) text() string    { return strings.Join(o.pieces, "") }
func (o openaiOutput) isThought() bool { return o.pieces == nil }
func (o openaiOutput) isText() bool    { return o.call == nil && !o.isThought() }

// serve answers with a response: now, event by event, or later.
func (ask openaiResponsesCall) serve(x *exchange) {
	r := ask.draw(x)
	if ask.background {
		x.kept.responses.put(r.id, r.size(), r)
	}
	done := false
	switch {
	case x.req.Stream:
		done = r.stream(x, 0)
	case ask.background:
		openaiResponseDocument(x, r.at(time.Now()))
	default:
		if done = x.until(r.end()); done {
			r.whole(x)
		}
	}
	if done && ask.store && !ask.background {
		x.kept.responses.put(r.id, r.size(), r)
	}
}

// draw makes the response, for the time when it is due.
func (ask openaiResponsesCall) draw(x *exchange) *openaiResponse {
	d := x.draft(&ask.wanted)
	r := &openaiResponse{
		ask: ask, model: dated(x.req.Model, openaiSnapshots()), tokensIn: x.served.TokensIn,
		start: x.due, cut: d.cut, due: []time.Duration{x.first()},
	}
	ids := x.responseIDs()
	r.id = ids("resp_")
	if ask.echo.thinks() {
		r.items = append(r.items, openaiOutput{id: ids("rs_")})
	}
	for _, c := range d.calls {
		r.write(x, openaiOutput{id: ids("fc_"), call: &openaiInvocation{c.name, x.callID()}}, c.args)
	}
	if len(d.calls) == 0 {
		r.write(x, openaiOutput{id: ids("msg_")}, d.text)
	}
	return r
}

// write adds an item of tokens, which are made one after the other.
func (r *openaiResponse) write(x *exchange, item openaiOutput, tokens wording) {
	item.pieces = []string{}
	for _, burst := range x.bursts(tokens) {
		item.pieces = append(item.pieces, burst.String())
		item.tokens = append(item.tokens, burst.len())
		r.due = append(r.due, r.due[len(r.due)-1]+x.gap(burst.len()))
	}
	r.items = append(r.items, item)
}

// responseIDs makes the ids of one response: all have the same 18 digits, then
// those of the time and of chance.
func (m *mint) responseIDs() func(kind string) string {
	prefix := "0" + m.hex(15) + "01"
	return func(kind string) string {
		return kind + prefix + fmt.Sprintf("%08x", m.now.Unix()) + m.hex(4) + "81" + m.hex(18)
	}
}

// end is when the response is made.
func (r *openaiResponse) end() time.Time { return r.start.Add(r.due[len(r.due)-1]) }

// headAfter is when the provider sends the head of a stream, long before the first
// token.
const headAfter = 60 * time.Millisecond

// begins is when the provider begins with the response.
func (r *openaiResponse) begins() time.Time { return r.start.Add(min(headAfter, r.due[0])) }

// tokens are those of the answer, and of the reasoning before it: of that the
// provider tells multiples of 64.
func (r *openaiResponse) tokens() (answer, reasoning int) {
	for _, item := range r.items {
		if item.pieces == nil {
			reasoning += 64
		}
		for _, n := range item.tokens {
			answer += n
		}
	}
	return answer, reasoning
}

// standing is where the conversation stands after this response.
func (r *openaiResponse) standing() standing {
	now := standing{called: slices.Clone(r.ask.turn.called)}
	for _, item := range r.items {
		if item.call != nil {
			now.called = append(now.called, item.call.name)
		}
	}
	return now
}

// conversation is what was said up to and with this response.
func (r *openaiResponse) conversation() []string {
	all := r.ask.texts[:len(r.ask.texts):len(r.ask.texts)]
	for _, item := range r.items {
		all = append(all, item.text())
	}
	return all
}

// size is what keeping the response takes, in bytes, about.
func (r *openaiResponse) size() int {
	n := 2*r.ask.size + 32*len(r.due)
	for _, said := range r.conversation() {
		n += 2 * len(said)
	}
	return n
}

// The states of a response.
const (
	stateQueued     = "queued"
	stateInProgress = "in_progress"
	stateCompleted  = "completed"
	stateIncomplete = "incomplete"
	stateCancelled  = "cancelled"
	stateFailed     = "failed"
)

// state is the response's at a moment.
func (r *openaiResponse) state(now time.Time) string {
	stopped := r.stopped.Load()
	switch {
	case stopped != nil && stopped.Before(r.end()):
		return stateCancelled
	case r.ask.background && now.Before(r.begins()):
		return stateQueued
	case now.Before(r.end()):
		return stateInProgress
	}
	return r.outcome()
}

// outcome is the state that the response ends in.
func (r *openaiResponse) outcome() string {
	if r.cut {
		return stateIncomplete
	}
	return stateCompleted
}

// whole answers with a finished response.
func (r *openaiResponse) whole(x *exchange) {
	doc := r.at(time.Now())
	if openaiResponseDocument(x, doc) {
		answer, _ := r.tokens()
		x.content(answer)
		x.served.Finish = doc.Status
	}
}

// openaiResponseDocument answers with a response as JSON. Streams have neither the
// rate-limit headers nor who pays. It says whether anybody still took it.
func openaiResponseDocument(x *exchange, doc openaiResponseDoc) bool {
	doc.Billing = &openaiBilling{Payer: "developer"}
	x.told(openaiResponsesHead(x.head(), x.mint, x.account, x.elapsed())).with("Content-Type", "application/json")
	return x.document(doc, "  ", "")
}

// openaiResponsesHead is what the API of the responses adds to Cloudflare's header.
func openaiResponsesHead(h head, m *mint, a account, elapsedMS string) head {
	return openaiEdge(h, m).with(
		"openai-organization", a.org,
		"openai-processing-ms", elapsedMS,
		"openai-project", a.project,
		"openai-version", "2020-10-01",
		"x-request-id", m.openaiID(),
	)
}

type openaiBilling struct {
	Payer string `json:"payer"`
}

// openaiResponseDoc is a response as JSON, keys in the order recorded.
type openaiResponseDoc struct {
	ID                string            `json:"id"`
	Object            string            `json:"object"`
	CreatedAt         int64             `json:"created_at"`
	Status            string            `json:"status"`
	Background        bool              `json:"background"`
	Billing           *openaiBilling    `json:"billing,omitempty"`
	CompletedAt       *int64            `json:"completed_at"`
	Error             *openaiFailed     `json:"error"`
	FrequencyPenalty  json.RawMessage   `json:"frequency_penalty"`
	Incomplete        *openaiIncomplete `json:"incomplete_details"`
	Instructions      json.RawMessage   `json:"instructions"`
	MaxOutputTokens   *int              `json:"max_output_tokens"`
	MaxToolCalls      json.RawMessage   `json:"max_tool_calls"`
	Model             string            `json:"model"`
	Moderation        *string           `json:"moderation"`
	Output            []any             `json:"output"`
	ParallelToolCalls json.RawMessage   `json:"parallel_tool_calls"`
	PresencePenalty   json.RawMessage   `json:"presence_penalty"`
	Previous          *string           `json:"previous_response_id"`
	CacheKey          json.RawMessage   `json:"prompt_cache_key"`
	CacheFor          json.RawMessage   `json:"prompt_cache_retention"`
	Reasoning         json.RawMessage   `json:"reasoning"`
	SafetyID          json.RawMessage   `json:"safety_identifier"`
	ServiceTier       string            `json:"service_tier"`
	Store             bool              `json:"store"`
	Temperature       json.RawMessage   `json:"temperature"`
	Text              json.RawMessage   `json:"text"`
	ToolChoice        json.RawMessage   `json:"tool_choice"`
	Tools             json.RawMessage   `json:"tools"`
	TopLogprobs       json.RawMessage   `json:"top_logprobs"`
	TopP              json.RawMessage   `json:"top_p"`
	Truncation        json.RawMessage   `json:"truncation"`
	Usage             *openaiItemsUsage `json:"usage"`
	User              json.RawMessage   `json:"user"`
	Metadata          json.RawMessage   `json:"metadata"`
}

// openaiFailed is why a response failed.
type openaiFailed struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type openaiIncomplete struct {
	Reason string `json:"reason"`
}

// openaiItemsUsage is the bill of a response.
type openaiItemsUsage struct {
	Input        int `json:"input_tokens"`
	InputDetails struct {
		CacheWrite int `json:"cache_write_tokens"`
		Cached     int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	Output        int `json:"output_tokens"`
	OutputDetails struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
	Total int `json:"total_tokens"`
}

// at is the response at a moment.
func (r *openaiResponse) at(now time.Time) openaiResponseDoc { return r.in(r.state(now)) }

// in is the response in a state.
func (r *openaiResponse) in(state string) openaiResponseDoc {
	e := r.ask.echo
	doc := openaiResponseDoc{
		ID: r.id, Object: "response", CreatedAt: r.start.Unix(), Status: state, Background: r.ask.background,
		FrequencyPenalty: e.FrequencyPenalty, Instructions: e.Instructions, MaxOutputTokens: r.ask.longest,
		MaxToolCalls: e.MaxToolCalls, Model: r.model, Output: []any{}, ParallelToolCalls: e.ParallelToolCalls,
		PresencePenalty: e.PresencePenalty, Previous: r.ask.previous, CacheKey: e.CacheKey, CacheFor: e.CacheFor,
		Reasoning: e.Reasoning, SafetyID: e.SafetyID, ServiceTier: "auto", Store: r.ask.store,
		Temperature: e.Temperature, Text: e.Text, ToolChoice: e.ToolChoice, Tools: e.Tools,
		TopLogprobs: e.TopLogprobs, TopP: e.TopP, Truncation: e.Truncation, User: e.User, Metadata: e.Metadata,
	}
	if doc.Status == stateCompleted || doc.Status == stateIncomplete {
		r.finish(&doc)
	}
	return doc
}

// finish fills in what a response has at its end.
func (r *openaiResponse) finish(doc *openaiResponseDoc) {
	doc.ServiceTier = "default"
	if doc.Status == stateCompleted {
		at := r.end().Unix()
		doc.CompletedAt = &at
	} else {
		doc.Incomplete = &openaiIncomplete{"max_output_tokens"}
	}
	for _, item := range r.items {
		doc.Output = append(doc.Output, item.done(doc.Status))
	}
	answer, reasoning := r.tokens()
	u := &openaiItemsUsage{Input: r.tokensIn, Output: answer + reasoning, Total: r.tokensIn + answer + reasoning}
	u.OutputDetails.Reasoning = reasoning
	doc.Usage = u
}
