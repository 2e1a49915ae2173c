// Package drill performs a plan: it stands up the plan's mock providers, starts
// the app or finds it running, plays the timeline of faults on the providers,
// sends the plan's traffic to the app and writes both ledgers down as they
// happen. It judges nothing; [scorecard.Judge] reads what it wrote.
//
// Start at [Run]:
//
//	plan, problems := scenarios.Load("support.drill.yaml", scenarios.Options{})
//	…
//	err := drill.Run(ctx, plan, drill.Options{
//		App: drill.Running("http://127.0.0.1:8000"),
//		Log: file,
//	})
//
// A drill goes by its plan unless somebody leads it: Options.Watch runs beside the
// drill and is handed its [Control], by which phases are ended, held, repeated and
// made longer, faults are opened and shut, and the drill is stopped. The log says who
// did what, and how the timeline was in the end.
//
// An attempt that a fault of connections kept from its mock stands in the log as the
// connection that it went by; one that the kernel refused is seen by nobody.
//
// All time comes from package time and all connections from [Net], so that a
// whole drill also runs in a testing/synctest bubble.
//
// What it is made of and needs no drill to be understood stands under it: child runs the
// app, egress guards it, secrets keeps the record clean, upstream passes requests on to a
// real endpoint, course computes what leading a drill makes of it, hours reads when one
// may begin. Those beside it look at a drill from outside: control, journal, liveview,
// metrics, rails, doctor.
package drill

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/secrets"
	"github.com/seed-76a9de92/brownout/scenarios/par"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Options say what is drilled and where the ledgers go.
type Options struct {
	App     App
	Log     io.Writer // log.jsonl, a line per write
	AppLog  io.Writer // what the app prints; nil: nowhere
	Version string    // of the tool, for the log
	Machine string    // that it runs on, for the log; "" where it has no say
	Net     Net       // the zero Net is the machine's own network
	// AllowHosts may be sent traffic though they are not loopback.
	AllowHosts []string
	// AllowUpstreams may be a provider's upstream though they are not loopback.
	AllowUpstreams []string
	// NoFaults leaves the plan's faults out: a control run, which the log says it
	// is. What was planned stands in its first line all the same.
	NoFaults bool
	// Watch runs beside the drill, and is to end with its context. It is handed the
	// drill to look at and, by [Live.Control], to lead.
	Watch func(context.Context, *Live)
	// Hears are the kinds of marks that somebody outside can make by what Watch does,
	// of [record.PeopleMarks]: one that could have come and did not was missed.
	Hears []string
	// MaxLength is what holding and extending can make of the drill's length; 0: an
	// hour more than the plan's, and never less than that.
	MaxLength time.Duration
	Grace     time.Duration // how long open attempts may end after the traffic; 0: 2 s
	AppGrace  time.Duration // how long the app may take to stop; 0: 5 s
	// Proxied are providers that get a proxy for transport faults though the plan
	// has none for them, because a [Session] will inject some. A provider behind a
	// proxy resets no connection: cut reaches its clients as an orderly end.
	Proxied []string
	Trust   Trust // for providers that speak TLS
	// NoMocks leaves the providers out: they are played elsewhere, by [Serve] from
	// the same moment At on, and the log has the users' side alone.
	NoMocks bool
	// NoGuard lets an app that the drill starts call real providers; see package
	// egress.
	NoGuard bool
	// Intercept has the plan's providers answer what such an app sends to real ones, as
	// far as one speaks the real one's dialect. NoGuard leaves nothing to intercept by.
	Intercept bool
	// At is when the clock starts; zero: once everything is ready. Until
	// [Options.Ahead] before it nothing is started.
	At time.Time
}

// Run performs the plan once and returns when everything it started has
// stopped. A drill that ran is no error, whatever it showed. Cancelling ctx
// stops the traffic, heals the faults, writes the rest of the log and is no
// error either: the log says that it was interrupted.
//
// Errors: a [*TargetError] when the app or an upstream is where no traffic may
// go, a [*PortError] when a provider cannot listen, a [*NotReadyError] when
// the app never answered, a [*CanaryError] when the app does not call the
// mocks, a [*LateError] when it was not ready at Options.At; otherwise what
// writing the log came to.
func Run(ctx context.Context, plan *scenarios.Plan, opts Options) (err error) {
	if opts.Log == nil {
		return errNoLog
	}
	d := newDrill(plan, opts)
	defer func() { err = errors.Join(err, d.close()) }()
	if !opts.At.IsZero() && !awaitClock(ctx, opts.At.Add(-opts.Ahead())) {
		return context.Cause(ctx)
	}
	if !opts.NoMocks {
		if err := d.startProviders(ctx); err != nil {
			return err
		}
	}
	if err := d.startApp(ctx); err != nil {
		return err
	}
	if err := d.seePage(ctx); err != nil {
		return err
	}
	if opts.NoMocks {
		if err := d.answered(ctx); err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
		return d.play(ctx)
	}
	if err := d.canary(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		d.noStart(err)
		return err
	}
	return d.play(ctx)
}

