package scenarios

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
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
	strikes  []strike
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

// bouts is a window as outages know it. Where a fault comes and goes, a pause that
// ends an outage parts it in two: each bout is a window of its own. A quicker
// rhythm, and one whose share changes, stays one window that spares some.
func bouts(w faults.Window) []faults.Window {
	if !parted(w.Fault) {
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

// parted says whether a fault's cycle parts its window.
func parted(f *faults.Fault) bool {
	return f.Cycle.OK >= outageGap && f.Share.From == f.Share.To && f.Share.Rise == 0
}

// bouts is how many windows outages know.
func (p *Plan) bouts() int {
	n := 0
	for _, w := range p.Windows {
		n++
		if c := w.Fault.Cycle; parted(w.Fault) {
			n += int((w.To - w.From - 1) / (c.Bad + c.OK))
		}
	}
	return n
}

// strike is a bout with what it does to the requests that its share takes.
type strike struct {
	faults.Window
	fails bool // none is answered as it should be; else only late
	all   bool // and what it takes is any request, at any moment of it
}

// strikesOf are those of a plan, by beginning.
func strikesOf(p *Plan) []strike {
	var all []strike
	for _, w := range p.Windows {
		fails, wide := !w.Slows(), !spares(w)
		for _, bout := range bouts(w) {
			all = append(all, strike{bout, fails, fails && wide && bout.Fault.Cycle == faults.Cycle{}})
		}
	}
	slices.SortStableFunc(all, func(a, b strike) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return all
}

// spares says whether a fault leaves some requests alone that its share takes: for
// what they are, or for how many came before.
func spares(w faults.Window) bool {
	kind := w.Kind()
	return w.Fault.Match != faults.Match{} || w.Fault.First > 0 || kind.StreamOnly || kind.Sparing()
}

func courseOf(p *Plan) course {
	c := course{plan: p}
	strikes := strikesOf(p)
	last := map[string]int{} // by provider
	for _, w := range strikes {
		if i, out := last[w.Provider]; out && w.From-c.outages[i].to < outageGap {
			o := &c.outages[i]
			o.to, o.strikes = max(o.to, w.To), append(o.strikes, w)
			continue
		}
		last[w.Provider] = len(c.outages)
		c.outages = append(c.outages, outage{span: span{w.From, w.To}, provider: w.Provider, strikes: []strike{w}})
	}
	for i := range c.outages {
		o := &c.outages[i]
		o.begins, o.after, o.quiet = p.phaseAt(o.from), p.phaseAt(o.to), p.quietAfter(o.to)
		o.measure()
	}
	for _, phase := range p.Phases {
		c.faulty = append(c.faulty, slices.ContainsFunc(strikes, func(w strike) bool {
			return w.From < phase.To && w.To > phase.From
		}))
	}
	// What befalls a service is in the way of its callers, and no outage: nobody fails
	// over from it.
	c.outages = slices.DeleteFunc(c.outages, func(o outage) bool { return p.service(o.provider) })
	c.down = p.allDown(strikes)
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

// measure finds the largest shares of an outage: at the moments at which the share
// of one of its strikes turns, for between two of them each is linear.
func (o *outage) measure() {
	var open []strike
	ahead := o.strikes
	for _, t := range edges(o.strikes) {
		for len(ahead) > 0 && ahead[0].From <= t {
			open, ahead = append(open, ahead[0]), ahead[1:]
		}
		open = slices.DeleteFunc(open, func(w strike) bool { return w.To <= t })
		o.touched = max(o.touched, shareOf(open, t, func(strike) bool { return true }))
		o.failed = max(o.failed, shareOf(open, t, func(w strike) bool { return w.fails }))
		o.failedForAll = max(o.failedForAll, shareOf(open, t, func(w strike) bool { return w.all }))
	}
}

// shareOf is the share that strikes take together at a moment: each its share of
// what those before it left.
func shareOf(strikes []strike, t time.Duration, counts func(strike) bool) float64 {
	left := 1.0
	for _, w := range strikes {
		if counts(w) {
			left *= 1 - w.ShareAt(t)
		}
	}
	return 1 - left
}

// edges are the moments at which shares turn, in order.
func edges(strikes []strike) []time.Duration {
	var moments []time.Duration
	for _, w := range strikes {
		moments = append(moments, w.From, w.From+w.Fault.Share.Rise, w.To-1, w.To)
	}
	slices.Sort(moments)
	return slices.Compact(moments)
}

// allDown finds when no provider answers anybody.
func (p *Plan) allDown(strikes []strike) []span {
	down := []span{{0, p.Length}}
	for _, pr := range p.models() {
		var out []span
		for _, w := range strikes {
			if share := w.Fault.Share; w.Provider == pr.Name && w.all && share.From == 1 && share.To == 1 {
				out = append(out, span{w.From + share.Rise, w.To})
			}
		}
		down = common(down, united(out))
	}
	return down
}

// united are spans without those that overlap: these are one.
func united(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var all []span
	for _, s := range spans {
		if n := len(all) - 1; n >= 0 && s.from <= all[n].to {
			all[n].to = max(all[n].to, s.to)
		} else {
			all = append(all, s)
		}
	}
	return all
}

// common is what two lists of spans have in common; both are in order.
func common(a, b []span) []span {
	var both []span
	for len(a) > 0 && len(b) > 0 {
		if s := (span{max(a[0].from, b[0].from), min(a[0].to, b[0].to)}); s.length() > 0 {
			both = append(both, s)
		}
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
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
func (c *course) stretches(bar record.Bar, m measure.Metric) []stretch {
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

func (c *course) ofOutages(bar record.Bar, after bool) []stretch {
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
