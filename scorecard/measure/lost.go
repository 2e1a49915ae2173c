package measure

import (
	"cmp"
	"iter"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Attempts that no mock saw, for they were lost with their connections. Nobody knows
// whose they were: they count where attempts do, by when they were lost, and nowhere
// that calls, retries or users are told apart.

// Lost goes through the connections that took an attempt of a window with them, at its
// provider if it names one.
func (l *Meter) Lost(w Window) iter.Seq[*ledger.Conn] {
	return func(yield func(*ledger.Conn) bool) {
		from, _ := slices.BinarySearchFunc(l.Conns, w.From, func(c ledger.Conn, t record.Seconds) int { return cmp.Compare(c.Struck, t) })
		for i := from; i < len(l.Conns); i++ {
			c := &l.Conns[i]
			if c.Struck >= w.To && w.To < l.Setup.Length { // what is struck after the end counts in the whole
				return
			}
			of := c.Lost && !ledger.IsService(l.Services, l.Providers.Word(c.Provider)) && (w.provider == ledger.None || w.provider == c.Provider)
			if of && !yield(c) {
				return
			}
		}
	}
}

// anybodys says why a measure of one journey among several cannot be taken: attempts
// were lost, and they may have been its own.
func (l *Meter) anybodys(w Window) (refusal Measure, yes bool) {
	if w.Journey == ledger.None || len(l.Journeys.List) < 2 {
		return Measure{}, false
	}
	for c := range l.Lost(w) {
		return unmeasured("attempts at %s were lost with their connections, and nobody knows of which journey", l.Providers.Word(c.Provider)), true
	}
	return Measure{}, false
}
