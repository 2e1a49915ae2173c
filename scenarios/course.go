package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// outageGap is the pause in a provider's faults that ends an outage. The card's
// definition; a test holds the two together.
const outageGap = 10 * time.Second

// span is a stretch of the timeline, [from, to).
type span struct{ from, to time.Duration }

func (s span) length() time.Duration { return max(0, s.to-s.from) }

// outage is a stretch with a fault open on one provider of models, across phases.
type outage struct {
	span
	provider string
	windows  []faults.Window
	begins   int  // the phase in which it begins
	after    int  // the phase in which it has ended; -1: the drill ends first
	quiet    span // from its end to the next fault on anybody; empty when another is out still

	// The largest shares of the provider's requests at any moment of it: of those
	// that meet a fault at all, that fail (slow answers do not), and that fail by
	// faults that touch every request.
	touched, failed, failedForAll float64
}

// course is how the drill of a plan goes.
type course struct {
	plan    *Plan
	outages []outage // by beginning
	faulty  []bool   // by phase: a fault is open in it
	down    []span   // no provider answers anybody
}

// stretches is a window as outages know it. Where a fault comes and goes, a pause
// that ends an outage parts it in two: each bad stretch is a window of its own. A
// quicker rhythm, and one whose share changes, stays one window that spares some.
func stretches(w faults.Window) []faults.Window {
	share := w.Fault.Share
	if w.Fault.Cycle.OK < outageGap || share.From != share.To || share.Rise > 0 {
		return []faults.Window{w}
	}
	steady := *w.Fault
	steady.Cycle = faults.Cycle{}
	var all []faults.Window
	for from := w.From; from >= 0 && from < w.To; {
		bad := w
		bad.From, bad.To, bad.Fault = from, w.Next(from), &steady
		all = append(all, bad)
		from = w.Next(bad.To)
	}
	return all
}

