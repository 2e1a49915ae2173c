package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/journal"
)

type serveFlags struct {
	with, phase, ready, log, listen, advertise, ca string
	play, anyPort, untilEOF                        bool
	control                                        controlFlags
	upstreams                                      []string
	at                                             string
	seed                                           uint64
	seeded                                         bool
	metrics                                        metricsFlags
	logFormat                                      logFormat
}

func newServe(term *terminal) *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve SCENARIO",
		Short: "Serve a scenario's mock providers alone",
		Long: `serve starts a scenario's providers, without app and traffic, until it is
stopped. They are healthy, or hold one phase for ever (--phase), or play the
timeline once from now (--play).

With --ready-file their addresses, keys and environment are written as JSON once
all of them listen; the file is removed at the end.

With --control they are led by ` + "`brownout ctl`" + ` while they serve: jump holds another
phase, open, close and heal change what goes wrong.

With --log every request is written down as it ends, and what came of it, as JSON
lines: the attempts of a drill's log. brownout report FILE judges it by what the
providers saw: what users got is not measured then, and there is no verdict. A test
that calls the app itself reports what it got to --control, and is judged as brownout's
own users are:
  POST /v1/questions  {"count": 20}: prompts that are known again at the providers
  POST /v1/requests   [{"nonce": …, "took_s": 0.8, "status": 200, "text": …}, …]
  GET  /v1/counters   what reached each provider, in all and by phase
  GET  /v1/card?fresh=true   the card so far; the drill ends when serve is stopped

A test that starts it gives it --any-port, for providers whose scenario names no port,
and a pipe as its standard input and --until-eof: then it ends with the test, however
that ends.

With --play --at the timeline begins at that time, and serve ends by itself when the
last user of it may have given up: it is one half of a split drill. The other half
is brownout run --no-mocks, with the same scenario, --with, --seed and --at, wherever
the traffic is to come from; brownout report joins the two logs.`,
		Example: `  brownout serve ai-brownout --phase surge --ready-file mocks.json
  brownout serve ai-brownout --with app.drill.yaml --play --at 10:00 --log mocks.jsonl`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.seeded = cmd.Flags().Changed("seed")
			ctx, cancel := context.WithCancel(cmd.Context())
			defer cancel()
			if f.untilEOF {
				// Nothing ends this read at the end; the process does.
				go func() { defer cancel(); _, _ = io.Copy(io.Discard, cmd.InOrStdin()) }()
			}
			return serve(ctx, term, args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.with, "with", "", "app `FILE` whose app, providers and traffic replace the scenario's")
	flags.StringVar(&f.phase, "phase", "", "hold the phase `NAME` for ever")
	flags.BoolVar(&f.play, "play", false, "play the timeline, from now")
	flags.StringVar(&f.at, "at", "", "let the timeline of --play begin at `TIME`: RFC 3339, or HH:MM[:SS] local, today or tomorrow")
	flags.Uint64Var(&f.seed, "seed", 0, "play the scenario with another seed")
	flags.StringVar(&f.ready, "ready-file", "", "write addresses and environment to `FILE` when all listen")
	flags.StringVar(&f.log, "log", "", "write what is asked and answered to `FILE`")
	flags.StringVar(&f.listen, "listen", "", "listen on `HOST` instead of loopback")
	flags.BoolVar(&f.anyPort, "any-port", false, "let providers for which the scenario names no port listen on any that is free")
	flags.BoolVar(&f.untilEOF, "until-eof", false, "end when standard input does, as a pipe from whoever started it does with them")
	flags.StringVar(&f.advertise, "advertise", "", "tell clients `HOST` instead of the one listened on")
	flags.StringArrayVar(&f.upstreams, "allow-upstream", nil, "`HOST` that may be a provider's upstream though it is not loopback (repeatable)")
	flags.StringVar(&f.ca, "ca", "", caUsage)
	f.control.flags(cmd)
	f.metrics.flags(cmd)
	f.logFormat.flags(cmd)
	cmd.MarkFlagsMutuallyExclusive("phase", "play")
	return cmd
}

// check finds out what is wrong with the flags alone, and when the timeline begins.
func (f *serveFlags) check(term *terminal) (when, error) {
	w := when{atText: f.at}
	if err := f.logFormat.apply(term); err != nil {
		return w, err
	}
	switch {
	case f.at != "" && f.control.addr != "":
		return w, &exit{code: exitUsage, err: errors.New("--at serves half a drill, which is not led: the other half would not know")}
	case f.at != "" && !f.play:
		return w, &exit{code: exitUsage, err: errors.New("--at is when --play begins, and that is not given")}
	}
	return w, w.settle(time.Now(), 0)
}

