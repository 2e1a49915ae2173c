// Package measure takes measures from a ledger: every metric that bars may name and
// cards hold, on every window that it has. It owns what a metric is ([Metrics]) and
// how it is counted, and judges nothing.
//
//	m := measure.New(l)
//	lost := m.Measure(measure.Query{Metric: "availability", Phase: "surge"})
//
// A metric is a row in a table and a function of a window, in a file with its like.
// Where there is nothing to measure, the measure says why; it is never zero then.
package measure

// Measure is one metric on one window. When Measured is false, Value is nil and
// Reason says why. A bound without a value ("> 9 s") is measured too: it has Low,
// and neither Value nor High. On metrics of users, Provider names an outage of
// that provider, which is then the window, and Phase the phase it begins in (of
// "after" metrics: has ended in); on metrics of attempts, the provider they reached.
type Measure struct {
	Name     string   `json:"name"`
	Phase    string   `json:"phase"`    // "" is the whole drill
	Journey  string   `json:"journey"`  // "" is all journeys
	Provider string   `json:"provider"` // "" is all providers
	Value    *float64 `json:"value"`
	Unit     string   `json:"unit"`
	N        int      `json:"n"`
	Low      *float64 `json:"low"`
	High     *float64 `json:"high"`
	Measured bool     `json:"measured"`
	By       string   `json:"by,omitempty"` // failover_time: fallback, retry or app
	// Par is what the best of all clients could have reached, nil where the metric or
	// the window has none.
	Par    *float64 `json:"par,omitempty"`
	Reason string   `json:"reason,omitempty"`
}
