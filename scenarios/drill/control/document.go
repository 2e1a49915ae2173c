package control

import (
	"encoding/json"
	"math"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// A State is what a drill looks like at one moment.
type State struct {
	State    int     `json:"state" doc:"grows with every action and every phase that begins; the answer's ETag"`
	Scenario string  `json:"scenario"`
	ElapsedS float64 `json:"elapsed_s" doc:"since the start"`
	LengthS  float64 `json:"length_s" doc:"of the drill as it will be"`
	CeilingS float64 `json:"ceiling_s" doc:"what the length can come to by holding and extending"`
	Phase    string  `json:"phase" doc:"that has begun last"`
	PhaseNo  int     `json:"phase_no" doc:"of it, from 0"`
	Held     bool    `json:"held" doc:"the phase stands still until it is released"`
	Over     bool    `json:"over" doc:"the drill ends: nothing can be done any more"`
	Blind    bool    `json:"blind,omitempty" doc:"phases and faults are not told, and state is 0, but to who says the header Brownout-Reveal"`
	Phases   []Phase `json:"phases" doc:"played and to come"`
	Open     []Fault `json:"open" doc:"what goes wrong now"`
}

// A Phase is a stretch of the timeline.
type Phase struct {
	Name   string   `json:"name"`
	StartS float64  `json:"start_s"`
	EndS   float64  `json:"end_s" doc:"as it will be"`
	Faults []string `json:"faults" doc:"what goes wrong in it, in short"`
}

// Phases are those of the drill, and those that it can jump to.
type Phases struct {
	State   int      `json:"state"`
	Phases  []Phase  `json:"phases" doc:"played and to come"`
	Planned []string `json:"planned" doc:"names that a jump takes"`
}

// A Fault is one window of a fault on one provider.
type Fault struct {
	Key      string  `json:"key" doc:"by which it is closed; that of a fault on several providers is one"`
	Kind     string  `json:"kind"`
	Provider string  `json:"provider"`
	Share    float64 `json:"share" doc:"of the matching requests, 0 to 1, now or when it opens"`
	StartS   float64 `json:"start_s"`
	EndS     float64 `json:"end_s" doc:"as it will be"`
	Open     bool    `json:"open" doc:"now"`
}

// Faults are all windows of the drill.
type Faults struct {
	State  int     `json:"state"`
	Faults []Fault `json:"faults" doc:"played and to come"`
}

// Counters are what has been sent, and what reached the providers.
type Counters struct {
	State    int     `json:"state"`
	ElapsedS float64 `json:"elapsed_s"`
	Due      int64   `json:"due" doc:"requests that came due"`
	Sent     int64   `json:"sent"`
	Dropped  int64   `json:"dropped" doc:"that were not sent"`
	InFlight int64   `json:"in_flight"`
	Ended    int64   `json:"ended"`
	Good     int64   `json:"good" doc:"ended whole and without an error"`
	Errors   int64   `json:"errors" doc:"ended otherwise"`
	// By provider, in the plan's order.
	Providers []Arrivals `json:"providers"`
	Phases    []Counted  `json:"phases" doc:"that have begun, with the attempts that arrived in them; none where they are not told"`
}

// Counted is what reached the providers in one phase.
type Counted struct {
	Phase     string          `json:"phase"`
	StartS    float64         `json:"start_s"`
	Providers []PhaseArrivals `json:"providers" doc:"in the plan's order"`
}

// PhaseArrivals are the attempts that reached a provider in one phase.
type PhaseArrivals struct {
	Provider string `json:"provider"`
	Attempts int64  `json:"attempts"`
	Faulted  int64  `json:"faulted" doc:"that met a fault"`
	Retries  int64  `json:"retries" doc:"whose question had reached it before, word for word: attempts ÷ (attempts − retries) is by how much the app amplifies its load"`
	Early    int64  `json:"early" doc:"retries that came sooner than the Retry-After that they had been told"`
}

// Arrivals are the attempts that reached a provider.
type Arrivals struct {
	Provider string `json:"provider"`
	Attempts int64  `json:"attempts"`
	Faulted  int64  `json:"faulted" doc:"that met a fault"`
}

// A Page is a stretch of what the drill has written.
type Page struct {
	Lines []Line `json:"lines" doc:"in the order in which they were written"`
	Next  int64  `json:"next" doc:"the cursor of what comes after them"`
	Lost  int64  `json:"lost" doc:"lines after the given cursor that are kept no longer"`
}

// A Line is one line of the log and its number.
type Line struct {
	No   int64           `json:"no" doc:"from 1"`
	Line json.RawMessage `json:"line" doc:"as it stands in log.jsonl"`
}

// CardSoFar is what the judge says of what has been written.
type CardSoFar struct {
	AgeS float64         `json:"age_s" doc:"since it was judged: that is not done for each call anew"`
	Card *scorecard.Card `json:"card" doc:"as in card.json; the verdict is aborted while the drill goes on"`
}

// round gives seconds to the microsecond, as the log does.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1e6) / 1e6 }

func stateOf(live *drill.Live) State {
	s := live.Control().State()
	made := State{
		State: s.Number, Scenario: live.Plan().Name,
		ElapsedS: seconds(s.Elapsed), LengthS: seconds(s.Length), CeilingS: seconds(s.Ceiling),
		PhaseNo: s.PhaseNo, Held: s.Held, Over: s.Over, Phases: phasesOf(s.Phases), Open: []Fault{},
	}
	if s.PhaseNo >= 0 {
		made.Phase = s.Phases[s.PhaseNo].Name
	}
	for _, w := range s.Open() {
		made.Open = append(made.Open, faultOf(w, s.Elapsed, true))
	}
	return made
}

func phasesOf(phases []scenarios.Phase) []Phase {
	all := []Phase{}
	for _, p := range phases {
		all = append(all, Phase{Name: p.Name, StartS: seconds(p.From), EndS: seconds(p.To), Faults: append([]string{}, p.Faults...)})
	}
	return all
}

func faultOf(w faults.Window, now time.Duration, open bool) Fault {
	return Fault{
		Key: w.Fault.Key, Kind: w.Fault.Kind, Provider: w.Provider,
		Share: w.ShareAt(max(now, w.From)), StartS: seconds(w.From), EndS: seconds(w.To), Open: open,
	}
}

func faultsOf(live *drill.Live) Faults {
	s := live.Control().State()
	made := Faults{State: s.Number, Faults: []Fault{}}
	for _, w := range s.Windows {
		made.Faults = append(made.Faults, faultOf(w, s.Elapsed, !s.Over && w.From <= s.Elapsed && s.Elapsed < w.To))
	}
	return made
}

func countersOf(live *drill.Live) Counters {
	number, s := live.Control().State().Number, live.Status()
	t := s.Traffic
	made := Counters{
		State: number, ElapsedS: seconds(s.Elapsed), Due: t.Due, Sent: t.Sent, Dropped: t.Dropped,
		InFlight: t.InFlight, Ended: t.Ended, Good: t.Good, Errors: t.Errors, Providers: []Arrivals{},
	}
	for _, a := range s.Attempts {
		made.Providers = append(made.Providers, Arrivals(a))
	}
	made.Phases = countedOf(live)
	return made
}

func countedOf(live *drill.Live) []Counted {
	all := []Counted{}
	for _, p := range live.Arrivals() {
		c := Counted{Phase: p.Phase, StartS: seconds(p.Start), Providers: []PhaseArrivals{}}
		for _, a := range p.Arrivals {
			c.Providers = append(c.Providers, PhaseArrivals(a))
		}
		all = append(all, c)
	}
	return all
}
