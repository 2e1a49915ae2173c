package record

// A Bar is a threshold that the drill must meet. Thresholds of times are in
// seconds, of shares 0–1, of counts plain numbers.
type Bar struct {
	Metric    string  `json:"metric"`
	Phase     string  `json:"phase,omitempty"`   // empty: each fault phase or outage alone
	Journey   string  `json:"journey,omitempty"` // empty: all journeys pooled (of times that belong to an outage, the slowest)
	Provider  string  `json:"provider,omitempty"`
	Op        string  `json:"op"` // "min" or "max"
	Threshold float64 `json:"threshold"`
	Severity  string  `json:"severity,omitempty"` // "" and "fail" fail the drill, "warn" does not
	Evidence  string  `json:"evidence,omitempty"` // "interval": the whole interval must lie beyond the threshold
	By        string  `json:"by,omitempty"`       // "any": failover_time counts when retries or the app itself served
	// Against is "par" when Threshold is added to par of the window: −0.02 is two
	// points below what the best of all clients could have reached.
	Against string `json:"against,omitempty"`
	// Last, when not zero, narrows the bar to that much of the end of its phase.
	// Only the default bars use it: availability in the last 10 s of recovery.
	Last Seconds `json:"last_s,omitempty"`
}
