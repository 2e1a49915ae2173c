package mockllm_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// keep notes what was served.
func keep(all *[]mockllm.Served) func(*http.Request, mockllm.Served) {
	return func(_ *http.Request, s mockllm.Served) { *all = append(*all, s) }
}

// structured asks for JSON of the verdict's schema.
func structured(dialect string) string {
	if dialect == "anthropic" {
		return `,"output_config":{"format":{"type":"json_schema","schema":` + verdict + `}}`
	}
	return `,"response_format":{"type":"json_schema","json_schema":{"name":"verdict","schema":` + verdict + `}}`
}

// TestJSONProves: in a structured answer, and in arguments, there is one claim, and it is
// found in what comes over the wire as well as in what apps take from it.
func TestJSONProves(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, dialect := range []string{"openai", "anthropic"} {
		s := server(t, dialect, pace.Instant(), nil)
		for _, more := range []string{structured(dialect), offer(dialect), offer(dialect) + choice(dialect, "required")} {
			whole := do(s, request(t.Context(), "POST", path(dialect), talk(dialect, "user: "+nonce)+more+"}")).body()
			if !wholeAnswer(whole, nonce) {
				t.Errorf("%s: %s reads as %+v", dialect, whole, answer.Read(whole))
			}
			said := hear(t, dialect, do(s, request(t.Context(), "POST", path(dialect), talk(dialect, "user: "+nonce)+more+`,"stream":true}`)).body())
			if text := said.Text + strings.Join(said.Calls, ""); !wholeAnswer(text, nonce) {
				t.Errorf("%s, streamed: %s", dialect, text)
			}
		}
	}
}

// TestStructuredAnswers satisfy the schema.
func TestStructuredAnswers(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, dialect := range []string{"openai", "anthropic"} {
		for _, form := range []string{"}", `,"stream":true}`} {
			body := do(server(t, dialect, pace.Instant(), nil), request(t.Context(), "POST", path(dialect), talk(dialect, "user: "+nonce)+structured(dialect)+form)).body()
			var v struct{ Class, Reply string }
			dec := json.NewDecoder(strings.NewReader(hear(t, dialect, body).Text))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&v); err != nil || v.Class != "refund" || !wholeAnswer(v.Reply, nonce) {
				t.Errorf("%s: got %+v, %v", dialect, v, err)
			}
		}
	}
}

// TestMaxTokensOfForms: a document is whole as long as there is room for the shortest
// answer in it, and shorter than it would be. Else it breaks off, and claims nothing.
func TestMaxTokensOfForms(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	m := pace.Instant()
	m.Tokens = pace.Length{P50: 40}
	for _, dialect := range []string{"openai", "anthropic"} {
		for _, c := range []struct {
			form   string
			max    string
			tokens int
			whole  bool
		}{
			// Around the text are {" class ":" refund "," reply ":" and "}.
			{structured(dialect), "11", 11, false},
			{structured(dialect), "12", 12, true},
			{structured(dialect), "30", 30, true},
			{structured(dialect), "400", 48, true},
			{offer(dialect), "6", 6, false},
			{offer(dialect), "12", 8, true},
			{offer(dialect) + choice(dialect, "required"), "12", 12, true},
		} {
			var served []mockllm.Served
			s := server(t, dialect, m, keep(&served))
			body := strings.Replace(talk(dialect, "user: "+nonce), "400", c.max, 1) + c.form
			for _, form := range []string{"}", `,"stream":true}`} {
				got := hear(t, dialect, do(s, request(t.Context(), "POST", path(dialect), body+form)).body())
				text := got.Text + strings.Join(got.Calls, "")
				if n := served[len(served)-1].TokensOut; n != c.tokens || wholeAnswer(text, nonce) != c.whole || !c.whole && len(answer.Read(text).Pieces) > 0 {
					t.Errorf("%s, at most %s%s: got %d tokens: %s", dialect, c.max, form, n, text)
				}
				if cut := got.Finish == "length" || got.Finish == "max_tokens"; cut == c.whole {
					t.Errorf("%s, at most %s: finish %q", dialect, c.max, got.Finish)
				}
			}
		}
	}
}

// TestStops: an answer in which a stop stands ends before it, and claims nothing.
func TestStops(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	for _, c := range []struct {
		dialect, more, text, finish, sequence string
	}{
		{"openai", `,"stop":"a"`, "this is m", "stop", ""},
		{"openai", `,"stop":["u","a"]`, "this is m", "stop", ""},
		{"openai", `,"stop":"###"`, "", "stop", ""},
		{"openai", `,"stop":""`, "", "stop", ""},
		{"anthropic", `,"stop_sequences":["u","de u"]`, "this is ma", "stop_sequence", "de u"},
		{"anthropic", `,"stop_sequences":["###"]`, "", "end_turn", ""},
	} {
		body := do(server(t, c.dialect, pace.Instant(), nil), request(t.Context(), "POST", path(c.dialect), talk(c.dialect, "user: "+nonce)+c.more+"}")).body()
		got := hear(t, c.dialect, body)
		var v struct {
			Stop string `json:"stop_sequence"`
		}
		unmarshal(t, []byte(body), &v)
		switch {
		case got.Finish != c.finish || v.Stop != c.sequence:
			t.Errorf("%s %s: ended with %q and %q", c.dialect, c.more, got.Finish, v.Stop)
		case c.text == "" && !wholeAnswer(got.Text, nonce), c.text != "" && got.Text != c.text:
			t.Errorf("%s %s: got %q; want %q", c.dialect, c.more, got.Text, c.text)
		}
	}
}

