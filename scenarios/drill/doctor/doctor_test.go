package doctor_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/doctor"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

// planted is an app with one trap, or none.
type planted struct {
	journey string // beside rate
	path    string // of the primary that it asks; "": the right one
	agent   string
	key     string              // "": the mocks'
	header  map[string]string   // of its calls
	calls   int                 // of the provider; 0: one
	counted bool                // it has the tokens counted first
	prompt  func(string) string // what becomes of it
	shape   func(string) any    // what it makes of the answer; nil: {"reply": …}
	status  int                 // in place of an answer
	stream  bool                // it asks for a stream, and streams
	hold    bool                // all of the stream until it is whole
}

const whole = `request: {path: /, text: "{{prompt}}"}`

// examined is what the doctor says of it.
func examined(t *testing.T, p planted, environ ...string) *doctor.Report {
	t.Helper()
	scenario := fmt.Sprintf(`
version: 1
name: patient
providers: {primary: {dialect: openai}, secondary: {dialect: anthropic}}
traffic: {journeys: {chat: {rate: 10/s, %s}}}
phases: [{name: baseline, for: 10s}]
`, p.journey)
	files := fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{FS: files, HaveApp: true, AnyPorts: true})
	if plan == nil {
		t.Fatal(problems)
	}
	var report *doctor.Report
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		look, err := drill.Probe(t.Context(), plan, drill.Options{
			Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
			App: drill.Handler("patient", p.start),
		})
		if err != nil {
			t.Fatal(err)
		}
		report = doctor.Examine(look, environ)
	})
	return report
}

func (p planted) start(place drill.Place) (http.Handler, func(), error) {
	env := map[string]string{}
	for _, v := range place.Env {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	if p.key == "" {
		p.key = env["OPENAI_API_KEY"]
	}
	if p.path == "" {
		p.path = "/v1/chat/completions"
	}
	transport := &http.Transport{DialContext: place.Net.Dial}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		prompt, _ := io.ReadAll(r.Body)
		if p.status != 0 {
			w.WriteHeader(p.status)
			_, _ = io.WriteString(w, "no such thing")
			return
		}
		text := string(prompt)
		if p.prompt != nil {
			text = p.prompt(text)
		}
		for range max(p.calls, 1) - 1 {
			if resp := p.ask(transport, env["BROWNOUT_PRIMARY_URL"], text, r); resp != nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}
		if p.counted {
			input := fmt.Sprintf(`{"model": "gpt-4o", "input": %q}`, text)
			req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, env["BROWNOUT_PRIMARY_URL"]+"/v1/responses/input_tokens", strings.NewReader(input))
			req.Header = http.Header{"Authorization": {"Bearer " + p.key}, "User-Agent": {p.agent}}
			if resp, err := transport.RoundTrip(req); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			time.Sleep(time.Millisecond) // which the app takes to look at the count
		}
		p.pass(w, p.ask(transport, env["BROWNOUT_PRIMARY_URL"], text, r))
	}), transport.CloseIdleConnections, nil
}

// ask asks the primary; nil when it has no such path.
func (p planted) ask(transport *http.Transport, url, prompt string, r *http.Request) *http.Response {
	if p.calls < 0 {
		return nil
	}
	body := fmt.Sprintf(`{"model": "gpt-4o", "stream": %v, "messages": [{"role": "user", "content": %q}]}`, p.stream, prompt)
	req, _ := http.NewRequestWithContext(r.Context(), http.MethodPost, url+p.path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+p.key)
	req.Header.Set("User-Agent", p.agent)
	for name, value := range p.header {
		req.Header.Set(name, value)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return nil
	}
	return resp
}

