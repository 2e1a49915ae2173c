// Command conformance has clients ask real providers at their own addresses, under
// an egress guard that refuses them and under one that has mocks answer, and says
// which clients were held. Start it by ./run, which installs the clients.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// A client asks one host with one library.
type client struct {
	name    string
	command []string
	host    string // that it asks
	// answered says that it is answered when the guard intercepts; else it gets an
	// error there, too.
	answered bool
}

// clients are all that are asked, in two languages by scripts beside this file:
// the vendors' own and each way to connect, or many more.
func clients(node, python string, many bool) []client {
	const openai, anthropic, gemini = "api.openai.com", "api.anthropic.com", "generativelanguage.googleapis.com"
	var all []client
	add := func(command []string, host string, answered bool, names ...string) {
		for _, name := range names {
			all = append(all, client{command[0] + " " + name, append(slices.Clone(command[1:]), name), host, answered})
		}
	}
	py, js := []string{"python", python, "ask.py"}, []string{"node", node, "ask.mjs"}
	add(py, openai, true, "openai", "openai_async", "httpx_untrusting", "requests", "aiohttp")
	add(py, anthropic, true, "anthropic")
	add(py, gemini, true, "genai")
	add(js, openai, true, "openai", "fetch", "https")
	add(js, anthropic, true, "anthropic")
	add(js, gemini, true, "genai")
	self, _ := os.Executable()
	add([]string{"go", self}, openai, true, "net/http")
	if !many {
		return all
	}
	add(py, openai, true, "langchain", "litellm", "litellm_async", "httpx", "urllib")
	add(py, anthropic, true, "anthropic_async", "litellm_anthropic")
	add(py, gemini, true, "genai_async")
	add(py, "bedrock-runtime.us-east-1.amazonaws.com", false, "boto3")
	add(js, openai, true, "openai_stream", "ai")
	const curl = `curl -sSf -m 10 -H "Authorization: Bearer $OPENAI_API_KEY" https://api.openai.com/v1/models >/dev/null && echo '{"answer": "ok"}'`
	for _, other := range []struct {
		needs, name string
		command     []string
		answered    bool
	}{
		{"node", "openai", []string{"node on the path", "node", "ask.mjs"}, true},
		{"node", "fetch", []string{"node on the path", "node", "ask.mjs"}, true},
		{"node", "https", []string{"node on the path", "node", "ask.mjs"}, true},
		{"curl", "curl", []string{"shell", "sh", "-c", curl}, true},
		{"java", "http", []string{"java", "java", "Ask.java"}, false},
		{"java", "urlconnection", []string{"java", "java", "Ask.java"}, false},
	} {
		if _, err := exec.LookPath(other.needs); err == nil {
			add(other.command, openai, other.answered, other.name)
		}
	}
	return all
}

// said is what a client prints.
type said struct {
	Answer string `json:"answer"`
	Error  string `json:"error"`
}

// ask runs a client in an environment.
func (c client) ask(env []string) said {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	cmd.Env = env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var s said
	if json.Unmarshal([]byte(lines[len(lines)-1]), &s) != nil {
		s.Error = fmt.Sprintf("it said nothing: %v: %s", err, stderr.String())
	}
	return s
}

// environ is what an app would have that knows no address of a mock.
func environ(keys []string) []string {
	env := append(os.Environ(), keys...)
	return slices.DeleteFunc(env, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasSuffix(name, "_BASE_URL") || strings.HasSuffix(name, "_API_BASE") ||
			strings.HasSuffix(strings.ToUpper(name), "_PROXY")
	})
}

