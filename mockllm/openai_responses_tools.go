package mockllm

import (
	"encoding/json"
	"fmt"
	"slices"
)

// shape reads what the answer shall be like: which tools can be called, and which
// form the text shall have.
func (ask *openaiResponsesCall) shape(o object, c *call) *openaiError {
	var offered []json.RawMessage
	_ = field(o, "tools", &offered)                // the echo has looked at it
	_ = field(o, "parallel_tool_calls", &ask.pair) // the same
	c.req.Tools = len(offered) > 0
	for i, raw := range offered {
		at := fmt.Sprintf("tools[%d]", i)
		var t object
		if json.Unmarshal(raw, &t) != nil || t == nil {
			return openaiType(at, "an object", raw)
		}
		what := ""
		switch field(t, "type", &what); what {
		case "":
			return openaiMissing(at + ".type")
		case "function":
			f, bad := openaiFunction(raw, at)
			if bad != nil {
				return bad
			}
			ask.tools = append(ask.tools, f)
		}
		// Other tools are the provider's own, or take no JSON: they are never called.
	}
	if bad := ask.choice(o["tool_choice"]); bad != nil {
		return bad
	}
	return ask.format(o)
}

// choice reads which of the tools can or must be called.
func (ask *openaiResponsesCall) choice(raw json.RawMessage) *openaiError {
	type named struct{ Type, Name string }
	choice := struct {
		named
		Mode  string
		Tools []named
	}{}
	switch kind(raw) {
	case "nothing", "null":
		return nil
	case "a string":
		_ = json.Unmarshal(raw, &choice.Mode)
		ask.choose(choice.Mode)
		return openaiOneOf("tool_choice", choice.Mode, "none", "auto", "required")
	case "an object":
	default:
		return openaiType("tool_choice", "one of a string or object", raw)
	}
	if json.Unmarshal(raw, &choice) != nil {
		return openaiInvalid("tool_choice", "invalid_type", "Invalid type for 'tool_choice'.")
	}
	switch choice.Type {
	case "":
		return openaiMissing("tool_choice.type")
	case "function":
		choice.Tools, ask.must = []named{choice.named}, true
	case "allowed_tools":
		ask.choose(choice.Mode)
	}
	for _, t := range choice.Tools {
		if _, ok := ask.called(t.Name); !ok && t.Type == "function" {
			return openaiInvalid("tool_choice", "", fmt.Sprintf("Tool choice '%s' not found in 'tools' parameter.", t.Name))
		}
	}
	ask.tools = slices.DeleteFunc(ask.tools, func(t tool) bool {
		return !slices.ContainsFunc(choice.Tools, func(n named) bool { return n.Type == "function" && n.Name == t.name })
	})
	return nil
}

// format reads what form the text shall have.
func (ask *openaiResponsesCall) format(o object) (bad *openaiError) {
	const at = "text.format"
	var text, format object
	_ = field(o, "text", &text) // the echo has looked at both
	_ = field(text, "format", &format)
	what := "text"
	if !field(format, "type", &what) {
		return openaiType(at+".type", "a string", format["type"])
	}
	if bad := openaiOneOf(at+".type", what, "json_object", "json_schema", "text"); bad != nil {
		return bad
	}
	ask.json = what != "text"
	if what == "json_schema" {
		ask.schema, bad = openaiSchema(text["format"], at)
		if bad == nil && ask.schema == nil {
			bad = openaiMissing(at + ".schema")
		}
	}
	return bad
}
