package par

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// client is the best of all clients.
type client struct {
	plan   *scenarios.Plan
	places []*place
	edges  []time.Duration // when something about the faults changes, in order
	slow   []traffic.Slow  // by journey: when an answer is too late to be good
	kept   map[string]bool // nonces of the questions that have an answer: who asks again gets it
}

func newClient(plan *scenarios.Plan) *client {
	c := &client{plan: plan, edges: edgesOf(plan), kept: map[string]bool{}}
	for _, p := range plan.Providers {
		if !p.Service() {
			c.places = append(c.places, newPlace(plan, p))
		}
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
// wait for a fault to end, or for room in a limit, is a choice too. The first token
// may be had sooner elsewhere: par has the best of both.
func (c *client) visit(due traffic.Due) visit {
	v := visit{due: due}
	journey, slow := &c.plan.Journeys[due.Journey], c.slow[due.Journey]
	ask := faults.Look{Nonce: c.plan.Nonce(due), Session: journey.Session(due.Session)}
	if c.kept[ask.Nonce] {
		v.served = true
		return v
	}
	for _, p := range c.places {
		p.forget(due.At)
	}
	for _, from := range c.moments(due.At, due.At+slow.Total) {
		for _, p := range c.places {
			o, ok := p.offer(ask, from)
			if !ok || o.whole-due.At > slow.Total || journey.Request.Stream && o.first-due.At > slow.TTFT {
				continue
			}
			if v.place == nil || o.whole < v.whole {
				v.offer = o
			}
			if !v.served || o.first-due.At < v.ttft {
				v.served, v.ttft = true, o.first-due.At
			}
		}
	}
	if v.served {
		v.place.take(v.offer)
		v.took = v.whole - due.At
		if journey.Repeat > 0 { // else nobody asks it again
			c.kept[ask.Nonce] = true
		}
	}
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
	place        *place
	asked        time.Duration
	try          int           // the attempt that is answered, from 1
	first, whole time.Duration // moments of the first and the last token
}

// place is a provider as the best client sees it.
type place struct {
	name    string
	spec    mockllm.Spec
	pacing  func(model, nonce string) (ttft, whole time.Duration)
	models  []string
	fates   faults.Fates
	lines   []faults.Window // faults that cut connections
	loads   []faults.Window
	bucket  bucket
	running []time.Duration // when those being answered end, in order

	// The last answer drawn: a visit asks for it at several moments.
	drawn       string
	ttft, whole time.Duration
}

func newPlace(plan *scenarios.Plan, p scenarios.Provider) *place {
	made := &place{name: p.Name, spec: p.Spec, pacing: p.Spec.Pacing(p.Name, mockllm.Options{Seed: plan.Seed, Tokens: plan.AnswerTokens}), bucket: newBucket(p.Spec)}
	var own []faults.Window
	for _, w := range plan.Windows {
		if w.Provider != p.Name {
			continue
		}
		own = append(own, w)
		switch {
		case w.Kind().Family == "load":
			made.loads = append(made.loads, w)
		case w.Cuts():
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
			if first, last := p.pacing(model, nonce); last < p.whole {
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
	at, crowd := p.slot(max(from, p.bucket.ready(from, p.left(from).Requests)))
	if p.down(at) {
		return offer{}, false
	}
	drawn, ok := p.luck(ask, at)
	if !ok {
		return offer{}, false
	}
	ttft, whole := p.pace(ask.Nonce)
	first := at + drawn.wait + time.Duration(float64(ttft)*drawn.ttft*crowd)
	rest := time.Duration(float64(whole-ttft) * drawn.gap * crowd)
	return offer{p, at, drawn.try, first, first + rest}, true
}

// tries is how often the best client asks one place for one answer. A fault that
// takes half of the requests takes all of so many once in four thousand times.
const tries = 12

// luck is what an attempt draws: by how much it is stretched and how long it is
// held back.
type luck struct {
	try       int // from 1
	ttft, gap float64
	wait      time.Duration
}

// luck is the best that one of the attempts draws; false when all of them fail.
func (p *place) luck(ask faults.Look, at time.Duration) (best luck, ok bool) {
	for n := 1; n <= tries; n++ {
		w, kind := p.fates.Meet(ask, at, n)
		if w == nil {
			return luck{try: n, ttft: 1, gap: 1}, true
		}
		if kind.Slows && !ok {
			best.try, ok = n, true
			best.ttft, best.gap = w.Stretch(at)
			best.wait, _ = w.Fault.Params["hold"].(time.Duration)
		}
		if w.Fault.First == 0 && w.ShareAt(at) >= 1 { // the next try meets the same
			break
		}
	}
	return best, ok
}

// down says whether every connection to the place fails.
func (p *place) down(at time.Duration) bool {
	return slices.ContainsFunc(p.lines, func(w faults.Window) bool { return w.ShareAt(at) >= 1 })
}

// left is what load faults leave of the place.
func (p *place) left(at time.Duration) faults.Left { return faults.LeftAt(p.loads, at) }

// slot is the first moment from which the place has room for one more, and by how
// much the crowd that is there then stretches its answer.
func (p *place) slot(from time.Duration) (at time.Duration, crowd float64) {
	if p.spec.Capacity.Concurrency == 0 {
		return from, 1
	}
	most := max(1, int(math.Round(float64(p.spec.Capacity.Concurrency)*p.left(from).Concurrency)))
	done, _ := slices.BinarySearch(p.running, from+1)
	busy := p.running[done:]
	if over := len(busy) - most; over >= 0 {
		from, busy = busy[over], busy[over+1:]
	}
	return from, p.spec.Capacity.Factor(len(busy)+1, most)
}

// handover is what lies between the end of one answer and the beginning of the
// next in its slot.
const handover = 20 * time.Microsecond

// take books an offer.
func (p *place) take(o offer) {
	p.bucket.take(o.asked, p.left(o.asked).Requests)
	if p.spec.Capacity.Concurrency > 0 {
		end := o.whole + handover
		at, _ := slices.BinarySearch(p.running, end)
		p.running = slices.Insert(p.running, at, end)
	}
}

// forget lets go of answers that ended before a moment.
func (p *place) forget(before time.Duration) {
	done, _ := slices.BinarySearch(p.running, before)
	p.running = p.running[done:]
}
