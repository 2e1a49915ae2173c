package mockllm_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const batches = "/v1/batches"

// batch is what tests look at of a batch.
type batch struct {
	ID, Status string
	Model      *string
	Output     string `json:"output_file_id"`
	ErrorFile  string `json:"error_file_id"`
	Errors     *struct {
		Data []struct {
			Code, Message string
			Line          *int
		}
	}
	Counts struct{ Total, Completed, Failed int } `json:"request_counts"`
}

// line is one line of a batch's output.
type line struct {
	CustomID string `json:"custom_id"`
	Response *struct {
		Status int    `json:"status_code"`
		ID     string `json:"request_id"`
		Body   json.RawMessage
	}
	Error *struct{ Code, Message string }
}

// lines is an input of n chats, each with a nonce of its own.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"custom_id":"r%d","method":"POST","url":"/v1/chat/completions","body":%s}`+"\n", i, chat(answer.Nonce(1, uint64(i)), ""))
	}
	return b.String()
}

// create makes a batch of chats.
func create(t *testing.T, s *mockllm.Server, input string) batch {
	t.Helper()
	id := upload(t, s, "batch", "in.jsonl", input)
	c := do(s, request(t.Context(), "POST", batches, `{"input_file_id":"`+id+`","endpoint":"/v1/chat/completions","completion_window":"24h","metadata":{"team":"7"}}`))
	if c.status != 200 {
		t.Fatalf("got %d %s", c.status, c.body())
	}
	return parse[batch](t, c)
}

func state(t *testing.T, s *mockllm.Server, id string) batch {
	t.Helper()
	return parse[batch](t, do(s, request(t.Context(), "GET", batches+"/"+id, "")))
}

// results are the lines of a file that a batch has written, by their custom ids.
func results(t *testing.T, s *mockllm.Server, id string) map[string]line {
	t.Helper()
	all := map[string]line{}
	if id == "" {
		return all
	}
	for l := range strings.Lines(do(s, request(t.Context(), "GET", files+"/"+id+"/content", "")).body()) {
		var v line
		unmarshal(t, []byte(l), &v)
		all[v.CustomID] = v
	}
	return all
}

// TestBatch: a hundred lines are done within three seconds, each of them answered as
// the endpoint answers it, and their progress can be seen.
func TestBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := pace.Mid()
		var served atomic.Int64
		s := server(t, "openai", m, func(_ *http.Request, v mockllm.Served) {
			if v.Request.Endpoint == "batch" {
				served.Add(1)
			}
		})
		start := time.Now()
		b := create(t, s, lines(100))
		var seen []string
		counts := map[int]bool{}
		for b.Status != "completed" && time.Since(start) < time.Minute {
			if len(seen) == 0 || seen[len(seen)-1] != b.Status {
				seen = append(seen, b.Status)
			}
			time.Sleep(50 * time.Millisecond)
			b = state(t, s, b.ID)
			counts[b.Counts.Completed] = true
		}
		if diff := cmp.Diff([]string{"validating", "in_progress", "finalizing"}, seen); diff != "" {
			t.Errorf("its states (-want +got):\n%s", diff)
		}
		if took := time.Since(start); took > 3*time.Second || len(counts) < 10 {
			t.Errorf("it took %v, in %d steps", took, len(counts))
		}
		if b.Counts.Total != 100 || b.Counts.Completed != 100 || b.ErrorFile != "" || b.Model == nil || *b.Model != "some-model" {
			t.Errorf("in the end %+v", b)
		}
		got := results(t, s, b.Output)
		for i := range 100 {
			l := got[fmt.Sprintf("r%d", i)]
			if l.Response == nil || l.Response.Status != 200 || !strings.HasPrefix(l.Response.ID, "req_") ||
				!wholeAnswer(wholeText(t, "openai", string(l.Response.Body)), answer.Nonce(1, uint64(i))) {
				t.Errorf("line %d: %+v", i, l)
			}
		}
		if served.Load() != 100 {
			t.Errorf("%d requests of the endpoint batch were served", served.Load())
		}
	})
}

