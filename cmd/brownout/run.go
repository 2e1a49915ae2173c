package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes: what a script may rely on.
const (
	exitOK           = 0
	exitTool         = 1  // the tool failed, or the app never became ready
	exitUsage        = 2  // wrong usage or invalid scenario
	exitStopped      = 97 // a safety stop ended the drill
	exitInconclusive = 98 // the drill cannot say
	exitMissed       = 99 // a bar was missed
	exitInterrupt    = 130
	exitTerminated   = 143
)

// exit is an outcome that is not success: a code, and what to say about it. A
// nil err has been said already, or is the result itself.
type exit struct {
	code int
	err  error
	hint string
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// run is the whole program but for os.Exit.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	ctx, stop := notify(ctx)
	defer stop()
	defer runtime.KeepAlive(ballast())
	log.SetOutput(io.Discard) // net/http prints there what an app sends that nobody asked for, keys and all
	term := newTerminal(stdout, stderr)
	root := newRoot(term)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	e, ok := errors.AsType[*exit](err)
	if lost := term.unwritten(); lost != nil && (!ok || e.err == nil) {
		e, ok = &exit{code: exitTool, err: lost}, true
	}
	switch {
	case err == nil && !ok:
		return exitOK
	case !ok:
		// What does not come from a command's own work comes from cobra: a flag or
		// argument that does not fit.
		e = &exit{code: exitUsage, err: err, hint: "see " + cmd.CommandPath() + " --help"}
	}
	if e.err != nil {
		term.fail(e.err, e.hint)
	}
	return e.code
}

// signalled is the cause of a context that a signal ended.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return "stopped by " + s.String() }

// notify ends the context at the first SIGINT or SIGTERM and then lets go of
// them, so that the second one ends the process as it would any other.
func notify(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case sig := <-c:
			signal.Stop(c)
			cancel(signalled{sig})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(c)
		cancel(nil)
		<-done
	}
}

// stopCode is the exit code of a context that was ended by a signal.
func stopCode(ctx context.Context) int {
	if s, ok := errors.AsType[signalled](context.Cause(ctx)); ok && s.Signal == syscall.SIGTERM {
		return exitTerminated
	}
	return exitInterrupt
}

func newRoot(term *terminal) *cobra.Command {
	root := &cobra.Command{
		Use:   "brownout",
		Short: "Rehearse the day your LLM provider fails",
		Long: `brownout rehearses the day your LLM provider fails.

It stands up mock providers that the official SDKs cannot tell from the real
ones, plays a scripted outage on them, sends steady traffic through your own
app, and scores what its users got.

Begin with:  brownout demo`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(term.out)
	root.SetErr(term.err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		newDemo(term),
		newRun(term),
		newServe(term),
		newCtl(term),
		newEnv(term),
		newDoctor(term),
		newReport(term),
		newCompare(term),
		newHistory(term),
		newValidate(term),
		newInit(term),
		newPlan(term),
		newSchema(term),
		newList(term),
		newExplain(term),
		newVersion(term),
	)
	return root
}
