// Package preview tells of a drill before it is run: when what goes wrong, how
// many requests meet it, what each bar can prove with them, and what the best of
// all clients would make of it. Nothing is started.
//
// Start at [Of]; [Formats] has the ways to write it down:
//
//	p := preview.Of(plan)
//	fmt.Println(p.Requests, p.Peak)
//
// Everything follows from the plan. How many requests meet a fault is counted by
// the draws that the drill will make, of every request's first attempt, as if all
// of them went to the fault's provider, streamed where the user's is; what an app
// sends elsewhere, and what it sends again, only the drill can tell.
package preview

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/par"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Preview is a drill before it is run.
type Preview struct {
	Schema   int            `json:"schema"` // 1
	Name     string         `json:"name"`
	Title    string         `json:"title,omitempty"`
	Seed     uint64         `json:"seed"`
	Length   record.Seconds `json:"length_s"`
	Requests int            `json:"requests"`
	Peak     int            `json:"peak_rps"` // most requests due in one second of the clock
	// Load is how many are due in each of so many equal parts of the drill, where
	// that is not much the same in all of them.
	Load   []int   `json:"load,omitempty"`
	Phases []Phase `json:"phases"`
	// Traffic is each journey's, where how long requests are is said of any.
	Traffic []Traffic `json:"traffic,omitempty"`
	Faults  []Fault   `json:"faults,omitempty"`
	Steps   []Step    `json:"steps,omitempty"`
	Bars    []Bar     `json:"bars"`
	Stops   []string  `json:"stop_when,omitempty"` // "error_rate over 10s above 80% for 30s"
	// Env is what the app needs to find the mocks, NAME=value; empty where it is
	// not known before they listen.
	Env []string `json:"env,omitempty"`

	// YAML is the scenario as it would be played, with its parents and app file merged
	// in; with comments where whoever asked for the preview put them there.
	YAML []byte `json:"-"`
}

// Phase is a named stretch of the timeline.
type Phase struct {
	Name     string         `json:"name"`
	From     record.Seconds `json:"from_s"`
	To       record.Seconds `json:"to_s"`
	Requests int            `json:"requests"`
	Par      *record.Par    `json:"par,omitempty"` // of all journeys together; nil: nobody can know it
}

// Fault is one fault on one provider.
type Fault struct {
	Provider string         `json:"provider"`
	Kind     string         `json:"kind"`
	Says     string         `json:"says"` // in short: "rate_limit 40%, rising for 10s"
	From     record.Seconds `json:"from_s"`
	To       record.Seconds `json:"to_s"`
	Due      int            `json:"due"` // requests due while it is there
	// Hits are the requests whose first attempt meets it; null of faults that
	// befall connections or the provider as a whole.
	Hits *int `json:"hits"`
	// AtMost says that fewer may meet it: its match, the keys or users that share a
	// luck, or those of a fault before it, depend on what the app makes of a request.
	AtMost bool `json:"at_most,omitempty"`

	window faults.Window
}

// Bar is what one bar can prove on one stretch.
type Bar struct {
	Says     string  `json:"says"`
	On       string  `json:"on"`
	Requests int     `json:"requests"`
	Needs    int     `json:"needs"` // 0: any
	Proves   float64 `json:"proves,omitempty"`
	Op       string  `json:"op"`
}

// Of makes the preview of a plan; env is the environment that its app needs.
func Of(plan *scenarios.Plan, env []string) Preview {
	dues := traffic.Schedule(plan.Journeys, plan.Seed, plan.Length)
	p := Preview{
		Schema: 1, Name: plan.Name, Title: plan.Title, Seed: plan.Seed, Length: record.Of(plan.Length),
		Requests: len(dues), Peak: peak(dues), Env: env, YAML: plan.Resolved,
	}
	if slices.ContainsFunc(plan.Journeys, uneven) {
		p.Load = load(dues, plan.Length)
	}
	best := map[string]*record.Par{}
	for _, b := range par.Of(context.Background(), plan) {
		if b.Journey == "" {
			best[b.Phase] = &b
		}
	}
	for _, phase := range plan.Phases {
		in := Phase{Name: phase.Name, From: record.Of(phase.From), To: record.Of(phase.To), Par: best[phase.Name]}
		for _, due := range dues {
			if phase.From <= due.At && due.At < phase.To {
				in.Requests++
			}
		}
		p.Phases = append(p.Phases, in)
	}
	p.Traffic = trafficOf(plan, dues)
	p.Faults, p.Steps = faultsOf(plan, dues), stepsOf(plan)
	for _, rule := range plan.StopWhen {
		p.Stops = append(p.Stops, rule.String())
	}
	for _, e := range plan.Evidence() {
		p.Bars = append(p.Bars, Bar{e.Says, e.On, int(e.Requests), int(e.Needs), e.Proves, e.Bar.Op})
	}
	return p
}

