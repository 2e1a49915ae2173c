package scorecard

import "github.com/seed-76a9de92/brownout/scorecard/record"

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
