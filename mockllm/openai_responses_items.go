package mockllm

// openaiMessageItem is a message in a response, keys in the order recorded.
type openaiMessageItem struct {
	ID      string           `json:"id"`
	Type    string           `json:"type"`
	Status  string           `json:"status"`
	Content []openaiTextPart `json:"content"`
	Phase   string           `json:"phase"`
	Role    string           `json:"role"`
}

// openaiTextPart is the text of a message.
type openaiTextPart struct {
	Type        string   `json:"type"`
	Annotations []string `json:"annotations"`
	Logprobs    []string `json:"logprobs"`
	Text        string   `json:"text"`
}

// openaiReasoningItem says that the model has thought.
type openaiReasoningItem struct {
	ID      string   `json:"id"`
	Type    string   `json:"type"`
	Summary []string `json:"summary"`
}

// openaiCallItem is a call of a function.
type openaiCallItem struct {
	ID        string `json:"id"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	Arguments string `json:"arguments"`
	CallID    string `json:"call_id"`
	Name      string `json:"name"`
}

func openaiText(text string) openaiTextPart {
	return openaiTextPart{Type: "output_text", Annotations: []string{}, Logprobs: []string{}, Text: text}
}

// added is the item when it begins.
func (o openaiOutput) added() any {
	switch {
	case o.call != nil:
		return openaiCallItem{o.id, "function_call", stateInProgress, "", o.call.id, o.call.name}
	case o.isThought():
		return openaiReasoningItem{o.id, "reasoning", []string{}}
	}
	return openaiMessageItem{o.id, "message", stateInProgress, []openaiTextPart{}, "final_answer", "assistant"}
}

// done is the item when it is whole, or as far as it came.
func (o openaiOutput) done(state string) any {
	switch {
	case o.call != nil:
		return openaiCallItem{o.id, "function_call", state, o.text(), o.call.id, o.call.name}
	case o.isThought():
		return openaiReasoningItem{o.id, "reasoning", []string{}}
	}
	return openaiMessageItem{o.id, "message", state, []openaiTextPart{openaiText(o.text())}, "final_answer", "assistant"}
}
