// Prove drills the pairs that need real time, those in Python and Node, and writes
// what they show into examples/advice/proofs. Run it by examples/advice/run, which
// brings the SDKs.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/seed-76a9de92/brownout/examples/advice"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := bench{}
	flag.StringVar(&b.brownout, "brownout", "brownout", "the `command`")
	flag.StringVar(&b.dir, "dir", "examples/advice", "`folder` of the pairs, from the root of the repository")
	flag.StringVar(&b.sdk, "sdk", "", "`NAME` under which the proofs are kept: openai-python")
	flag.StringVar(&b.only, "only", "", "drill only the pairs of these `FINDINGS`, by comma")
	flag.StringVar(&b.marked, "marked", "", "`FILES` with the marked lines, by comma")
	at := flag.Int("at-once", 2, "`N` pairs")
	flag.Parse()
	b.program, b.room = flag.Args(), make(chan struct{}, *at)
	if err := b.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "prove:", err)
		os.Exit(1)
	}
}

// A bench drills one program, which says by --list what pairs it has and by --version
// of which SDK.
type bench struct {
	brownout, dir, sdk, only string
	marked                   string // the files with the lines that change, by comma
	program                  []string
	room                     chan struct{} // a place for each pair at once
}

func (b bench) run(ctx context.Context) error {
	findings, err := b.says(ctx, "--list")
	if err != nil {
		return err
	}
	version, err := b.says(ctx, "--version")
	if err != nil {
		return err
	}
	if b.only != "" {
		findings = strings.Split(b.only, ",")
	}
	proofs, errs := make([]advice.Proof, len(findings)), make([]error, len(findings))
	var drills sync.WaitGroup
	for i, finding := range findings {
		b.room <- struct{}{}
		drills.Go(func() {
			defer func() { <-b.room }()
			proofs[i] = advice.Proof{Finding: finding, SDK: b.sdk, Version: version[0], Date: time.Now().Format(time.DateOnly)}
			errs[i] = b.prove(ctx, &proofs[i])
		})
	}
	drills.Wait()
	return errors.Join(errors.Join(errs...), b.keep(proofs, errs))
}

// keep writes down what held, in place of what was known of the same findings.
func (b bench) keep(proofs []advice.Proof, errs []error) error {
	file := filepath.Join(b.dir, "proofs", b.sdk+".json")
	known, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		known = []byte("[]")
	} else if err != nil {
		return err
	}
	var old []advice.Proof
	if err := json.Unmarshal(known, &old); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	held := map[string]advice.Proof{}
	for _, p := range old {
		held[p.Finding] = p
	}
	for i, p := range proofs {
		if errs[i] == nil {
			held[p.Finding] = p
		}
	}
	if len(held) == 0 {
		return nil
	}
	sorted := slices.SortedFunc(maps.Values(held), func(a, b advice.Proof) int { return cmp.Compare(a.Finding, b.Finding) })
	body, err := json.MarshalIndent(sorted, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(body, '\n'), 0o644)
}

// says are the words that the program prints.
func (b bench) says(ctx context.Context, flag string) ([]string, error) {
	out, err := b.command(ctx, b.program, flag).Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", strings.Join(b.program, " "), flag, err)
	}
	return strings.Fields(string(out)), nil
}

// prove drills a pair before and after its change.
func (b bench) prove(ctx context.Context, p *advice.Proof) error {
	var drills sync.WaitGroup
	var errs [2]error
	for i, side := range []*advice.Side{&p.Before, &p.After} {
		drills.Go(func() { side.Findings, errs[i] = b.found(ctx, p.Finding, [...]string{"before", "after"}[i]) })
	}
	drills.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	fmt.Printf("%-34s %-18s %v → %v\n", p.Finding, p.SDK, p.Before.Findings, p.After.Findings)
	if err := b.quote(p); err != nil {
		return err
	}
	return p.Holds()
}

// quote takes the marked lines from the programs.
func (b bench) quote(p *advice.Proof) error {
	for _, file := range strings.Split(b.marked, ",") {
		code, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		before, err := advice.Snippet(string(code), p.Finding, "before")
		if err != nil {
			continue
		}
		after, err := advice.Snippet(string(code), p.Finding, "after")
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		p.Program, p.Before.Code, p.After.Code = file, before, after
		return nil
	}
	return fmt.Errorf("no lines of %s are marked for %s", b.marked, p.Finding)
}

// found drills one state of a pair, and gives the codes of what the card found. A
// machine that was too busy to keep the schedule proves nothing, and gets another
// chance.
func (b bench) found(ctx context.Context, finding, side string) (codes []string, err error) {
	for range 3 {
		codes, err = b.drilled(ctx, finding, side)
		if ended, ok := errors.AsType[*exec.ExitError](err); !ok || ended.ExitCode() != undecided {
			break
		}
	}
	return codes, err
}

func (b bench) drilled(ctx context.Context, finding, side string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	results, err := os.MkdirTemp("", "advice")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(results)
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	vendor, _, _ := strings.Cut(b.sdk, "-")
	drill := b.command(ctx, []string{
		b.brownout, "run", filepath.Join(b.dir, "drills", finding+".drill.yaml"), "--with", filepath.Join(b.dir, vendor+".app.yaml"),
		"--target", "http://127.0.0.1:" + port, "--quiet", "--force", "-o", results, "--",
	}, slices.Concat(b.program, []string{"--pair", finding, "--side", side})...)
	drill.Env = append(os.Environ(), "PORT="+port)
	said, err := drill.CombinedOutput()
	// What the verdict is does not matter here, but that there is one does.
	if ended, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || ended.ExitCode() != missed) {
		return nil, fmt.Errorf("%s %s with %s: %w\n%s", finding, side, b.sdk, err, said)
	}
	body, err := os.ReadFile(filepath.Join(results, "card.json"))
	if err != nil {
		return nil, err
	}
	var card struct {
		Findings []struct{ Code string }
	}
	if err := json.Unmarshal(body, &card); err != nil {
		return nil, err
	}
	codes := []string{}
	for _, f := range card.Findings {
		codes = append(codes, f.Code)
	}
	return codes, nil
}

// Exit codes of the command: the drill missed a bar, or cannot say.
const (
	missed    = 99
	undecided = 98
)

// command ends with ctx as if by Ctrl-C: brownout then ends what it has started.
func (b bench) command(ctx context.Context, program []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program[0], slices.Concat(program[1:], args)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// freePort is one that nobody has at the moment.
func freePort(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
