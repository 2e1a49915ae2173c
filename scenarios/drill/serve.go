package drill

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/course"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// ServeOptions say what providers that serve alone do.
type ServeOptions struct {
	Phase     string // hold this phase for ever; "": healthy, or the timeline with Play
	Play      bool   // play the plan's timeline once, from now or from At on
	Advertise string // host that clients are told instead of the one listened on
	Net       Net    // the zero Net is the machine's own network
	// Log gets what the providers were asked and answered, as a drill's log has
	// it; nil: nobody does.
	Log io.Writer
	// AllowUpstreams may be a provider's upstream though they are not loopback.
	AllowUpstreams []string
	Trust          Trust // for providers that speak TLS; Advertise is one of its hosts
	// At, if set, is when the timeline begins: what is served is one half of a drill,
	// see Options.NoMocks. Until then the providers are healthy, and when the last
	// user may have given up Serve returns.
	At               time.Time
	Version, Machine string // for the log, as in [Options]
	// Ready is told where the mocks answer, once all do.
	Ready   func([]Endpoint) error
	Proxied []string // as in [Options]
	// Watch runs beside the providers, and is to end with its context. It is handed
	// them to look at and to lead: a jump to a phase holds it, as Phase does. Half a
	// drill is not led, for the other half would not know.
	Watch func(context.Context, *Live)
}

// Serve runs the plan's providers alone, without app and traffic, until ctx ends,
// or until the timeline that began at ServeOptions.At is over.
// Errors: a [*TargetError] when an upstream is where no traffic may go, a
// [*PortError] when a provider cannot listen, a [*LateError] when it was not ready
// at ServeOptions.At, what Ready returned, a phase that the
// plan does not have, or what writing the log came to.
func Serve(ctx context.Context, plan *scenarios.Plan, opts ServeOptions) (err error) {
	windows, err := playing(plan, opts)
	if err != nil {
		return err
	}
	if opts.Log == nil {
		opts.Log = io.Discard
	}
	if opts.Advertise != "" {
		opts.Trust.Hosts = append(slices.Clone(opts.Trust.Hosts), opts.Advertise)
	}
	d := newDrill(plan, Options{
		Net: opts.Net, Log: opts.Log, AllowUpstreams: opts.AllowUpstreams, Trust: opts.Trust, Proxied: opts.Proxied,
		At: opts.At, Version: opts.Version, Machine: opts.Machine,
	})
	defer func() {
		if stopErr := d.close(); err == nil {
			err = stopErr
		}
	}()
	if err := d.startProviders(ctx); err != nil {
		return err
	}
	ready := func() error {
		if opts.Ready == nil {
			return nil
		}
		return opts.Ready(advertised(d.endpoints(), plan, opts.Advertise))
	}
	if !opts.At.IsZero() {
		if err := ready(); err != nil {
			return err
		}
		return d.half(ctx, windows)
	}
	ctx, halt := context.WithCancelCause(ctx)
	defer halt(nil)
	control := newAlone(d, opts, windows, halt)
	control.start = time.Now()
	d.ledger.census.lay(control.line.Phases, len(d.providers))
	d.present(control.setup(), windows)
	if err := ready(); err != nil {
		return err
	}
	var wg sync.WaitGroup
	if opts.Watch != nil {
		wg.Go(func() { opts.Watch(ctx, &Live{control}) })
	}
	<-ctx.Done()
	wg.Wait()
	end := control.finish(context.Cause(ctx))
	err = d.stop()
	d.ledger.end(end)
	return err
}

// present starts the clock and plays windows on the providers.
func (d *drill) present(setup record.Setup, windows []faults.Window) {
	d.ledger.begin(setup.StartedAt, setup)
	for _, p := range d.providers {
		p.play(setup.StartedAt, windows)
	}
}

// newAlone makes the control of providers that serve alone. Their timeline has no end
// to speak of, and no traffic.
func newAlone(d *drill, opts ServeOptions, windows []faults.Window, halt context.CancelCauseFunc) *Control {
	line := course.Course{
		Phases:  []scenarios.Phase{{Name: cmp.Or(opts.Phase, "healthy"), To: course.Forever}},
		Windows: windows, Length: course.Forever,
	}
	if opts.Play {
		planned := course.Of(d.plan)
		line.Phases = append(slices.Clone(d.plan.Phases), scenarios.Phase{Name: planned.Fresh("healthy"), From: d.plan.Length, To: course.Forever / 2})
		line.Length = course.Forever / 2 // which leaves time to hold it
	}
	return &Control{
		drill: d, halt: halt, alone: true, planned: opts.Play, ceiling: course.Forever, table: new(traffic.Timetable), woken: make(chan struct{}, 1), line: line,
	}
}

// playing are the windows that providers play when they serve alone.
func playing(plan *scenarios.Plan, opts ServeOptions) ([]faults.Window, error) {
	switch {
	case opts.Play:
		return plan.Windows, nil
	case opts.Phase == "":
		return nil, nil
	}
	return course.Standing(plan, opts.Phase)
}

// advertised puts another host into the endpoints, for clients that reach the
// mocks by another name: a container's, a machine's.
func advertised(list []Endpoint, plan *scenarios.Plan, host string) []Endpoint {
	if host == "" {
		return list
	}
	for i, e := range list {
		_, addr, _ := strings.Cut(e.URL, "://")
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			continue
		}
		list[i] = newEndpoint(plan.Providers[i], plan.Seed, net.JoinHostPort(host, port), e.CAFile)
	}
	return list
}

// Planned are the endpoints that a plan's providers will have: known before
// they are started, unless one takes any free port. Those that speak TLS are
// trusted by the certificate in caFile.
func Planned(plan *scenarios.Plan, host, caFile string) ([]Endpoint, error) {
	var list []Endpoint
	for _, p := range plan.Providers {
		if _, port, err := net.SplitHostPort(p.Listen); err != nil || port == "0" {
			return nil, fmt.Errorf("provider %q listens on any free port, which is not known before it does", p.Name)
		}
		list = append(list, newEndpoint(p, plan.Seed, p.Listen, caFile))
	}
	return advertised(list, plan, host), nil
}