// plan loads what is served.
func (f *serveFlags) plan(term *terminal, scenario string) (*scenarios.Plan, error) {
	opts := scenarios.Options{AppFile: f.with, HaveApp: true, AnyPorts: f.anyPort}
	if f.seeded {
		opts.Seed = &f.seed
	}
	plan, err := load(term, scenario, opts)
	if err != nil {
		return nil, err
	}
	if f.listen != "" {
		plan = listenOn(plan, f.listen)
	}
	return plan, f.control.fit(plan)
}

func serve(ctx context.Context, term *terminal, scenario string, f serveFlags) (err error) {
	w, err := f.check(term)
	if err != nil {
		return err
	}
	plan, err := f.plan(term, scenario)
	if err != nil {
		return err
	}
	trust, err := trusted(f.ca)
	if err != nil {
		return err
	}
	log := io.Discard
	if f.log != "" {
		file, ferr := os.Create(f.log)
		if ferr != nil {
			return &exit{code: exitTool, err: fmt.Errorf("create log: %w", ferr)}
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		log = file
	}
	lead, err := f.control.listen(term)
	if err != nil {
		return err
	}
	defer lead.close()
	shown, err := f.metrics.listen(term)
	if err != nil {
		return err
	}
	defer shown.close()
	if f.log != "" {
		lead.log.Store(&f.log)
	}
	told := lead.tailed(log)
	if term.log != nil {
		records := journal.New(term.log, journal.Options{})
		defer records.Close()
		told = records.Onto(told)
	}
	err = drill.Serve(ctx, plan, drill.ServeOptions{
		Watch:          together(lead.watch(), shown.watch()),
		Proxied:        f.control.proxied,
		Trust:          trust,
		At:             w.at,
		Version:        version(),
		Machine:        machine(),
		Phase:          f.phase,
		Play:           f.play,
		Advertise:      f.advertise,
		Log:            told,
		AllowUpstreams: f.upstreams,
		Ready: func(list []drill.Endpoint) error {
			w.announce(term, 0)
			return announce(term, list, f.ready, lead)
		},
	})
	if f.ready != "" {
		_ = os.Remove(f.ready)
	}
	if err != nil {
		return performance{}.explain(ctx, err)
	}
	return nil
}

// listenOn is the plan with its providers on another host.
func listenOn(plan *scenarios.Plan, host string) *scenarios.Plan {
	moved := *plan
	moved.Providers = nil
	for _, p := range plan.Providers {
		if _, port, err := net.SplitHostPort(p.Listen); err == nil {
			p.Listen = net.JoinHostPort(host, port)
		}
		moved.Providers = append(moved.Providers, p)
	}
	return &moved
}

// readyFile is what --ready-file holds, schema 1.
type readyFile struct {
	Schema    int                      `json:"schema"`
	PID       int                      `json:"pid"`
	Control   *readyControl            `json:"control"` // null: it is not led
	Providers map[string]readyProvider `json:"providers"`
}

type readyProvider struct {
	Dialect string            `json:"dialect"`
	URL     string            `json:"url"`
	BaseURL string            `json:"base_url"`
	Env     map[string]string `json:"env"`
}

type readyControl struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	// Hooks are the URLs that alerting tools call, by receiver.
	Hooks map[string]string `json:"hooks"`
}

// announce says where the mocks are: on stderr, and in the ready file.
func announce(term *terminal, list []drill.Endpoint, path string, lead *leading) error {
	for _, e := range list {
		term.sayf("%-12s %-12s %s", e.Name, e.Dialect, e.BaseURL)
	}
	if path == "" {
		return nil
	}
	return writeReady(path, list, lead)
}

// writeReady writes the ready file.
func writeReady(path string, list []drill.Endpoint, lead *leading) error {
	ready := readyFile{Schema: 1, PID: os.Getpid(), Control: lead.ready(), Providers: map[string]readyProvider{}}
	for _, e := range list {
		env := map[string]string{}
		for _, v := range e.Own() {
			name, value, _ := strings.Cut(v, "=")
			env[name] = value
		}
		ready.Providers[e.Name] = readyProvider{Dialect: e.Dialect, URL: e.URL, BaseURL: e.BaseURL, Env: env}
	}
	return aside.Write(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		if err := enc.Encode(ready); err != nil {
			return fmt.Errorf("ready file: %w", err)
		}
		return nil
	})
}
