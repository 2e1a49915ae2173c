package mockllm

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// openaiTools reads the tools that are offered.
func openaiTools(o object, req *Request, chat *openaiChatCall) *openaiError {
	if !o.given("tools") {
		return nil
	}
	var offered []json.RawMessage
	if bad := openaiWant(o, "tools", "an array of objects", &offered); bad != nil {
		return bad
	}
	if len(offered) == 0 {
		return openaiInvalid("tools", "empty_array",
			"Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	req.Tools = true
	for i, raw := range offered {
		at := fmt.Sprintf("tools[%d]", i)
		var t object
		if json.Unmarshal(raw, &t) != nil || t == nil {
			return openaiType(at, "an object", raw)
		}
		what := ""
		switch field(t, "type", &what); what {
		case "function":
			f, bad := openaiFunction(t["function"], at+".function")
			if bad != nil {
				return bad
			}
			chat.tools = append(chat.tools, f)
		case "custom": // takes text in a grammar of its own, and is never called
		case "":
			return openaiMissing(at + ".type")
		default:
			return openaiOneOf(at+".type", what, "function", "custom")
		}
	}
	return nil
}

var openaiName = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// openaiFunction reads a function.
func openaiFunction(raw json.RawMessage, at string) (tool, *openaiError) {
	var f object
	var t tool
	switch {
	case len(raw) == 0:
		return t, openaiMissing(at)
	case json.Unmarshal(raw, &f) != nil || f == nil:
		return t, openaiType(at, "an object", raw)
	case !f.given("name"):
		return t, openaiMissing(at + ".name")
	case !field(f, "name", &t.name):
		return t, openaiType(at+".name", "a string", f["name"])
	case !openaiName.MatchString(t.name):
		return t, openaiInvalid(at+".name", "invalid_value", "Invalid '"+at+".name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.")
	case f.given("parameters") && kind(f["parameters"]) != "an object":
		return t, openaiType(at+".parameters", "an object", f["parameters"])
	case f.given("parameters"):
		t.schema = f["parameters"]
	}
	return t, nil
}

// openaiToolChoice reads which of the tools can or must be called.
func openaiToolChoice(o object, _ *Request, chat *openaiChatCall) *openaiError {
	for _, key := range []string{"tool_choice", "parallel_tool_calls"} {
		if o.given(key) && !o.given("tools") {
			return openaiInvalid(key, "", fmt.Sprintf("Invalid value for '%[1]s': '%[1]s' is only allowed when 'tools' are specified.", key))
		}
	}
	if bad := openaiWant(o, "parallel_tool_calls", "a boolean", &chat.pair); bad != nil {
		return bad
	}
	mode := ""
	switch raw := o["tool_choice"]; kind(raw) {
	case "nothing", "null":
		return nil
	case "an object":
		return openaiNamed(raw, chat)
	case "a string":
		_ = json.Unmarshal(raw, &mode)
	default:
		return openaiType("tool_choice", "one of a string or object", raw)
	}
	chat.choose(mode)
	return openaiOneOf("tool_choice", mode, "none", "auto", "required")
}

// choose does what none, auto and required say.
func (w *wanted) choose(mode string) {
	w.must = mode == "required"
	if mode == "none" {
		w.tools = nil
	}
}

// openaiNamed reads a choice of one tool, or of some of them.
func openaiNamed(raw json.RawMessage, chat *openaiChatCall) *openaiError {
	type named struct {
		Type     string `json:"type"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	}
	var choice struct {
		named
		Allowed struct {
			Mode  string  `json:"mode"`
			Tools []named `json:"tools"`
		} `json:"allowed_tools"`
	}
	if json.Unmarshal(raw, &choice) != nil {
		return openaiInvalid("tool_choice", "invalid_type", "Invalid type for 'tool_choice'.")
	}
	allowed := choice.Allowed.Tools
	switch choice.Type {
	case "function":
		allowed = []named{choice.named}
		chat.must, chat.named = true, true
	case "allowed_tools":
		chat.choose(choice.Allowed.Mode)
	case "custom":
		chat.tools = nil
		return nil
	default:
		return openaiOneOf("tool_choice.type", choice.Type, "function", "allowed_tools", "custom")
	}
	var tools []tool
	for _, a := range allowed {
		t, ok := chat.called(a.Function.Name)
		if !ok && a.Type == "function" {
			return openaiInvalid("tool_choice", "", fmt.Sprintf("Tool choice '%s' not found in 'tools' parameter.", a.Function.Name))
		}
		if ok {
			tools = append(tools, t)
		}
	}
	chat.tools = tools
	return nil
}

// openaiFormat reads what form the text shall have.
func openaiFormat(o object, req *Request, chat *openaiChatCall) *openaiError {
	const at = "response_format"
	var format object
	if bad := openaiWant(o, at, "an object", &format); bad != nil || format == nil {
		return bad
	}
	what := ""
	switch field(format, "type", &what); what {
	case "text":
	case "":
		return openaiMissing(at + ".type")
	case "json_object":
		if !strings.Contains(strings.ToLower(req.Prompt), "json") {
			return openaiInvalid("messages", "", "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
		}
		chat.json = true
	case "json_schema":
		chat.json = true
		schema, bad := openaiSchema(format["json_schema"], at+".json_schema")
		chat.schema = schema
		return bad
	default:
		return openaiOneOf(at+".type", what, "json_object", "json_schema", "text")
	}
	return nil
}

// openaiSchema reads a named schema.
func openaiSchema(raw json.RawMessage, at string) (json.RawMessage, *openaiError) {
	var named object
	switch {
	case len(raw) == 0:
		return nil, openaiMissing(at)
	case json.Unmarshal(raw, &named) != nil || named == nil:
		return nil, openaiType(at, "an object", raw)
	case !named.given("name"):
		return nil, openaiMissing(at + ".name")
	case named.given("schema") && kind(named["schema"]) != "an object":
		return nil, openaiType(at+".schema", "an object", named["schema"])
	case named.given("schema"):
		return named["schema"], nil
	}
	return nil, nil
}

// openaiMissing is a 400 for a parameter that must be given.
func openaiMissing(param string) *openaiError {
	return openaiInvalid(param, "missing_required_parameter", "Missing required parameter: '"+param+"'.")
}
