package mockllm

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// anthropicMessages reads a request for a message.
func anthropicMessages(c *call) (func(*exchange), *Reply) {
	m := anthropicCall{}
	o, wrong := anthropicBody(c)
	if wrong == "" {
		wrong = anthropicFields(o, c.req, []string{"model", "max_tokens", "messages"})
	}
	if wrong == "" && !m.continues(c, o) {
		return anthropicLost(c)
	}
	if wrong = m.read(c.req, o, wrong); wrong != "" {
		return anthropicWrong(c, wrong)
	}
	return m.serve, nil
}

// anthropicCount reads a request to count the tokens of one.
func anthropicCount(c *call) (func(*exchange), *Reply) {
	o, wrong := anthropicBody(c)
	if wrong == "" {
		wrong = anthropicFields(o, c.req, []string{"model", "messages"})
	}
	if wrong = new(anthropicCall).read(c.req, o, wrong); wrong != "" {
		return anthropicWrong(c, wrong)
	}
	return func(x *exchange) {
		x.served.TokensIn = x.req.tokens()
		anthropicDocument(x, struct {
			Input int `json:"input_tokens"`
		}{x.served.TokensIn})
	}, nil
}

func anthropicWrong(c *call, wrong string) (func(*exchange), *Reply) {
	reply := anthropicError{http.StatusBadRequest, invalidRequest, wrong}.reply(c.asked())
	return nil, &reply
}

// read reads what a request says and wants, unless something is wrong with it already,
// and says what is.
func (m *anthropicCall) read(req *Request, o object, wrong string) string {
	if wrong == "" {
		wrong = anthropicConversation(o, &m.said)
	}
	m.said.put(req)
	m.turn = m.said.turn
	for _, read := range []func(object, *Request) string{m.offered, m.choice, m.ends, m.thinks, m.format} {
		if wrong == "" {
			wrong = read(o, req)
		}
	}
	return wrong
}

// anthropicBody is a request's JSON object, or what is wrong with it.
func anthropicBody(c *call) (object, string) {
	if c.r.Header.Get("Anthropic-Version") == "" {
		return nil, "anthropic-version: header is required"
	}
	if syntax, wrong := mistake(c.body); wrong {
		what := "unexpected character"
		at := int(syntax.Offset) - 1
		if int(syntax.Offset) >= len(c.body) {
			what, at = "unexpected end of data", len(c.body)
		}
		line, column := position(c.body, at)
		return nil, fmt.Sprintf("The request body is not valid JSON: %s: line %d column %d (char %d)", what, line, column, at)
	}
	var o object
	if !decode(space(c.body), &o) || o == nil {
		return nil, "Input should be a valid dictionary"
	}
	return o, ""
}

// position is a place in a text by line and column, from 1.
func position(text []byte, at int) (line, column int) {
	line, column = 1, 1
	for _, c := range text[:max(min(at, len(text)), 0)] {
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}

// anthropicFields reads everything but the messages.
func anthropicFields(o object, req *Request, required []string) string {
	for _, key := range required {
		if _, ok := o[key]; !ok {
			return key + ": Field required"
		}
	}
	switch {
	case !o.given("model"), !field(o, "model", &req.Model):
		return "model: Input should be a valid string"
	case req.Model == "":
		return "model: String should have at least 1 character"
	case string(o["max_tokens"]) == "null", !field(o, "max_tokens", &req.MaxTokens):
		return "max_tokens: Input should be a valid integer"
	case o.given("max_tokens") && req.MaxTokens < 1:
		return "max_tokens: Input should be greater than or equal to 1"
	case !field(o, "stream", &req.Stream):
		return "stream: Input should be a valid boolean"
	}
	req.Usage = req.Stream // its streams always do
	return ""
}

// anthropicConversation reads the system prompt and the messages.
func anthropicConversation(o object, said *conversation) string {
	system, ok := texts(o["system"])
	if !ok {
		return "system: Input should be a valid string"
	}
	said.add("system", system)
	var messages []json.RawMessage
	if !o.given("messages") || !field(o, "messages", &messages) {
		return "messages: Input should be a valid list"
	}
	if len(messages) == 0 && !o.given("thread") {
		return "messages: at least one message is required"
	}
	for i, raw := range messages {
		at := func(rest string) string { return fmt.Sprintf("messages.%d%s", i, rest) }
		var m object
		if !decode(raw, &m) || m == nil {
			return at(": Input should be a valid dictionary or object to extract fields from")
		}
		for _, key := range []string{"role", "content"} {
			if _, ok := m[key]; !ok {
				return at("." + key + ": Field required")
			}
		}
		role := ""
		if !field(m, "role", &role) || role != "user" && role != "assistant" {
			if role == "system" {
				return `messages: Unexpected role "system". The Messages API accepts a top-level ` + "`system`" + ` parameter, not "system" as an input message role.`
			}
			return at(".role: Input should be 'user' or 'assistant'")
		}
		content, ok := saying(m["content"])
		if !ok || !m.given("content") {
			return at(".content: Input should be a valid string")
		}
		said.say(role, content)
	}
	return ""
}
