package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// splitDrill SCENARIO plays a drill in two halves of one process each, against the
// support bot in a third, which nobody of them starts. It leaves mocks.jsonl,
// the directory users, and what each said in serve.txt and users.txt.
func splitDrill(ts *testscript.TestScript, _ bool, args []string) {
	// As with exits: a machine that is too busy to be ready in time, or to keep the
	// schedule, is no fault of the command's. It is given more time then.
	for ahead := 6 * time.Second; ahead < time.Minute; ahead *= 2 {
		if !playSplit(ts, args[0], ahead) {
			continue
		}
		code, _ := finish(ts, []string{"", "brownout", "report", "users", "mocks.jsonl"}, nil)
		out, err := os.ReadFile(ts.MkAbs("stdout.txt"))
		ts.Check(err)
		if code != exitInconclusive || !strings.Contains(string(out), "sent late") {
			return
		}
		ts.Check(os.RemoveAll(ts.MkAbs("users")))
	}
	ts.Fatalf("the drill was late however much time it had to get ready")
}

// playSplit plays it once, as soon as so much time has passed. It says whether the
// users' half was ready by then.
func playSplit(ts *testscript.TestScript, scenario string, ahead time.Duration) bool {
	at := time.Now().Add(ahead).Format(time.RFC3339Nano)
	half := func(argv ...string) []string {
		return append(argv, scenario, "--with", "anyport.yaml", "--at", at)
	}
	serve := background(ts, "serve.txt", nil, half("brownout", "serve", "--play", "--log", "mocks.jsonl", "--ready-file", "split.json")...)
	defer serve.end()
	var ready readyFile
	await(ts, "the mocks", func() bool {
		b, _ := os.ReadFile(ts.MkAbs("split.json"))
		return json.Unmarshal(b, &ready) == nil
	})
	var env []string
	for _, p := range ready.Providers {
		for name, value := range p.Env {
			env = append(env, name+"="+value)
		}
	}
	addr := ts.Getenv("ADDR")
	app := background(ts, "app.txt", env, "supportbot", addr)
	defer app.end()
	await(ts, "the app", func() bool {
		resp, err := http.Get("http://" + addr + "/healthz")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
	code, _ := finish(ts, append([]string{""}, half("brownout", "run", "--no-mocks", "--target", "http://"+addr, "-o", "users")...), nil)
	said, err := os.ReadFile(ts.MkAbs("stderr.txt"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("users.txt"), said, 0o644))
	if code == exitTool && strings.Contains(string(said), "was to begin at") {
		ts.Check(os.RemoveAll(ts.MkAbs("users")))
		return false
	}
	if code != exitOK {
		ts.Fatalf("the users' half: exit code %d\n%s", code, said)
	}
	return true
}

// process is a program beside a script.
type process struct{ cmd *exec.Cmd }

func background(ts *testscript.TestScript, output string, env []string, argv ...string) *process {
	bin := argv[0]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if p := filepath.Join(dir, argv[0]); isFile(p) {
			bin = p
			break
		}
	}
	out, err := os.Create(ts.MkAbs(output))
	ts.Check(err)
	defer out.Close()
	cmd := exec.Command(bin, argv[1:]...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	ts.Check(cmd.Start())
	return &process{cmd}
}

// end ends it as Ctrl-C would.
func (p *process) end() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	_ = p.cmd.Wait()
}

func await(ts *testscript.TestScript, what string, there func() bool) {
	for deadline := time.Now().Add(30 * time.Second); !there(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			out, _ := os.ReadFile(ts.MkAbs("serve.txt"))
			ts.Fatalf("%s did not come up\n%s", what, strings.TrimSpace(string(out)))
		}
	}
}
