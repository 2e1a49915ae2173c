package mockllm_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// said is what an app makes of an answer: its text, the names of the tools it is to
// call with the arguments, and why the answer ended.
type said struct {
	Text   string
	Calls  []string
	Finish string
}

// hear reads a whole answer or a stream of either dialect, as the SDKs do.
func hear(t *testing.T, dialect, body string) said {
	t.Helper()
	var s said
	if !strings.HasPrefix(body, "{") {
		return hearStream(t, body)
	}
	var v struct {
		Choices []struct {
			Message struct {
				Content   string
				ToolCalls []struct {
					Function struct{ Name, Arguments string }
				} `json:"tool_calls"`
			}
			FinishReason string `json:"finish_reason"`
		}
		Content []struct {
			Type, Text, Name string
			Input            json.RawMessage
		}
		StopReason string `json:"stop_reason"`
	}
	unmarshal(t, []byte(body), &v)
	if dialect == "anthropic" {
		for _, c := range v.Content {
			s.Text += c.Text
			if c.Type == "tool_use" {
				s.Calls = append(s.Calls, c.Name+string(c.Input))
			}
		}
		s.Finish = v.StopReason
		return s
	}
	for _, c := range v.Choices {
		s.Text += c.Message.Content
		s.Finish = c.FinishReason
		for _, call := range c.Message.ToolCalls {
			s.Calls = append(s.Calls, call.Function.Name+call.Function.Arguments)
		}
	}
	return s
}

// hearStream reads a stream of one choice.
func hearStream(t *testing.T, body string) (s said) {
	t.Helper()
	type call struct {
		Index    int
		Function struct{ Name, Arguments string }
	}
	for _, data := range datas(body) {
		if string(data) == "[DONE]" {
			break
		}
		var v struct {
			Choices []struct {
				Delta struct {
					Content   string
					ToolCalls []call `json:"tool_calls"`
				}
				FinishReason string `json:"finish_reason"`
			}
			Type         string
			Index        int
			ContentBlock struct{ Type, Name string } `json:"content_block"`
			Delta        struct {
				Text, StopReason string
				Stop             string `json:"stop_reason"`
				PartialJSON      string `json:"partial_json"`
			}
		}
		unmarshal(t, data, &v)
		for _, c := range v.Choices {
			s.Text, s.Finish = s.Text+c.Delta.Content, s.Finish+c.FinishReason
			for _, call := range c.Delta.ToolCalls {
				if call.Function.Name != "" {
					s.Calls = append(s.Calls, "")
				}
				s.Calls[call.Index] += call.Function.Name + call.Function.Arguments
			}
		}
		if v.ContentBlock.Type == "tool_use" {
			s.Calls = append(s.Calls, v.ContentBlock.Name)
		}
		if n := len(s.Calls); n > 0 {
			s.Calls[n-1] += v.Delta.PartialJSON
		}
		s.Text, s.Finish = s.Text+v.Delta.Text, s.Finish+v.Delta.Stop
	}
	for i, c := range s.Calls {
		if !strings.Contains(c, "{") { // a use of no arguments has none in its stream
			s.Calls[i] += "{}"
		}
	}
	return s
}

// choice is a choice of tools in a dialect's words.
func choice(dialect, mode string) string {
	words := map[string]map[string]string{
		"openai": {
			"none": `"none"`, "auto": `"auto"`, "required": `"required"`,
			"named": `{"type":"function","function":{"name":"is_it_noon"}}`,
			"some":  `{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"is_it_noon"}}]}}`,
		},
		"anthropic": {
			"none": `{"type":"none"}`, "auto": `{"type":"auto"}`, "required": `{"type":"any"}`,
			"named": `{"type":"tool","name":"is_it_noon"}`,
		},
	}
	if mode == "" {
		return ""
	}
	return `,"tool_choice":` + words[dialect][mode]
}