// TestChoices are alike, and all are on the bill.
func TestChoices(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	var served []mockllm.Served
	s := server(t, "openai", short(), keep(&served))
	type choices struct {
		Choices []struct {
			Index   int
			Message struct{ Content string }
			Delta   struct{ Content string }
		}
		Usage struct {
			Completion int `json:"completion_tokens"`
		}
	}
	var v choices
	unmarshal(t, []byte(do(s, request(t.Context(), "POST", path("openai"), chat(nonce, `,"n":3`))).body()), &v)
	texts := map[int]string{}
	for _, c := range v.Choices {
		texts[c.Index] = c.Message.Content
	}
	streamed := map[int]string{}
	c := do(s, request(t.Context(), "POST", path("openai"), chat(nonce, `,"n":3,"stream":true`)))
	for _, data := range datas(c.body()) {
		var v choices
		_ = json.Unmarshal(data, &v) // the last is no JSON
		for _, c := range v.Choices {
			streamed[c.Index] += c.Delta.Content
		}
	}
	if diff := cmp.Diff(texts, streamed); diff != "" || len(texts) != 3 || !wholeAnswer(texts[2], nonce) {
		t.Errorf("%v (-whole +streamed):\n%s", texts, diff)
	}
	if v.Usage.Completion != 18 || served[0].TokensOut != 18 || served[1].TokensOut != 18 {
		t.Errorf("billed %d, told %d and %d; want 18", v.Usage.Completion, served[0].TokensOut, served[1].TokensOut)
	}
	if c.expected[0] != 18 {
		t.Errorf("told %d content events to come; want 18", c.expected[0])
	}
}

// TestEventsToCome: the number told before a stream is that of its content events, in
// every form.
func TestEventsToCome(t *testing.T) {
	for dialect, forms := range map[string]map[string]string{"openai": chatForms(), "anthropic": messageForms()} {
		for name, body := range forms {
			if !strings.Contains(body, `"stream":true`) {
				continue
			}
			s := server(t, dialect, pace.Instant(), nil)
			c := do(s, request(t.Context(), "POST", path(dialect), body))
			n := 0
			for _, w := range c.writes {
				if s.Part(mockllm.Request{}, []byte(w.data)) == mockllm.Content {
					n++
				}
			}
			if c.expected[0] != n {
				t.Errorf("%s: told %d; there are %d", name, c.expected[0], n)
			}
		}
	}
}

// broken is a writer that takes so many writes, as one does for whose client a fault
// has ended the answer.
type broken struct {
	*capture
	left int
}

func (b *broken) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return b.capture.Write(p)
}

// TestOnlyWhatWasTakenCounts: what nobody took was not served.
func TestOnlyWhatWasTakenCounts(t *testing.T) {
	for dialect, forms := range map[string]map[string]string{"openai": chatForms(), "anthropic": messageForms()} {
		for name, body := range forms {
			if strings.HasSuffix(name, "_count") {
				continue
			}
			for left := range 9 {
				var served []mockllm.Served
				s := server(t, dialect, pace.Instant(), keep(&served))
				b := &broken{newCapture(), left}
				s.ServeHTTP(b, request(t.Context(), "POST", path(dialect), body))
				content, finish := false, false
				for _, w := range b.writes {
					part := s.Part(mockllm.Request{}, []byte(w.data))
					content = content || part == mockllm.Content
					finish = finish || part == mockllm.Finish
				}
				if whole := !strings.Contains(body, `"stream":true`); whole && left > 0 {
					content, finish = true, true
				}
				got := served[0]
				if got.First.IsZero() == content || (got.TokensOut > 0) != content || (got.Finish != "") != finish {
					t.Errorf("%s, %d writes taken: told %+v; content %t, finish %t", name, left, got, content, finish)
				}
			}
		}
	}
}

