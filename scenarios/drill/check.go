package drill

import (
	"context"
	"errors"
	"net"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// Check finds out whether [Run] could begin, as far as that does no harm: whether
// traffic may go to the target and the upstreams, whether the providers' ports
// are free, and whether the app is there, running or to be started. It sends
// nothing, starts nothing and writes nothing; of opts it reads what Run does. All
// that is wrong is in the error, with Run's kinds of errors.
func Check(ctx context.Context, plan *scenarios.Plan, opts Options) error {
	opts.Net = opts.Net.orReal()
	var errs []error
	if plan.Target != "" {
		errs = append(errs, CheckTarget(plan.Target, opts.AllowHosts))
	}
	for _, target := range callTargets(plan) {
		errs = append(errs, CheckTarget(target, opts.AllowHosts))
	}
	errs = append(errs, CheckUpstreams(plan, opts.AllowUpstreams))
	var held []net.Listener // until the end, for two providers must not have one port
	for _, p := range plan.Providers {
		l, err := opts.Net.Listen(p.Listen)
		if err != nil {
			errs = append(errs, &PortError{Provider: p.Name, Addr: p.Listen, Err: err})
			continue
		}
		held = append(held, l)
	}
	for _, l := range held {
		errs = append(errs, l.Close())
	}
	if opts.App.check != nil {
		errs = append(errs, opts.App.check(ctx, Place{Net: opts.Net, Target: plan.Target}))
	}
	return errors.Join(errs...)
}