// TestBatchFails: what stands in front of the server can let lines fail. The others
// are done, and the failed ones are told apart.
func TestBatchFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *mockllm.Server
		var n atomic.Int64
		loop := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, req := s.Parse(r)
			if req.Endpoint != "batch" || req.Model != "some-model" || req.Nonce == "" {
				t.Errorf("asked %+v", req)
			}
			switch n.Add(1) { // lines come one after the other: each is served when the next is due
			case 1:
				reply := s.Answer(req, mockllm.Failure{Class: "rate_limit", Wait: time.Second, Form: "seconds"})
				for name, values := range reply.Header {
					w.Header()[name] = values
				}
				w.WriteHeader(reply.Status)
				_, _ = w.Write(reply.Body)
			case 2:
				w.WriteHeader(http.StatusBadGateway)
				_, _ = w.Write([]byte("<html>"))
			case 3:
				panic(http.ErrAbortHandler)
			case 4:
				<-r.Context().Done()
			default:
				s.ServeHTTP(w, r)
			}
		})
		s, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai", Others: short()}, mockllm.Options{Seed: 7, Loop: loop})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		b := create(t, s, lines(5))
		for b.Status != "completed" && time.Since(start) < time.Minute {
			time.Sleep(time.Second)
			b = state(t, s, b.ID)
		}
		if b.Counts.Completed != 1 || b.Counts.Failed != 4 {
			t.Errorf("in the end %+v", b)
		}
		got := map[string]string{}
		for id, l := range results(t, s, b.ErrorFile) {
			if l.Error != nil {
				got[id] = l.Error.Code
				continue
			}
			got[id] = fmt.Sprint(l.Response.Status, " ", string(l.Response.Body)[:7])
		}
		want := map[string]string{"r0": `429 {"error`, "r1": `502 "<html>`, "r2": "request_timeout", "r3": "request_timeout"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		if l := results(t, s, b.Output)["r4"]; l.Response == nil || l.Response.Status != 200 {
			t.Errorf("the good line: %+v", l)
		}
	})
}

// TestBatchWire compares a batch at its beginning and at its end, and what it has
// written.
func TestBatchWire(t *testing.T) {
	var b strings.Builder
	synctest.Test(t, func(t *testing.T) {
		atRecording()
		s := server(t, "openai", short(), nil)
		input := `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}}
{"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","messages":[]}}
{"custom_id":"c","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"hello"}]}}`
		id := upload(t, s, "batch", "in.jsonl", input)
		made := do(s, request(t.Context(), "POST", batches, `{"input_file_id":"`+id+`","endpoint":"/v1/chat/completions","completion_window":"24h"}`))
		fmt.Fprintf(&b, "=== create\n%s\n", made.dump())
		time.Sleep(3 * time.Second)
		path := batches + "/" + parse[batch](t, made).ID
		end := do(s, request(t.Context(), "GET", path, ""))
		for _, id := range []string{parse[batch](t, end).Output, parse[batch](t, end).ErrorFile} {
			fmt.Fprintf(&b, "=== content\n%s\n", do(s, request(t.Context(), "GET", files+"/"+id+"/content", "")).body())
		}
		for _, c := range []struct{ method, path string }{{"GET", path}, {"POST", path + "/cancel"}, {"GET", batches + "/batch_0"}} {
			fmt.Fprintf(&b, "=== %s %s\n%s\n", c.method, c.path, do(s, request(t.Context(), c.method, c.path, "")).dump())
		}
	})
	golden(t, "openai_batches", b.String())
}

// TestBatchCancel: what was done by then stays.
func TestBatchCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "openai", short(), nil)
		b := create(t, s, lines(100))
		time.Sleep(1265 * time.Millisecond) // 250 ms of validation, then a line every 20 ms
		path := batches + "/" + b.ID
		if got := parse[batch](t, do(s, request(t.Context(), "POST", path+"/cancel", ""))); got.Status != "cancelling" {
			t.Errorf("cancelled: %+v", got)
		}
		synctest.Wait()
		got := state(t, s, b.ID)
		if got.Status != "cancelled" || got.Counts.Completed != 51 || len(results(t, s, got.Output)) != 51 {
			t.Errorf("then %+v", got)
		}
		if again := do(s, request(t.Context(), "POST", path+"/cancel", "")); again.status != 200 {
			t.Errorf("once more: %d %s", again.status, again.body())
		}
	})
}

// TestClose: a server that is closed has nothing left to do.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "openai", short(), nil)
		b := create(t, s, lines(10))
		time.Sleep(time.Second)
		start := time.Now()
		if err := s.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("closed after %v: %v", time.Since(start), err)
		}
		if got := state(t, s, b.ID); got.Status != "cancelled" || got.Counts.Completed != 4 {
			t.Errorf("then %+v", got)
		}
	})
}