// talk is a conversation in a dialect's words: each line is who says it and what. Lines
// of tools are results, and those with a call before them.
func talk(dialect string, lines ...string) string {
	var all []string
	for i, line := range lines {
		who, what, _ := strings.Cut(line, ": ")
		id := fmt.Sprintf("call_%d", i)
		switch who + " " + dialect {
		case "tool openai":
			all = append(all,
				`{"role":"assistant","content":null,"tool_calls":[{"id":"`+id+`","type":"function","function":{"name":"`+what+`","arguments":"{}"}}]}`,
				`{"role":"tool","tool_call_id":"`+id+`","content":"clear"}`)
		case "tool anthropic":
			all = append(all,
				`{"role":"assistant","content":[{"type":"tool_use","id":"`+id+`","name":"`+what+`","input":{}}]}`,
				`{"role":"user","content":[{"type":"tool_result","tool_use_id":"`+id+`","content":[{"type":"text","text":"clear"}]}]}`)
		default:
			all = append(all, `{"role":"`+who+`","content":"`+what+`"}`)
		}
	}
	return `{"model":"m","max_tokens":400,"messages":[` + strings.Join(all, ",") + `]`
}

func offer(dialect string) string {
	return `,"tools":[` + weather(dialect) + `,` + noon(dialect) + `]`
}

// TestWhichToolIsCalled has the rule: a call where the user spoke last, and where one
// must be as long as there is one that was not called yet.
func TestWhichToolIsCalled(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	const first, second = "get_current_weather", "is_it_noon"
	ask := "user: is it " + nonce + "?"
	for _, c := range []struct {
		name, mode string
		lines      []string
		want       string // "": a text
	}{
		{"auto", "", []string{ask}, first},
		{"auto, said", "auto", []string{ask}, first},
		{"none", "none", []string{ask}, ""},
		{"required", "required", []string{ask}, first},
		{"named", "named", []string{ask}, second},
		{"after the result", "", []string{ask, "tool: " + first}, ""},
		{"after the answer", "", []string{ask, "tool: " + first, "assistant: yes"}, ""},
		{"asked again", "", []string{ask, "tool: " + first, "assistant: yes", ask}, first},
		{"required, one called", "required", []string{ask, "tool: " + first}, second},
		{"required, both called", "required", []string{ask, "tool: " + first, "tool: " + second}, ""},
		{"required, asked again", "required", []string{ask, "tool: " + first, "tool: " + second, "assistant: yes", ask}, first},
		{"named and called", "named", []string{ask, "tool: " + second}, ""},
		{"named, another called", "named", []string{ask, "tool: " + first}, second},
	} {
		for _, dialect := range []string{"openai", "anthropic"} {
			s := server(t, dialect, pace.Instant(), nil)
			for _, form := range []string{"}", `,"stream":true}`} {
				body := talk(dialect, c.lines...) + offer(dialect) + choice(dialect, c.mode) + form
				got := hear(t, dialect, do(s, request(t.Context(), "POST", path(dialect), body)).body())
				switch {
				case c.want == "" && (len(got.Calls) > 0 || !wholeAnswer(got.Text, nonce)):
					t.Errorf("%s, %s: got %+v; want a text", c.name, dialect, got)
				case c.want != "" && (len(got.Calls) != 1 || got.Text != "" || !strings.HasPrefix(got.Calls[0], c.want+"{")):
					t.Errorf("%s, %s: got %+v; want a call of %s", c.name, dialect, got, c.want)
				}
			}
		}
	}
}

