package mockllm_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// response is what tests look at of a response.
type response struct {
	ID       string
	Status   string
	Previous *string `json:"previous_response_id"`
	Output   []struct {
		Type, Name, Arguments string
		CallID                string `json:"call_id"`
		Content               []struct{ Text string }
	}
	Usage struct {
		Input int `json:"input_tokens"`
	}
}

func (r response) text() string { return r.Output[len(r.Output)-1].Content[0].Text }

// ask sends a request and reads the response.
func ask(t *testing.T, s *mockllm.Server, method, path, body string) response {
	t.Helper()
	c := do(s, request(t.Context(), method, path, body))
	if c.status != 200 {
		t.Fatalf("%s %s: got %d %s", method, path, c.status, c.body())
	}
	var r response
	unmarshal(t, []byte(c.body()), &r)
	return r
}

// TestBackground: a response in the background is queued, in progress and completed,
// at the model's pace, whether anybody looks or not.
func TestBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nonce := answer.Nonce(1, 1)
		s := server(t, "openai", short(), nil)
		start := time.Now()
		r := ask(t, s, "POST", responses, respond(nonce, `,"background":true`))
		if r.Status != "queued" || time.Since(start) != 0 {
			t.Errorf("made %s after %v; want queued at once", r.Status, time.Since(start))
		}
		for _, c := range []struct {
			at   time.Duration
			want string
		}{
			{59 * time.Millisecond, "queued"},
			{60 * time.Millisecond, "in_progress"},
			{433 * time.Millisecond, "in_progress"},
			{434 * time.Millisecond, "completed"},
		} {
			time.Sleep(time.Until(start.Add(c.at)))
			if got := ask(t, s, "GET", responses+"/"+r.ID, ""); got.Status != c.want {
				t.Errorf("after %v it is %s; want %s", c.at, got.Status, c.want)
			}
		}
		if got := ask(t, s, "GET", responses+"/"+r.ID, ""); !wholeAnswer(got.text(), nonce) {
			t.Errorf("it says %q", got.text())
		}
	})
}

// TestBackgroundCancel: a cancelled response is cancelled for good, and a finished one
// stays as it is.
func TestBackgroundCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "openai", short(), nil)
		states := func(path string) string { return ask(t, s, "POST", path+"/cancel", "").Status }
		early := responses + "/" + ask(t, s, "POST", responses, respond("", `,"background":true`)).ID
		late := responses + "/" + ask(t, s, "POST", responses, respond("", `,"background":true`)).ID
		time.Sleep(100 * time.Millisecond)
		got := []string{states(early)}
		time.Sleep(time.Second)
		got = append(got, states(early), ask(t, s, "GET", early, "").Status, states(late))
		if want := []string{"cancelled", "cancelled", "cancelled", "completed"}; !slices.Equal(got, want) {
			t.Errorf("got %v; want %v", got, want)
		}
	})
}

// TestBackgroundReplay: a client that lost the stream of a response in the background
// takes it up where it was, at the model's pace, and later all of it at once.
func TestBackgroundReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ms = time.Millisecond
		nonce := answer.Nonce(1, 1)
		s := server(t, "openai", short(), nil)
		start := time.Now()
		ctx, leave := context.WithTimeout(t.Context(), 395*ms)
		defer leave()
		lost := do(s, request(ctx, "POST", responses, respond(nonce, `,"background":true,"stream":true`)))
		all := events(t, lost.body())
		path := responses + "/" + all[0].Response.ID + "?stream=true"

		last := *all[len(all)-1].Number
		rest := do(s, request(t.Context(), "GET", fmt.Sprintf("%s&starting_after=%d", path, last), ""))
		var at []time.Duration
		for _, w := range rest.writes {
			at = append(at, rest.start.Add(w.at).Sub(start))
		}
		// Three more tokens, then text, part, item and response are done.
		if diff := cmp.Diff([]time.Duration{404 * ms, 414 * ms, 424 * ms, 434 * ms, 434 * ms, 434 * ms, 434 * ms}, at); diff != "" {
			t.Errorf("the rest is due (-want +got):\n%s", diff)
		}
		all = append(all, events(t, rest.body())...)
		for i, e := range all {
			if *e.Number != i {
				t.Errorf("event %d has number %d", i, *e.Number)
			}
		}
		if !wholeAnswer(spoken(all), nonce) {
			t.Errorf("the two parts say %q", spoken(all))
		}

		later := do(s, request(t.Context(), "GET", path, ""))
		if d := later.writes[len(later.writes)-1].at; d != 0 || spoken(events(t, later.body())) != spoken(all) || len(later.writes) != len(all) {
			t.Errorf("later there are %d events over %v; want %d at once", len(later.writes), d, len(all))
		}
	})
}

// TestNoReplay: what was not made in the background, or not as a stream, has none.
func TestNoReplay(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	for more, want := range map[string]string{
		``:                    "was not created with background=true.",
		`,"background":true`:  "was not created with stream=true.",
		`,"background":false`: "was not created with background=true.",
	} {
		r := ask(t, s, "POST", responses, respond("", more))
		got := do(s, request(t.Context(), "GET", responses+"/"+r.ID+"?stream=true", ""))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("made with %q: got %d %s; want %s", more, got.status, got.body(), want)
		}
	}
	got := do(s, request(t.Context(), "GET", responses+"/resp_0?stream=true&starting_after=x", ""))
	if got.status != 400 || !strings.Contains(got.body(), "starting_after") {
		t.Errorf("after x: got %d %s", got.status, got.body())
	}
}

