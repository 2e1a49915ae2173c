package drill_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"text/tabwriter"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

var updateMatrix = flag.Bool("update", false, "write the files of testdata/matrix anew")

// TestMatrix performs every kind of fault on every API of chats, whole and streamed. Of
// each kind testdata/matrix has what a client saw; table.txt has it in a word.
func TestMatrix(t *testing.T) {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "kind")
	for _, d := range speakers() {
		fmt.Fprintf(w, "\t%s\tstream", d.name)
	}
	fmt.Fprintln(w)
	for _, k := range faults.Kinds() {
		if f := (faults.Fault{Kind: k.Name}); k.Family == "load" || f.Transport() || f.TLS() {
			continue // the same for every dialect, and not a request's
		}
		t.Run(k.Name, func(t *testing.T) {
			cells := performKind(t, k, "")
			var all strings.Builder
			fmt.Fprint(w, k.Name)
			for _, c := range cells {
				fmt.Fprintf(w, "\t%s", c.word)
				fmt.Fprintf(&all, "=== %s: %s\n%s\n", c.name, c.word, c.seen)
			}
			fmt.Fprintln(w)
			hold(t, k.Name+".golden", all.String())
		})
	}
	_ = w.Flush()
	t.Log("\n" + table.String())
	hold(t, "table.txt", table.String())
}

// hold compares with a file of testdata/matrix.
func hold(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "matrix", name)
	if *updateMatrix {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// A speaker is a client of one of a dialect's APIs.
type speaker struct {
	name, dialect, key  string
	whole, stream       string // paths
	body, asJSON, tools string // members of the request; the stream's own is added
	streams             string
}

func speakers() []speaker {
	chat := `"model":"gpt-4o","messages":[{"role":"user","content":"PROMPT"}]`
	tool := `"tools":[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{"what":{"type":"string"}},"required":["what"]}}}]`
	azure := "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
	gemini := "/v1beta/models/gemini-2.5-flash:"
	return []speaker{
		{
			"openai", "openai", "Authorization: Bearer sk-x", "/v1/chat/completions", "/v1/chat/completions",
			chat, `"response_format":{"type":"json_object"}`, tool,
			`"stream":true,"stream_options":{"include_usage":true}`,
		},
		{
			"openai-responses", "openai", "Authorization: Bearer sk-x", "/v1/responses", "/v1/responses",
			`"model":"gpt-4o","input":"PROMPT"`, `"text":{"format":{"type":"json_object"}}`,
			`"tools":[{"type":"function","name":"look","strict":false,"parameters":{"type":"object","properties":{"what":{"type":"string"}},"required":["what"]}}]`,
			`"stream":true`,
		},
		{
			"azure-openai", "azure-openai", "api-key: x", azure, azure, chat, `"response_format":{"type":"json_object"}`, tool,
			`"stream":true,"stream_options":{"include_usage":true}`,
		},
		{
			"anthropic", "anthropic", "x-api-key: x", "/v1/messages", "/v1/messages",
			`"model":"claude-sonnet-4-5","max_tokens":200,"messages":[{"role":"user","content":"PROMPT"}]`,
			`"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"what":{"type":"string"}},"required":["what"],"additionalProperties":false}}}`,
			`"tools":[{"name":"look","input_schema":{"type":"object","properties":{"what":{"type":"string"}},"required":["what"]}}]`,
			`"stream":true`,
		},
		{
			"gemini", "gemini", "x-goog-api-key: x", gemini + "generateContent", gemini + "streamGenerateContent?alt=sse",
			`"contents":[{"role":"user","parts":[{"text":"PROMPT"}]}]`,
			`"generationConfig":{"responseMimeType":"application/json"}`,
			`"tools":[{"functionDeclarations":[{"name":"look","parameters":{"type":"OBJECT","properties":{"what":{"type":"STRING"}},"required":["what"]}}]}]`,
			"",
		},
	}
}

// request is what the client sends to see a kind.
func (s speaker) request(kind string, stream bool) string {
	path, members := s.whole, []string{strings.Replace(s.body, "PROMPT", "tell me in json of "+answer.Nonce(1, 1), 1)}
	if stream {
		path = s.stream
		if s.streams != "" {
			members = append(members, s.streams)
		}
	}
	switch kind {
	case "broken_json":
		members = append(members, s.asJSON)
	case "broken_tool_call":
		members = append(members, s.tools)
	}
	body := "{" + strings.Join(members, ",") + "}"
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nanthropic-version: 2023-06-01\r\n%s\r\nContent-Length: %d\r\n\r\n%s",
		path, s.key, len(body), body)
}

// A cell is one kind on one API, whole or streamed.
type cell struct {
	name, word, seen string
	body             string
}

