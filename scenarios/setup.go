package scenarios

import (
	"maps"
	"slices"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// Setup is the plan as the first line of a log says it. Who played it, on what
// and when (Brownout, App, StartedAt) is for whoever plays it to say.
func (p *Plan) Setup() scorecard.Setup {
	s := scorecard.Setup{
		Schema:      scorecard.Schema,
		Scenario:    scorecard.Scenario{Name: p.Name, Title: p.Title, Hash: p.Hash, Seed: p.Seed},
		Length:      scorecard.Of(p.Length),
		Warmup:      scorecard.Of(p.Warmup),
		Healthy:     p.Healthy,
		Bars:        p.Bars,
		DefaultBars: p.DefaultBars,
		Resolved:    string(p.Resolved),
	}
	for _, ph := range p.Phases {
		s.Phases = append(s.Phases, scorecard.Phase{
			Name: ph.Name, Start: scorecard.Of(ph.From), End: scorecard.Of(ph.To), Faults: ph.Faults,
		})
	}
	for _, w := range p.Windows {
		for _, bad := range bouts(w) {
			s.Windows = append(s.Windows, p.window(bad))
		}
	}
	s.SLO = p.SLO
	for _, pr := range p.Providers {
		for _, model := range slices.Sorted(maps.Keys(pr.Worth)) {
			w := pr.Worth[model]
			s.Worth = append(s.Worth, scorecard.Worth{
				Provider: pr.Name, Model: model, Quality: w.Quality, Input: w.Input, Output: w.Output,
			})
		}
		s.Providers = append(s.Providers, scorecard.Provider{
			Name: pr.Name, Dialect: pr.Spec.Dialect, Upstream: pr.Upstream, Effects: pr.Service(),
		})
	}
	for _, j := range p.Journeys {
		s.Journeys = append(s.Journeys, scorecard.Journey{
			Name: j.Name, Priority: j.Priority, Primary: j.Primary, Rate: j.Rate, Timeout: scorecard.Of(j.Timeout), Stream: j.Request.Stream,
			SlowTTFT: scorecard.Of(j.SlowOver.TTFT), SlowTotal: scorecard.Of(j.SlowOver.Total),
			HasDegrade: j.Degraded != nil, HasRestart: j.Restart != nil, HasExpect: j.Expect != nil, HasProgress: j.Progress != nil,
		})
	}
	return s
}

func (p *Plan) window(w faults.Window) scorecard.Window {
	f, kind := w.Fault, w.Kind()
	made := scorecard.Window{
		Key: f.Key, Kind: f.Kind, Provider: w.Provider, Start: scorecard.Of(w.From), End: scorecard.Of(w.To),
		ShareFrom: f.Share.From, ShareTo: f.Share.To, Rise: scorecard.Of(f.Share.Rise),
		Bad: scorecard.Of(f.Cycle.Bad), OK: scorecard.Of(f.Cycle.OK),
		Family: kind.Family, Slows: w.Slows(), Breaks: kind.Breaks,
		Partial: spares(w) || f.Cycle != (faults.Cycle{}),
	}
	if i := p.phaseAt(w.From); i >= 0 {
		made.Phase = p.Phases[i].Name
	}
	return made
}
