package mockllm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// openaiResponses reads a request for a response.
func openaiResponses(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	if bad != nil {
		return bad.refuse(c)
	}
	ask := openaiResponsesCall{size: len(c.body), store: true}
	for _, read := range []func(object, *call) *openaiError{ask.moved, ask.options, ask.settings, ask.shape, ask.conversation} {
		if bad = read(o, c); bad != nil {
			return bad.refuse(c)
		}
	}
	if c.req.Stream {
		c.req.Numbered = c.s.kept.numbered.Add(1)
	}
	return ask.serve, nil
}

// openaiResponsesCall is a response to be made.
type openaiResponsesCall struct {
	wanted
	size       int  // of the request, in bytes
	obfuscate  bool // pad the pieces of a stream
	streamed   bool
	store      bool
	background bool
	longest    *int
	previous   *string
	texts      []string // of the whole conversation, without the instructions
	echo       openaiEcho
}

// moved turns away what callers of the older API send.
func (*openaiResponsesCall) moved(o object, _ *call) *openaiError {
	for _, m := range [][2]string{
		{"messages", "input"},
		{"max_tokens", "max_output_tokens"},
		{"max_completion_tokens", "max_output_tokens"},
		{"response_format", "text.format"},
	} {
		if _, ok := o[m[0]]; ok {
			return openaiInvalid(m[0], "unsupported_parameter", fmt.Sprintf(
				"Unsupported parameter: '%s'. In the Responses API, this parameter has moved to '%s'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.", m[0], m[1]))
		}
	}
	return nil
}

// options reads what decides how to answer.
func (ask *openaiResponsesCall) options(o object, c *call) (bad *openaiError) {
	if ask.obfuscate, bad = openaiStreamed(o, c.req); bad != nil {
		return bad
	}
	ask.streamed = c.req.Stream
	for _, bad := range []*openaiError{
		openaiWant(o, "model", "a string", &c.req.Model),
		openaiWant(o, "store", "a boolean", &ask.store),
		openaiWant(o, "background", "a boolean", &ask.background),
		openaiCount(o, "max_output_tokens", [2]int{16, 10_000_000}, &c.req.MaxTokens),
		openaiWant(o, "previous_response_id", "a string", &ask.previous),
	} {
		if bad != nil {
			return bad
		}
	}
	if c.req.MaxTokens > 0 {
		ask.longest = &c.req.MaxTokens
	}
	switch {
	case c.req.Model == "":
		return openaiMissing("model")
	case ask.background && !ask.store:
		return openaiInvalid("background", "", "Background mode requires store to be true.")
	}
	return nil
}

// settings reads what the response repeats.
func (ask *openaiResponsesCall) settings(o object, c *call) (bad *openaiError) {
	ask.echo, bad = openaiEchoOf(o, c.req.Model)
	return bad
}

// conversation reads what was said: the instructions, what a previous response knew,
// and the input.
func (ask *openaiResponsesCall) conversation(o object, c *call) *openaiError {
	var said conversation
	instructions, ok := texts(o["instructions"])
	if !ok {
		return openaiType("instructions", "one of a string or array of objects", o["instructions"])
	}
	said.add("system", instructions)
	if ask.previous != nil {
		before, ok := c.s.kept.responses.get(*ask.previous)
		if !ok {
			return openaiInvalid("previous_response_id", "previous_response_not_found",
				"Previous response with id '"+*ask.previous+"' not found.")
		}
		said.add("previous", before.conversation())
		said.turn = before.standing()
	}
	if !o.given("input") && ask.previous == nil {
		return openaiInvalid("", "missing_required_parameter",
			`One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`)
	}
	if bad := openaiItems(o["input"], &said); bad != nil {
		return bad
	}
	// Instructions are not carried over to the next response.
	ask.texts, ask.turn = said.texts[len(instructions):], said.turn
	said.put(c.req)
	if ask.json && ask.schema == nil && !strings.Contains(strings.ToLower(c.req.Prompt), "json") {
		return openaiInvalid("input", "", "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.")
	}
	return nil
}

// openaiItems reads an input: a text of the user's, or messages, calls and what came
// of them.
func openaiItems(raw json.RawMessage, all *conversation) *openaiError {
	if kind(raw) != "an array" {
		content, ok := saying(raw)
		if !ok {
			return openaiType("input", "one of a string or array of objects", raw)
		}
		all.say("user", content)
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return openaiType("input", "an array of objects", raw)
	}
	if len(items) == 0 {
		return openaiInvalid("input", "empty_array",
			"Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	for i, raw := range items {
		at := fmt.Sprintf("input[%d]", i)
		var item object
		if json.Unmarshal(raw, &item) != nil || item == nil {
			return openaiType(at, "an object", raw)
		}
		if bad := openaiItem(at, item, all); bad != nil {
			return bad
		}
	}
	return nil
}

// openaiItem reads one item. What has no type is a message.
func openaiItem(at string, item object, all *conversation) *openaiError {
	what, role := "message", ""
	if !field(item, "type", &what) {
		return openaiType(at+".type", "a string", item["type"])
	}
	if what != "message" {
		return openaiOtherItem(at, what, item, all)
	}
	switch {
	case !item.given("role"):
		return openaiMissing(at + ".role")
	case !field(item, "role", &role):
		return openaiType(at+".role", "a string", item["role"])
	case !item.given("content"):
		return openaiMissing(at + ".content")
	}
	if bad := openaiOneOf(at+".role", role, "assistant", "system", "developer", "user"); bad != nil {
		return bad
	}
	content, ok := saying(item["content"])
	if !ok {
		return openaiType(at+".content", "one of a string or array of objects", item["content"])
	}
	all.say(role, content)
	return nil
}

// openaiOtherItem reads an item that is no message.
func openaiOtherItem(at, what string, item object, all *conversation) *openaiError {
	known := []string{
		"code_interpreter_call", "compaction", "computer_call", "computer_call_output", "custom_tool_call",
		"custom_tool_call_output", "file_search_call", "function_call", "function_call_output", "image_generation_call",
		"item_reference", "local_shell_call", "local_shell_call_output", "mcp_approval_request", "mcp_approval_response",
		"mcp_call", "mcp_list_tools", "message", "reasoning", "shell_call", "shell_call_output", "web_search_call",
	}
	if !slices.Contains(known, what) {
		return openaiOneOf(at, what, known...)
	}
	if strings.HasSuffix(what, "tool_call_output") || what == "function_call_output" {
		if !item.given("call_id") {
			return openaiMissing(at + ".call_id")
		}
	}
	var content said
	for _, key := range []string{"arguments", "output"} {
		content.read(2, item[key]) // what is no text says nothing
	}
	if name := ""; what == "function_call" && field(item, "name", &name) {
		content.called = []string{name}
	}
	all.say(what, content)
	return nil
}
