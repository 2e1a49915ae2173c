package record

import (
	"cmp"
	"iter"
	"slices"
)

// Sort gives the lines of a log by the moment they were written, those of one
// moment as they stand. Lines that are none come first, and any other error last.
// The whole log is held in memory.
func Sort(log iter.Seq2[Entry, error]) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		var entries []Entry
		for e, err := range log {
			if err == nil {
				entries = append(entries, e)
			} else if !yield(e, err) {
				return
			}
		}
		slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Line.T, b.Line.T) })
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}
