package scorecard

import (
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/findings"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Card is everything judged from one log. It is what reports are made from
// and what card.json holds; spans are in seconds, shares 0–1. Everything in it
// is sorted, so that the same log gives the same bytes.
type Card struct {
	Schema    int             `json:"schema"`
	Brownout  string          `json:"brownout"`
	Scenario  record.Scenario `json:"scenario"`
	App       string          `json:"app"`
	Machine   string          `json:"machine,omitempty"` // on which it was drilled, "" where the log does not say
	StartedAt time.Time       `json:"started_at"`
	LengthS   float64         `json:"length_s"`
	Verdict   Verdict         `json:"verdict"`
	Sentence  string          `json:"sentence"` // what happened, in one sentence with figures
	// Reasons say why a verdict is inconclusive or aborted; empty otherwise.
	Reasons     []string    `json:"reasons,omitempty"`
	Grade       string      `json:"grade"` // A–F, "" when there is none
	Score       *float64    `json:"score"` // 0–100, nil when there is no grade
	GradeCaps   []string    `json:"grade_caps,omitempty"`
	Dimensions  []Dimension `json:"dimensions"`
	Bars        []BarResult `json:"bars"`
	DefaultBars bool        `json:"default_bars,omitempty"`
	// Control says that this was a control run: the faults were planned and none
	// was played. Bars on outages are left out then, and there is no grade.
	Control bool `json:"control,omitempty"`
	// Stopped says that somebody, or a guard rail, stopped the drill before its end.
	Stopped bool `json:"stopped,omitempty"`
	// BrokenOff says how far a drill came that did not reach its end; nil: it did.
	BrokenOff *BrokenOff                `json:"broken_off,omitempty"`
	Metrics   []measure.Measure         `json:"metrics"`
	Outcomes  map[string]map[string]int `json:"outcomes"`            // phase → outcome → n
	Reactions []findings.Reaction       `json:"reactions,omitempty"` // a row per signal that was sent
	Findings  []findings.Finding        `json:"findings"`
	Join      Join                      `json:"join"`
	Phases    []record.Phase            `json:"phases"`
	Windows   []record.Window           `json:"windows"`
	Providers []ProviderRow             `json:"providers"`
	Journeys  []JourneyRow              `json:"journeys"`
	Diagnoses []findings.Diagnosis      `json:"diagnoses,omitempty"` // what people said was wrong
	Timeline  Timeline                  `json:"timeline"`
	Events    []Event                   `json:"events"` // failover, failback, app_died …, for the timeline
	Worst     []Request                 `json:"worst"`  // at most 50
	// Slowest are those that users waited longest for of the others, at most 20.
	Slowest []Request `json:"slowest,omitempty"`
	Limits  []string  `json:"limits"` // what this drill cannot show
	// Resolved is the scenario with all that it extends, as YAML.
	Resolved string `json:"resolved,omitempty"`
	// Past are earlier graded runs of the scenario against the app, as the history knew
	// them when this one was judged, the oldest first. A log tells nothing of them.
	Past []Past `json:"past,omitempty"`
}

// BrokenOff is how far a drill came that was stopped, interrupted or lost.
type BrokenOff struct {
	AtS  float64 `json:"at_s"` // when, on the drill's clock
	Sent int     `json:"sent"` // user requests until then; Outcomes count those that were to follow, too
}

// Past is what an earlier run came to.
type Past struct {
	StartedAt  time.Time          `json:"started_at"`
	Score      float64            `json:"score"`
	Dimensions map[string]float64 `json:"dimensions"` // those that were exercised
}

// Dimension is one of the seven sides of the score.
type Dimension struct {
	Name      string   `json:"name"`  // continuity, failover, degradation, manners, integrity, recovery, cost
	Score     *float64 `json:"score"` // 0–100; nil: not exercised
	Weight    float64  `json:"weight"`
	Exercised bool     `json:"exercised"`
	Reason    string   `json:"reason,omitempty"` // why it was not exercised, or which measure it rests on
	// Rests are the measures that the score was made from.
	Rests []measure.Measure `json:"rests_on,omitempty"`
}

// BarResult is one bar, judged on one window. Low and High bound the value: a
// Wilson 95 % interval of a share, the resolution of a settled time.
type BarResult struct {
	Metric    string   `json:"metric"`
	Phase     string   `json:"phase"`
	Journey   string   `json:"journey"`
	Provider  string   `json:"provider"`
	Op        string   `json:"op"`
	Threshold float64  `json:"threshold"`
	Unit      string   `json:"unit"`
	Value     *float64 `json:"value"` // nil: not measured, see Reason
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	N         int      `json:"n"`
	Verdict   Verdict  `json:"verdict"`
	Severity  string   `json:"severity"`
	Close     bool     `json:"close,omitempty"` // the interval crosses the threshold
	Par       *float64 `json:"par,omitempty"`   // what the best of all clients could have reached
	Reason    string   `json:"reason,omitempty"`
}

// Join says how many upstream attempts were joined to their user request, and
// by what.
type Join struct {
	Attempts    int     `json:"attempts"`
	ByNonce     int     `json:"by_nonce"`
	ByTrace     int     `json:"by_traceparent"`
	ByPrint     int     `json:"by_fingerprint"`
	ByTime      int     `json:"by_time"`
	None        int     `json:"none"`
	Share       float64 `json:"share"` // by the first three
	UnknownPath int     `json:"unknown_path"`
}

// ProviderRow sums up one provider over the whole drill.
type ProviderRow struct {
	Name     string         `json:"name"`
	Dialect  string         `json:"dialect"`
	Upstream string         `json:"upstream,omitempty"` // URL of the real endpoint behind it
	Effects  bool           `json:"effects,omitempty"`  // a service that does what it is told, and answers no users
	Attempts int            `json:"attempts"`
	Faulted  int            `json:"faulted"`
	Answered int            `json:"answered"` // user requests that carry its tag, complete
	Left     int            `json:"left"`     // attempts that the client abandoned
	Statuses map[string]int `json:"statuses"`
	Faults   map[string]int `json:"faults"` // kind → attempts
	Agents   []string       `json:"agents,omitempty"`
}

// JourneyRow sums up one journey over the whole drill.
type JourneyRow struct {
	Name         string         `json:"name"`
	Priority     string         `json:"priority"`
	Rate         float64        `json:"rate_per_s"` // planned
	Offered      int            `json:"offered"`
	Primary      string         `json:"primary,omitempty"`
	Outcomes     map[string]int `json:"outcomes"`
	Availability *float64       `json:"availability"`
	LatencyP50S  *float64       `json:"latency_p50_s"`
	LatencyP95S  *float64       `json:"latency_p95_s"`
	TTFTP50S     *float64       `json:"ttft_p50_s"`
	TTFTP95S     *float64       `json:"ttft_p95_s"`
}

// Timeline is the drill in steps of StepS seconds from the start.
type Timeline struct {
	StepS  float64  `json:"step_s"`
	Series []Series `json:"series"`
}

// Series is one curve: a value per step, nil where there is none. Groups are
// outcome (requests due, by outcome), answered (requests due, by the provider
// whose answer the user got), arrivals (attempts reaching a provider), quantile
// (ttft_p50, latency_p95, …, seconds) and attempts (per request, ×).
type Series struct {
	Group  string     `json:"group"`
	Name   string     `json:"name"`
	Unit   string     `json:"unit"`
	Values []*float64 `json:"values"`
}

// Event is a moment to mark on the timeline.
type Event struct {
	Kind string  `json:"kind"` // outage, outage_end, failover, failback, recovered, mark, course, app_died, interrupted, stopped
	AtS  float64 `json:"at_s"`
	Text string  `json:"text"`
	// Actor is who did it, "" where nobody did.
	Actor string `json:"actor,omitempty"`
}

// Request is one of the worst requests, with what happened upstream.
type Request struct {
	N        int      `json:"n"`
	Line     int      `json:"line"`
	Journey  string   `json:"journey"`
	Phase    string   `json:"phase"`
	Nonce    string   `json:"nonce"`
	DueS     float64  `json:"due_s"`
	Outcome  string   `json:"outcome"`
	Class    string   `json:"class,omitempty"` // sub-class of error
	Status   int      `json:"status"`
	TTFTS    *float64 `json:"ttft_s"`
	LatencyS *float64 `json:"latency_s"`
	Provider string   `json:"provider,omitempty"`
	Error    string   `json:"error,omitempty"`
	Attempts []Try    `json:"attempts"`
}

// Try is one attempt as the waterfall of a request shows it.
type Try struct {
	Provider string  `json:"provider"`
	ArrivedS float64 `json:"arrived_s"`
	EndedS   float64 `json:"ended_s"`
	Status   int     `json:"status"`
	Fault    string  `json:"fault,omitempty"`
	Left     bool    `json:"left,omitempty"`
}