// performKind performs a kind on every API, with settings as a scenario has them,
// a comma before each.
func performKind(t *testing.T, k faults.Kind, settings string) (cells []cell) {
	plan, problems := load(t, matrixScenario(k, settings))
	if plan == nil {
		t.Fatal(problems)
	}
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		ctx, stop := context.WithCancel(t.Context())
		ready, served := make(chan []drill.Endpoint, 1), make(chan error, 1)
		go func() {
			served <- drill.Serve(ctx, plan, drill.ServeOptions{
				Phase: "surge", Net: drill.Net{Listen: network.Listen, Dial: network.Dial},
				Ready: func(all []drill.Endpoint) error { ready <- all; return nil },
			})
		}()
		addrs := map[string]string{}
		for _, e := range <-ready {
			addrs[e.Name] = strings.TrimPrefix(e.URL, "http://")
		}
		for _, s := range speakers() {
			for _, stream := range []bool{false, true} {
				name := s.name + map[bool]string{true: " stream"}[stream]
				if k.StreamOnly && !stream {
					cells = append(cells, cell{name: name, word: "refused", seen: refusal(t, k, s.name)})
					continue
				}
				conn, err := network.Dial(ctx, "tcp", addrs[s.name])
				if err != nil {
					t.Fatal(err)
				}
				c := talk(conn, s.request(k.Name, stream))
				c.name = name
				cells = append(cells, c)
			}
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return cells
}

// talk sends a request and tells what comes of it within 45 s.
func talk(conn net.Conn, request string) cell {
	defer conn.Close()
	start := time.Now()
	_ = conn.SetDeadline(start.Add(45 * time.Second))
	_, _ = io.WriteString(conn, request)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	status, text := "no answer", ""
	var body []byte
	if err == nil {
		body, err = io.ReadAll(resp.Body)
		status, text = fmt.Sprint(resp.StatusCode), head(resp)+"\n"+middleOut(string(body))
	}
	end := "ends"
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		end = "silent"
	case errors.Is(err, syscall.ECONNRESET):
		end = "reset"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		end = "closed"
	case err != nil:
		end = err.Error()
	}
	seen := fmt.Sprintf("%s\n--- %s after %v\n", strings.TrimRight(text, "\n"), end, time.Since(start).Round(100*time.Millisecond))
	if end != "ends" {
		status += " " + end
	}
	return cell{word: status, seen: strings.TrimLeft(seen, "\n"), body: string(body)}
}

// head is the status and the headers; of good answers only those that say what
// comes.
func head(resp *http.Response) string {
	lines := []string{resp.Status}
	for name, values := range resp.Header {
		framing := slices.Contains([]string{"Content-Type", "Content-Length"}, name)
		if framing || resp.StatusCode != http.StatusOK {
			lines = append(lines, strings.ToLower(name)+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines[1:])
	return strings.Join(lines, "\n") + "\n"
}

// middleOut shows the beginning and the end of a long text.
func middleOut(text string) string {
	text = strings.ReplaceAll(text, "\r", `\r`)
	const most, begin = 1200, 400
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:begin], "") + "\n[…]\n" + strings.ToValidUTF8(text[len(text)-(most-begin):], "")
}

// matrixScenario has a kind on a provider for each speaker.
func matrixScenario(k faults.Kind, settings string) string {
	for _, p := range k.Params {
		if p.Required {
			settings += ", " + p.Name + ": " + map[faults.ParamType]string{faults.Factor: "4"}[p.Type]
		}
	}
	models := "models: {gpt-4o: &fast {ttft: {p50: 100ms}, gap: {p50: 10ms}, tokens: {p50: 20}}, claude-sonnet-4-5: *fast, gemini-2.5-flash: *fast}"
	models = strings.NewReplacer("&fast ", "", "*fast", "{ttft: {p50: 100ms}, gap: {p50: 10ms}, tokens: {p50: 20}}").Replace(models)
	var providers, names []string
	for _, s := range speakers() {
		providers = append(providers, fmt.Sprintf("  %s: {dialect: %s, %s}\n", s.name, s.dialect, models))
		names = append(names, s.name)
	}
	return "version: 1\nname: matrix\nproviders:\n" + strings.Join(providers, "") +
		"traffic: {target: \"http://127.0.0.1:8000\", journeys: {chat: {rate: 1/s, request: {path: \"/?q={{nonce}}\"}}}}\n" +
		"phases:\n  - {name: baseline, for: 20s}\n  - {name: surge, for: 60s, faults: [{provider: [" +
		strings.Join(names, ", ") + "], kind: " + k.Name + settings + "}]}\n  - {name: recovery, for: 20s}\n"
}

// refusal is what is said to a cell that cannot be.
func refusal(t *testing.T, k faults.Kind, provider string) string {
	no := false
	f := faults.Fault{Kind: k.Name, Providers: []string{provider}, Share: faults.Share{From: 1, To: 1}, Match: faults.Match{Stream: &no}}
	problems := f.Check()
	if len(problems) != 1 {
		t.Errorf("want one problem, got %v", problems)
		return ""
	}
	return problems[0].Error() + "\n"
}

func load(t *testing.T, text string) (*scenarios.Plan, []scenarios.Diagnostic) {
	path := filepath.Join(t.TempDir(), "matrix.drill.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return scenarios.Load(path, scenarios.Options{HaveApp: true, AnyPorts: true})
}
