package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// faultProviders checks whom a fault befalls.
func (b *builder) faultProviders(f *faultDraft) {
	var known []string
	for i := range b.draft.providers {
		known = append(known, b.draft.providers[i].name)
	}
	for i, name := range f.providers {
		at := f.At("provider")
		if n := f.Node.Get("provider"); len(n.Items) > i {
			at = n.Items[i].Pos
		}
		switch {
		case name == "":
		case slices.Contains(f.providers[:i], name):
			b.problems.Error(at, "contradiction", "provider %q twice in one fault; name it once", name)
		case len(known) > 0 && !slices.Contains(known, name):
			b.unknown(at, "provider", name, known)
		}
	}
}

// checkFault refuses what cannot mean anything. What a kind can do it knows
// itself.
func (b *builder) checkFault(made *faults.Fault, f *faultDraft, phase int) {
	for _, p := range made.Check() {
		b.problems.Error(f.At(strings.Split(p.Key, ".")...), "impossible", "%s: %s", p.Key, p.Text)
	}
	b.checkWindow(f, b.draft.phases[phase].length)
	b.checkTarget(made, f)
	for _, name := range made.Providers {
		if p := b.provider(name); p != nil {
			b.checkEndpoint(f, p)
			b.checkReal(made, f, p)
			b.checkService(made, f, p)
			b.checkTLS(made, f, p)
		}
	}
}

// checkWindow checks when a fault is open against the length of its phase.
func (b *builder) checkWindow(f *faultDraft, length time.Duration) {
	if length == 0 {
		return // refused already
	}
	end := length
	if f.until > 0 {
		end = f.until
	}
	show := schema.FormatDuration
	switch {
	case f.after >= length:
		b.problems.Error(f.At("after"), "impossible", "after is %s, and the phase lasts %s; the fault would never begin", show(f.after), show(length))
	case f.until > length:
		b.problems.Error(f.At("until"), "impossible", "until is %s, and the phase lasts %s; leave it out to end with the phase", show(f.until), show(length))
	case f.after >= end:
		b.problems.Error(f.At("until"), "impossible", "until is %s, and the fault begins after %s; until counts from the beginning of the phase, too", show(f.until), show(f.after))
	case f.ramp > end-f.after:
		b.problems.Error(f.At("ramp"), "impossible", "ramp is %s, and the fault lasts %s; it would never reach its share", show(f.ramp), show(end-f.after))
	}
}

// checkEndpoint refuses to match what the provider's dialect does not have.
func (b *builder) checkEndpoint(f *faultDraft, p *providerDraft) {
	for _, d := range mockllm.Dialects() {
		if d.Name != p.dialect || f.match.Endpoint == "" || slices.Contains(d.Endpoints(), f.match.Endpoint) {
			continue
		}
		b.problems.Error(f.At("match", "endpoint"), "impossible", "%s is %s and has no endpoint %q; it has %s",
			p.name, d.Name, f.match.Endpoint, strings.Join(d.Endpoints(), ", "))
	}
}

// checkTLS refuses a TLS fault where no TLS is spoken.
func (b *builder) checkTLS(made *faults.Fault, f *faultDraft, p *providerDraft) {
	if made.TLS() && !p.tls {
		b.problems.Error(f.At("kind"), "impossible", "%s is a TLS fault on a plain listener; %s speaks HTTP without TLS", made.Kind, p.name).
			Hint = fmt.Sprintf("tls: true at provider %s makes it speak TLS", p.name)
	}
}

// transportConflicts refuses faults that end in a reset on a provider that has a
// transport fault anywhere in the drill: its connections then go through a
// toxiproxy, which turns every reset into a plain end.
func (b *builder) transportConflicts() {
	for _, reset := range b.places {
		if !reset.kind.Resets {
			continue
		}
		for _, other := range b.places {
			shared := slices.ContainsFunc(other.fault.Providers, func(p string) bool { return slices.Contains(reset.fault.Providers, p) })
			if !other.fault.Transport() || !shared {
				continue
			}
			b.problems.Error(reset.draft.At("kind"), "impossible",
				"%s on a provider that has %s as well, in line %d; a provider with transport faults stands behind toxiproxy, which launders a reset into a plain end",
				reset.fault.Kind, other.fault.Kind, other.draft.At("kind").Line).Hint = "put one of them on another provider, or use truncate"
			break
		}
	}
}
