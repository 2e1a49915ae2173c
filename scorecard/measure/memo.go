package measure

import "github.com/seed-76a9de92/brownout/scorecard/internal/ledger"

// A Meter takes measures from a ledger, which it may be asked about too.
type Meter struct {
	*ledger.Ledger
	memo
}

// New returns a Meter of a ledger. It is not safe for concurrent use.
func New(l *ledger.Ledger) *Meter { return &Meter{l, newMemo()} }

// A memo keeps what many questions to the ledger ask again: metrics share their
// windows, and the card, the bars and the findings share metrics. Nothing in it
// outlives the judging, and nothing changes the ledger once it is asked.
type memo struct {
	rows     map[string]metricRow
	views    map[view][]*ledger.Visit
	measures map[Query]Measure
	peaks    map[stretch]peak
	quiets   map[stretch][]Flurry
	usual    map[int32]float64 // by journey
}

// viewsKept is how many views are kept. Each is as long as its window has visits,
// and what is measured one after the other is measured on the same few.
const viewsKept = 8

func newMemo() memo {
	rows := map[string]metricRow{}
	for _, row := range metricRows() {
		rows[row.Name] = row
	}
	return memo{
		rows:     rows,
		views:    map[view][]*ledger.Visit{},
		measures: map[Query]Measure{},
		peaks:    map[stretch]peak{},
		quiets:   map[stretch][]Flurry{},
		usual:    map[int32]float64{},
	}
}

// stretch is the arrivals at a provider in a span, of a journey if there is one.
type stretch struct {
	provider int32
	span     ledger.Span
	journey  int32
}

// once gives what is known of key, and finds it out if need be.
func once[K comparable, V any](known map[K]V, key K, find func() V) V {
	v, ok := known[key]
	if !ok {
		v = find()
		known[key] = v
	}
	return v
}