// refused asks a client under a guard that refuses, and says what is wrong with
// what came of it; "" for nothing.
func refused(c client, dir string, keys []string) string {
	var mu sync.Mutex
	var dialled []string
	counted := map[string]int{}
	env := environ(keys)
	guard, err := egress.Start(egress.Options{
		Environ: env, Dir: dir,
		Refused: func(r egress.Refusal) { counted[r.Host] += r.Count },
		Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			dialled = append(dialled, addr)
			return nil, errors.New("nobody leaves here")
		},
	})
	if err != nil {
		return err.Error()
	}
	s := c.ask(append(env, guard.Env()...))
	guard.Close()
	switch {
	case s.Answer != "":
		return "was answered: " + s.Answer
	case counted[c.host] == 0:
		return "was not refused: " + s.Error
	case slices.ContainsFunc(dialled, func(addr string) bool { _, real := egress.Find(addr); return real }):
		return fmt.Sprintf("the guard dialled %q", dialled)
	}
	return ""
}

// answered asks a client under a guard that has mocks answer.
func answered(c client, env []string) string {
	s := c.ask(env)
	if (s.Answer != "") != c.answered {
		return fmt.Sprintf("answer %q, error %q", s.Answer, s.Error)
	}
	return ""
}

// asGo is a client in Go: this program, started anew.
func asGo() {
	req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://api.openai.com/v1/models", nil)
	req.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_API_KEY"))
	resp, err := http.DefaultClient.Do(req)
	var s said
	if err != nil {
		s.Error = err.Error()
	} else {
		s.Answer = resp.Status
		resp.Body.Close()
	}
	_ = json.NewEncoder(os.Stdout).Encode(s)
}

func main() {
	if len(os.Args) == 2 {
		asGo()
		return
	}
	if err := run(os.Args[1], os.Args[2], slices.Contains(os.Args, "all")); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func run(node, python string, many bool) error {
	plan, problems := scenarios.Load("conformance.drill.yaml", scenarios.Options{AnyPorts: true, HaveApp: true})
	if plan == nil {
		return errors.Join(errors.New("no plan"), scenarios.Print(os.Stderr, problems))
	}
	session, err := drill.Open(context.Background(), plan, drill.Options{Log: io.Discard, Intercept: true})
	if err != nil {
		return err
	}
	defer session.Close()
	dirs, err := os.MkdirTemp("", "brownout-conformance-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dirs)
	env := environ(session.Place().Env)
	guard, err := session.Place().Guard(env, dirs)
	if err != nil {
		return err
	}
	defer guard.Close()
	env = append(env, guard.Env()...)
	return show(ask(clients(node, python, many), dirs, env))
}

// A finding is what was wrong with a client under each guard; "" for nothing.
type finding struct {
	client            client
	refused, answered string
}

// ask asks clients, as many at a time as there are processors.
func ask(all []client, dirs string, env []string) []finding {
	keys := []string{"OPENAI_API_KEY=sk-conformance", "ANTHROPIC_API_KEY=sk-conformance", "GEMINI_API_KEY=conformance", "LITELLM_LOCAL_MODEL_COST_MAP=True"}
	found := make([]finding, len(all))
	room := make(chan bool, runtime.NumCPU())
	var wg sync.WaitGroup
	for i, c := range all {
		found[i].client = c
		room <- true
		wg.Go(func() {
			defer func() { <-room }()
			dir, err := os.MkdirTemp(dirs, "")
			if err != nil {
				found[i].refused = err.Error()
				return
			}
			found[i].refused = refused(c, dir, keys)
			found[i].answered = answered(c, append(slices.Clone(env), keys[3]))
		})
	}
	wg.Wait()
	return found
}

// show prints a line for each client, and how many were held.
func show(found []finding) error {
	failed := 0
	for _, f := range found {
		told := []any{f.client.name, "refused", "answered"}
		if !f.client.answered {
			told[2] = "no answer"
		}
		for i, wrong := range []string{f.refused, f.answered} {
			if wrong != "" {
				failed++
				told[i+1] = "FAIL: " + wrong
			}
		}
		fmt.Printf("%-28s %-10s %s\n", told...)
	}
	fmt.Printf("%d passed, %d failed\n", 2*len(found)-failed, failed)
	if failed > 0 {
		return errors.New("not all were held as they should be")
	}
	return nil
}