// pass passes an answer on.
func (p planted) pass(w http.ResponseWriter, resp *http.Response) {
	if resp == nil {
		_, _ = io.WriteString(w, `{"reply": "I know that by heart."}`)
		return
	}
	defer resp.Body.Close()
	if p.stream {
		p.passStream(w, resp.Body)
		return
	}
	var answer struct {
		Choices []struct{ Message struct{ Content string } }
	}
	raw, _ := io.ReadAll(resp.Body)
	if json.Unmarshal(raw, &answer) != nil || len(answer.Choices) == 0 {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	var reply any = map[string]string{"reply": answer.Choices[0].Message.Content}
	if p.shape != nil {
		reply = p.shape(answer.Choices[0].Message.Content)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(reply)
}

func (p planted) passStream(w http.ResponseWriter, from io.Reader) {
	w.Header().Set("Content-Type", "text/event-stream")
	var held bytes.Buffer
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var chunk struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || json.Unmarshal([]byte(data), &chunk) != nil || len(chunk.Choices) == 0 {
			continue
		}
		event, _ := json.Marshal(map[string]any{"v": 1, "delta": chunk.Choices[0].Delta.Content})
		fmt.Fprintf(&held, "data: %s\n\n", event)
		if !p.hold {
			_, _ = held.WriteTo(w)
			w.(http.Flusher).Flush()
		}
	}
	_, _ = held.WriteTo(w)
}

// states are the findings that are not ok, as "check state".
func states(r *doctor.Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		if f.State != doctor.OK {
			all = append(all, f.Check+" "+f.State)
		}
	}
	return all
}

// Each trap is told, and nothing else is.
func TestPlantedTraps(t *testing.T) {
	const sse = `request: {path: /, text: "{{prompt}}", stream: true}, answer: {sse: "$.delta"}`
	timeout := func(s string) map[string]string { return map[string]string{"X-Stainless-Read-Timeout": s} }
	for name, c := range map[string]struct {
		app  planted
		want []string
		says string // among the findings
	}{
		"sound":             {planted{journey: whole, agent: "OpenAI/JS 7.57.0"}, nil, "primary was called by openai for Node (OpenAI/JS 7.57.0)"},
		"counts tokens":     {planted{journey: whole, agent: "OpenAI/JS 7.57.0", counted: true}, nil, "it led to 2 calls of primary"},
		"sound stream":      {planted{journey: sse, agent: "OpenAI/JS 7.57.0", stream: true}, nil, "it streams: the provider for"},
		"not there":         {planted{journey: whole, status: 404}, []string{"answers fail", "mocks fail"}, "status 404: no such thing"},
		"a cache":           {planted{journey: whole, calls: -1}, []string{"mocks fail"}, "no mock was called; they are primary http://"},
		"nobody known":      {planted{journey: whole, agent: "homegrown/1"}, []string{"sdk note"}, `"homegrown/1"`},
		"another's path":    {planted{journey: whole, agent: "OpenAI/JS 7", path: "/v1/messages"}, []string{"answers fail", "path fail", "nonce fail"}, "primary has no /v1/messages"},
		"without version":   {planted{journey: whole, agent: "OpenAI/JS 7", path: "/chat/completions"}, []string{"path warn"}, "let the base URL end in /v1"},
		"version twice":     {planted{journey: whole, agent: "OpenAI/JS 7", path: "/v1/v1/chat/completions"}, []string{"path warn"}, "/v1 stands twice"},
		"own words":         {planted{journey: whole, agent: "OpenAI/JS 7", prompt: func(string) string { return "Summarise the ticket." }}, []string{"nonce fail", "answer warn"}, "nobody will know whose it was"},
		"wrong answer path": {planted{journey: whole + `, answer: {json: "$.text"}`, agent: "OpenAI/JS 7"}, []string{"answer fail"}, `answer: {json: "$.reply"}`},
		"deep answer": {planted{journey: whole + `, answer: {json: "$.text"}`, agent: "OpenAI/JS 7", shape: func(s string) any {
			return map[string]any{"data": []any{map[string]any{"out-put": s}}, "reply": "see data"}
		}}, []string{"answer fail"}, `answer: {json: "$.data[0][\"out-put\"]"}`},
		"wrong stream path": {planted{journey: strings.Replace(sse, "delta", "text", 1), agent: "OpenAI/JS 7", stream: true}, []string{"answer fail"}, `answer: {sse: "$.delta"}`},
		"rewritten":         {planted{journey: whole, agent: "OpenAI/JS 7", shape: func(string) any { return map[string]string{"class": "billing"} }}, []string{"answer warn"}, "with `expect` what a good one looks like"},
		"cut":               {planted{journey: whole, agent: "OpenAI/JS 7", shape: func(s string) any { return s[:len(s)/2] }}, []string{"answer warn"}, "not whole"},
		"buffered":          {planted{journey: sse, agent: "OpenAI/JS 7", stream: true, hold: true}, []string{"stream warn"}, "X-Accel-Buffering"},
		"gathered":          {planted{journey: strings.Replace(sse, ", stream: true", "", 1), agent: "OpenAI/JS 7", stream: true, hold: true}, nil, "the text is found"},
		"no stream":         {planted{journey: strings.Replace(whole, `"}`, `", stream: true}`, 1), agent: "OpenAI/JS 7"}, []string{"stream warn"}, "asks its provider for none"},
		"LangChain":         {planted{journey: sse, agent: "OpenAI/Python 3.3.1", stream: true}, []string{"sdk note"}, "stream_usage=True"},
		"endless patience":  {planted{journey: whole + ", timeout: 20s", agent: "OpenAI/JS 7", header: timeout("600")}, []string{"timeout warn"}, "such as 6.7s"},
		"patience":          {planted{journey: whole + ", timeout: 20s", agent: "OpenAI/JS 7", header: timeout("5")}, nil, "the SDK waits 5s for primary, a user 20s"},
		"asks twice":        {planted{journey: whole, agent: "OpenAI/JS 7", calls: 2}, []string{"retries warn"}, "1 of 2 calls repeat another"},
		"a key of its own":  {planted{journey: whole, agent: "OpenAI/JS 7", key: "sk-proj-of-somebody-who-pays"}, []string{"key note"}, "not the mocks' (key_"},
	} {
		report := examined(t, c.app)
		if c.want == nil {
			c.want = []string{}
		}
		var text bytes.Buffer
		if err := report.Write(&text); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, states(report)); diff != "" {
			t.Errorf("%s (-want +got):\n%s%s", name, diff, text.Bytes())
		}
		if !strings.Contains(text.String(), c.says) {
			t.Errorf("%s: it does not say %q:\n%s", name, c.says, text.Bytes())
		}
		if strings.Contains(text.String(), "who-pays") {
			t.Errorf("%s shows a key", name)
		}
		if want := strings.Contains(fmt.Sprint(c.want), " fail"); report.Failed() != want {
			t.Errorf("%s: failed is %v", name, !want)
		}
	}
}