// TestFixedAnswers: the first that fits is given, word for word but for the mark.
func TestFixedAnswers(t *testing.T) {
	nonce := answer.Nonce(1, 1)
	fixed := []mockllm.Fixed{
		{Prompt: "Classify", JSON: `{"class":"refund","why":"{{answer}}"}`},
		{Prompt: "Classify", Text: "never given"},
		{Model: "yes-man", Text: "Yes, \"sure\"!"},
		{Prompt: "Lagos", Tool: "get_current_weather", JSON: `{"location":"Lagos"}`},
		{Prompt: "noon", Tool: "is_it_noon"},
		{Prompt: "chat", Text: "So: {{answer}}."},
	}
	claim := regexp.MustCompile(answer.Tag("primary") + `[a-z ]*`)
	for _, c := range []struct {
		name, ask, more, mode string
		want                  string // TEXT stands for an answer
	}{
		{"a document", "Classify this", "", "", `{"class":"refund","why":"TEXT"}`},
		{"of a model", "", `"model":"yes-man",`, "", `Yes, "sure"!`},
		{"none fits", "hello", "", "", "TEXT"},
		{"around the answer", "chat", "", "", "So: TEXT."},
		{"a text where a tool could be called", "chat", "", "auto", "So: TEXT."},
		{"not where one must", "chat", "", "required", `get_current_weather{"location":"TEXT"}`},
		{"of a tool", "in Lagos", "", "auto", `get_current_weather{"location":"Lagos"}`},
		{"of a tool not offered", "in Lagos", "", "", "TEXT"},
		{"of a tool that cannot be called", "in Lagos", "", "none", "TEXT"},
		{"of another tool than the first", "noon", "", "auto", "is_it_noon{}"},
	} {
		for _, dialect := range []string{"openai", "anthropic"} {
			s, err := mockllm.New("primary", mockllm.Spec{Dialect: dialect, Others: pace.Instant(), Answers: fixed}, mockllm.Options{})
			if err != nil {
				t.Fatal(err)
			}
			body := talk(dialect, "user: "+c.ask+" "+nonce)
			if c.more != "" {
				body = strings.Replace(body, `"model":"m",`, c.more, 1)
			}
			if c.mode != "" {
				body += offer(dialect) + choice(dialect, c.mode)
			}
			for _, form := range []string{"}", `,"stream":true}`} {
				said := hear(t, dialect, do(s, request(t.Context(), "POST", path(dialect), body+form)).body())
				got := said.Text + strings.Join(said.Calls, "")
				if text := claim.FindString(got); wholeAnswer(text, nonce) {
					got = strings.Replace(got, text, "TEXT", 1)
				}
				if got != c.want {
					t.Errorf("%s, %s: got %s; want %s", c.name, dialect, got, c.want)
				}
			}
		}
	}
}

// TestFixedAnswersAreChecked: what cannot be meant is said.
func TestFixedAnswersAreChecked(t *testing.T) {
	for _, c := range []struct {
		fixed mockllm.Fixed
		want  error
	}{
		{mockllm.Fixed{}, errors.New("answer 1: neither text nor json")},
		{mockllm.Fixed{Text: "a", JSON: "1"}, errors.New("answer 1: text and json: only one of them")},
		{mockllm.Fixed{Tool: "f", Text: "a"}, errors.New("answer 1: a call has arguments, in json, and no text")},
		{mockllm.Fixed{Tool: "f", JSON: "[]"}, errors.New("answer 1: json: the arguments of a tool; an object is allowed")},
		{mockllm.Fixed{JSON: "{"}, errors.New("answer 1: json: not valid")},
		{mockllm.Fixed{Text: "{{answer}} {{answer}}"}, errors.New("answer 1: {{answer}} twice; once is allowed")},
		{mockllm.Fixed{Text: strings.Repeat("a", 1<<16+1)}, errors.New("answer 1: longer than 65536 bytes")},
		{mockllm.Fixed{Tool: "f"}, nil},
		{mockllm.Fixed{JSON: "[]"}, nil},
	} {
		_, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai", Answers: []mockllm.Fixed{c.fixed}}, mockllm.Options{})
		if (err == nil) != (c.want == nil) || err != nil && err.Error() != c.want.Error() {
			t.Errorf("%+v: got %v; want %v", c.fixed, err, c.want)
		}
	}
}

// TestPaceOfForms: the last token comes when it would in a text of as many, streamed or
// not.
func TestPaceOfForms(t *testing.T) {
	for _, c := range []struct {
		dialect, more string
		tokens        int
	}{
		{"openai", structured("openai"), 14},
		{"openai", offer("openai"), 8},
		{"openai", offer("openai") + `,"parallel_tool_calls":true`, 9},
		{"openai", `,"n":5`, 6},
		{"anthropic", structured("anthropic"), 14},
		{"anthropic", offer("anthropic"), 8},
		{"anthropic", `,"thinking":{"type":"adaptive"}`, 12},
	} {
		for _, form := range []string{"}", `,"stream":true}`} {
			synctest.Test(t, func(t *testing.T) {
				body := talk(c.dialect, "user: "+answer.Nonce(1, 1)) + c.more + form
				got := do(server(t, c.dialect, short(), nil), request(t.Context(), "POST", path(c.dialect), body))
				last := got.writes[len(got.writes)-1].at
				if want := 374*time.Millisecond + time.Duration(c.tokens)*10*time.Millisecond; last != want {
					t.Errorf("%s %s%s: the last event comes after %v; want %v", c.dialect, c.more, form, last, want)
				}
				if first := got.writes[0].at; len(got.writes) > 1 && first != 374*time.Millisecond {
					t.Errorf("%s %s%s: the first event comes after %v", c.dialect, c.more, form, first)
				}
			})
		}
	}
}
