package mockllm

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// openaiChat reads a chat completion request.
func openaiChat(c *call) (func(*exchange), *Reply) {
	chat := openaiChatCall{choices: 1, obfuscate: true}
	o, bad := openaiBody(c)
	if bad == nil {
		bad = openaiFields(o, c.req)
	}
	var said conversation
	if bad == nil {
		bad = openaiMessages(o["messages"], &said)
	}
	said.put(c.req)
	chat.turn = said.turn
	for _, read := range []func(object, *Request, *openaiChatCall) *openaiError{
		openaiSampling, openaiStreamOptions, openaiChoices, openaiTools, openaiToolChoice, openaiFormat,
	} {
		if bad == nil {
			bad = read(o, c.req, &chat)
		}
	}
	if bad != nil {
		reply := bad.reply(c.asked())
		return nil, &reply
	}
	return chat.serve, nil
}

// openaiStreamOptions reads what is said of the stream.
func openaiStreamOptions(o object, req *Request, chat *openaiChatCall) (bad *openaiError) {
	chat.obfuscate, bad = openaiStreamed(o, req)
	return bad
}

// openaiChoices reads how many choices there shall be, what ends them and what is told
// of their tokens.
func openaiChoices(o object, _ *Request, chat *openaiChatCall) *openaiError {
	const maxChoices, maxTop = 128, 20
	if bad := openaiCount(o, "n", [2]int{1, maxChoices}, &chat.choices); bad != nil {
		return bad
	}
	if bad := openaiCount(o, "top_logprobs", [2]int{0, maxTop}, &chat.top); bad != nil {
		return bad
	}
	if bad := openaiWant(o, "logprobs", "a boolean", &chat.logprobs); bad != nil {
		return bad
	}
	var bad *openaiError
	chat.stops, bad = openaiStops(o)
	return bad
}

// openaiBody is a request's JSON object.
func openaiBody(c *call) (object, *openaiError) {
	var o object
	if _, wrong := mistake(c.body); wrong || !decode(space(c.body), &o) || o == nil {
		return nil, &openaiError{
			status: http.StatusBadRequest, gateway: true, Type: invalidRequest,
			Message: "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
		}
	}
	return o, nil
}

// openaiFields reads everything but the messages.
func openaiFields(o object, req *Request) *openaiError {
	if !field(o, "model", &req.Model) {
		return openaiType("model", "a string", o["model"])
	}
	if !field(o, "stream", &req.Stream) {
		return openaiType("stream", "a boolean", o["stream"])
	}
	for _, key := range []string{"max_tokens", "max_completion_tokens"} {
		n := 0
		switch {
		case !field(o, key, &n):
			return openaiType(key, "an integer", o[key])
		case o.given(key) && n < 1:
			return openaiInvalid(key, "integer_below_min_value", fmt.Sprintf(
				"Invalid '%s': integer below minimum value. Expected a value >= 1, but got %d instead.", key, n))
		}
		req.MaxTokens = max(req.MaxTokens, n)
	}
	if req.Model == "" {
		return &openaiError{
			status: http.StatusBadRequest, gateway: true, Type: invalidRequest,
			Message: "you must provide a model parameter",
		}
	}
	if !o.given("messages") {
		return openaiInvalid("messages", "missing_required_parameter", "Missing required parameter: 'messages'.")
	}
	return nil
}

// openaiMessages reads the conversation.
func openaiMessages(raw json.RawMessage, said *conversation) *openaiError {
	var messages []json.RawMessage
	if !decode(raw, &messages) {
		return openaiType("messages", "an array of objects", raw)
	}
	if len(messages) == 0 {
		return openaiInvalid("messages", "empty_array",
			"Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	roles := []string{"system", "assistant", "user", "function", "tool", "developer"}
	for i, raw := range messages {
		at := func(rest string) string { return fmt.Sprintf("messages[%d]%s", i, rest) }
		var m object
		if !decode(raw, &m) || m == nil {
			return openaiType(at(""), "an object", raw)
		}
		role := ""
		switch {
		case !m.given("role"):
			return openaiInvalid(at(".role"), "missing_required_parameter", "Missing required parameter: '"+at(".role")+"'.")
		case !field(m, "role", &role):
			return openaiType(at(".role"), "a string", m["role"])
		case !slices.Contains(roles, role):
			return openaiInvalid(at(".role"), "invalid_value", fmt.Sprintf(
				"Invalid value: '%s'. Supported values are: '%s', and '%s'.", role, strings.Join(roles[:5], "', '"), roles[5]))
		}
		content, ok := saying(m["content"])
		if !ok {
			return openaiType(at(".content"), "one of a string or array of objects", m["content"])
		}
		if content.called, ok = openaiCalled(m["tool_calls"]); !ok {
			return openaiType(at(".tool_calls"), "an array of objects", m["tool_calls"])
		}
		said.say(role, content)
	}
	return nil
}

// openaiCalled are the names of the tools that a message calls.
func openaiCalled(raw json.RawMessage) (names []string, ok bool) {
	var calls []struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	if len(raw) > 0 && json.Unmarshal(raw, &calls) != nil {
		return nil, false
	}
	for _, c := range calls {
		names = append(names, c.Function.Name)
	}
	return names, true
}

// openaiInvalid is a 400 for a parameter.
func openaiInvalid(param, code, message string) *openaiError {
	return &openaiError{
		status: http.StatusBadRequest, Message: message,
		Type: invalidRequest, Param: ptr(param), Code: ptr(code),
	}
}

// openaiType is a 400 for a value of another type than wanted.
func openaiType(param, want string, got json.RawMessage) *openaiError {
	return openaiInvalid(param, "invalid_type", fmt.Sprintf(
		"Invalid type for '%s': expected %s, but got %s instead.", param, want, kind(got)))
}
