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

// outage is a stretch with a fault open on one provider, across phases.
type outage struct {
	span
	provider string
	windows  []faults.Window
	begins   int // the phase in which it begins
	after    int // the phase in which it has ended; -1: the drill ends first
}

// outages finds the outages of a plan, by beginning.
func (p *Plan) outages() []outage {
	windows := slices.Clone(p.Windows)
	slices.SortStableFunc(windows, func(a, b faults.Window) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var all []outage
	for _, w := range windows {
		i := lastIndex(all, func(o outage) bool { return o.provider == w.Provider })
		if i >= 0 && w.From-all[i].to < outageGap {
			all[i].to = max(all[i].to, w.To)
			all[i].windows = append(all[i].windows, w)
			continue
		}
		all = append(all, outage{span: span{w.From, w.To}, provider: w.Provider, windows: []faults.Window{w}})
	}
	for i := range all {
		all[i].begins, all[i].after = p.phaseAt(all[i].from), p.phaseAt(all[i].to)
	}
	return all
}

func lastIndex[T any](list []T, found func(T) bool) int {
	for i := len(list) - 1; i >= 0; i-- {
		if found(list[i]) {
			return i
		}
	}
	return -1
}

// phaseAt is the phase at a moment, -1 when the drill is over.
func (p *Plan) phaseAt(t time.Duration) int {
	return slices.IndexFunc(p.Phases, func(ph Phase) bool { return ph.From <= t && t < ph.To })
}

// faulty says whether a fault is open in a phase.
func (p *Plan) faulty(phase Phase) bool {
	return slices.ContainsFunc(p.Windows, func(w faults.Window) bool { return w.From < phase.To && w.To > phase.From })
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

// lull is the quiet after an outage: from its end, or that of others that
// overlap it, to the next fault or the end of the drill.
func (p *Plan) lull(o outage) span {
	quiet := span{o.to, p.Length}
	for _, w := range p.Windows {
		if w.From <= quiet.from && w.To > quiet.from {
			return span{o.to, o.to} // another provider is still out
		}
		if w.From > o.to {
			quiet.to = min(quiet.to, w.From)
		}
	}
	return quiet
}

// stretch is a part of the timeline that a bar is judged on, with its name.
type stretch struct {
	span
	name   string
	phase  int     // -1: the whole drill
	outage *outage // of metrics that belong to one
}

// stretches are those of a bar, each judged alone. For metrics of an outage it
// is the outage, for those after one the quiet behind it.
func (p *Plan) stretches(bar scorecard.Bar, m scorecard.Metric) []stretch {
	var all []stretch
	add := func(s span, phase int, o *outage) {
		if bar.Phase == "" || phase >= 0 && p.Phases[phase].Name == bar.Phase {
			all = append(all, stretch{s, p.Phases[phase].Name, phase, o})
		}
	}
	outages := p.outages()
	switch m.Scope {
	case "drill":
		return []stretch{{span{0, p.Length}, "the drill", -1, nil}}
	case "outage", "after":
		for i := range outages {
			o := &outages[i]
			if bar.Provider != "" && o.provider != bar.Provider {
				continue
			}
			if m.Scope == "outage" {
				add(o.span, o.begins, o)
			} else if o.after >= 0 {
				add(p.lull(*o), o.after, o)
			}
		}
	default:
		for i, ph := range p.Phases {
			if bar.Phase != "" || p.faulty(ph) {
				from := ph.From
				if i == 0 {
					from = min(ph.To, p.calmFrom())
				}
				add(span{from, ph.To}, i, nil)
			}
		}
	}
	return all
}
