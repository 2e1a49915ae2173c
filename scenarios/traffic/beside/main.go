//go:build unix

// Command beside measures brownout beside the tools that do parts of what it does,
// on this machine and in one run, and prints a Markdown table. .ci/bench builds it,
// gets the peers and starts it; by hand it is
//
//	go run ./scenarios/traffic/beside -brownout BINARY -peers DIR sender mock
//
// DIR holds vegeta, k6, toxiproxy-server and an npm folder with aimock and MockServer.
// A peer that is not there has a row that says so. Every server is a process of its
// own, for its time and memory are what is measured; all of them end with this one.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// bench is what the parts need.
type bench struct {
	ctx      context.Context
	brownout string // the binary
	planted  string // the app of the drill, a binary
	peers    string // folder
	scratch  string // folder
	out      io.Writer
}

// part is one measurement.
type part struct {
	name, doc string
	measure   func(*bench) error
}

// parts is the table of all of them.
func parts() []part {
	return []part{
		{"sender", "2,000 requests a second for a minute", (*bench).sender},
		{"cpu", "the sender's CPU per request beside vegeta's and k6's", (*bench).cpu},
		{"readers", "5,000 streams read at a time", (*bench).readers},
		{"stall", "a server that stalls for 5 s, beside vegeta and a closed loop", (*bench).stall},
		{"mock", "mocks beside a bare handler that writes the same bytes", (*bench).mock},
		{"peers", "mocks beside aimock and MockServer", (*bench).mocks},
		{"crowd", "5,000 streams of 20 tokens a second, and 10,000 that idle", (*bench).crowd},
		{"proxy", "a provider's proxy beside stock toxiproxy", (*bench).proxy},
		{"start", "the binary's size, and the time to its first answer", (*bench).start},
		{"drill", "a drill of two minutes at 500 requests a second", (*bench).drill},
	}
}

// run is the command, of which serve, send and bare are the processes that it starts.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "serve" {
		return report(stderr, serveApp(args[1:], stdout))
	}
	if len(args) > 0 && args[0] == "send" {
		return report(stderr, send(args[1:], stdout))
	}
	if len(args) > 0 && args[0] == "bare" {
		return report(stderr, bare(args[1:], stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := &bench{ctx: ctx, out: stdout}
	flags := flag.NewFlagSet("beside", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&b.brownout, "brownout", "brownout", "the `binary` that is measured")
	flags.StringVar(&b.planted, "planted", "planted", "the app of the drill, a `binary`")
	flags.StringVar(&b.peers, "peers", ".", "`folder` of the peers")
	if flags.Parse(args) != nil {
		return 2
	}
	var err error
	if b.scratch, err = os.MkdirTemp("", "beside"); err != nil {
		return report(stderr, err)
	}
	defer os.RemoveAll(b.scratch)
	return report(stderr, b.all(flags.Args()))
}

func report(stderr io.Writer, err error) int {
	if err != nil {
		fmt.Fprintln(stderr, "beside:", err)
		return 1
	}
	return 0
}

// all measures the parts of these names, or every part.
func (b *bench) all(names []string) error {
	var chosen []part
	for _, p := range parts() {
		if len(names) == 0 || slices.Contains(names, p.name) {
			chosen = append(chosen, p)
		}
	}
	if len(names) > 0 && len(chosen) < len(names) {
		return fmt.Errorf("no such part; there are %s", known())
	}
	fmt.Fprintln(b.out, "| part | measured | wanted | |\n|---|---|---|---|")
	var errs []error
	for _, p := range chosen {
		if err := b.one(p); err != nil {
			b.note(p.name, "not measured")
			errs = append(errs, fmt.Errorf("%s: %w", p.name, err))
		}
		if b.ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// longest is how long a part may take; they take up to three minutes.
const longest = 5 * time.Minute

// one measures a part. When it takes too long, what it started ends, and it with that.
func (b *bench) one(p part) error {
	ctx, cancel := context.WithTimeout(b.ctx, longest)
	defer cancel()
	mine := *b
	mine.ctx = ctx
	err := p.measure(&mine)
	if err != nil && ctx.Err() != nil && b.ctx.Err() == nil {
		return fmt.Errorf("given up after %v: %w", longest, err)
	}
	return err
}

func known() string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// row prints a line of the table.
func (b *bench) row(part, measured, wanted string, met bool) {
	verdict := "missed"
	if met {
		verdict = "met"
	}
	fmt.Fprintf(b.out, "| %s | %s | %s | %s |\n", part, measured, wanted, verdict)
}

// note prints a line of the table that has no bar.
func (b *bench) note(part, measured string) {
	fmt.Fprintf(b.out, "| %s | %s | | |\n", part, measured)
}
