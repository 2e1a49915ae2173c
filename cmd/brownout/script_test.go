package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

func TestMain(m *testing.M) {
	// Scripts wait for their drills' clocks more than they work: more of them at a
	// time than there are processors. -parallel still has the last word.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"brownout":   func() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
		"supportbot": supportbot,
		"stray":      stray,
		"leaky":      leaky,
		"gh":         gh,
	})
}

// supportbot ADDR [LIFETIME] is an app to start by command: the resilient bot, or one in
// STYLE, which may die after a while.
func supportbot() {
	config := bot.FromEnv(os.Getenv)
	config.Style = cmp.Or(os.Getenv("STYLE"), "resilient")
	app, err := bot.New(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(os.Args) > 2 {
		lifetime, err := time.ParseDuration(os.Args[2])
		if err != nil {
			panic(err)
		}
		time.AfterFunc(lifetime, func() { os.Exit(3) })
	}
	fmt.Println("my key is", os.Getenv("OPENAI_API_KEY"))
	fmt.Println("my proxy is", os.Getenv("HTTPS_PROXY"))
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], app))
	os.Exit(1)
}

// stray ADDR [always] is a supportbot that knows nothing of the mocks' addresses, or
// has a client besides that does not. It calls where it should not only if something on
// this machine keeps it from getting there.
func stray() {
	if !strings.HasPrefix(os.Getenv("HTTPS_PROXY"), "http://127.0.0.1:") {
		supportbot()
	}
	if slices.Contains(os.Args, "always") {
		os.Args = os.Args[:2]
		os.Unsetenv("OPENAI_BASE_URL")
		os.Unsetenv("ANTHROPIC_BASE_URL")
		supportbot()
	}
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			resp, err := http.Get("https://api.openai.com/v1/models")
			if err == nil {
				resp.Body.Close()
			}
		}
	}()
	supportbot()
}

// The scripts drive the command as a user would: real processes, real sockets,
// exit codes. Drills in them last a few seconds and overlap.
func TestScripts(t *testing.T) {
	var floor sync.RWMutex
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			if err := os.CopyFS(env.WorkDir, os.DirFS("testdata/scenarios")); err != nil {
				return err
			}
			env.Setenv("HOME", env.WorkDir)
			env.Values[floorKey{}] = &floor
			scorecards, err := filepath.Abs("../../scorecard")
			if err != nil {
				return err
			}
			env.Setenv("SCORECARD", scorecards)
			addr, err := freeAddr()
			env.Setenv("ADDR", addr)
			if err != nil {
				return err
			}
			busy, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Defer(func() { busy.Close() })
			env.Setenv("BUSY", busy.Addr().String())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"appended":  appended,
			"canned":    canned,
			"truncated": truncated,
			"exits":     exits,
			"interrupt": interrupt,
			"stopped":   stoppedBy,
			"scraped":   scraped,
			"serve":     serveOnce,
			"split":     splitDrill,
			"watched":   watched,
		},
	})
}

// freeAddr is an address that nobody listens on at the moment.
func freeAddr() (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// floorKey is the key of the lock by which a command has the machine to itself.
type floorKey struct{}

// exits CODE COMMAND… runs a command and wants that exit code. Its output goes
// to the files stdout.txt and stderr.txt, for grep.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	floor := ts.Value(floorKey{}).(*sync.RWMutex)
	floor.RLock()
	code, cmd := finish(ts, args, nil)
	floor.RUnlock()
	for range 3 {
		if code != exitInconclusive || !behind(ts, args) {
			break
		}
		// The machine was too busy to keep the schedule, and the card rightly says
		// so. That is no fault of the command's: once more, beside no other drill.
		floor.Lock()
		code, cmd = finish(ts, slices.Insert(slices.Clone(args), 3, "--force"), nil)
		floor.Unlock()
	}
	if want, _ := strconv.Atoi(args[0]); code != want {
		stdout, _ := os.ReadFile(ts.MkAbs("stdout.txt"))
		stderr, _ := os.ReadFile(ts.MkAbs("stderr.txt"))
		ts.Fatalf("%s: exit code %d, want %s\n%s%s", strings.Join(cmd.Args, " "), code, args[0], stderr, stdout)
	}
}

// behind says whether a card of a run tells of requests that were sent late. A summary
// wraps sentences, and is not all that a run can print; several runs have a directory
// each.
func behind(ts *testscript.TestScript, args []string) bool {
	files := []string{"stdout.txt"}
	if i := slices.Index(args, "-o"); i >= 0 && i+1 < len(args) {
		files = append(files, filepath.Join(args[i+1], "card.json"))
		runs, err := filepath.Glob(ts.MkAbs(filepath.Join(args[i+1], "*", "card.json")))
		ts.Check(err)
		files = append(files, runs...)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		said, _ := os.ReadFile(ts.MkAbs(file))
		return strings.Contains(string(said), "sent late")
	})
}

