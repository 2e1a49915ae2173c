package scorecard

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// outOfOrder is how much older than a line before it a line may be. Writers put a
// line down when a thing is over, from many goroutines at once; what is older was
// moved, merged or made.
const outOfOrder = Seconds(5 * time.Second)

// SortLog gives the lines of a log by the moment they were written, those of one
// moment as they stand. Lines that are none come first, and any other error last.
// The whole log is held in memory.
func SortLog(log iter.Seq2[Entry, error]) iter.Seq2[Entry, error] {
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
