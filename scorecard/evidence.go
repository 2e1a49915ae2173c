package scorecard

import "github.com/seed-76a9de92/brownout/scorecard/record"

// evidence is what judging the bars and grading need beyond the card itself. The
// measuring side fills it.
type evidence struct {
	// Unfit are the reasons why nothing that was measured may count: the mocks
	// were never called, more than 5 % unknown in a phase, an unhealthy baseline.
	// Each is a sentence without a full stop.
	Unfit []string
	// Interrupted says why the drill ended early, "" when it did not. Played is
	// how far it came, s since the start; windows that end later were not played.
	Interrupted string
	Played      float64
	// Outages in the order of their beginning.
	Outages []outageEvidence
	// Metastable: recovery_lag is beyond its limit after some outage.
	Metastable bool
	// StreamHit counts the requests hit by time, stream or content faults.
	StreamHit int
	// Measure gives one metric on one window; its Reason when it was not measured.
	// N is what was looked at: requests of a share, answers judged of harm. N = 0
	// never passes a bar. A settled time has both ends of its interval as spans
	// ("not noticeable": 0 and 0), one never settled has Low alone, and so has a
	// quantile that falls among the unanswered ("> 20 s").
	Measure func(query) Measure
}

// outageEvidence is one outage: a stretch with a fault window open on one
// provider.
type outageEvidence struct {
	Provider string
	Begins   string  // phase in which it begins: failover_time and its like belong here
	After    string  // phase in which it has ended: failback_time, recovery_lag; "" when the drill ends first
	From, To float64 // t0 and t1, s since the start
	// Availability of the requests that belong to it, all journeys pooled.
	Availability Measure
	Par          float64 // what the best of all clients could have served of them; 1 where nobody knows
}

// A query names one number: a metric on a window.
type query struct {
	Metric   string
	Phase    string // "": the whole drill
	Journey  string // "": all pooled; of times that belong to an outage, the slowest
	Provider string // "": all
	// Last, when not zero, asks for that much of the end of the phase only.
	Last    record.Seconds
	Unknown unknownAs
}

// unknownAs says what requests of outcome unknown are taken for. They cannot be
// known, so a bar is judged both ways and must come to the same.
type unknownAs int

const (
	leftOut    unknownAs = iota // not counted: the number that the card shows
	asServed                    // served well, in no time, by the primary
	asUnserved                  // an error at the timeout; not harm, for nobody was told anything
)
