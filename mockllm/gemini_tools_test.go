package mockllm_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

const geminiTools = `,"tools":[{"functionDeclarations":[
	{"name":"track","parameters":{"type":"OBJECT","properties":{"parcel":{"type":"STRING"},"urgent":{"type":"BOOLEAN"}},"required":["parcel","urgent"]}},
	{"name":"ask","parametersJsonSchema":{"type":"object","properties":{"question":{"type":"string"}},"required":["question"]}}]}]`

// geminiSays is what an answer consists of: of each part its text, or the function it
// calls with its arguments, and why the answer ended.
func geminiSays(t *testing.T, body string) (parts []string, finish string) {
	t.Helper()
	var all []struct {
		Candidates []struct {
			Content struct {
				Parts []struct {
					Text         string
					Thought      bool
					FunctionCall *struct {
						Name string
						Args json.RawMessage
					}
				}
			}
			FinishReason string
		}
	}
	if strings.HasPrefix(body, "data:") {
		body = "[" + strings.Join(strings.Split(strings.TrimSpace(strings.ReplaceAll(body, "data: ", "")), "\r\n\r\n"), ",") + "]"
	}
	if strings.HasPrefix(body, "{") {
		body = "[" + body + "]"
	}
	unmarshal(t, []byte(body), &all)
	for _, c := range all {
		for _, p := range c.Candidates[0].Content.Parts {
			switch {
			case p.FunctionCall != nil:
				parts = append(parts, p.FunctionCall.Name+string(p.FunctionCall.Args))
			case p.Thought:
				parts = append(parts, "thought")
			case p.Text != "":
				parts = append(parts, p.Text)
			}
		}
		finish += c.Candidates[0].FinishReason
	}
	return parts, finish
}

// TestGeminiCalls: which functions are called, and that every loop of calls ends.
func TestGeminiCalls(t *testing.T) {
	nonce := answer.Nonce(7, 1)
	s := server(t, "gemini", sized(6), nil)
	const (
		called   = `,{"role":"model","parts":[{"functionCall":{"name":"track","args":{}}}]}`
		returned = `,{"role":"user","parts":[{"functionResponse":{"name":"track","response":{"at":"the depot"}}}]}`
		both     = `,{"role":"model","parts":[{"functionCall":{"name":"ask","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"ask","response":{}}}]}`
	)
	for _, c := range []struct {
		name, more, config string
		want               []string // called; none: a text
	}{
		{"may call", "", "", []string{"track"}},
		{"must call", "", `,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}`, []string{"track"}},
		{"must call one of some", "", `,"tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["ask"]}}`, []string{"ask"}},
		{"shall not call", "", `,"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}`, nil},
		{"has called", called + returned, "", nil},
		{"must call the other", called + returned, `,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}`, []string{"ask"}},
		{"has called all", called + returned + both, `,"toolConfig":{"functionCallingConfig":{"mode":"ANY"}}`, nil},
	} {
		body := `{"contents":[{"role":"user","parts":[{"text":"where is ` + nonce + `"}]}` + c.more + `]` + geminiTools + c.config + `}`
		for _, path := range []string{geminiPath, geminiSSE, geminiArray} {
			got := do(s, geminiRequest(t.Context(), "POST", path, body))
			parts, finish := geminiSays(t, got.body())
			if len(c.want) == 0 {
				if !wholeAnswer(strings.Join(parts, ""), nonce) || finish != "STOP" {
					t.Errorf("%s, %s: got %q %s", c.name, path, parts, finish)
				}
				continue
			}
			var names []string
			for _, p := range parts {
				name, args, _ := strings.Cut(p, "{")
				names = append(names, name)
				wants := map[string]string{"track": "parcel", "ask": "question"}[name]
				var values map[string]any
				unmarshal(t, []byte("{"+args), &values)
				if text, ok := values[wants].(string); !ok || !wholeAnswer(text, nonce) {
					t.Errorf("%s, %s: %s proves nothing", c.name, path, p)
				}
			}
			if !slices.Equal(names, c.want) || finish != "STOP" || got.status != 200 {
				t.Errorf("%s, %s: got %d %q %s", c.name, path, got.status, names, finish)
			}
		}
	}
}

