// Package par tells what the best of all clients could have made of a drill: one
// that knows every draw beforehand, loses no time, and is bound by what the
// providers can do and by nothing else. It is what a measured value is held
// beside: an app that served 91 % of its users where par is 97 % lost six points
// of its own; where par is 0, nobody could have served anybody.
//
// Start at [Of]:
//
//	for _, p := range par.Of(ctx, plan) {
//		fmt.Println(p.Phase, p.Journey, p.Availability)
//	}
//
// Everything follows from the plan: when requests are due, which faults their
// attempts draw, how long the models take, what limits and capacity let through.
// Where the plan leaves something open, par takes what is best for the client (it
// asks for the quickest model, keeps its prompts short, avoids what a `match`
// narrows a fault to, makes an attempt again in no time, keeps every answer for who
// asks the same again), so that no app exceeds it. [Courses] tells what it does.
package par

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Of is par in each phase of the plan, for all journeys together (Journey "") and
// for each alone, phase by phase. Where a real endpoint answers there is none: what
// it can do, nobody knows beforehand; nor when ctx is done first, for millions of
// requests take a while.
func Of(ctx context.Context, plan *scenarios.Plan) []record.Par {
	if slices.ContainsFunc(plan.Providers, func(p scenarios.Provider) bool { return p.Upstream != "" }) {
		return nil
	}
	visits := visitsOf(ctx, plan)
	if ctx.Err() != nil {
		return nil
	}
	var pars []record.Par
	for _, phase := range plan.Phases {
		in := within(visits, phase)
		pars = append(pars, sum(plan, phase, "", in))
		for j, journey := range plan.Journeys {
			own := in
			if len(plan.Journeys) > 1 {
				own = slices.DeleteFunc(slices.Clone(in), func(v visit) bool { return v.due.Journey != j })
			}
			pars = append(pars, sum(plan, phase, journey.Name, own))
		}
	}
	return pars
}

// visit is what the best client makes of one request.
type visit struct {
	due    traffic.Due
	served bool          // well: whole, and not slow
	offer                // that it takes; no place: it has had that answer before
	ttft   time.Duration // from due
	took   time.Duration // from due to the last token
}

// visitsOf are all visits, or those up to when ctx is done.
func visitsOf(ctx context.Context, plan *scenarios.Plan) []visit {
	c := newClient(plan)
	all := traffic.Schedule(plan.Journeys, plan.Seed, plan.Length)
	visits := make([]visit, 0, len(all))
	for i, due := range all {
		if i%1024 == 0 && ctx.Err() != nil {
			break
		}
		visits = append(visits, c.visit(due))
	}
	return visits
}

// within are the visits due in a phase; visits are by due time.
func within(visits []visit, phase scenarios.Phase) []visit {
	by := func(v visit, t time.Duration) int { return cmp.Compare(v.due.At, t) }
	from, _ := slices.BinarySearchFunc(visits, phase.From, by)
	to, _ := slices.BinarySearchFunc(visits, phase.To, by)
	return visits[from:to]
}

// sum makes the par of some visits.
func sum(plan *scenarios.Plan, phase scenarios.Phase, journey string, visits []visit) record.Par {
	p := record.Par{Phase: phase.Name, Journey: journey, N: len(visits)}
	var ttfts, spans []time.Duration
	for _, v := range visits {
		if v.served {
			ttfts, spans = append(ttfts, v.ttft), append(spans, v.took)
		}
	}
	if p.N == 0 {
		return p
	}
	p.Availability = float64(len(spans)) / float64(p.N)
	// Like the card's: a request that nobody could have served has no time, and
	// percentiles over the others would flatter.
	if len(spans) == p.N {
		slices.Sort(ttfts)
		slices.Sort(spans)
		p.TTFTP50, p.TTFTP95 = rank(ttfts, 0.50), rank(ttfts, 0.95)
		p.LatencyP50, p.LatencyP95 = rank(spans, 0.50), rank(spans, 0.95)
	}
	p.FailoverTime = failover(plan, phase, visits)
	return p
}

// rank is the q-quantile of sorted spans by nearest rank.
func rank(sorted []time.Duration, q float64) *record.Seconds {
	at := int(math.Ceil(q*float64(len(sorted)) - 1e-9)) // 0.95 × 20 is a little over 19
	s := record.Of(sorted[max(at, 1)-1])
	return &s
}

// answers says whether users are answered by a provider: not by a service of tools.
func answers(plan *scenarios.Plan, provider string) bool {
	return slices.ContainsFunc(plan.Providers, func(p scenarios.Provider) bool { return p.Name == provider && !p.Service() })
}

// failover is how long after the phase's first fault the last request was due
// that could not be served: nil where there is no fault, or no end to it in the
// phase.
func failover(plan *scenarios.Plan, phase scenarios.Phase, visits []visit) *record.Seconds {
	onset := time.Duration(-1)
	for _, w := range plan.Windows {
		if w.From < phase.To && phase.From < w.To && answers(plan, w.Provider) && (onset < 0 || w.From < onset) {
			onset = max(w.From, phase.From)
		}
	}
	if onset < 0 {
		return nil
	}
	took := time.Duration(0)
	for i, v := range visits {
		if v.served || v.due.At < onset {
			continue
		}
		if i == len(visits)-1 {
			return nil
		}
		took = visits[i+1].due.At - onset
	}
	s := record.Of(took)
	return &s
}
