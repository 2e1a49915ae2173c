package mockllm

// openaiChatCall is a chat completion to be answered.
type openaiChatCall struct {
	wanted
	choices   int
	named     bool // the tool to call is named
	obfuscate bool // pad the chunks of a stream
	logprobs  bool
	top       int // of the likeliest tokens to tell with them
}

func (c *openaiChatCall) serve(x *exchange) {
	d := x.draft(&c.wanted)
	if x.req.Stream {
		c.stream(x, d)
		return
	}
	c.whole(x, d)
}

// finish is why an answer ends. A call that was asked for by name is no news.
func (c *openaiChatCall) finish(d *draft) string {
	switch {
	case d.cut:
		return "length"
	case len(d.calls) > 0 && !c.named:
		return "tool_calls"
	}
	return "stop"
}

// openaiUsage is the bill of an answer.
type openaiUsage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`

	PromptDetails struct {
		Cached int `json:"cached_tokens"`
		Audio  int `json:"audio_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		Reasoning int `json:"reasoning_tokens"`
		Audio     int `json:"audio_tokens"`
		Accepted  int `json:"accepted_prediction_tokens"`
		Rejected  int `json:"rejected_prediction_tokens"`
	} `json:"completion_tokens_details"`
}

func openaiUsageOf(prompt, completion int) openaiUsage {
	return openaiUsage{Prompt: prompt, Completion: completion, Total: prompt + completion}
}

type openaiMessage struct {
	Role        string           `json:"role"`
	Content     *string          `json:"content"` // null beside calls
	ToolCalls   []openaiToolCall `json:"tool_calls,omitempty"`
	Refusal     *string          `json:"refusal"`
	Annotations []string         `json:"annotations"`
}

type openaiToolCall struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

type openaiChoice struct {
	Index        int             `json:"index"`
	Message      openaiMessage   `json:"message"`
	Logprobs     *openaiLogprobs `json:"logprobs"`
	FinishReason string          `json:"finish_reason"`
}

// openaiCompletion is a whole chat completion, keys in the order recorded.
type openaiCompletion struct {
	ID          string         `json:"id"`
	Object      string         `json:"object"`
	Created     int64          `json:"created"`
	Model       string         `json:"model"`
	Choices     []openaiChoice `json:"choices"`
	Usage       openaiUsage    `json:"usage"`
	ServiceTier string         `json:"service_tier"`
	Fingerprint string         `json:"system_fingerprint"`
}

// whole answers with one document, when its last token would have come. All choices
// are made at the same time.
func (c *openaiChatCall) whole(x *exchange, d *draft) {
	if !x.pause(x.first() + x.gaps(d.tokens())) {
		return
	}
	made := d.tokens() * c.choices
	doc := openaiCompletion{
		ID: x.chatID(), Object: "chat.completion", Created: x.now.Unix(), Model: dated(x.req.Model, openaiSnapshots()),
		Choices:     c.all(x, d),
		Usage:       openaiUsageOf(x.served.TokensIn, made),
		ServiceTier: "default", Fingerprint: openaiFingerprint(x.req.Model),
	}
	openaiLimits(openaiEngine(x.head(), x.mint, x.account, x.elapsed()), x.left).with("Content-Type", "application/json")
	if x.document(doc, "  ", "\n") {
		x.content(made)
		x.served.Finish = c.finish(d)
	}
}

// all are the choices, which are alike but for ids.
func (c *openaiChatCall) all(x *exchange, d *draft) []openaiChoice {
	all := make([]openaiChoice, c.choices)
	for i := range all {
		m := openaiMessage{Role: "assistant", Annotations: []string{}}
		for _, call := range d.calls {
			t := openaiToolCall{ID: x.callID(), Type: "function"}
			t.Function.Name, t.Function.Arguments = call.name, call.args.String()
			m.ToolCalls = append(m.ToolCalls, t)
		}
		all[i] = openaiChoice{Index: i, Message: m, FinishReason: c.finish(d)}
		if len(d.calls) == 0 {
			text := d.text.String()
			all[i].Message.Content, all[i].Logprobs = &text, c.likely(d.text.each())
		}
	}
	return all
}

// callID is the id of a tool call.
func (m *mint) callID() string { return "call_" + m.base62(24) }
