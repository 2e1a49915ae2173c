package scenarios

import (
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/stop"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Plan is a scenario checked and laid on one timeline. It is never changed:
// what performs it keeps its own state.
type Plan struct {
	Name      string
	Title     string
	About     string
	Sources   []string
	Teaches   []string // codes of findings
	Seed      uint64
	Hash      string // sha256 of the resolved scenario, hex
	App       *App   // nil: the scenario does not say how to start the app
	Providers []Provider
	Target    string // traffic.target; "" when the scenario leaves it to the app
	InFlight  int    // cap on requests under way
	Fresh     bool   // each request makes a connection of its own
	H2C       bool   // the app is spoken to in HTTP/2 without TLS
	Journeys  []traffic.Journey
	Phases    []Phase
	Windows   []faults.Window // in file order, for that is the order of the draws
	Bars      []record.Bar
	// StopWhen are the rules that end the drill before its time.
	StopWhen []stop.Rule
	// DefaultBars says that the scenario names none and these are ours.
	DefaultBars bool
	Healthy     float64       // 0–1
	SLO         float64       // the availability that is promised, 0–1; 0: none
	Warmup      time.Duration // cut from the baseline
	Length      time.Duration
	Status      *Watch   // the page that says whether users were told of an outage; nil: none is watched
	Shifts      []Shift  // phases that [Options.Shift] has moved
	Replays     []Replay // the traces that journeys replay
	// Resolved is the scenario as it was played, in YAML, with its parents and
	// app file merged in and no environment value expanded.
	Resolved []byte
	// Secrets are what environment variables that the scenario refers to stood for, by
	// name: values that nothing may show which a drill leaves.
	Secrets map[string]string `json:"-"`
}

// App says how brownout starts the app itself.
type App struct {
	Command     []string
	Env         map[string]string // values may hold {{PROVIDER.base_url}} and the like
	ReadyURL    string            // "": until the target accepts a connection
	ReadyWithin time.Duration
}

// Provider is one mock endpoint, or a real one behind its faults.
type Provider struct {
	Name   string
	Listen string // host:port; port 0 is any
	Given  bool   // the scenario names the address, it is not the default
	Key    string // the API key that the app is given; "": any is right
	TLS    bool   // it speaks TLS
	// Upstream is the URL of a real endpoint that answers in place of a mock; "":
	// a mock does, as Spec says. Of a real one Spec has dialect and region alone.
	Upstream string
	Spec     mockllm.Spec
	Worth    map[string]Worth // by model, of those that the scenario says it of
}

// Worth is what the scenario says of a model's answers.
type Worth struct {
	Quality       float64 // 0–1; 0: not said
	Input, Output float64 // dollars per million tokens
}

// Phase is a named stretch, [From, To) since the start.
type Phase struct {
	Name     string
	From, To time.Duration
	Faults   []string // one short sentence per fault
	Steps    []Step   // by when they are due
}

// readyWithin is how long an app may take to get ready when nothing else is
// said.
const readyWithin = 30 * time.Second
