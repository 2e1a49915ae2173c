package scorecard

import (
	"fmt"
	"iter"

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
	l, err := readLedger(log)
	if err != nil {
		return nil, fmt.Errorf("judge the log: %w", err)
	}
	l.understand()
	return func(yield func(Fate) bool) {
		for i := range l.visits {
			v := &l.visits[i]
			if v.warm || v.outcome == unknown {
				continue
			}
			if !yield(l.fate(v)) {
				return
			}
		}
	}, nil
}

func (l *ledger) fate(v *visit) Fate {
	f := Fate{
		N: int(v.n), Journey: l.journeys.word(v.journey), Phase: l.phaseName(v.phase), Nonce: string(l.nonce(v)),
		Due: v.due, Outcome: v.name(),
		Served: v.served(), Usable: v.usable(), Harmed: v.harmed(), Undeclared: l.letDown(v),
		Answered: v.hasAnswer(),
	}
	if f.Answered {
		f.TTFT, f.Latency = v.ttft(), v.latency()
	} else {
		f.TTFT = l.journey(v.journey).Timeout
		f.Latency = f.TTFT
	}
	return f
}