// TestGeminiDocuments: an answer in JSON satisfies the schema in either spelling, and
// its text is in it.
func TestGeminiDocuments(t *testing.T) {
	s := server(t, "gemini", sized(30), nil)
	for _, c := range []struct{ name, config, want string }{
		{"a schema", `"responseSchema":{"type":"OBJECT","properties":{"reply":{"type":"STRING"},"mood":{"type":"STRING","enum":["calm","cross"]}},"required":["reply","mood"]}`, "calm"},
		{"a JSON schema", `"responseJsonSchema":{"type":"object","properties":{"reply":{"type":"string"},"mood":{"const":"calm"}},"required":["reply","mood"]}`, "calm"},
		{"none", `"candidateCount":1`, ""},
	} {
		body := geminiBody(`,"generationConfig":{"responseMimeType":"application/json",` + c.config + `}`)
		for _, path := range []string{geminiPath, geminiSSE} {
			parts, _ := geminiSays(t, do(s, geminiRequest(t.Context(), "POST", path, body)).body())
			var v struct{ Reply, Answer, Mood string }
			unmarshal(t, []byte(strings.Join(parts, "")), &v)
			if !wholeAnswer(v.Reply+v.Answer, answer.Nonce(7, 1)) || v.Mood != c.want {
				t.Errorf("%s, %s: got %q", c.name, path, parts)
			}
		}
	}
}

// TestGeminiChoice: a choice is a bare word of those that the schema has.
func TestGeminiChoice(t *testing.T) {
	s := server(t, "gemini", sized(30), nil)
	body := geminiBody(`,"generationConfig":{"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["calm","cross"]}}`)
	for _, path := range []string{geminiPath, geminiSSE} {
		parts, finish := geminiSays(t, do(s, geminiRequest(t.Context(), "POST", path, body)).body())
		if got := strings.Join(parts, ""); got != "calm" || finish != "STOP" {
			t.Errorf("%s: got %q %s; want calm STOP", path, got, finish)
		}
	}
}

// TestGeminiThoughts: they come first, are billed apart, and prove nothing.
func TestGeminiThoughts(t *testing.T) {
	s := server(t, "gemini", sized(30), nil)
	for config, want := range map[string]int{
		`"includeThoughts":true,"thinkingBudget":10`: 10, `"includeThoughts":true`: 30, `"includeThoughts":true,"thinkingBudget":-1`: 30,
		`"includeThoughts":true,"thinkingBudget":0`: 0, `"thinkingBudget":10`: 0,
	} {
		body := do(s, geminiRequest(t.Context(), "POST", geminiSSE, geminiBody(`,"generationConfig":{"thinkingConfig":{`+config+`}}`))).body()
		parts, _ := geminiSays(t, body)
		var last struct {
			UsageMetadata struct{ PromptTokenCount, CandidatesTokenCount, ThoughtsTokenCount, TotalTokenCount int }
		}
		all := datas(body)
		unmarshal(t, all[len(all)-1], &last)
		u := last.UsageMetadata
		if u.ThoughtsTokenCount != want || u.CandidatesTokenCount != 30 || u.TotalTokenCount != u.PromptTokenCount+want+30 {
			t.Errorf("%s: billed %+v", config, u)
		}
		if thinks := parts[0] == "thought"; thinks != (want > 0) || !wholeAnswer(strings.ReplaceAll(strings.Join(parts, ""), "thought", ""), answer.Nonce(7, 1)) {
			t.Errorf("%s: %q", config, parts)
		}
	}
}

