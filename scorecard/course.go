package scorecard

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// outageGap is the longest pause in a provider's faults that does not end the
// outage.
const outageGap = record.Seconds(10 * time.Second)

// A course is how the drill was meant to go: outages, the quiet before, between
// and after them.
type course struct {
	outages []outage // by t0, then provider
	calm    span     // the baseline: from the end of the warm-up to the first outage
	lulls   []span   // from the end of all outages to the beginning of the next, or the end of the drill
}

// span is a stretch of time, [from, to).
type span struct{ from, to record.Seconds }

func (s span) has(t record.Seconds) bool { return s.from <= t && t < s.to }
func (s span) length() record.Seconds    { return max(s.to-s.from, 0) }

// outage is a stretch with a fault window open on one provider of models.
type outage struct {
	span
	provider string
	number   int32           // of the provider, none when nobody called it
	windows  []record.Window // by start
	hidden   []record.Window // those of them that keep attempts from being seen
	begins   int32           // phase in which it begins
	after    int32           // phase in which it has ended, none: the drill ends first
	onset    record.Seconds  // its first hit, never without one
	hits     int             // requests that met it
}

// roomOnly says whether nothing but a provider's room was taken.
func (o *outage) roomOnly() bool {
	return !slices.ContainsFunc(o.windows, func(w record.Window) bool { return !familyOf(w.Family).takesRoom })
}

// courseOf lays a setup out in time, services being no models. The faults' hits are not known yet.
func courseOf(setup *record.Setup, services []record.Provider) course {
	var c course
	windows := slices.Clone(setup.Windows)
	if setup.Control {
		for i := range windows {
			windows[i].Family = "" // it was not played: no attempt was unseen or torn by it
		}
	}
	slices.SortStableFunc(windows, func(a, b record.Window) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for _, w := range windows {
		c.add(w)
	}
	slices.SortStableFunc(c.outages, func(a, b outage) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.provider, b.provider))
	})
	for i := range c.outages {
		o := &c.outages[i]
		o.begins, o.after = phaseAt(setup, o.from), phaseAt(setup, o.to)
		for _, w := range o.windows {
			if familyOf(w.Family).unseen {
				o.hidden = append(o.hidden, w)
			}
		}
	}
	c.calm = span{setup.Warmup, setup.Length}
	if len(c.outages) > 0 {
		c.calm.to = c.outages[0].from
	}
	// Where faults begin at once there is no baseline, and nothing to warm up in.
	c.calm.from = min(c.calm.from, c.calm.to)
	c.lulls = lullsOf(c.outages, setup.Length)
	// What befalls a service is in the way of its callers, and no outage: nobody fails
	// over from it.
	c.outages = slices.DeleteFunc(c.outages, func(o outage) bool { return isService(services, o.provider) })
	return c
}

// add puts a window into its provider's last outage, or begins a new one.
func (c *course) add(w record.Window) {
	for i := len(c.outages) - 1; i >= 0; i-- {
		o := &c.outages[i]
		if o.provider != w.Provider {
			continue
		}
		if w.Start-o.to >= outageGap {
			break
		}
		o.to = max(o.to, w.End)
		o.windows = append(o.windows, w)
		return
	}
	c.outages = append(c.outages, outage{
		span: span{w.Start, w.End}, provider: w.Provider, windows: []record.Window{w}, onset: never,
	})
}

// lullsOf gives the quiet after outages; outages are sorted.
func lullsOf(outages []outage, length record.Seconds) []span {
	var lulls []span
	for i := 0; i < len(outages); {
		end := outages[i].to
		for ; i < len(outages) && outages[i].from <= end; i++ {
			end = max(end, outages[i].to)
		}
		next := length
		if i < len(outages) {
			next = outages[i].from
		}
		if end < next {
			lulls = append(lulls, span{end, next})
		}
	}
	return lulls
}

// phaseAt is the index of the phase at a moment, none outside all.
func phaseAt(setup *record.Setup, t record.Seconds) int32 {
	for i, p := range setup.Phases {
		if p.Start <= t && t < p.End {
			return int32(i)
		}
	}
	return none
}

// unseen says whether attempts at t may stay unseen, so that whatever is due then
// counts as hit.
func (o *outage) unseen(t record.Seconds) bool {
	return slices.ContainsFunc(o.hidden, func(w record.Window) bool { return w.Start <= t && t < w.End })
}

// torn is when a fault of connections began under a request that got no whole
// answer, or never. Its attempt may have been seen to end well, and what was written was
// still on its way; or it may not have been seen at all.
func (o *outage) torn(v *visit) record.Seconds {
	for _, w := range o.hidden {
		if !partial(w) && v.due < w.Start && w.Start <= v.ended && !v.whole {
			return w.Start
		}
	}
	return never
}

// blind says whether attempts at the provider may stay unseen in the outage, so
// that nobody knows where a request was tried first.
func (o *outage) blind() bool {
	return slices.ContainsFunc(o.hidden, func(w record.Window) bool { return !w.Slows })
}

// total says whether every request that reaches the provider meets a fault
// throughout, so that what was hit is known without the join.
func (o *outage) total() bool {
	end := o.from
	for _, w := range o.windows {
		if partial(w) {
			continue
		}
		if w.Start > end {
			return false
		}
		end = max(end, w.End)
	}
	return end >= o.to
}

// down says whether the provider answers nobody as it should at t: a fault that
// is no mere slowness takes every request.
func (o *outage) down(t record.Seconds) bool {
	return slices.ContainsFunc(o.windows, func(w record.Window) bool {
		return w.Start <= t && t < w.End && shareAt(w, t) >= 1 && !w.Partial && !w.Slows
	})
}

// shareAt is the part of the matching requests that a window takes at t.
func shareAt(w record.Window, t record.Seconds) float64 {
	into, length := (t - w.Start).Float(), (w.End - w.Start).Float()
	if rise := w.Rise.Float(); into < rise {
		return w.ShareFrom * into / rise
	}
	if length <= 0 {
		return w.ShareFrom
	}
	return w.ShareFrom + (w.ShareTo-w.ShareFrom)*into/length
}

// whole says whether at every moment of the stretch some provider has no fault.
func (c *course) whole(providers []record.Provider, s span) bool {
	// Between two edges nothing changes, so the stretch's own beginning and the
	// edges inside it are all the moments there are.
	moments := []record.Seconds{s.from}
	for _, o := range c.outages {
		for _, w := range o.windows {
			if s.has(w.Start) {
				moments = append(moments, w.Start)
			}
		}
	}
	for _, t := range moments {
		if !slices.ContainsFunc(providers, func(p record.Provider) bool { return !c.faulted(p.Name, t) }) {
			return false
		}
	}
	return true
}

// faulted says whether a provider has a fault window open at t.
func (c *course) faulted(provider string, t record.Seconds) bool {
	for _, o := range c.outages {
		if o.provider == provider && slices.ContainsFunc(o.windows, func(w record.Window) bool {
			return w.Start <= t && t < w.End
		}) {
			return true
		}
	}
	return false
}
