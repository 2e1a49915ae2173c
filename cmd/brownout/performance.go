package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/journal"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// performance is one drill and the directory it leaves.
type performance struct {
	plan  *scenarios.Plan
	app   drill.App
	dir   string
	whole string // the directory that dir is part of, of a --repeat or a pair; "": dir itself
	force bool
	allow []string
	// control leaves the faults out.
	control bool
	// upstreams are hosts that a provider may pass requests on to.
	upstreams []string
	watch     func(context.Context, *drill.Live)
	leading   *leading    // nil: nobody leads
	trust     drill.Trust // without an authority, one is made for the drill
	at        time.Time   // zero: once everything is ready
	noMocks   bool        // they are played elsewhere
	egress    egress
	bounds    bounds
	shown     *exposure
	page      *livePage
	log       *slog.Logger // that is told what happens; nil: none is
	blind     bool         // but for what the app's people are not to know
}

// options are the drill's, but for where it writes.
func (p performance) options() drill.Options {
	return drill.Options{
		App:        p.app,
		Version:    version(),
		Machine:    machine(),
		AllowHosts: p.allow,
		NoFaults:   p.control,
		Watch:      together(p.watch, p.bounds.rails.Watch, p.shown.watch(), p.page.watch()),
		MaxLength:  p.bounds.longest,
		At:         p.at,
		NoMocks:    p.noMocks,

		AllowUpstreams: p.upstreams,
		Trust:          p.trust,
		NoGuard:        p.egress.unguarded,
		Intercept:      p.egress.intercept,
	}
}

// together lets several look at one drill; nil does not.
func together(watches ...func(context.Context, *drill.Live)) func(context.Context, *drill.Live) {
	return func(ctx context.Context, live *drill.Live) {
		var wg sync.WaitGroup
		for _, watch := range watches {
			if watch != nil {
				wg.Go(func() { watch(ctx, live) })
			}
		}
		wg.Wait()
	}
}

// perform plays the drill; drawn is called when it is over, before anything
// else is said, so that bars and words do not mix.
func (p performance) perform(ctx context.Context, drawn func()) error {
	dir, err := results.Create(p.dir, p.force, p.plan)
	if err != nil {
		return dirRefused(err)
	}
	if p.trust.Authority == nil {
		p.trust.File = filepath.Join(p.dir, results.CAFile)
	}
	opts := p.options()
	opts.Log, opts.AppLog = dir.Log, dir.AppLog
	p.leading.lead(&opts, p.dir)
	p.page.show(p.dir)
	if p.log != nil {
		told := journal.New(p.log, journal.Options{Blind: p.blind})
		defer told.Close()
		opts.Log = told.Onto(opts.Log)
	}
	err = drill.Run(ctx, p.plan, opts)
	drawn()
	return errors.Join(err, dir.Close())
}

// remember adds the run to the history.
func (p performance) remember(term *terminal, card *scorecard.Card) {
	remember(term, cmp.Or(p.whole, p.dir), p.dir, card)
}

// card judges the log and writes the card beside it.
func (p performance) card() (*scorecard.Card, error) {
	card, err := results.Judge(p.dir, false)
	if err != nil {
		return nil, err
	}
	results.Recall(p.dir, card)
	return card, results.WriteCard(p.dir, card)
}

// explain gives a drill that did not take place its exit code and hint.
func (p performance) explain(ctx context.Context, err error) error {
	if canary, ok := errors.AsType[*drill.CanaryError](err); ok {
		if _, cardErr := p.card(); cardErr != nil {
			err = errors.Join(err, cardErr)
		}
		return &exit{code: exitInconclusive, err: err, hint: canaryHint(canary)}
	}
	if ready, ok := errors.AsType[*drill.NotReadyError](err); ok {
		return &exit{code: exitTool, err: withTail(ready), hint: ready.Hint}
	}
	if port, ok := errors.AsType[*drill.PortError](err); ok {
		return &exit{code: exitTool, err: port, hint: "is another drill or app on it? give the provider another `listen`, or 127.0.0.1:0 for any"}
	}
	if target, ok := errors.AsType[*drill.TargetError](err); ok {
		return &exit{code: exitUsage, err: target, hint: target.Hint}
	}
	if late, ok := errors.AsType[*drill.LateError](err); ok {
		return &exit{code: exitTool, err: late, hint: fmt.Sprintf("name a time that leaves it more to get ready: --at %v from now or later", late.Late.Round(time.Second)+p.options().Ahead())}
	}
	if usage, ok := errors.AsType[*exit](err); ok {
		return usage
	}
	if ctx.Err() != nil {
		return &exit{code: stopCode(ctx), err: errors.New("stopped before the drill began")}
	}
	return &exit{code: exitTool, err: err}
}

func withTail(e *drill.NotReadyError) error {
	if strings.TrimSpace(e.Tail) == "" {
		return e
	}
	return fmt.Errorf("%w\nit printed last:\n%s", e, indent(e.Tail))
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ")
}

// canaryHint says how to point the app at the mocks.
func canaryHint(e *drill.CanaryError) string {
	var b strings.Builder
	if len(e.Distrust) > 0 {
		b.WriteString("the app does not trust the drill's CA; its HTTP client must read one of SSL_CERT_FILE, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS\n")
	}
	if len(e.Strays) > 0 {
		b.WriteString("an app whose base URL cannot be set is answered where it calls with --intercept\n")
	}
	b.WriteString("the app must call the mocks instead of the real providers; set in its environment:\n")
	for _, v := range e.Env {
		fmt.Fprintf(&b, "  %s\n", v)
	}
	b.WriteString("what it answered:\n")
	for _, r := range e.Replies {
		fmt.Fprintf(&b, "  %s\n", r)
	}
	if strings.TrimSpace(e.Tail) != "" {
		fmt.Fprintf(&b, "what it printed last, all of which is in app.log:\n%s\n", indent(e.Tail))
	}
	return strings.TrimRight(b.String(), "\n")
}
