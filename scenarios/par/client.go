package par

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// client is the best of all clients.
type client struct {
	plan   *scenarios.Plan
	places []*place
	edges  []time.Duration // when something about the faults changes, in order
	slow   []traffic.Slow  // by journey: when an answer is too late to be good
}

func newClient(plan *scenarios.Plan) *client {
	c := &client{plan: plan, edges: edgesOf(plan)}
	for _, p := range plan.Providers {
		c.places = append(c.places, newPlace(plan, p))
	}
	for i := range plan.Journeys {
		c.slow = append(c.slow, c.patience(i))
	}
	return c
}

// edgesOf are the moments at which a window opens or closes, its cycles included.
func edgesOf(plan *scenarios.Plan) []time.Duration {
	var edges []time.Duration
	for _, w := range plan.Windows {
		for t := w.From; t >= 0; t = w.Next(t) {
			edges = append(edges, t)
		}
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}

// usual is how many answers show what is usual.
const usual = 100

// patience is when answers to a journey are slow: as the scenario says, else as
// the card finds, three times the p95 of the baseline and at least a second.
func (c *client) patience(journey int) traffic.Slow {
	slow := c.plan.Journeys[journey].SlowOver
	var ttfts, spans []time.Duration
	for n := range usual {
		ttft, whole := c.places[0].pace(c.plan.Nonce(traffic.Due{Journey: journey, Nth: n}))
		ttfts, spans = append(ttfts, ttft), append(spans, whole)
	}
	slices.Sort(ttfts)
	slices.Sort(spans)
	at := usual*95/100 - 1
	return traffic.Slow{
		TTFT:  cmp.Or(slow.TTFT, max(time.Second, 3*ttfts[at])),
		Total: cmp.Or(slow.Total, max(time.Second, 3*spans[at])),
	}
}

// visit serves a request at the place and moment that has it answered first. To
// wait for a fault to end, or for room in a limit, is a choice too.
func (c *client) visit(due traffic.Due) visit {
	v := visit{due: due}
	journey, slow := &c.plan.Journeys[due.Journey], c.slow[due.Journey]
	ask := faults.Look{Nonce: c.plan.Nonce(due), Session: journey.Session(due.Session)}
	var best offer
	for _, from := range c.moments(due.At, due.At+slow.Total) {
		for _, p := range c.places {
			o, ok := p.offer(ask, from)
			if !ok || o.whole-due.At > slow.Total || journey.Request.Stream && o.ttft-due.At > slow.TTFT {
				continue
			}
			if best.place == nil || o.whole < best.whole {
				best = o
			}
		}
	}
	if best.place == nil {
		return v
	}
	best.place.take(best)
	v.served, v.ttft, v.took = true, best.ttft-due.At, best.whole-due.At
	return v
}

// moments are when it may pay to ask: at once, and whenever a fault ends.
func (c *client) moments(from, to time.Duration) []time.Duration {
	at, _ := slices.BinarySearch(c.edges, from+1)
	all := []time.Duration{from}
	for ; at < len(c.edges) && c.edges[at] < to; at++ {
		all = append(all, c.edges[at])
	}
	return all
}

// offer is how a place would answer.
type offer struct {
	place       *place
	asked       time.Duration
	ttft, whole time.Duration // moments of the first and the last token
}

// place is a provider as the best client sees it.
type place struct {
	name    string
	seed    uint64
	spec    scenarios.Provider
	models  []string
	fates   faults.Fates
	lines   []faults.Window // faults by which every connection may fail
	loads   []faults.Window
	bucket  bucket
	running []time.Duration // when those being answered end, in order

	// The last answer drawn: a visit asks for it at several moments.
	drawn       string
	ttft, whole time.Duration
}

func newPlace(plan *scenarios.Plan, p scenarios.Provider) *place {
	made := &place{name: p.Name, seed: plan.Seed, spec: p, bucket: newBucket(p.Spec)}
	var own []faults.Window
	for _, w := range plan.Windows {
		if w.Provider != p.Name {
			continue
		}
		own = append(own, w)
		switch kind := w.Kind(); {
		case kind.Family == "load":
			made.loads = append(made.loads, w)
		case kind.Wide() != "" && !kind.Slows:
			made.lines = append(made.lines, w)
		}
	}
	made.fates = faults.NewFates(plan.Seed, own)
	for model := range p.Spec.Models {
		made.models = append(made.models, model)
	}
	slices.Sort(made.models)
	if len(made.models) == 0 {
		made.models = []string{""}
	}
	return made
}

// pace is what the quickest model takes over a nonce in health.
func (p *place) pace(nonce string) (ttft, whole time.Duration) {
	if p.drawn != nonce {
		p.drawn, p.whole = nonce, math.MaxInt64
		for _, model := range p.models {
			if first, last := p.spec.Spec.Answer(p.seed, p.name, model, nonce); last < p.whole {
				p.ttft, p.whole = first, last
			}
		}
	}
	return p.ttft, p.whole
}

// offer is what the place makes of a request sent at the moment, or as soon after
// as its limits and its capacity have room; false when that request fails there
// however often it is sent.
func (p *place) offer(ask faults.Look, from time.Duration) (offer, bool) {
	at := max(from, p.bucket.ready(from, p.left(from).Requests), p.slot(from))
	if p.down(at) {
		return offer{}, false
	}
	ttftBy, gapBy, wait, ok := p.luck(ask, at)
	if !ok {
		return offer{}, false
	}
	ttft, whole := p.pace(ask.Nonce)
	first := time.Duration(float64(ttft) * ttftBy)
	rest := time.Duration(float64(whole-ttft) * gapBy)
	return offer{p, at, at + wait + first, at + wait + first + rest}, true
}

// tries is how often the best client asks one place for one answer. A fault that
// takes half of the requests takes all of so many once in four thousand times.
const tries = 12

// luck is the best that one of the attempts draws: by how much it is stretched and
// how long it is held back.
func (p *place) luck(ask faults.Look, at time.Duration) (ttft, gap float64, wait time.Duration, ok bool) {
	for n := 1; n <= tries; n++ {
		w, kind := p.fates.Meet(ask, at, n)
		if w == nil {
			return 1, 1, 0, true
		}
		all := w.Fault.First == 0 && w.ShareAt(at) >= 1
		if kind.Slows && !ok {
			ttft, gap = w.Stretch(at)
			wait, _ = w.Fault.Params["hold"].(time.Duration)
			ok = true
		}
		if all { // the next try meets the same
			break
		}
	}
	return ttft, gap, wait, ok
}

// down says whether every connection to the place fails.
func (p *place) down(at time.Duration) bool {
	return slices.ContainsFunc(p.lines, func(w faults.Window) bool { return w.ShareAt(at) >= 1 })
}

// left is what load faults leave of the place.
func (p *place) left(at time.Duration) faults.Left { return faults.LeftAt(p.loads, at) }

// slot is the first moment from which the place has room for one more.
func (p *place) slot(from time.Duration) time.Duration {
	most := p.spec.Spec.Capacity.Concurrency
	if most == 0 {
		return from
	}
	most = max(1, int(float64(most)*p.left(from).Concurrency))
	done, _ := slices.BinarySearch(p.running, from+1)
	p.running = p.running[done:]
	if len(p.running) < most {
		return from
	}
	return p.running[len(p.running)-most]
}

// take books an offer.
func (p *place) take(o offer) {
	p.bucket.take(o.asked, p.left(o.asked).Requests)
	if p.spec.Spec.Capacity.Concurrency > 0 {
		at, _ := slices.BinarySearch(p.running, o.whole)
		p.running = slices.Insert(p.running, at, o.whole)
	}
}