// TestStored: what is stored can be had again until it is deleted.
func TestStored(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	status := func(method, path string) int { return do(s, request(t.Context(), method, path, "")).status }
	for more, want := range map[string]int{``: 200, `,"store":true`: 200, `,"store":false`: 404} {
		made := ask(t, s, "POST", responses, respond(answer.Nonce(1, 1), more))
		path := responses + "/" + made.ID
		if got := status("GET", path); got != want {
			t.Fatalf("made with %q: got %d; want %d", more, got, want)
		}
		if want == 404 {
			continue
		}
		if diff := cmp.Diff(made, ask(t, s, "GET", path, "")); diff != "" {
			t.Errorf("again (-made +got):\n%s", diff)
		}
		if got := status("POST", path+"/cancel"); got != 400 {
			t.Errorf("cancelling what was not made in the background: got %d; want 400", got)
		}
		got := []int{status("DELETE", path), status("GET", path), status("DELETE", path), status("POST", path+"/cancel")}
		if want := []int{200, 404, 404, 404}; !slices.Equal(got, want) {
			t.Errorf("deleted, read, deleted, cancelled: got %v; want %v", got, want)
		}
	}
	stream := do(s, request(t.Context(), "POST", responses, respond("", `,"stream":true`)))
	if got := status("GET", responses+"/"+events(t, stream.body())[0].Response.ID); got != 200 {
		t.Errorf("a streamed response: got %d; want 200", got)
	}
}

// TestPreviousResponse: a response knows what was said before it, and answers the last
// question.
func TestPreviousResponse(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	first, second := answer.Nonce(1, 1), answer.Nonce(1, 2)
	one := ask(t, s, "POST", responses, respond(first, `,"instructions":"Be brief."`))
	two := ask(t, s, "POST", responses, respond(second, `,"previous_response_id":"`+one.ID+`"`))
	if two.Previous == nil || *two.Previous != one.ID || !wholeAnswer(two.text(), second) {
		t.Errorf("the second, after %v, says %q", two.Previous, two.text())
	}
	if two.Usage.Input <= one.Usage.Input {
		t.Errorf("the second read %d tokens, the first %d", two.Usage.Input, one.Usage.Input)
	}
	// Without a question of its own it goes on with the last one.
	three := ask(t, s, "POST", responses, `{"model":"gpt-4o","previous_response_id":"`+two.ID+`"}`)
	if !wholeAnswer(three.text(), second) {
		t.Errorf("the third says %q", three.text())
	}
}

// TestToolLoop: a call, its result, and then a text, whether the app sends along what
// was said or names the response before.
func TestToolLoop(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	nonce := answer.Nonce(1, 1)
	tools := `,"tools":[{"type":"function","name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},{"type":"web_search"}]`
	for _, choice := range []string{``, `,"tool_choice":"required"`, `,"tool_choice":{"type":"function","name":"weather"}`} {
		one := ask(t, s, "POST", responses, respond(nonce, tools+choice))
		call := one.Output[0]
		if call.Type != "function_call" || call.Name != "weather" || !strings.HasPrefix(call.CallID, "call_") {
			t.Fatalf("%s: the first is %+v", choice, one.Output)
		}
		var args struct{ City string }
		unmarshal(t, []byte(call.Arguments), &args)
		result := `{"type":"function_call_output","call_id":"` + call.CallID + `","output":"sunny"}`
		for _, body := range []string{
			`{"model":"gpt-4o","previous_response_id":"` + one.ID + `","input":[` + result + `]` + tools + choice + `}`,
			`{"model":"gpt-4o","input":[{"role":"user","content":[{"type":"input_text","text":"` + nonce + `"}]},{"type":"function_call","name":"weather","call_id":"` + call.CallID + `","arguments":"{}"},` + result + `]` + tools + choice + `}`,
		} {
			two := ask(t, s, "POST", responses, body)
			if two.Output[0].Type != "message" || !wholeAnswer(two.text(), nonce) {
				t.Errorf("%s: after the result of the call it is %+v", body, two.Output)
			}
		}
	}
	for _, more := range []string{`,"tool_choice":"none"`, `,"tool_choice":{"type":"web_search"}`, `,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[]}`} {
		if got := ask(t, s, "POST", responses, respond(nonce, tools+more)); got.Output[0].Type != "message" {
			t.Errorf("%s: got %+v", more, got.Output)
		}
	}
	two := ask(t, s, "POST", responses, respond(nonce, tools+`,"parallel_tool_calls":true`))
	if len(two.Output) != 2 || two.Output[1].Type != "function_call" {
		t.Errorf("parallel: got %+v", two.Output)
	}
}

// TestStructuredResponse: the text satisfies the schema that was asked for.
func TestStructuredResponse(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	nonce := answer.Nonce(1, 1)
	got := ask(t, s, "POST", responses, respond(nonce, `,"text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object","properties":{"reply":{"type":"string"},"sure":{"type":"boolean"}},"required":["reply","sure"]}}}`))
	var v struct {
		Reply string
		Sure  *bool
	}
	unmarshal(t, []byte(got.text()), &v)
	if !wholeAnswer(v.Reply, nonce) || v.Sure == nil {
		t.Errorf("got %s", got.text())
	}
}

// TestResponsesAreBounded: of many responses the newest are kept.
func TestResponsesAreBounded(t *testing.T) {
	s := server(t, "openai", shortInstant(), nil)
	pad := strings.Repeat("x", 1<<20)
	var ids []string
	for range 40 {
		ids = append(ids, ask(t, s, "POST", responses, `{"model":"gpt-4o","input":"`+pad+`"}`).ID)
	}
	status := func(id string) int { return do(s, request(t.Context(), "GET", responses+"/"+id, "")).status }
	if first, last := status(ids[0]), status(ids[len(ids)-1]); first != 404 || last != 200 {
		t.Errorf("the first: %d, the last: %d; want 404 and 200", first, last)
	}
}
