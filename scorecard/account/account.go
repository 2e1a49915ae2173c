// Package account tells what happened in a drill, as its card holds it: the drill in
// steps of time, its moments, what each provider and each journey saw, the requests
// that went worst, and what the drill cannot show. It says nothing of whether that
// was good.
//
//	a := account.Of(measure.New(l))
package account

import (
	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// An Account is what happened in a drill, as its card holds it.
type Account struct {
	BrokenOff *BrokenOff                // nil: the drill reached its end
	Outcomes  map[string]map[string]int // phase → outcome → n
	Join      Join
	Providers []ProviderRow // in the setup's order
	Journeys  []JourneyRow  // the same
	Timeline  Timeline
	Events    []Event   // as they came
	Worst     []Request // at most 50
	Slowest   []Request // of the others those that users waited longest for, at most 20
	Limits    []string  // what the drill cannot show
}

// Of gives the account of a drill.
func Of(m *measure.Meter) Account {
	t := &clerk{m}
	worst, slowest := t.worst()
	return Account{
		BrokenOff: t.brokenOff(),
		Outcomes:  t.outcomeCounts(),
		Join:      Join(m.Join),
		Providers: t.providerRows(),
		Journeys:  t.journeyRows(),
		Timeline:  t.timeline(),
		Events:    t.events(),
		Worst:     worst,
		Slowest:   slowest,
		Limits:    t.limits(),
	}
}

// A clerk puts down what happened.
type clerk struct{ *measure.Meter }

// BrokenOff is how far a drill came that was stopped, interrupted or lost.
type BrokenOff struct {
	AtS  float64 `json:"at_s"` // when, on the drill's clock
	Sent int     `json:"sent"` // user requests until then; Outcomes count those that were to follow, too
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
	// Struck are the connections that faults of transport and TLS had, by phase and
	// kind; none were refused: those are seen by nobody.
	Struck []StruckRow `json:"struck,omitempty"`
}

// StruckRow counts the connections to a provider that one kind of fault had in one phase.
type StruckRow struct {
	Phase       string `json:"phase"`
	Kind        string `json:"kind"`
	Connections int    `json:"connections"`
	// Lost are those of them that took an attempt with them, and PerRequest how many
	// such attempts there were for each user request of the phase.
	Lost       int      `json:"lost"`
	PerRequest *float64 `json:"lost_per_request"`
}

// JourneyRow sums up one journey over the whole drill.
type JourneyRow struct {
	Name         string         `json:"name"`
	Priority     string         `json:"priority"`
	Rate         float64        `json:"rate_per_s"`     // planned
	Like         string         `json:"like,omitempty"` // the recorded trace that was replayed, or whose shape it had
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
// whose answer the user got), arrivals (attempts reaching a provider), lost (attempts
// that were lost with their connections on the way to one), quantile
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

// brokenOff says how far the drill came, nil when it reached its end.
func (l *clerk) brokenOff() *BrokenOff {
	if l.Interrupted() == "" {
		return nil
	}
	b := &BrokenOff{AtS: l.Last.Float()}
	if l.Ended != nil {
		if m, ok := l.Breaking(l.Ended.Reason); ok {
			b.AtS = m.At.Float()
		}
	}
	for i := range l.Visits {
		if v := &l.Visits[i]; !v.Warm && v.Sent != ledger.Never {
			b.Sent++
		}
	}
	return b
}
