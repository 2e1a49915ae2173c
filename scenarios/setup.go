package scenarios

import (
	"maps"
	"slices"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Setup is the plan as the first line of a log says it. Who played it, on what
// and when (Brownout, App, StartedAt) is for whoever plays it to say.
func (p *Plan) Setup() record.Setup {
	s := record.Setup{
		Schema:      record.Schema,
		Scenario:    record.Scenario{Name: p.Name, Title: p.Title, Hash: p.Hash, Seed: p.Seed},
		Length:      record.Of(p.Length),
		Warmup:      record.Of(p.Warmup),
		Healthy:     p.Healthy,
		Bars:        p.Bars,
		DefaultBars: p.DefaultBars,
		Resolved:    string(p.Resolved),
	}
	for _, ph := range p.Phases {
		s.Phases = append(s.Phases, ph.Written())
	}
	for _, w := range p.Windows {
		for _, bout := range Written(w) {
			if i := p.phaseAt(bout.Start.Duration()); i >= 0 {
				bout.Phase = p.Phases[i].Name
			}
			s.Windows = append(s.Windows, bout)
		}
	}
	s.SLO = p.SLO
	for _, pr := range p.Providers {
		for _, model := range slices.Sorted(maps.Keys(pr.Worth)) {
			w := pr.Worth[model]
			s.Worth = append(s.Worth, record.Worth{
				Provider: pr.Name, Model: model, Quality: w.Quality, Input: w.Input, Output: w.Output,
			})
		}
		s.Providers = append(s.Providers, record.Provider{
			Name: pr.Name, Dialect: pr.Spec.Dialect, Upstream: pr.Upstream, Effects: pr.Service(),
		})
	}
	for _, j := range p.Journeys {
		s.Journeys = append(s.Journeys, record.Journey{
			Name: j.Name, Priority: j.Priority, Primary: j.Primary, Rate: meanRate(j, p.all()), Like: j.Like, Timeout: record.Of(j.Timeout), Stream: j.Request.Stream,
			SlowTTFT: record.Of(j.SlowOver.TTFT), SlowTotal: record.Of(j.SlowOver.Total),
			HasDegrade: j.Degraded != nil, HasRestart: j.Restart != nil, HasExpect: j.Expect != nil, HasProgress: j.Progress != nil,
		})
	}
	return s
}

// Written is a phase as the log says it.
func (p Phase) Written() record.Phase {
	return record.Phase{Name: p.Name, Start: record.Of(p.From), End: record.Of(p.To), Faults: p.Faults}
}

// Written is a window as the log says it, but for its phase: as one, or where its cycle
// pauses for so long that these are outages of their own, as many.
func Written(w faults.Window) []record.Window {
	var all []record.Window
	f, kind := w.Fault, w.Kind()
	for _, bout := range bouts(w) {
		all = append(all, record.Window{
			Key: f.Key, Kind: f.Kind, Provider: w.Provider, Start: record.Of(bout.From), End: record.Of(bout.To),
			ShareFrom: f.Share.From, ShareTo: f.Share.To, Rise: record.Of(f.Share.Rise),
			Bad: record.Of(bout.Fault.Cycle.Bad), OK: record.Of(bout.Fault.Cycle.OK),
			Family: kind.Family, Slows: w.Slows(), Breaks: kind.Breaks,
			Partial: spares(w) || bout.Fault.Cycle != (faults.Cycle{}),
		})
	}
	return all
}
