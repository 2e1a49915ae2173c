package mockllm

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var anthropicName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)

// offered reads the tools that are offered.
func (m *anthropicCall) offered(o object, req *Request) string {
	var offered []json.RawMessage
	if !field(o, "tools", &offered) {
		return "tools: Input should be a valid list"
	}
	req.Tools = req.Tools || len(offered) > 0
	for i, raw := range offered {
		at := fmt.Sprintf("tools.%d", i)
		var t object
		if json.Unmarshal(raw, &t) != nil || t == nil {
			return at + ": Input should be a valid dictionary or object to extract fields from"
		}
		what := "custom"
		if !field(t, "type", &what) {
			return at + ".type: Input should be a valid string"
		}
		if what != "custom" {
			continue // the provider's own, which it calls itself, or without a schema
		}
		f, wrong := anthropicTool(t)
		if wrong != "" {
			return at + ".custom." + wrong
		}
		if _, twice := m.called(f.name); twice {
			return "tools: Tool names must be unique."
		}
		m.tools = append(m.tools, f)
	}
	m.known = m.tools
	return ""
}

// anthropicTool reads a tool of the app's.
func anthropicTool(t object) (tool, string) {
	f := tool{schema: t["input_schema"]}
	var schema object
	switch {
	case !t.given("name"):
		return f, "name: Field required"
	case !field(t, "name", &f.name):
		return f, "name: Input should be a valid string"
	case !anthropicName.MatchString(f.name):
		return f, "name: String should match pattern '" + anthropicName.String() + "'"
	case f.schema == nil:
		return f, "input_schema: Field required"
	case json.Unmarshal(f.schema, &schema) != nil || schema == nil:
		return f, "input_schema: Input should be a valid dictionary"
	case schema["type"] == nil:
		return f, "input_schema.type: Field required"
	case string(schema["type"]) != `"object"`:
		return f, "input_schema.type: Input should be 'object'"
	}
	return f, ""
}

// choice reads which of the tools can or must be called.
func (m *anthropicCall) choice(o object, req *Request) string {
	choice := struct {
		Type  string `json:"type"`
		Name  string `json:"name"`
		Alone *bool  `json:"disable_parallel_tool_use"`
	}{Type: "auto"}
	switch {
	case !o.given("tool_choice"):
		return ""
	case !field(o, "tool_choice", &choice):
		return "tool_choice: Input should be a valid dictionary or object to extract fields from"
	case !req.Tools:
		return "tool_choice: tool_choice may only be specified while providing tools"
	}
	m.pair = choice.Alone != nil && !*choice.Alone
	switch choice.Type {
	case "auto":
	case "any":
		m.must = true
	case "none":
		m.tools = nil
	case "tool":
		named, ok := m.called(choice.Name)
		if !ok && !strings.Contains(string(o["tools"]), `"`+choice.Name+`"`) {
			return fmt.Sprintf("tool_choice: Tool '%s' not found in provided tools", choice.Name)
		}
		m.must, m.tools = true, nil
		if ok {
			m.tools = []tool{named}
		}
	default:
		return fmt.Sprintf("tool_choice: Input tag '%s' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'", choice.Type)
	}
	return ""
}

// ends reads what ends the message.
func (m *anthropicCall) ends(o object, _ *Request) string {
	if !field(o, "stop_sequences", &m.stops) {
		return "stop_sequences: Input should be a valid list"
	}
	if slices.ContainsFunc(m.stops, func(s string) bool { return strings.TrimSpace(s) == "" }) {
		return "stop_sequences: each stop sequence must contain non-whitespace"
	}
	return ""
}

// thinks reads whether to think first.
func (m *anthropicCall) thinks(o object, req *Request) string {
	const least = 1024
	thinking := struct {
		Type    string `json:"type"`
		Budget  *int   `json:"budget_tokens"`
		Display string `json:"display"`
	}{}
	if !field(o, "thinking", &thinking) {
		return "thinking: Input should be a valid dictionary or object to extract fields from"
	}
	m.secret = thinking.Display == "omitted"
	switch thinking.Type {
	case "adaptive":
		m.think = least
	case "enabled":
		switch {
		case thinking.Budget == nil:
			return "thinking.enabled.budget_tokens: Field required"
		case *thinking.Budget < least:
			return fmt.Sprintf("thinking.enabled.budget_tokens: Input should be greater than or equal to %d", least)
		case req.MaxTokens > 0 && *thinking.Budget >= req.MaxTokens:
			return "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size"
		}
		m.think = *thinking.Budget
	}
	if m.think > 0 && m.must {
		return "Thinking may not be enabled when tool_choice forces tool use."
	}
	return ""
}

// format reads what form the text shall have. Where it stands has changed.
func (m *anthropicCall) format(o object, _ *Request) string {
	var config object
	if !field(o, "output_config", &config) {
		return "output_config: Input should be a valid dictionary or object to extract fields from"
	}
	at, raw := "output_config.format", config["format"]
	if !config.given("format") {
		at, raw = "output_format", o["output_format"]
	}
	if len(raw) == 0 || kind(raw) == "null" {
		return ""
	}
	var format object
	switch {
	case json.Unmarshal(raw, &format) != nil:
		return at + ": Input should be a valid dictionary or object to extract fields from"
	case string(format["type"]) != `"json_schema"`:
		return at + ".type: Input should be 'json_schema'"
	case format["schema"] == nil:
		return at + ".schema: Field required"
	case kind(format["schema"]) != "an object":
		return at + ".schema: Input should be a valid dictionary"
	}
	m.json, m.schema = true, format["schema"]
	return ""
}