// peak is how many are due in the fullest second of the clock.
func peak(dues []traffic.Due) int {
	most, in, second := 0, 0, time.Duration(-1)
	for _, due := range dues {
		if s := due.At.Truncate(time.Second); s != second {
			in, second = 0, s
		}
		in++
		most = max(most, in)
	}
	return most
}

// uneven says that a journey is meant to send now more and now less.
func uneven(j traffic.Journey) bool { return j.CV > 0 || !j.Pace().Steady() }

// load counts requests in 120 equal parts of a drill.
func load(dues []traffic.Due, length time.Duration) []int {
	parts := make([]int, 120)
	for _, due := range dues {
		parts[int64(due.At)*int64(len(parts))/int64(length)]++
	}
	return parts
}

// faultsOf are the plan's windows with how many requests meet each.
func faultsOf(plan *scenarios.Plan, dues []traffic.Due) []Fault {
	var all []Fault
	says := sentences(plan)
	for _, w := range plan.Windows {
		f := Fault{
			Provider: w.Provider, Kind: w.Fault.Kind, Says: says[w.Fault],
			From: record.Of(w.From), To: record.Of(w.To), window: w,
		}
		if kind := w.Kind(); kind.Wide() == "" {
			f.Hits = new(int)
			f.AtMost = narrowed(w) || slices.ContainsFunc(all, func(before Fault) bool {
				return narrowed(before.window) && before.Provider == f.Provider && before.From < f.To && f.From < before.To
			})
		}
		for _, due := range dues {
			if w.ShareAt(due.At) > 0 {
				f.Due++
			}
		}
		all = append(all, f)
	}
	for _, p := range plan.Providers {
		meet(plan, p.Name, dues, all)
	}
	return all
}

// meet counts the first attempts that meet the faults of one provider. Those that
// the app's doing narrows take no request from others, as if none were theirs, and
// are counted each by itself, as if all were.
func meet(plan *scenarios.Plan, provider string, dues []traffic.Due, all []Fault) {
	var certain []int
	for i, f := range all {
		switch {
		case f.Provider != provider || f.Hits == nil:
		case narrowed(f.window):
			count(plan, dues, all, []int{i})
		default:
			certain = append(certain, i)
		}
	}
	count(plan, dues, all, certain)
}

// count counts the first attempts that meet some of the faults, were there no
// others.
func count(plan *scenarios.Plan, dues []traffic.Due, all []Fault, some []int) {
	var windows []faults.Window
	for _, i := range some {
		w := all[i].window
		w.Fault = decidable(*w.Fault)
		windows = append(windows, w)
	}
	fates := faults.NewFates(plan.Seed, windows)
	for _, due := range dues {
		j := plan.Journeys[due.Journey]
		w, _ := fates.Meet(faults.Look{Nonce: plan.Nonce(due), Session: j.Session(due.Session), Stream: j.Request.Stream}, due.At, 1)
		if w != nil {
			i := slices.IndexFunc(windows, func(have faults.Window) bool { return have.Fault == w.Fault })
			*all[some[i]].Hits++
		}
	}
}

// narrowed says whether whom a fault takes is more than the plan can decide. The plan
// takes the app to ask for a stream where its users do.
func narrowed(w faults.Window) bool {
	f := decidable(*w.Fault)
	return f.Match != w.Fault.Match || f.Sticky != w.Fault.Sticky
}

// decidable is a fault as far as the plan can decide whom it takes. Which keys and
// users the app names is the app's: it may be that their luck has all taken.
func decidable(f faults.Fault) *faults.Fault {
	f.Match = faults.Match{Stream: f.Match.Stream, Session: f.Match.Session}
	if f.Sticky == faults.StickyKey || f.Sticky == faults.StickyUser {
		f.Sticky, f.Share.From, f.Share.To, f.Share.Rise = "", 1, 1, 0
	}
	return &f
}

// sentences are what the plan's phases say of their faults, without the provider.
func sentences(plan *scenarios.Plan) map[*faults.Fault]string {
	var all []string
	for _, phase := range plan.Phases {
		all = append(all, phase.Faults...)
	}
	says := map[*faults.Fault]string{}
	for _, w := range plan.Windows {
		if _, there := says[w.Fault]; !there && len(all) > 0 {
			_, says[w.Fault], _ = strings.Cut(all[0], ": ")
			all = all[1:]
		}
	}
	return says
}