// drill is one performance.
type drill struct {
	plan      *scenarios.Plan
	opts      Options
	ledger    *ledger
	providers []*provider
	app       *Started
	appLog    *secrets.Writer
	sender    *traffic.Sender
	port      string       // the app's own, which was free; "": it has none
	temporary string       // a file to remove at the end; "": none
	renewals  atomic.Int64 // logins beside the schedule that failed
}

func newDrill(plan *scenarios.Plan, opts Options) *drill {
	if opts.AppLog == nil {
		opts.AppLog = io.Discard
	}
	opts.Net = opts.Net.orReal()
	opts.Grace = cmp.Or(opts.Grace, 2*time.Second)
	opts.AppGrace = cmp.Or(opts.AppGrace, 5*time.Second)
	d := &drill{plan: plan, opts: opts, ledger: newLedger(plan, opts.Log)}
	d.ledger.secrets.Environment(os.Environ())
	d.appLog = secrets.NewWriter(opts.AppLog, d.ledger.secrets)
	return d
}

// startProviders listens on every provider's address, or on none.
func (d *drill) startProviders(ctx context.Context) error {
	if err := CheckUpstreams(d.plan, d.opts.AllowUpstreams); err != nil {
		return err
	}
	if err := d.trust(); err != nil {
		return err
	}
	for _, spec := range d.plan.Providers {
		p, err := startProvider(ctx, spec, d)
		if err != nil {
			return err
		}
		d.providers = append(d.providers, p)
	}
	return nil
}

func (d *drill) startApp(ctx context.Context) error {
	if d.plan.Target != "" {
		if err := CheckTarget(d.plan.Target, d.opts.AllowHosts); err != nil {
			return err
		}
	}
	for _, target := range callTargets(d.plan) {
		if err := CheckTarget(target, d.opts.AllowHosts); err != nil {
			return err
		}
	}
	if err := d.ownPort(); err != nil {
		return err
	}
	app, err := d.opts.App.Start(ctx, d.place())
	if err != nil {
		if e, ok := errors.AsType[*NotReadyError](err); ok {
			e.What, e.Tail, e.Hint = d.ledger.clean(e.What), d.ledger.clean(e.Tail), d.ledger.clean(e.Hint)
		}
		return err
	}
	d.app = app
	if err := CheckTarget(app.URL, d.opts.AllowHosts); err != nil {
		return err
	}
	d.sender = &traffic.Sender{
		Target:   app.URL,
		Journeys: d.plan.Journeys,
		InFlight: d.plan.InFlight,
		Fresh:    d.plan.Fresh,
		H2C:      d.plan.H2C,
		Dial:     d.opts.Net.Dial,
		Fill:     d.words,
		Login:    d.ledger.secrets.Login,
		Secret:   d.ledger.secrets.Learn,

		NotRenewed: d.notRenewed,
	}
	return nil
}

// place is what the app is told.
func (d *drill) place() Place {
	place := Place{
		Env:    Env(d.endpoints()),
		Roots:  d.roots(),
		Fill:   d.fill,
		Log:    d.appLog,
		Net:    d.opts.Net,
		Target: d.fill(d.plan.Target),
		Grace:  d.opts.AppGrace,
	}
	if !d.opts.NoGuard {
		place.Guard = d.guard
	}
	return place
}

