package measure

import "github.com/seed-76a9de92/brownout/scorecard/record"

// A Query names one number: a metric on a window.
type Query struct {
	Metric   string
	Phase    string // "": the whole drill
	Journey  string // "": all pooled; of times that belong to an outage, the slowest
	Provider string // "": all
	// Last, when not zero, asks for that much of the end of the phase only.
	Last    record.Seconds
	Unknown UnknownAs
}

// UnknownAs says what requests of outcome unknown are taken for. They cannot be
// known, so a bar is judged both ways and must come to the same.
type UnknownAs int

const (
	LeftOut    UnknownAs = iota // not counted: the number that the card shows
	AsServed                    // served well, in no time, by the primary
	AsUnserved                  // an error at the timeout; not harm, for nobody was told anything
)
