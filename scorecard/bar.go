package scorecard

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

// Metric describes one metric that bars and cards may name. The rows stand in
// [Metrics]; the same rows feed validation, help and did-you-mean.
type Metric struct {
	Name  string // as in bars and JSON
	Unit  string // s, share, count, x (times), 1/s, $, CV (standard deviation ÷ mean), Fano (variance ÷ mean)
	Scope string // "window": any phase; "outage": belongs to the phase in which an outage begins; "after": to the phase after one; "drill": the whole drill
	Join  bool   // needs the join of the two ledgers
	// Effects says that it is about services with effects, and not about models.
	Effects bool
	// People says that it is about those who lead and watch, and not about requests:
	// no journey has its own.
	People bool
	Doc    string // one sentence
	// Better says which way is good: "low" or "high". A bar the other way round is a mistake.
	Better string
}