// interrupt CODE COMMAND… sends SIGINT once the command has written "phase", or
// that it is "waiting for" something, and wants that exit code.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	underWay(ts, args, func(cmd *exec.Cmd) { _ = cmd.Process.Signal(os.Interrupt) })
}

// stoppedBy CODE FILE COMMAND… makes the file once the command has written "phase"
// and wants that exit code.
func stoppedBy(ts *testscript.TestScript, _ bool, args []string) {
	underWay(ts, slices.Delete(slices.Clone(args), 1, 2), func(*exec.Cmd) { ts.Check(os.WriteFile(ts.MkAbs(args[1]), nil, 0o644)) })
}

// scraped CODE COMMAND… asks for the metrics of a command that is under way, keeps
// them as metrics.txt, ends it with SIGINT and wants that exit code.
func scraped(ts *testscript.TestScript, _ bool, args []string) {
	underWay(ts, args, func(cmd *exec.Cmd) {
		defer func() { _ = cmd.Process.Signal(os.Interrupt) }()
		said, err := os.ReadFile(ts.MkAbs("stderr.txt"))
		ts.Check(err)
		_, rest, _ := strings.Cut(string(said), "metrics: ")
		url, _, _ := strings.Cut(rest, "\n")
		resp, err := http.Get(url)
		ts.Check(err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		ts.Check(errors.Join(err, os.WriteFile(ts.MkAbs("metrics.txt"), b, 0o644)))
	})
}

// underWay CODE COMMAND… runs a command, does something once it is at work, and wants
// that exit code.
func underWay(ts *testscript.TestScript, args []string, do func(*exec.Cmd)) {
	code, cmd := finish(ts, args, func(cmd *exec.Cmd) {
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
			if b, _ := os.ReadFile(ts.MkAbs("stderr.txt")); strings.Contains(string(b), "phase") || strings.Contains(string(b), "waiting for") {
				break
			}
			<-time.After(20 * time.Millisecond)
		}
		do(cmd)
	})
	if want, _ := strconv.Atoi(args[0]); code != want {
		ts.Fatalf("%s: exit code %d, want %s", strings.Join(cmd.Args, " "), code, args[0])
	}
}

// serveOnce FILE ARGS… runs brownout serve on free ports until its ready file is
// there, keeps a copy as ready.json, asks the primary for an answer and keeps
// its status as healthy.txt, and ends it with SIGINT.
func serveOnce(ts *testscript.TestScript, _ bool, args []string) {
	ready := ts.MkAbs(args[0])
	argv := append([]string{"0", "brownout", "serve", "--with", "anyport.yaml", "--ready-file", args[0]}, args[1:]...)
	code, _ := finish(ts, argv, func(cmd *exec.Cmd) {
		defer func() { _ = cmd.Process.Signal(os.Interrupt) }()
		var b []byte
		for deadline := time.Now().Add(30 * time.Second); len(b) == 0 && time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
			b, _ = os.ReadFile(ready)
		}
		ts.Check(os.WriteFile(ts.MkAbs("ready.json"), b, 0o644))
		var file readyFile
		ts.Check(json.Unmarshal(b, &file))
		p := file.Providers["primary"]
		req, err := http.NewRequest(http.MethodPost, p.BaseURL+"/chat/completions",
			strings.NewReader(`{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}`))
		ts.Check(err)
		req.Header.Set("Authorization", "Bearer "+p.Env["OPENAI_API_KEY"])
		resp, err := http.DefaultClient.Do(req)
		ts.Check(err)
		resp.Body.Close()
		ts.Check(os.WriteFile(ts.MkAbs("healthy.txt"), fmt.Appendln(nil, resp.StatusCode), 0o644))
	})
	if code != exitOK {
		ts.Fatalf("brownout serve: exit code %d", code)
	}
}

func finish(ts *testscript.TestScript, args []string, meanwhile func(*exec.Cmd)) (int, *exec.Cmd) {
	path := ts.Getenv("PATH")
	bin := args[1]
	for _, dir := range filepath.SplitList(path) {
		if p := filepath.Join(dir, args[1]); isFile(p) {
			bin = p
			break
		}
	}
	cmd := exec.Command(bin, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "PATH="+path, "BUSY="+ts.Getenv("BUSY"),
		"GITHUB_STEP_SUMMARY="+ts.Getenv("GITHUB_STEP_SUMMARY"))
	stdout, err1 := os.Create(ts.MkAbs("stdout.txt"))
	stderr, err2 := os.Create(ts.MkAbs("stderr.txt"))
	ts.Check(errors.Join(err1, err2))
	defer stdout.Close()
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	ts.Check(cmd.Start())
	if meanwhile != nil {
		meanwhile(cmd)
	}
	err := cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		ts.Fatalf("%v", err)
	}
	return cmd.ProcessState.ExitCode(), cmd
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
