package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// foundElsewhere is a key of which only its use tells.
const foundElsewhere = "elsewhere-7f3a9c1"

// leaky ADDR is an app that shows all it knows: its environment where it logs, and keys
// in its replies, in URLs, in the name of its client and in prompts.
func leaky() {
	own := os.Getenv("BROWNOUT_PRIMARY_KEY")
	all := strings.Join(os.Environ(), "\n")
	fmt.Print(all, "\n", strings.Repeat("x", 64<<10-20), own, " in one long line\nAuthorization: Bearer ", foundElsewhere, "\n")
	tell := func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		said := fmt.Sprintf("I am %s and %s; you sent %v to %s: %s", own, os.Getenv("MY_TOKEN"), r.Header, r.URL, asked)
		fmt.Fprintln(os.Stderr, said)
		url := os.Getenv("OPENAI_BASE_URL") + "/chat/completions?api_key=" + own + "&token=" + os.Getenv("MY_TOKEN")
		req, _ := http.NewRequest(http.MethodPost, url, strings.NewReader(fmt.Sprintf(
			`{"model":"gpt-4o","messages":[{"role":"user","content":%q}]}`, string(asked)+own)))
		req.Header.Set("Authorization", "Bearer "+foundElsewhere)
		req.Header.Set("User-Agent", "leaky/"+own+" "+os.Getenv("MY_TOKEN"))
		req.Header.Set("X-Other", own)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Println(err) // with the URL
			return
		}
		resp.Body.Close()
		stray, err := http.Post(os.Getenv("BROWNOUT_PRIMARY_URL")+"/v1/"+os.Getenv("MY_TOKEN"), "text/plain", nil)
		if err == nil {
			stray.Body.Close()
		}
		overshoot(w, own, said+all)
	}
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], http.HandlerFunc(tell)))
	os.Exit(1)
}

// overshoot answers with an error, and then with more than it said that it would.
func overshoot(w http.ResponseWriter, own, said string) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	fmt.Fprintf(c, "HTTP/1.1 500 Internal Server Error\r\nX-Api-Key: %s\r\nContent-Length: %d\r\n\r\n%s", own, len(said), said)
	// What it says late is its fault, like what it says. A client that had not read the
	// answer by then would drop the connection, and nobody would be told of the rest.
	time.Sleep(20 * time.Millisecond)
	fmt.Fprintf(c, "%s %s", own, foundElsewhere)
}

const leakyDrill = `version: 1
name: leaky
title: "A drill with ${TITLE_WORD}"
seed: 5
warmup: 200ms
app: {command: [leaky, "${ADDR}", "--with=${ARGUMENT}"], env: {MY_TOKEN: "${FROM_SHELL}", WRITTEN: "mark-${IN_ENV}"}}
providers:
  primary: {dialect: openai, listen: "127.0.0.1:0"}
traffic:
  target: "http://${ADDR}"
  journeys:
    chat:
      rate: 30/s
      request:
        method: POST
        path: "/chat?user=${QUERY}"
        header: {Authorization: "Bearer ${SESSION}", X-Tenant: "${TENANT}"}
        json: {message: "{{prompt}}", pin: "${BODY}"}
      answer: {text: true}
      timeout: 2s
phases:
  - {name: baseline, for: 1s}
  - {name: surge, for: 1s, faults: [{provider: primary, kind: server_error, share: 50%}]}
  - {name: after, for: 500ms}
bars:
  - {metric: availability, phase: surge, min: 50%}
`

// TestNoSecretIsLeft drills an app that shows all it knows, and looks for each of it
// wherever a drill leaves something.
func TestNoSecretIsLeft(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "leaky.drill.yaml"), []byte(leakyDrill), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "brownout", "run", "leaky.drill.yaml", "-o", "results/run", "--control", "--log-format", "json",
		"--format", "text", "--format", "json", "--format", "md=more.md")
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "ADDR="+addr)
	hidden := map[string]string{}
	for _, name := range []string{
		"TITLE_WORD", "ARGUMENT", "FROM_SHELL", "IN_ENV", "QUERY", "SESSION", "TENANT", "BODY", // of the scenario
		"OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GITHUB_TOKEN", // of the shell
	} {
		hidden[name] = strings.ToLower(name) + `-&"7f3a9<c1`
	}
	for _, name := range []string{"ARGUMENT", "FROM_SHELL", "QUERY", "SESSION", "TENANT"} {
		hidden[name] = strings.ToLower(name) + "-7f3a9c1" // that goes where quotes would have to be escaped
	}
	for name, value := range hidden {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	hidden["its own key"] = foundElsewhere
	hidden["DATABASE_URL"] = "pw7f3a9"
	cmd.Env = append(cmd.Env, "DATABASE_URL=postgres://app:pw7f3a9@db.example/app")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == exitTool || cmd.ProcessState.ExitCode() == exitUsage {
		t.Fatalf("%v\n%s%s", err, stdout.Bytes(), stderr.Bytes())
	}
	left := artefacts(t, work)
	left["stdout"], left["stderr"] = stdout.Bytes(), stderr.Bytes()
	for _, name := range []string{"results/index.ndjson", "results/run/app.log", "results/run/card.json", "results/run/card.html", "results/run/junit.xml"} {
		if len(left[name]) == 0 {
			t.Errorf("no %s", name)
		}
	}
	_, after, _ := strings.Cut(stderr.String(), "token ")
	if token := strings.FieldsFunc(after, func(r rune) bool { return r == '\n' || r == '"' || r == ' ' }); len(token) > 0 {
		hidden["the control's token"] = token[0]
		left["stderr"] = bytes.ReplaceAll(left["stderr"], []byte(token[0]), nil) // it is told there
	} else {
		t.Error("no token of the control on stderr")
	}
	hidden["the mock's key"] = "sk-brownout-"
	for file, data := range left {
		for name, secret := range hidden {
			// What comes before the first character that some format escapes will do.
			start, _, _ := strings.Cut(secret, "&")
			if at := bytes.Index(data, []byte(start)); at >= 0 {
				t.Errorf("%s shows %s: …%s…", file, name, data[max(0, at-80):min(len(data), at+40)])
			}
		}
	}
	if log := left["results/run/app.log"]; !bytes.Contains(log, []byte("DB_PASSWORD=${DB_PASSWORD}")) {
		t.Error("app.log does not say which variable stood there: the app was not heard")
	}
}

// artefacts are the files below a directory, but for the scenario that was given.
func artefacts(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path == "leaky.drill.yaml" {
			return err
		}
		files[path], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
