package mockllm

import (
	"encoding/json"
	"fmt"
	"slices"
)

// geminiCall is content to be generated.
type geminiCall struct{ wanted }

const geminiPackage = "type.googleapis.com/google.ai.generativelanguage.v1beta."

// geminiSettings reads the generation config.
func geminiSettings(o object, req *Request, g *geminiCall) *geminiError {
	if !o.given("generationConfig") {
		return nil
	}
	config, ok := geminiObject(o["generationConfig"])
	if !ok {
		return geminiValue("generation_config", geminiPackage+"GenerationConfig", o["generationConfig"])
	}
	most, bad := geminiInt(config, "maxOutputTokens", "generation_config.max_output_tokens")
	switch {
	case bad != nil:
		return bad
	case config.given("maxOutputTokens") && most < 1:
		return geminiInvalid(fmt.Sprintf(
			"Unable to submit request because it has a maxOutputTokens value of %d but the supported range is from 1 (inclusive) to 65537 (exclusive). Update the value and try again.", most))
	case !field(config, "stopSequences", &g.stops):
		return geminiValue("generation_config.stop_sequences", "TYPE_STRING", config["stopSequences"])
	}
	req.MaxTokens = most
	if bad := geminiFormat(config, g); bad != nil {
		return bad
	}
	return geminiThinking(config, g)
}

// geminiInt is a whole number, which may stand in a string.
func geminiInt(o object, key, at string) (int, *geminiError) {
	var n json.Number
	if !field(o, key, &n) {
		return 0, geminiValue(at, "TYPE_INT32", o[key])
	}
	if n == "" {
		return 0, nil
	}
	i, err := n.Int64()
	if err != nil || i > 1<<31-1 || i < -1<<31 {
		return 0, geminiValue(at, "TYPE_INT32", o[key])
	}
	return int(i), nil
}

// geminiFormat reads what the text shall be: a document, of a schema if there is one
// in either of two spellings, or a word that a schema has the choice of.
func geminiFormat(config object, g *geminiCall) *geminiError {
	kind := ""
	if !field(config, "responseMimeType", &kind) {
		return geminiValue("generation_config.response_mime_type", "TYPE_STRING", config["responseMimeType"])
	}
	g.json, g.choice = kind == "application/json", kind == "text/x.enum"
	for _, key := range []string{"responseSchema", "responseJsonSchema"} {
		if !config.given(key) {
			continue
		}
		if !g.json && !g.choice {
			return geminiInvalid("* GenerateContentRequest.generation_config.response_schema: only allowed when mime_type is set to application/json\n")
		}
		g.schema = config[key]
	}
	g.choice = g.choice && g.schema != nil
	return nil
}

// geminiThinking reads how much of the thinking shall be seen.
func geminiThinking(config object, g *geminiCall) *geminiError {
	if !config.given("thinkingConfig") {
		return nil
	}
	thinking, ok := geminiObject(config["thinkingConfig"])
	shown := false
	if !ok || !field(thinking, "includeThoughts", &shown) {
		return geminiValue("generation_config.thinking_config", geminiPackage+"GenerationConfig.ThinkingConfig", config["thinkingConfig"])
	}
	budget, bad := geminiInt(thinking, "thinkingBudget", "generation_config.thinking_config.thinking_budget")
	if bad != nil || !shown {
		return bad
	}
	if !thinking.given("thinkingBudget") || budget < 0 {
		budget = 1024 // as much as the model likes
	}
	g.think = budget
	return nil
}

// geminiTools reads the functions that can be called, and whether one must be.
func geminiTools(o object, g *geminiCall) *geminiError {
	tools, ok := geminiMany(o["tools"])
	if !ok {
		return geminiValue("tools", geminiPackage+"Tool", o["tools"])
	}
	for i, raw := range tools {
		t, ok := geminiObject(raw)
		functions, many := geminiMany(t["functionDeclarations"])
		if !ok || !many {
			return geminiValue(fmt.Sprintf("tools[%d]", i), geminiPackage+"Tool", raw)
		}
		for j, raw := range functions {
			f, bad := geminiFunction(raw, fmt.Sprintf("tools[%d].function_declarations[%d]", i, j))
			if bad != nil {
				return bad
			}
			g.tools = append(g.tools, f)
		}
	}
	return geminiChoice(o, g)
}

func geminiFunction(raw json.RawMessage, at string) (tool, *geminiError) {
	f, ok := geminiObject(raw)
	var t tool
	if !ok || !field(f, "name", &t.name) {
		return t, geminiValue(at, geminiPackage+"FunctionDeclaration", raw)
	}
	if t.name == "" {
		return t, geminiInvalid("* GenerateContentRequest." + at + ".name: [FIELD_INVALID] Invalid function name.\n")
	}
	for _, key := range []string{"parameters", "parametersJsonSchema"} {
		if f.given(key) {
			t.schema = f[key]
		}
	}
	return t, nil
}

// geminiChoice reads how the functions may be called.
func geminiChoice(o object, g *geminiCall) *geminiError {
	if !o.given("toolConfig") {
		return nil
	}
	config, ok := geminiObject(o["toolConfig"])
	if !ok {
		return geminiValue("tool_config", geminiPackage+"ToolConfig", o["toolConfig"])
	}
	if !config.given("functionCallingConfig") {
		return nil
	}
	calling, ok := geminiObject(config["functionCallingConfig"])
	mode, allowed := "", []string(nil)
	if !ok || !field(calling, "mode", &mode) || !field(calling, "allowedFunctionNames", &allowed) {
		return geminiValue("tool_config.function_calling_config", geminiPackage+"FunctionCallingConfig", config["functionCallingConfig"])
	}
	switch mode {
	case "NONE":
		g.tools = nil
	case "ANY":
		g.must = len(g.tools) > 0
	}
	if len(allowed) > 0 {
		g.tools = slices.DeleteFunc(g.tools, func(t tool) bool { return !slices.Contains(allowed, t.name) })
	}
	return nil
}
