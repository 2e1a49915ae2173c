package mockllm

import (
	"strconv"
)

// openaiCompletions reads a request for legacy completions. Answers to token numbers
// are made as to a text without a nonce; echo, suffix and best_of are accepted and
// change nothing.
func openaiCompletions(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	if bad == nil {
		bad = openaiModelOf(o, c.req)
	}
	ask := openaiLegacyCall{n: 1}
	if bad == nil {
		_, bad = openaiStreamed(o, c.req)
	}
	if bad == nil {
		c.req.MaxTokens = 16
		bad = openaiCount(o, "max_tokens", [2]int{1, 10_000_000}, &c.req.MaxTokens)
	}
	if bad == nil {
		bad = openaiCount(o, "n", [2]int{1, 128}, &ask.n)
	}
	if bad == nil {
		ask.stops, bad = openaiStops(o)
	}
	if bad == nil {
		bad = ask.prompts(o, c)
	}
	if bad != nil {
		return bad.refuse(c)
	}
	return ask.serve, nil
}

// openaiLegacyCall is completions to be made: n of each of several prompts. All have
// one text, which answers the last nonce in the prompts.
type openaiLegacyCall struct {
	wanted
	n      int
	coded  int // tokens of the prompts that came as numbers
	inputs int
}

func (ask *openaiLegacyCall) prompts(o object, c *call) *openaiError {
	ask.inputs = 1
	if !o.given("prompt") {
		return nil // as if a document began
	}
	all, ok := openaiInputs(o["prompt"])
	ask.inputs = len(all)
	switch {
	case !ok && (kind(o["prompt"]) == "a string" || string(o["prompt"]) == "[]"):
		ask.inputs = 1
		return nil
	case !ok:
		return openaiInvalid("prompt", "", "'$.prompt' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
	case len(all)*ask.n > 128:
		return openaiInvalid("", "", "You requested too many completions: at most 128 can be made at a time.")
	}
	var talk conversation
	talk.add("user", promptTexts(all))
	talk.put(c.req)
	for _, in := range all {
		if in.coded {
			ask.coded += in.tokens
		}
	}
	return nil
}

func (ask *openaiLegacyCall) serve(x *exchange) {
	d := x.draft(&ask.wanted)
	x.served.TokensIn += ask.coded
	if x.req.Stream {
		ask.stream(x, d)
		return
	}
	ask.whole(x, d)
}

// finishOf is why a text ends.
func finishOf(d *draft) string {
	if d.cut {
		return "length"
	}
	return "stop"
}

// choices is how many texts there will be.
func (ask *openaiLegacyCall) choices() int { return ask.n * ask.inputs }

type openaiLegacyChoice struct {
	Text         string  `json:"text"`
	Index        int     `json:"index"`
	Logprobs     *string `json:"logprobs"`
	FinishReason *string `json:"finish_reason"`
}

type openaiLegacyUsage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// openaiLegacyDoc is a whole legacy completion, keys in the order recorded.
type openaiLegacyDoc struct {
	ID      string               `json:"id"`
	Object  string               `json:"object"`
	Created int64                `json:"created"`
	Model   string               `json:"model"`
	Choices []openaiLegacyChoice `json:"choices"`
	Usage   openaiLegacyUsage    `json:"usage"`
}

func (ask *openaiLegacyCall) usage(x *exchange, d *draft) openaiLegacyUsage {
	in, out := x.served.TokensIn, d.tokens()*ask.choices()
	return openaiLegacyUsage{Prompt: in, Completion: out, Total: in + out}
}

func (ask *openaiLegacyCall) whole(x *exchange, d *draft) {
	if !x.pause(x.first() + x.gaps(d.tokens())) {
		return
	}
	model := dated(x.req.Model, openaiSnapshots())
	doc := openaiLegacyDoc{
		ID: "cmpl-" + x.stamped(), Object: "text_completion", Created: x.now.Unix(), Model: model,
		Usage: ask.usage(x, d),
	}
	finish := finishOf(d)
	for i := range ask.choices() {
		doc.Choices = append(doc.Choices, openaiLegacyChoice{Text: d.text.String(), Index: i, FinishReason: &finish})
	}
	x.told(openaiRouted(x, model)).with("Content-Type", "application/json", "cache-control", "no-cache, must-revalidate")
	if x.document(doc, "  ", "\n") {
		x.content(doc.Usage.Completion)
		x.served.Finish = finish
	}
}

// stream answers event by event; the choices take turns.
func (ask *openaiLegacyCall) stream(x *exchange, d *draft) {
	bursts, finish := x.bursts(d.text), finishOf(d)
	if !x.pause(x.first()) {
		return
	}
	model := dated(x.req.Model, openaiSnapshots())
	x.told(openaiRouted(x, model)).with("Content-Type", "text/event-stream", "cache-control", "no-cache, must-revalidate")
	s := x.open(len(bursts) * ask.choices())
	begin := `data: {"id":"cmpl-` + x.stamped() + `","object":"text_completion","created":` + strconv.FormatInt(x.now.Unix(), 10) + `,"choices":[`
	end := `],"model":` + compact(model)
	if x.req.Usage {
		end += `,"usage":null`
	}
	end += "}\n\n"
	var event []byte
	for _, burst := range bursts {
		for choice := range ask.choices() {
			event = appendText(append(append(event[:0], begin...), `{"text":`...), burst.String())
			event = strconv.AppendInt(append(event, `,"index":`...), int64(choice), 10)
			event = append(append(event, `,"logprobs":null,"finish_reason":null}`...), end...)
			if !s.content(event, burst.len()) {
				return
			}
		}
		if !x.pause(x.gap(burst.len())) {
			return
		}
	}
	for choice := range ask.choices() {
		if !s.finish([]byte(begin+compact(openaiLegacyChoice{Index: choice, FinishReason: &finish})+end), finish) {
			return
		}
	}
	if x.req.Usage {
		end = `],"model":` + compact(model) + `,"usage":` + compact(ask.usage(x, d)) + "}\n\n"
		if !s.send([]byte(begin + end)) {
			return
		}
	}
	s.send([]byte("data: [DONE]\n\n"))
}

// openaiRouted is the header of what one of the provider's older routers serves.
func openaiRouted(x *exchange, model string) head {
	return openaiEngine(x.head(), x.mint, x.account, x.elapsed()).with(
		"access-control-allow-origin", "*",
		"openai-model", model,
		"via", "envoy-router-"+x.hex(10)+"-"+x.from("bcdfghjklmnpqrstvwxz2456789", 5),
	)
}
