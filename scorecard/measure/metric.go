package measure

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