// TestFinishOfCalls: a call that OpenAI was told to make by name does not end as one.
func TestFinishOfCalls(t *testing.T) {
	for _, c := range []struct{ dialect, mode, want string }{
		{"openai", "auto", "tool_calls"},
		{"openai", "required", "tool_calls"},
		{"openai", "some", "tool_calls"},
		{"openai", "named", "stop"},
		{"openai", "none", "stop"},
		{"anthropic", "auto", "tool_use"},
		{"anthropic", "named", "tool_use"},
		{"anthropic", "none", "end_turn"},
	} {
		var served []mockllm.Served
		s := server(t, c.dialect, pace.Instant(), keep(&served))
		for _, form := range []string{"}", `,"stream":true}`} {
			body := talk(c.dialect, "user: hello") + offer(c.dialect) + choice(c.dialect, c.mode) + form
			got := hear(t, c.dialect, do(s, request(t.Context(), "POST", path(c.dialect), body)).body())
			if got.Finish != c.want || served[len(served)-1].Finish != c.want {
				t.Errorf("%s, %s: got %q, told %q; want %q", c.dialect, c.mode, got.Finish, served[len(served)-1].Finish, c.want)
			}
		}
	}
}

// TestLoopsEnd: an app that does as it is told comes to an answer, also where calls are
// fixed.
func TestLoopsEnd(t *testing.T) {
	fixed := mockllm.Spec{Others: pace.Instant(), Answers: []mockllm.Fixed{{Tool: "is_it_noon"}}}
	for _, dialect := range []string{"openai", "anthropic"} {
		for mode, want := range map[string]int{"": 1, "none": 0, "required": 2, "named": 1} {
			loopEnds(t, server(t, dialect, pace.Instant(), nil), dialect, mode, want)
			fixed.Dialect = dialect
			s, err := mockllm.New("primary", fixed, mockllm.Options{})
			if err != nil {
				t.Fatal(err)
			}
			loopEnds(t, s, dialect, mode, want)
		}
	}
}

// loopEnds plays the app.
func loopEnds(t *testing.T, s *mockllm.Server, dialect, mode string, want int) {
	t.Helper()
	lines := []string{"user: hello " + answer.Nonce(1, 1)}
	calls := 0
	for ; calls < 10; calls++ {
		body := talk(dialect, lines...) + offer(dialect) + choice(dialect, mode) + "}"
		got := hear(t, dialect, do(s, request(t.Context(), "POST", path(dialect), body)).body())
		if len(got.Calls) == 0 {
			break
		}
		name, _, _ := strings.Cut(got.Calls[0], "{")
		lines = append(lines, "tool: "+name)
	}
	if calls != want {
		t.Errorf("%s, %q: %d calls; want %d", dialect, mode, calls, want)
	}
}

// TestTwoCalls: two at once only where that is said, and the claim in the first alone.
func TestTwoCalls(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	pair := map[string]string{
		"openai":    `,"parallel_tool_calls":true`,
		"anthropic": `,"tool_choice":{"type":"auto","disable_parallel_tool_use":false}`,
	}
	for _, dialect := range []string{"openai", "anthropic"} {
		for _, tools := range [][]string{{weather(dialect), noon(dialect)}, {weather(dialect)}} {
			for _, form := range []string{"}", `,"stream":true}`} {
				body := talk(dialect, "user: "+nonce) + `,"tools":[` + strings.Join(tools, ",") + `]` + pair[dialect] + form
				got := hear(t, dialect, do(server(t, dialect, pace.Instant(), nil), request(t.Context(), "POST", path(dialect), body)).body())
				want := []string{`get_current_weather{"location":"TEXT"}`, "is_it_noon{}"}
				if len(tools) == 1 {
					want[1] = `get_current_weather{"location":"mock"}`
				}
				if len(got.Calls) == 2 {
					_, args, _ := strings.Cut(got.Calls[0], `:"`)
					args = strings.TrimSuffix(args, `"}`)
					if !wholeAnswer(args, nonce) {
						t.Errorf("%s: %q proves nothing", dialect, args)
					}
					got.Calls[0] = strings.Replace(got.Calls[0], args, "TEXT", 1)
				}
				if diff := cmp.Diff(want, got.Calls); diff != "" {
					t.Errorf("%s (-want +got):\n%s", dialect, diff)
				}
			}
		}
	}
}

