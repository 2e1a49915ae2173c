package mockllm_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const completions = "/v1/completions"

// legacy is what tests look at of a completion, or of a chunk of one.
type legacy struct {
	Choices []struct {
		Text   string
		Index  int
		Finish string `json:"finish_reason"`
	}
	Usage *struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
}

// TestCompletionsWire compares completions byte by byte.
func TestCompletionsWire(t *testing.T) {
	prompt := `"prompt":"ticket ` + answer.Nonce(7, 1) + `: hello"`
	for name, body := range map[string]string{
		"openai_completions_json":   `{"model":"gpt-3.5-turbo-instruct",` + prompt + `}`,
		"openai_completions_stream": `{"model":"davinci-002",` + prompt + `,"stream":true}`,
		"openai_completions_usage":  `{"model":"davinci-002",` + prompt + `,"stream":true,"n":2,"stream_options":{"include_usage":true}}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			atRecording()
			golden(t, name, do(server(t, "openai", short(), nil), request(t.Context(), "POST", completions, body)).dump())
		})
	}
}

// TestCompletionPrompts: each prompt has its completions, and an answer has 16 tokens
// unless more are asked for.
func TestCompletionPrompts(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, c := range []struct {
		body            string
		choices, tokens int
	}{
		{`{"model":"m","prompt":"` + nonce + `"}`, 1, 16},
		{`{"model":"m","prompt":"` + nonce + `","max_tokens":300}`, 1, 60},
		{`{"model":"m","prompt":["a ` + nonce + `","b"],"n":2}`, 4, 16},
		{`{"model":"m","prompt":[[1,2,3],[4]],"max_tokens":20}`, 2, 20},
		{`{"model":"m","prompt":[1,2,3]}`, 1, 16},
		{`{"model":"m"}`, 1, 16},
	} {
		m := pace.Instant()
		m.Tokens = pace.Length{P50: 60}
		var got legacy
		unmarshal(t, []byte(do(server(t, "openai", m, nil), request(t.Context(), "POST", completions, c.body)).body()), &got)
		if len(got.Choices) != c.choices || got.Usage.Completion != c.choices*c.tokens {
			t.Errorf("%s: %d choices of %d tokens; want %d of %d each", c.body, len(got.Choices), got.Usage.Completion, c.choices, c.tokens)
		}
		if strings.Contains(c.body, nonce) && !wholeAnswer(got.Choices[0].Text, nonce) {
			t.Errorf("%s: got %q", c.body, got.Choices[0].Text)
		}
	}
}

// TestCompletionStreams: the choices take turns, each is whole and ends, and the parts
// are told right.
func TestCompletionStreams(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	s := server(t, "openai", shortInstant(), nil)
	c := do(s, request(t.Context(), "POST", completions, `{"model":"m","prompt":"`+nonce+`","stream":true,"n":2}`))
	texts, finish := make([]string, 2), make([]string, 2)
	parts := map[mockllm.Part]int{}
	for _, w := range c.writes {
		parts[s.Part(mockllm.Request{}, []byte(w.data))]++
	}
	for _, data := range datas(c.body()) {
		if string(data) == "[DONE]" {
			continue
		}
		var chunk legacy
		unmarshal(t, data, &chunk)
		one := chunk.Choices[0]
		texts[one.Index] += one.Text
		finish[one.Index] += one.Finish
	}
	if texts[0] != texts[1] || !wholeAnswer(texts[0], nonce) || finish[0] != "stop" || finish[1] != "stop" {
		t.Errorf("got %q ending in %q", texts, finish)
	}
	want := map[mockllm.Part]int{mockllm.Content: 12, mockllm.Finish: 2, mockllm.Terminator: 1}
	if diff := cmp.Diff(want, parts); diff != "" || len(c.expected) != 1 || c.expected[0] != 12 {
		t.Errorf("told %v; parts (-want +got):\n%s", c.expected, diff)
	}
}

func TestCompletionEnds(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"m","prompt":"x","stop":["made"]}`: "stop",
		`{"model":"m","prompt":"x","stop":"made"}`:   "stop",
		`{"model":"m","prompt":"x","max_tokens":3}`:  "length",
	} {
		var got legacy
		unmarshal(t, []byte(do(server(t, "openai", shortInstant(), nil), request(t.Context(), "POST", completions, body)).body()), &got)
		if one := got.Choices[0]; one.Finish != want || strings.Contains(one.Text, "made") && want == "stop" {
			t.Errorf("%s: got %+v; want %s", body, one, want)
		}
	}
}

func TestCompletionRefusals(t *testing.T) {
	for body, want := range map[string]string{
		`{"prompt":"x"}`:                                     "you must provide a model parameter",
		`{"model":"m","prompt":7}`:                           "'$.prompt' is invalid",
		`{"model":"m","prompt":["a",7]}`:                     "'$.prompt' is invalid",
		`{"model":"m","prompt":"x","n":200}`:                 "Expected a value <= 128, but got 200 instead.",
		`{"model":"m","prompt":["a","b"],"n":100}`:           "at most 128 can be made at a time",
		`{"model":"m","prompt":"x","max_tokens":0}`:          "Expected a value >= 1, but got 0 instead.",
		`{"model":"m","prompt":"x","stop":{}}`:               "Invalid type for 'stop'",
		`{"model":"m","prompt":"x","stop":["","","","",""]}`: "array too long",
	} {
		got := do(server(t, "openai", shortInstant(), nil), request(t.Context(), "POST", completions, body))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("%s: got %d %s; want %s", body, got.status, got.body(), want)
		}
	}
}