// TestBatchInputs: what is wrong with an input is told after a while, line by line.
func TestBatchInputs(t *testing.T) {
	good := strings.TrimSuffix(lines(1), "\n")
	for input, want := range map[string]string{
		"":                     "empty_file 0",
		"\n\n":                 "empty_file 0",
		good + "\n" + good:     "duplicate_custom_id 2",
		good + "\n\n{oops\n[]": "invalid_json_line 3, invalid_json_line 4",
		`{"method":"POST"}`:    "missing_required_parameter 1",
		`{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}`:                                        "missing_required_parameter 1",
		`{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}}`:                               "invalid_method 1",
		`{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}}`:                                    "url_mismatch 1",
		good + "\n" + `{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"other"}}`: "model_mismatch 2",
	} {
		synctest.Test(t, func(t *testing.T) {
			s := server(t, "openai", short(), nil)
			b := create(t, s, input)
			time.Sleep(time.Second)
			b = state(t, s, b.ID)
			var got []string
			for _, e := range b.Errors.Data {
				n := 0
				if e.Line != nil {
					n = *e.Line
				}
				got = append(got, fmt.Sprint(e.Code, " ", n))
			}
			if b.Status != "failed" || strings.Join(got, ", ") != want {
				t.Errorf("%q: %s, %v; want %s", input, b.Status, got, want)
			}
		})
	}
}

func TestBatchRefusals(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	for body, want := range map[string]string{
		`{}`:                  "Missing required parameter: 'input_file_id'.",
		`{"input_file_id":7}`: "Invalid type for 'input_file_id'",
		`{"input_file_id":"f","endpoint":"/v1/poems"}`:                                              "Invalid value: '/v1/poems'.",
		`{"input_file_id":"f","endpoint":"/v1/responses"}`:                                          "Missing required parameter: 'completion_window'.",
		`{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"1h"}`:                 "Invalid value: '1h'. Supported values are: '24h'.",
		`{"input_file_id":"f","endpoint":"/v1/responses","completion_window":"24h","metadata":"x"}`: "Invalid type for 'metadata'",
	} {
		got := do(s, request(t.Context(), "POST", batches, body))
		if got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("%s: got %d %s; want %s", body, got.status, got.body(), want)
		}
	}
}

// TestBatchList: newest first, in pages.
func TestBatchList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "openai", short(), nil)
		first, second := create(t, s, lines(1)), create(t, s, "")
		time.Sleep(3 * time.Second)
		page := parse[listed[batch]](t, do(s, request(t.Context(), "GET", batches+"?limit=1", "")))
		if len(page.Data) != 1 || page.Data[0].ID != second.ID || page.Data[0].Status != "failed" || !page.HasMore {
			t.Errorf("the first page: %+v", page)
		}
		page = parse[listed[batch]](t, do(s, request(t.Context(), "GET", batches+"?after="+*page.Last, "")))
		if len(page.Data) != 1 || page.Data[0].ID != first.ID || page.Data[0].Status != "completed" || page.HasMore {
			t.Errorf("the second page: %+v", page)
		}
	})
}

// TestBatchesOfOtherEndpoints: each of them takes the lines of a batch.
func TestBatchesOfOtherEndpoints(t *testing.T) {
	for path, body := range map[string]string{
		"/v1/responses":          `{"model":"gpt-4o","input":"x"}`,
		"/v1/embeddings":         `{"model":"m","input":"x"}`,
		"/v1/completions":        `{"model":"m","prompt":"x"}`,
		"/v1/moderations":        `{"input":"x"}`,
		"/v1/images/generations": `{"prompt":"x"}`,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := server(t, "openai", short(), nil)
			id := upload(t, s, "batch", "in.jsonl", `{"custom_id":"a","method":"POST","url":"`+path+`","body":`+body+`}`)
			b := parse[batch](t, do(s, request(t.Context(), "POST", batches, `{"input_file_id":"`+id+`","endpoint":"`+path+`","completion_window":"24h"}`)))
			time.Sleep(3 * time.Second)
			if b = state(t, s, b.ID); b.Counts.Completed != 1 {
				t.Errorf("%s: %+v", path, b)
			}
		})
	}
}

// TestBatchesAreBounded: there is an end to what can be under way.
func TestBatchesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server(t, "openai", short(), nil)
		pad := strings.Repeat(" ", 25<<20)
		states := map[string]int{}
		for _, b := range []batch{create(t, s, pad+lines(1)), create(t, s, pad+lines(1)), create(t, s, pad+lines(1))} {
			time.Sleep(time.Second)
			b = state(t, s, b.ID)
			if states[b.Status]++; b.Errors != nil {
				states[b.Errors.Data[0].Code]++
			}
		}
		if diff := cmp.Diff(map[string]int{"completed": 2, "failed": 1, "token_limit_exceeded": 1}, states); diff != "" {
			t.Errorf("three at once (-want +got):\n%s", diff)
		}
		b := create(t, s, pad+lines(1))
		time.Sleep(time.Second)
		if b = state(t, s, b.ID); b.Status != "completed" {
			t.Errorf("later: %+v", b)
		}
	})
}