// TestGeminiEnds: an answer that is stopped ends well, and a call that does not fit is
// left out.
func TestGeminiEnds(t *testing.T) {
	s := server(t, "gemini", sized(30), nil)
	whole, _ := geminiSays(t, do(s, geminiRequest(t.Context(), "POST", geminiPath, `{"contents":[{"parts":[{"text":"hello"}]}]}`)).body())
	word := strings.Fields(whole[0])[9]
	stopped, finish := geminiSays(t, do(s, geminiRequest(t.Context(), "POST", geminiPath, `{"contents":[{"parts":[{"text":"hello"}]}],"generationConfig":{"stopSequences":["`+word+`"]}}`)).body())
	if finish != "STOP" || len(stopped) != 1 || strings.Contains(stopped[0], word) || !strings.HasPrefix(whole[0], stopped[0]) {
		t.Errorf("stopped before %q: got %q %s", word, stopped, finish)
	}
	for _, path := range []string{geminiPath, geminiSSE} {
		body := do(s, geminiRequest(t.Context(), "POST", path, geminiBody(geminiTools+`,"generationConfig":{"maxOutputTokens":3}`))).body()
		if parts, finish := geminiSays(t, body); finish != "MAX_TOKENS" || len(parts) > 0 {
			t.Errorf("%s: a call in three tokens: got %q %s", path, parts, finish)
		}
	}
}

// TestGeminiToolsOnTheWire compares a call byte by byte.
func TestGeminiToolsOnTheWire(t *testing.T) {
	for name, path := range map[string]string{"gemini_call_json": geminiPath, "gemini_call_stream": geminiSSE} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			golden(t, name, do(server(t, "gemini", short(), nil), geminiRequest(t.Context(), "POST", path, geminiBody(geminiTools))).dump())
		})
	}
}

// TestGeminiSettingsRefused: what is wrong with tools and settings is said with its
// place.
func TestGeminiSettingsRefused(t *testing.T) {
	s := server(t, "gemini", sized(6), nil)
	got := map[string]string{}
	want := map[string]string{
		`"tools":"all"`: "'tools'",
		`"tools":[7]`:   "'tools[0]'",
		`"tools":[{"functionDeclarations":[{"name":7}]}]`: "'tools[0].function_declarations[0]'",
		`"tools":[{"functionDeclarations":[{}]}]`:         "tools[0].function_declarations[0].name",
		`"toolConfig":[]`: "'tool_config'",
		`"toolConfig":{"functionCallingConfig":{"mode":7}}`:               "'tool_config.function_calling_config'",
		`"generationConfig":7`:                                            "'generation_config'",
		`"generationConfig":{"stopSequences":"x"}`:                        "'generation_config.stop_sequences'",
		`"generationConfig":{"responseMimeType":7}`:                       "'generation_config.response_mime_type'",
		`"generationConfig":{"responseSchema":{"type":"STRING"}}`:         "response_schema: only allowed when mime_type is set to application/json",
		`"generationConfig":{"thinkingConfig":7}`:                         "'generation_config.thinking_config'",
		`"generationConfig":{"thinkingConfig":{"thinkingBudget":"much"}}`: "'generation_config.thinking_config.thinking_budget'",
		`"systemInstruction":7`:                                           "'system_instruction'",
	}
	for setting, place := range want {
		c := do(s, geminiRequest(t.Context(), "POST", geminiPath, geminiBody(","+setting)))
		var e struct{ Error struct{ Message string } }
		unmarshal(t, []byte(c.body()), &e)
		if got[setting] = e.Error.Message; c.status == 400 && strings.Contains(e.Error.Message, place) {
			got[setting] = place
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, req := s.Parse(geminiRequest(t.Context(), "POST", geminiPath, geminiBody(geminiTools)))
	if want := (mockllm.Request{Endpoint: "generate", Model: "gemini-2.5-flash", Tools: true, Key: "AIza-drill", Prompt: req.Prompt, Nonce: req.Nonce}); req != want {
		t.Errorf("got %+v", req)
	}
}
