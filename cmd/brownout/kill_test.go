//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

var (
	kills    = flag.Int("kills", 3, "how often the tool is killed at a random moment")
	killSeed = flag.Uint64("kill-seed", 1, "what the moments follow from")
)

// Killed at any moment, the tool leaves a log that is judged, and no process and
// no temporary file: neither of the app, which starts others, nor of its own.
func TestKilledAtAnyMoment(t *testing.T) {
	rng := rand.New(rand.NewPCG(*killSeed, 0))
	for n := range *kills {
		// The drill takes 4 s, and a little before it and after.
		after := time.Duration(rng.Int64N(int64(5 * time.Second)))
		t.Run(fmt.Sprintf("%d at %v", n+1, after), func(t *testing.T) {
			t.Parallel()
			killAfter(t, after)
		})
	}
}

func killAfter(t *testing.T, after time.Duration) {
	work, temp := t.TempDir(), t.TempDir()
	if err := os.CopyFS(work, os.DirFS("testdata/scenarios")); err != nil {
		t.Fatal(err)
	}
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	mark := "BROWNOUT_KILL_TEST=" + addr
	tool := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(context.Background(), "brownout", args...)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), "TMPDIR="+temp)
		return cmd
	}
	run := tool("run", "brief.drill.yaml", "--target", "http://"+addr, "-o", "killed", "--",
		"sh", "-c", "sh -c 'sleep 300; true' & supportbot "+addr+"; true")
	run.Env = append(run.Env, mark)
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	<-time.After(after)
	_ = run.Process.Kill()
	_ = run.Wait()
	for deadline := time.Now().Add(20 * time.Second); ; <-time.After(10 * time.Millisecond) {
		left := marked(t, mark)
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			for pid := range left {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			t.Fatalf("still there: %v", left)
		}
	}
	entries, err := os.ReadDir(temp)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in the temporary directory: %v, %v", entries, err)
	}
	if _, err := os.Stat(filepath.Join(work, "killed", "log.jsonl")); errors.Is(err, os.ErrNotExist) {
		return // it had not come that far
	}
	judged(t, tool("report", "killed", "--rejudge", "--format", "json"))
}

// marked are the processes that have a variable, with their command lines. One
// that has ended and only waits to be reaped has none any more.
func marked(t *testing.T, mark string) map[int]string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]string{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		env, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "environ"))
		if slices.ContainsFunc(bytes.Split(env, []byte{0}), func(v []byte) bool { return string(v) == mark }) {
			line, _ := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
			found[pid] = string(bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
		}
	}
	return found
}

// judged wants a card of a drill that did not end, or ended before the kill.
func judged(t *testing.T, report *exec.Cmd) {
	t.Helper()
	var stderr bytes.Buffer
	report.Stderr = &stderr
	out, err := report.Output()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	var card struct {
		Verdict string   `json:"verdict"`
		Reasons []string `json:"reasons"`
	}
	if err := json.Unmarshal(out, &card); err != nil {
		t.Fatalf("%v: %s%s", err, stderr.Bytes(), out)
	}
	t.Logf("%s %q", card.Verdict, card.Reasons)
	if !slices.Contains([]string{"aborted", "inconclusive", "pass", "fail"}, card.Verdict) {
		t.Errorf("verdict %q", card.Verdict)
	}
}