// What of an environment leads apps astray is told.
func TestEnvironment(t *testing.T) {
	realKey := "sk-proj-" + strings.Repeat("x", 40)
	for env, want := range map[string][]string{
		"PATH=/bin":                                  {},
		"HTTP_PROXY=http://proxy:3128":               {"proxy warn"},
		"HTTPS_PROXY=http://proxy:3128":              {}, // the mocks speak plain HTTP
		"ALL_PROXY=http://p NO_PROXY=10.0.0.1":       {"proxy warn"},
		"ALL_PROXY=http://p NO_PROXY=a,localhost":    {},
		"http_proxy=http://p no_proxy=127.0.0.1":     {},
		"HTTP_PROXY=http://p NO_PROXY=*":             {},
		"OPENAI_API_KEY=" + realKey:                  {"keys warn"},
		"OPENAI_API_KEY=sk-test":                     {},
		"MY_KEY=sk-brownout-" + realKey:              {},
		"GOOGLE_GENAI_USE_VERTEXAI=true":             {"env warn"},
		"GOOGLE_GENAI_USE_VERTEXAI=false":            {},
		"ANTHROPIC_AUTH_TOKEN=x OPENAI_PROXY=http:p": {"env warn", "env warn"},
	} {
		report := doctor.Examine(&drill.Look{}, strings.Fields(env))
		if diff := cmp.Diff(want, states(report)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", env, diff)
		}
		if raw, _ := json.Marshal(report); bytes.Contains(raw, []byte(realKey)) {
			t.Errorf("%s: the key is shown: %s", env, raw)
		}
	}
}
