package scorecard

import (
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/account"
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
	BrokenOff *account.BrokenOff        `json:"broken_off,omitempty"`
	Metrics   []measure.Measure         `json:"metrics"`
	Outcomes  map[string]map[string]int `json:"outcomes"`            // phase → outcome → n
	Reactions []findings.Reaction       `json:"reactions,omitempty"` // a row per signal that was sent
	Findings  []findings.Finding        `json:"findings"`
	Join      account.Join              `json:"join"`
	Phases    []record.Phase            `json:"phases"`
	Windows   []record.Window           `json:"windows"`
	Providers []account.ProviderRow     `json:"providers"`
	Journeys  []account.JourneyRow      `json:"journeys"`
	Diagnoses []findings.Diagnosis      `json:"diagnoses,omitempty"` // what people said was wrong
	Timeline  account.Timeline          `json:"timeline"`
	Events    []account.Event           `json:"events"` // failover, failback, app_died …, for the timeline
	Worst     []account.Request         `json:"worst"`  // at most 50
	// Slowest are those that users waited longest for of the others, at most 20.
	Slowest []account.Request `json:"slowest,omitempty"`
	Limits  []string          `json:"limits"` // what this drill cannot show
	// Resolved is the scenario with all that it extends, as YAML.
	Resolved string `json:"resolved,omitempty"`
	// Past are earlier graded runs of the scenario against the app, as the history knew
	// them when this one was judged, the oldest first. A log tells nothing of them.
	Past []Past `json:"past,omitempty"`
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
