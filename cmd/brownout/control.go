package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control/webhook"
	"github.com/seed-76a9de92/brownout/scenarios/drill/metrics"
	guard "github.com/seed-76a9de92/brownout/scenarios/drill/rails"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// controlFlags say whether and where a drill is led.
type controlFlags struct {
	addr     string
	anywhere bool
	proxied  []string
	toxics   string // where toxiproxy's own API is; "": nowhere
	blind    bool   // whoever does not ask for phases and faults is not told them
}

// anyPort is where the control listens when nothing else is said.
const anyPort = "127.0.0.1:0"

func (f *controlFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "control", "", "let it be led over HTTP, on any port or at =`HOST:PORT`, by whoever has the token")
	flags.Lookup("control").NoOptDefVal = anyPort
	flags.BoolVar(&f.anywhere, "control-anywhere", false, "let --control listen elsewhere than on loopback; the token crosses the network in the clear")
	flags.StringArrayVar(&f.proxied, "proxied", nil, "put a proxy before the provider `NAME`, so that transport faults can be opened by hand (repeatable)")
	flags.StringVar(&f.toxics, "toxiproxy-api", "", "answer clients of toxiproxy's own API at `HOST:PORT` of loopback, without a token: they disable and enable "+
		"providers that have a proxy, and add and remove one toxic at a time. To change a toxic in place is not safe while connections are open, and refused")
}

// check finds out what is wrong with the flags alone.
func (f *controlFlags) check() error {
	if f.addr == "" && (f.anywhere || len(f.proxied) > 0 || f.toxics != "") {
		return &exit{code: exitUsage, err: errors.New("--control-anywhere, --proxied and --toxiproxy-api are about --control, which is not given")}
	}
	return nil
}

// fit refuses a plan that lacks what the flags name.
func (f *controlFlags) fit(plan *scenarios.Plan) error {
	for _, name := range f.proxied {
		if !slices.ContainsFunc(plan.Providers, func(p scenarios.Provider) bool { return p.Name == name }) {
			return &exit{code: exitUsage, err: fmt.Errorf("--proxied %s: scenario %q has no such provider", name, plan.Name)}
		}
	}
	return nil
}

// A leading is the control of the drills of one command. A nil leading leads none.
type leading struct {
	term    *terminal
	flags   controlFlags
	server  *control.Server
	toxics  *control.Toxiproxy // nil: none
	shown   *metrics.Collector
	pulse   guard.Pulse
	tail    *control.Tail
	log     atomic.Pointer[string] // where that of the drill under way is
	file    string                 // the ready file; "": none
	written sync.Once
}

// listen begins to listen if the flags say so.
func (f controlFlags) listen(term *terminal) (*leading, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	l := &leading{term: term, flags: f}
	if f.addr == "" {
		return l, nil
	}
	l.tail, l.shown = control.NewTail(), metrics.New(metrics.Options{Version: version(), Blind: f.blind})
	server, err := control.Listen(f.addr, control.Options{
		Anywhere: f.anywhere, Tail: l.tail, Card: l.card, Blind: f.blind, Metrics: l.shown.Handler(), Heard: l.pulse.Beat,
	})
	if err != nil {
		return nil, &exit{code: exitTool, err: err, hint: "--control=127.0.0.1:0 listens on any port of this machine; --control-anywhere elsewhere"}
	}
	l.server = server
	term.sayf("control: %s  token %s", server.URL(), server.Token())
	term.sayf("alarms report to %s and the like, see brownout ctl --help", server.HookURL("alertmanager"))
	if f.toxics == "" {
		return l, nil
	}
	if l.toxics, err = control.ListenToxiproxy(f.toxics); err != nil {
		l.close()
		return nil, &exit{code: exitTool, err: err}
	}
	term.sayf("toxiproxy API: http://%s", l.toxics.Addr())
	return l, nil
}

// card judges the log of the drill under way, as far as it is written.
func (l *leading) card() (*scorecard.Card, error) {
	log := l.log.Load()
	if log == nil {
		return nil, control.Refuse("no_card", "there is no log that could be judged: serve writes one with --log FILE")
	}
	return results.JudgeLog(*log, false)
}

// announce remembers where a ready file is to be when a drill begins.
func (l *leading) announce(file string) { l.file = file }

// lead puts a run under this control.
func (l *leading) lead(opts *drill.Options, dir string) {
	if l == nil || l.server == nil && l.file == "" {
		return
	}
	opts.Log = l.tailed(opts.Log)
	opts.Proxied = l.flags.proxied
	if l.server != nil {
		opts.Hears = record.PeopleMarks()
		log := filepath.Join(dir, "log.jsonl")
		l.log.Store(&log)
	}
	shown := opts.Watch
	opts.Watch = func(ctx context.Context, live *drill.Live) {
		l.write(live)
		var wg sync.WaitGroup
		defer wg.Wait()
		if l.server != nil {
			wg.Go(func() { l.watch()(ctx, live) })
		}
		if shown != nil {
			shown(ctx, live)
		}
	}
}

// write writes the ready file, once for all runs.
func (l *leading) write(live *drill.Live) {
	if l.file == "" {
		return
	}
	l.written.Do(func() {
		if err := writeReady(l.file, live.Endpoints(), l); err != nil {
			l.term.fail(err, "the drill goes on without it")
		}
	})
}

// watch is what leads a drill, and shows it at the control's /metrics; nil: nobody does.
func (l *leading) watch() func(context.Context, *drill.Live) {
	if l.server == nil {
		return nil
	}
	if l.toxics != nil {
		return together(l.server.Watch, l.shown.Watch, l.toxics.Watch)
	}
	return together(l.server.Watch, l.shown.Watch)
}

// tailed is a log that can be looked at.
func (l *leading) tailed(log io.Writer) io.Writer {
	if l.tail == nil {
		return log
	}
	return l.tail.Onto(log)
}

// ready is what the ready file says of the control.
func (l *leading) ready() *readyControl {
	if l == nil || l.server == nil {
		return nil
	}
	made := &readyControl{URL: l.server.URL(), Token: l.server.Token(), Hooks: map[string]string{}}
	for _, r := range webhook.Receivers() {
		made.Hooks[r.Name] = l.server.HookURL(r.Name)
	}
	return made
}

func (l *leading) close() {
	if l.server != nil {
		_ = l.server.Close()
	}
	if l.toxics != nil {
		_ = l.toxics.Close()
	}
}
