package ledger

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// outageGap is the longest pause in a provider's faults that does not end the
// outage.
const outageGap = record.Seconds(10 * time.Second)

// A Course is how the drill was meant to go: outages, the quiet before, between
// and after them.
type Course struct {
	Outages []Outage // by t0, then provider
	Calm    Span     // the baseline: from the end of the warm-up to the first outage
	Lulls   []Span   // from the end of all outages to the beginning of the next, or the end of the drill
}

// Span is a stretch of time, [from, to).
type Span struct{ From, To record.Seconds }

func (s Span) Has(t record.Seconds) bool { return s.From <= t && t < s.To }
func (s Span) Length() record.Seconds    { return max(s.To-s.From, 0) }

// Outage is a stretch with a fault window open on one provider of models.
type Outage struct {
	Span
	Provider string
	Number   int32           // of the provider, none when nobody called it
	Windows  []record.Window // by start
	hidden   []record.Window // those of them that keep attempts from being seen
	Begins   int32           // phase in which it begins
	After    int32           // phase in which it has ended, none: the drill ends first
	Onset    record.Seconds  // its first hit, never without one
	Hits     int             // requests that met it
}

// RoomOnly says whether nothing but a provider's room was taken.
func (o *Outage) RoomOnly() bool {
	return !slices.ContainsFunc(o.Windows, func(w record.Window) bool { return !FamilyOf(w.Family).takesRoom })
}

// courseOf lays a setup out in time, services being no models. The faults' hits are not known yet.
func courseOf(setup *record.Setup, services []record.Provider) Course {
	var c Course
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
	slices.SortStableFunc(c.Outages, func(a, b Outage) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Provider, b.Provider))
	})
	for i := range c.Outages {
		o := &c.Outages[i]
		o.Begins, o.After = PhaseAt(setup, o.From), PhaseAt(setup, o.To)
		for _, w := range o.Windows {
			if FamilyOf(w.Family).Unseen {
				o.hidden = append(o.hidden, w)
			}
		}
	}
	c.Calm = Span{setup.Warmup, setup.Length}
	if len(c.Outages) > 0 {
		c.Calm.To = c.Outages[0].From
	}
	// Where faults begin at once there is no baseline, and nothing to warm up in.
	c.Calm.From = min(c.Calm.From, c.Calm.To)
	c.Lulls = lullsOf(c.Outages, setup.Length)
	// What befalls a service is in the way of its callers, and no outage: nobody fails
	// over from it.
	c.Outages = slices.DeleteFunc(c.Outages, func(o Outage) bool { return IsService(services, o.Provider) })
	return c
}

// add puts a window into its provider's last outage, or begins a new one.
func (c *Course) add(w record.Window) {
	for i := len(c.Outages) - 1; i >= 0; i-- {
		o := &c.Outages[i]
		if o.Provider != w.Provider {
			continue
		}
		if w.Start-o.To >= outageGap {
			break
		}
		o.To = max(o.To, w.End)
		o.Windows = append(o.Windows, w)
		return
	}
	c.Outages = append(c.Outages, Outage{
		Span: Span{w.Start, w.End}, Provider: w.Provider, Windows: []record.Window{w}, Onset: Never,
	})
}

// lullsOf gives the quiet after outages; outages are sorted.
func lullsOf(outages []Outage, length record.Seconds) []Span {
	var lulls []Span
	for i := 0; i < len(outages); {
		end := outages[i].To
		for ; i < len(outages) && outages[i].From <= end; i++ {
			end = max(end, outages[i].To)
		}
		next := length
		if i < len(outages) {
			next = outages[i].From
		}
		if end < next {
			lulls = append(lulls, Span{end, next})
		}
	}
	return lulls
}

// PhaseAt is the index of the phase at a moment, none outside all.
func PhaseAt(setup *record.Setup, t record.Seconds) int32 {
	for i, p := range setup.Phases {
		if p.Start <= t && t < p.End {
			return int32(i)
		}
	}
	return None
}

// unseen says whether attempts at t may stay unseen, so that whatever is due then
// counts as hit.
func (o *Outage) unseen(t record.Seconds) bool {
	return slices.ContainsFunc(o.hidden, func(w record.Window) bool { return w.Start <= t && t < w.End })
}

// torn is when a fault of connections began under a request that got no whole
// answer, or never. Its attempt may have been seen to end well, and what was written was
// still on its way; or it may not have been seen at all.
func (o *Outage) torn(v *Visit) record.Seconds {
	for _, w := range o.hidden {
		if !Partial(w) && v.Due < w.Start && w.Start <= v.Ended && !v.Whole {
			return w.Start
		}
	}
	return Never
}

// Blind says whether attempts at the provider may stay unseen in the outage, so
// that nobody knows where a request was tried first.
func (o *Outage) Blind() bool {
	return slices.ContainsFunc(o.hidden, func(w record.Window) bool { return !w.Slows })
}

// Total says whether every request that reaches the provider meets a fault
// throughout, so that what was hit is known without the join.
func (o *Outage) Total() bool {
	end := o.From
	for _, w := range o.Windows {
		if Partial(w) {
			continue
		}
		if w.Start > end {
			return false
		}
		end = max(end, w.End)
	}
	return end >= o.To
}

// Down says whether the provider answers nobody as it should at t: a fault that
// is no mere slowness takes every request.
func (o *Outage) Down(t record.Seconds) bool {
	return slices.ContainsFunc(o.Windows, func(w record.Window) bool {
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

// Whole says whether at every moment of the stretch some provider has no fault.
func (c *Course) Whole(providers []record.Provider, s Span) bool {
	// Between two edges nothing changes, so the stretch's own beginning and the
	// edges inside it are all the moments there are.
	moments := []record.Seconds{s.From}
	for _, o := range c.Outages {
		for _, w := range o.Windows {
			if s.Has(w.Start) {
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
func (c *Course) faulted(provider string, t record.Seconds) bool {
	for _, o := range c.Outages {
		if o.Provider == provider && slices.ContainsFunc(o.Windows, func(w record.Window) bool {
			return w.Start <= t && t < w.End
		}) {
			return true
		}
	}
	return false
}