// TestArgumentsAreShortUnlessTheyAreTheAnswer: a tool that has to be called is how apps
// ask for JSON.
func TestArgumentsAreShortUnlessTheyAreTheAnswer(t *testing.T) {
	m := pace.Instant()
	m.Tokens = pace.Length{P50: 30}
	for _, dialect := range []string{"openai", "anthropic"} {
		for mode, want := range map[string]int{"auto": 4, "required": 30} {
			body := talk(dialect, "user: "+answer.Nonce(1, 1)) + `,"tools":[` + weather(dialect) + `]` + choice(dialect, mode) + "}"
			got := hear(t, dialect, do(server(t, dialect, m, nil), request(t.Context(), "POST", path(dialect), body)).body())
			if n := len(strings.Fields(got.Calls[0])); n != want {
				t.Errorf("%s, %s: %d words; want %d", dialect, mode, n, want)
			}
		}
	}
}

// TestToolRefusals has what is said to tools that are wrong.
func TestToolRefusals(t *testing.T) {
	for _, c := range []struct{ dialect, more, want string }{
		{"openai", `,"tools":7`, "Invalid type for 'tools': expected an array of objects, but got an integer instead."},
		{"openai", `,"tools":[]`, "Invalid 'tools': empty array."},
		{"openai", `,"tools":["f"]`, "Invalid type for 'tools[0]': expected an object, but got a string instead."},
		{"openai", `,"tools":[{}]`, "Missing required parameter: 'tools[0].type'."},
		{"openai", `,"tools":[{"type":"x"}]`, "Invalid value: 'x'. Supported values are: 'function' and 'custom'."},
		{"openai", `,"tools":[{"type":"function"}]`, "Missing required parameter: 'tools[0].function'."},
		{"openai", `,"tools":[{"type":"function","function":7}]`, "Invalid type for 'tools[0].function': expected an object"},
		{"openai", `,"tools":[{"type":"function","function":{}}]`, "Missing required parameter: 'tools[0].function.name'."},
		{"openai", `,"tools":[{"type":"function","function":{"name":7}}]`, "Invalid type for 'tools[0].function.name': expected a string"},
		{"openai", `,"tools":[{"type":"function","function":{"name":"a b"}}]`, "Invalid 'tools[0].function.name': string does not match pattern."},
		{"openai", `,"tools":[{"type":"function","function":{"name":"f","parameters":[]}}]`, "Invalid type for 'tools[0].function.parameters': expected an object"},
		{"openai", `,"tool_choice":"auto"`, "'tool_choice' is only allowed when 'tools' are specified."},
		{"openai", `,"parallel_tool_calls":true`, "'parallel_tool_calls' is only allowed when 'tools' are specified."},
		{"openai", offer("openai") + `,"parallel_tool_calls":1`, "Invalid type for 'parallel_tool_calls': expected a boolean"},
		{"openai", offer("openai") + `,"tool_choice":"maybe"`, "Invalid value: 'maybe'. Supported values are: 'none', 'auto', and 'required'."},
		{"openai", offer("openai") + `,"tool_choice":7`, "Invalid type for 'tool_choice': expected one of a string or object"},
		{"openai", offer("openai") + `,"tool_choice":{"type":7}`, "Invalid type for 'tool_choice'."},
		{"openai", offer("openai") + `,"tool_choice":{"type":"x"}`, "Invalid value: 'x'. Supported values are: 'function', 'allowed_tools', and 'custom'."},
		{"openai", offer("openai") + `,"tool_choice":{"type":"function","function":{"name":"x"}}`, "Tool choice 'x' not found in 'tools' parameter."},
		{"openai", `,"n":0`, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead."},
		{"openai", `,"n":129`, "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead."},
		{"openai", `,"top_logprobs":21`, "Invalid 'top_logprobs': integer above maximum value."},
		{"openai", `,"logprobs":1`, "Invalid type for 'logprobs': expected a boolean"},
		{"openai", `,"stop":7`, "Invalid type for 'stop': expected one of a string or array of strings"},
		{"openai", `,"stop":["a","b","c","d","e"]`, "Invalid 'stop': array too long. Expected an array with maximum length 4"},
		{"openai", `,"response_format":"json"`, "Invalid type for 'response_format': expected an object"},
		{"openai", `,"response_format":{}`, "Missing required parameter: 'response_format.type'."},
		{"openai", `,"response_format":{"type":"yaml"}`, "Invalid value: 'yaml'. Supported values are: 'json_object', 'json_schema', and 'text'."},
		{"openai", `,"response_format":{"type":"json_object"}`, "'messages' must contain the word 'json' in some form"},
		{"openai", `,"response_format":{"type":"json_schema"}`, "Missing required parameter: 'response_format.json_schema'."},
		{"openai", `,"response_format":{"type":"json_schema","json_schema":7}`, "Invalid type for 'response_format.json_schema': expected an object"},
		{"openai", `,"response_format":{"type":"json_schema","json_schema":{}}`, "Missing required parameter: 'response_format.json_schema.name'."},
		{"openai", `,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":"s"}}`, "Invalid type for 'response_format.json_schema.schema': expected an object"},

		{"anthropic", `,"tools":7`, "tools: Input should be a valid list"},
		{"anthropic", `,"tools":[7]`, "tools.0: Input should be a valid dictionary"},
		{"anthropic", `,"tools":[{"type":7}]`, "tools.0.type: Input should be a valid string"},
		{"anthropic", `,"tools":[{}]`, "tools.0.custom.name: Field required"},
		{"anthropic", `,"tools":[{"name":7}]`, "tools.0.custom.name: Input should be a valid string"},
		{"anthropic", `,"tools":[{"name":"a b"}]`, "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"},
		{"anthropic", `,"tools":[{"name":"f"}]`, "tools.0.custom.input_schema: Field required"},
		{"anthropic", `,"tools":[{"name":"f","input_schema":7}]`, "tools.0.custom.input_schema: Input should be a valid dictionary"},
		{"anthropic", `,"tools":[{"name":"f","input_schema":{}}]`, "tools.0.custom.input_schema.type: Field required"},
		{"anthropic", `,"tools":[{"name":"f","input_schema":{"type":"string"}}]`, "tools.0.custom.input_schema.type: Input should be 'object'"},
		{"anthropic", `,"tools":[` + noon("anthropic") + `,` + noon("anthropic") + `]`, "tools: Tool names must be unique."},
		{"anthropic", `,"tool_choice":{"type":"auto"}`, "tool_choice may only be specified while providing tools"},
		{"anthropic", offer("anthropic") + `,"tool_choice":"auto"`, "tool_choice: Input should be a valid dictionary"},
		{"anthropic", offer("anthropic") + `,"tool_choice":{"type":"x"}`, "tool_choice: Input tag 'x' found using 'type'"},
		{"anthropic", offer("anthropic") + `,"tool_choice":{"type":"tool","name":"x"}`, "tool_choice: Tool 'x' not found in provided tools"},
		{"anthropic", offer("anthropic") + `,"tool_choice":{"type":"any"},"thinking":{"type":"adaptive"}`, "Thinking may not be enabled when tool_choice forces tool use."},
		{"anthropic", `,"thinking":7`, "thinking: Input should be a valid dictionary"},
		{"anthropic", `,"thinking":{"type":"enabled"}`, "thinking.enabled.budget_tokens: Field required"},
		{"anthropic", `,"thinking":{"type":"enabled","budget_tokens":100}`, "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"},
		{"anthropic", `,"thinking":{"type":"enabled","budget_tokens":1024}`, "`max_tokens` must be greater than `thinking.budget_tokens`."},
		{"anthropic", `,"stop_sequences":"x"`, "stop_sequences: Input should be a valid list"},
		{"anthropic", `,"stop_sequences":["x"," "]`, "stop_sequences: each stop sequence must contain non-whitespace"},
		{"anthropic", `,"output_config":7`, "output_config: Input should be a valid dictionary"},
		{"anthropic", `,"output_config":{"format":7}`, "output_config.format: Input should be a valid dictionary"},
		{"anthropic", `,"output_config":{"format":{"type":"text"}}`, "output_config.format.type: Input should be 'json_schema'"},
		{"anthropic", `,"output_format":{"type":"json_schema"}`, "output_format.schema: Field required"},
		{"anthropic", `,"output_format":{"type":"json_schema","schema":7}`, "output_format.schema: Input should be a valid dictionary"},
	} {
		body := strings.ReplaceAll(talk(c.dialect, "user: hello")+c.more+"}", "\n", "")
		got := do(server(t, c.dialect, pace.Instant(), nil), request(t.Context(), "POST", path(c.dialect), body))
		var e struct {
			Error struct{ Type, Message string }
		}
		unmarshal(t, []byte(got.body()), &e)
		if got.status != 400 || e.Error.Type != "invalid_request_error" || !strings.Contains(e.Error.Message, c.want) {
			t.Errorf("%s %s: got %d %s; want %s", c.dialect, c.more, got.status, got.body(), c.want)
		}
	}
}

// TestToolsOfOthersAreNotCalled: those that the provider runs itself, and those that take
// no JSON.
func TestToolsOfOthersAreNotCalled(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for dialect, more := range map[string]string{
		"openai":    `,"tools":[{"type":"custom","custom":{"name":"sql"}}],"tool_choice":"required"`,
		"anthropic": `,"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"tool","name":"web_search"}`,
	} {
		s := server(t, dialect, pace.Instant(), nil)
		r := request(t.Context(), "POST", path(dialect), talk(dialect, "user: "+nonce)+more+"}")
		_, req := s.Parse(r)
		if got := hear(t, dialect, do(s, r).body()); !req.Tools || len(got.Calls) > 0 || !wholeAnswer(got.Text, nonce) {
			t.Errorf("%s: tools %t; got %+v", dialect, req.Tools, got)
		}
	}
}

// TestAttachments are counted wherever they are, and what a document says is read.
func TestAttachments(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	image := `{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}`
	for _, c := range []struct {
		dialect, content string
		attached         int
		nonce            string
	}{
		{"openai", `"` + nonce + `"`, 0, nonce},
		{"openai", `[{"type":"image_url","image_url":{"url":"data:,"}},{"type":"input_audio","input_audio":{}},{"type":"file","file":{}},{"type":"text","text":"` + nonce + `"}]`, 3, nonce},
		{"anthropic", `[` + image + `,` + image + `,{"type":"container_upload","file_id":"f"}]`, 3, ""},
		{"anthropic", `[{"type":"document","source":{"type":"text","data":"` + nonce + `"}}]`, 1, nonce},
		{"anthropic", `[{"type":"document","source":{"type":"base64","data":"` + nonce + `"}}]`, 1, ""},
		{"anthropic", `[{"type":"tool_result","content":[` + image + `,{"type":"text","text":"` + nonce + `"}]}]`, 1, nonce},
	} {
		body := `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":` + c.content + `}]}`
		_, req := server(t, c.dialect, pace.Instant(), nil).Parse(request(t.Context(), "POST", path(c.dialect), body))
		if req.Attachments != c.attached || req.Nonce != c.nonce {
			t.Errorf("%s %s: got %d attachments and nonce %q", c.dialect, c.content, req.Attachments, req.Nonce)
		}
	}
}

// TestTwins: the same request gets the same call.
func TestTwins(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		body := talk(dialect, "user: "+answer.Nonce(1, 1)) + offer(dialect) + "}"
		var calls []string
		for range 2 {
			got := hear(t, dialect, do(server(t, dialect, pace.Instant(), nil), request(t.Context(), "POST", path(dialect), body)).body())
			calls = append(calls, got.Calls...)
		}
		if len(slices.Compact(calls)) != 1 {
			t.Errorf("%s: got %q", dialect, calls)
		}
	}
}