func courseOf(p *Plan) course {
	c := course{plan: p}
	var windows []faults.Window
	for _, w := range p.Windows {
		windows = append(windows, stretches(w)...)
	}
	slices.SortStableFunc(windows, func(a, b faults.Window) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	last := map[string]int{} // by provider
	for _, w := range windows {
		if i, out := last[w.Provider]; out && w.From-c.outages[i].to < outageGap {
			o := &c.outages[i]
			o.to, o.windows = max(o.to, w.To), append(o.windows, w)
			continue
		}
		last[w.Provider] = len(c.outages)
		c.outages = append(c.outages, outage{span: span{w.From, w.To}, provider: w.Provider, windows: []faults.Window{w}})
	}
	for i := range c.outages {
		o := &c.outages[i]
		o.begins, o.after, o.quiet = p.phaseAt(o.from), p.phaseAt(o.to), p.quietAfter(o.to)
		o.measure()
	}
	for _, phase := range p.Phases {
		c.faulty = append(c.faulty, slices.ContainsFunc(windows, func(w faults.Window) bool {
			return w.From < phase.To && w.To > phase.From
		}))
	}
	// What befalls a service is in the way of its callers, and no outage: nobody fails
	// over from it.
	c.outages = slices.DeleteFunc(c.outages, func(o outage) bool { return p.service(o.provider) })
	c.down = p.allDown()
	return c
}

// firstFault is when the first window opens, of a plan that has one.
func (p *Plan) firstFault() time.Duration {
	first := p.Windows[0].From
	for _, w := range p.Windows {
		first = min(first, w.From)
	}
	return first
}

// phaseAt is the phase at a moment, -1 when the drill is over.
func (p *Plan) phaseAt(t time.Duration) int {
	return slices.IndexFunc(p.Phases, func(ph Phase) bool { return ph.From <= t && t < ph.To })
}

// quietAfter is the time from t to the next fault, empty when one is open.
func (p *Plan) quietAfter(t time.Duration) span {
	quiet := span{t, p.Length}
	for _, w := range p.Windows {
		switch {
		case w.From <= t && t < w.To:
			return span{t, t}
		case w.From > t:
			quiet.to = min(quiet.to, w.From)
		}
	}
	return quiet
}

// calmFrom is where the warm-up ends. Where faults begin sooner there is nothing
// to warm up in.
func (p *Plan) calmFrom() time.Duration {
	from := p.Warmup
	for _, w := range p.Windows {
		from = min(from, w.From)
	}
	return from
}

// measure finds the largest shares of an outage.
func (o *outage) measure() {
	for _, t := range edges(o.windows) {
		o.touched = max(o.touched, shareOf(o.windows, t, func(faults.Fault) bool { return true }))
		o.failed = max(o.failed, shareOf(o.windows, t, failing))
		o.failedForAll = max(o.failedForAll, shareOf(o.windows, t, failingForAll))
	}
}

// failing says whether a fault keeps an answer from being what it should be;
// others only make it late.
func failing(f faults.Fault) bool {
	return f.Kind != "slow" && f.Kind != "latency" && f.Params["name"] != "latency"
}

// failingForAll says so of faults that no match narrows.
func failingForAll(f faults.Fault) bool { return failing(f) && f.Match == (faults.Match{}) }

// shareOf is the share that windows take together at a moment: each its share of
// what those before it left.
func shareOf(windows []faults.Window, t time.Duration, counts func(faults.Fault) bool) float64 {
	left := 1.0
	for _, w := range windows {
		if counts(*w.Fault) {
			left *= 1 - w.ShareAt(t)
		}
	}
	return 1 - left
}

// edges are the moments at which the shares of windows turn. Between two of
// them each share is linear, so none is larger than at its edges.
func edges(windows []faults.Window) []time.Duration {
	var moments []time.Duration
	for _, w := range windows {
		moments = append(moments, w.From, w.From+w.Fault.Share.Rise, w.To-1, w.To)
	}
	slices.Sort(moments)
	return slices.Compact(moments)
}

// allDown finds when no provider answers anybody.
func (p *Plan) allDown() []span {
	var down []span
	moments := edges(p.Windows)
	for i, t := range moments[:max(0, len(moments)-1)] {
		out := map[string]bool{}
		for _, w := range p.Windows {
			if failingForAll(*w.Fault) && w.ShareAt(t) == 1 && !p.service(w.Provider) {
				out[w.Provider] = true
			}
		}
		if len(out) == len(p.models()) {
			down = append(down, span{t, moments[i+1]})
		}
	}
	return down
}

// stretch is a part of the timeline that a bar is judged on, with its name.
type stretch struct {
	span
	name   string
	phase  int     // -1: the whole drill
	outage *outage // of metrics that belong to one
}

// stretches are those of a bar, each judged alone: for metrics of an outage the
// outage, for those after one the quiet behind it.
func (c *course) stretches(bar scorecard.Bar, m scorecard.Metric) []stretch {
	switch m.Scope {
	case "drill":
		return []stretch{{span{0, c.plan.Length}, "the drill", -1, nil}}
	case "outage", "after":
		return c.ofOutages(bar, m.Scope == "after")
	}
	var all []stretch
	for i, ph := range c.plan.Phases {
		if bar.Phase != ph.Name && (bar.Phase != "" || !c.faulty[i]) {
			continue
		}
		s := stretch{span{ph.From, ph.To}, ph.Name, i, nil}
		if i == 0 {
			s.from = min(ph.To, c.plan.calmFrom())
		}
		if bar.Last > 0 {
			s.from = max(s.from, s.to-bar.Last.Duration())
		}
		all = append(all, s)
	}
	return all
}

func (c *course) ofOutages(bar scorecard.Bar, after bool) []stretch {
	var all []stretch
	for i := range c.outages {
		o := &c.outages[i]
		s := stretch{span: o.span, phase: o.begins, outage: o}
		if after {
			s.span, s.phase = o.quiet, o.after
		}
		if s.phase < 0 || bar.Provider != "" && bar.Provider != o.provider {
			continue
		}
		s.name = c.plan.Phases[s.phase].Name
		if bar.Phase == "" || bar.Phase == s.name {
			all = append(all, s)
		}
	}
	return all
}