// play is the timeline itself, from the first request to the last ledger line.
func (d *drill) play(ctx context.Context) error {
	best := par.Of(ctx, d.plan) // before the clock starts: it takes a moment
	ctx, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	control := newControl(d, halt)
	start, err := d.beginning(ctx)
	if err != nil {
		return err
	}
	control.start = start
	setup := d.setup(start)
	setup.Hears = d.hears()
	if !d.opts.NoFaults {
		setup.Par = best
	}
	d.ledger.census.lay(control.line.Phases, len(d.providers))
	d.ledger.begin(start, setup)
	if !d.opts.NoFaults {
		for _, p := range d.providers {
			p.play(start, d.plan.Windows)
		}
	}
	control.step() // the first phase stands in the log before its first request
	// The goroutines beside the traffic end with it.
	beside, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { d.watchApp(beside) })
	wg.Go(func() { d.stopWhen(beside, control) })
	wg.Go(func() { d.steps(beside, control) })
	wg.Go(func() { d.watchStatus(beside) })
	if d.opts.Watch != nil {
		wg.Go(func() { d.opts.Watch(beside, &Live{control}) })
	}
	var sending sync.WaitGroup
	sending.Go(func() { d.sender.Follow(ctx, start, control.table, d.ledger.user) })
	control.run(ctx)
	sending.Wait()
	stop()
	wg.Wait()
	d.heal()
	d.drain(ctx)
	return d.end(ctx)
}

// watchApp writes down that the app died. The drill goes on: what its users
// meet then is what is scored.
func (d *drill) watchApp(ctx context.Context) {
	select {
	case <-ctx.Done():
	case err := <-d.app.Died:
		if ctx.Err() == nil { // else we are stopping it ourselves
			d.ledger.mark("app_died", fmt.Sprint(cmp.Or(err, errors.New("exit status 0"))))
		}
	}
}

func (d *drill) heal() {
	for _, p := range d.providers {
		p.heal()
	}
}

// drain gives open attempts a moment to end by themselves, so that their lines
// say what became of them and not that we cut them off.
func (d *drill) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, d.opts.Grace)
	defer cancel()
	for _, p := range d.providers {
		p.drain(ctx)
	}
}

// end stops the app and the providers and writes the last line.
func (d *drill) end(ctx context.Context) error {
	reason := "done"
	if cause := context.Cause(ctx); cause != nil {
		if _, ok := errors.AsType[*Stopped](cause); ok {
			reason = "stopped" // and its mark is written
		} else {
			reason = "interrupted"
			d.ledger.mark("interrupted", cause.Error())
		}
	}
	err := d.stop()
	p99, worst := d.sender.Lateness()
	d.ledger.end(record.End{
		Reason:        reason,
		SenderLateP99: record.Of(p99),
		SenderLateMax: record.Of(worst),
		Unsent:        int(d.sender.Counts().Unsent),
	})
	return err
}

// noStart leaves a log that says why there was no drill.
func (d *drill) noStart(why error) {
	now := time.Now()
	d.ledger.begin(now, d.setup(now))
	d.ledger.mark("canary", why.Error())
	d.ledger.end(record.End{Reason: "no_start"})
}

// stop ends the app and the providers, once.
func (d *drill) stop() error {
	var errs []error
	if d.app != nil {
		errs = append(errs, d.app.Stop())
		d.app = nil
	}
	for _, p := range d.providers {
		errs = append(errs, p.close())
	}
	d.providers = nil
	return errors.Join(errs...)
}

func (d *drill) close() error {
	return errors.Join(d.stop(), d.distrust(), d.appLog.Flush(), d.ledger.close())
}

func (d *drill) setup(start time.Time) record.Setup {
	s := d.plan.Setup()
	s.Brownout, s.Machine = d.opts.Version, d.opts.Machine
	s.App = d.opts.App.Name
	s.StartedAt = start
	s.Control = d.opts.NoFaults
	return s
}

// check says what keeps a fault from being opened here.
func (d *drill) check(f faults.Fault) error {
	if problems := f.Check(); len(problems) > 0 {
		return fmt.Errorf("fault: %s: %s", problems[0].Key, problems[0].Text)
	}
	for _, name := range f.Providers {
		i := slices.IndexFunc(d.providers, func(p *provider) bool { return p.name == name })
		if i < 0 {
			return fmt.Errorf("fault: no provider %q in scenario %q", name, d.plan.Name)
		}
		if f.TLS() && d.providers[i].tls == nil {
			return fmt.Errorf("fault: provider %q speaks no TLS for a %s; tls: true in the scenario makes it", name, f.Kind)
		}
		if f.Transport() && d.providers[i].proxy == nil {
			return fmt.Errorf("fault: provider %q has no proxy for a %s; name it in Options.Proxied", name, f.Kind)
		}
	}
	return nil
}
