package ledger

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Services do what they are told: they send the mail, they book the order. Their calls
// stand apart from the attempts at models: no call of theirs answers a user, is retried
// elsewhere or fails over, so no metric of models may meet them.

// An Effect is a call of a tool. As an attempt it is joined, placed and summed up like
// any other.
type Effect struct {
	Attempt
	sign
	// Intent is what somebody wanted once: a request's call of one tool. The request is
	// known by its nonce, else by the trace, else by the idempotency key; 0: by nothing.
	Intent   uint64
	Tool     string
	Executed bool // it took place, whatever came of the answer
}

// apart parts the services from the models' providers.
func apart(all []record.Provider) (models, services []record.Provider) {
	for _, p := range all {
		if p.Effects {
			services = append(services, p)
		} else {
			models = append(models, p)
		}
	}
	return models, services
}

// IsService says whether a provider is one of the services.
func IsService(services []record.Provider, name string) bool {
	return slices.ContainsFunc(services, func(p record.Provider) bool { return p.Name == name })
}

func (in *intake) takeEffect(no int, a *record.Attempt) bool {
	e := Effect{
		Attempt: Attempt{
			Line: int32(no), Arrived: a.Arrived, Ended: a.Ended, Left: momentOf(a.Left), Status: int32(a.Status),
			Kind: None, Visit: None, Outage: None, Endpoint: endpointEffect,
		},
		sign: sign{nonce: HashOf(a.Nonce), trace: HashOf(a.Trace), traced: tracedN(a.Trace)},
		Tool: a.Tool, Executed: a.Executed,
	}
	if !possible(e.Arrived, e.Ended, e.Left) {
		return false
	}
	e.Provider = in.Providers.of(a.Provider)
	if a.Arrived < 0 {
		return true // a canary's: before the drill
	}
	if a.Fault != "" || a.Kind != "" {
		e.Kind = in.Kinds.of(cmp.Or(a.Kind, a.Fault))
	}
	if who := cmp.Or(a.Nonce, a.Trace, a.Idempotency); who != "" && a.Tool != "" {
		e.Intent = HashOf(a.Provider + "\x00" + a.Tool + "\x00" + who)
	}
	in.Effects = append(in.Effects, e)
	in.noteAgent(e.Provider, a.Agent)
	return true
}

// sortEffects brings effects into the order in which they arrived, whatever that of
// their lines is.
func (in *intake) sortEffects() {
	slices.SortFunc(in.Effects, func(a, b Effect) int {
		return cmp.Or(
			cmp.Compare(a.Arrived, b.Arrived), cmp.Compare(a.Ended, b.Ended),
			cmp.Compare(in.Providers.Word(a.Provider), in.Providers.Word(b.Provider)), cmp.Compare(a.Tool, b.Tool),
			cmp.Compare(a.Intent, b.Intent), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Line, b.Line))
	})
}
