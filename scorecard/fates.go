package scorecard

import (
	"iter"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Fate is what became of one planned request. Two runs of one scenario with one
// seed plan the same requests, so their fates can be laid side by side.
type Fate struct {
	N       int // n-th planned request of the drill, from 0, by due time
	Journey string
	Phase   string // that it counts in: the one it was due in or, if first hit in a later one, that
	Nonce   string // a repeated question has that of the first
	Due     record.Seconds
	Outcome string // as the card writes it: good, fallback, slow_good, error, …
	// Served, Usable, Harmed and Undeclared are what the metrics availability,
	// usable_share, harm and undeclared count.
	Served, Usable, Harmed, Undeclared bool
	// Answered says that TTFT and Latency are those of an answer. Otherwise the user
	// had none, and waited at least Latency for it: the journey's timeout.
	Answered      bool
	TTFT, Latency record.Seconds // from Due
}

// Fates judges a log as [Judge] does, and gives what became of every request by
// due time: but for those of the warm-up, which count nowhere, and those of which
// nobody knows. Its errors are Judge's.
func Fates(log iter.Seq2[record.Entry, error]) (iter.Seq[Fate], error) {
	l, err := read(log)
	if err != nil {
		return nil, err
	}
	return func(yield func(Fate) bool) {
		for i := range l.Visits {
			v := &l.Visits[i]
			if v.Warm || v.Outcome == ledger.Unknown {
				continue
			}
			if !yield(l.fate(v)) {
				return
			}
		}
	}, nil
}

func (l *judging) fate(v *ledger.Visit) Fate {
	f := Fate{
		N: int(v.N), Journey: l.Journeys.Word(v.Journey), Phase: l.PhaseName(v.Phase), Nonce: string(l.Nonce(v)),
		Due: v.Due, Outcome: v.Name(),
		Served: v.Served(), Usable: v.Usable(), Harmed: v.Harmed(), Undeclared: l.LetDown(v),
		Answered: v.HasAnswer(),
	}
	if f.Answered {
		f.TTFT, f.Latency = v.Ttft(), v.Latency()
	} else {
		f.TTFT = l.Journey(v.Journey).Timeout
		f.Latency = f.TTFT
	}
	return f
}
