package account

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// What the card keeps of single requests.
const (
	worstKept   = 50
	slowestKept = 20
	triesKept   = 20
)

// worst gives the requests that went worst: harm before errors, errors before
// slowness, and among those alike the one that waited longest. The slowest are
// those of the others that waited longest.
func (l *clerk) worst() (worst, slowest []Request) {
	var bad, slow []*ledger.Visit
	for i := range l.Visits {
		v := &l.Visits[i]
		switch {
		case v.Warm || v.Outcome == ledger.Unknown:
		case !v.Served() || v.Leak:
			bad = append(bad, v)
		default:
			slow = l.withSlow(slow, v)
		}
	}
	slices.SortFunc(bad, func(a, b *ledger.Visit) int {
		return cmp.Or(cmp.Compare(grief(b), grief(a)), l.byWait(a, b))
	})
	kept := min(len(bad), worstKept)
	for _, v := range bad[kept:] {
		slow = l.withSlow(slow, v)
	}
	return l.requests(bad[:kept]), l.requests(slow)
}

// withSlow puts a visit in its place among the slowest, of which there are few.
func (l *clerk) withSlow(slow []*ledger.Visit, v *ledger.Visit) []*ledger.Visit {
	i, _ := slices.BinarySearchFunc(slow, v, l.byWait)
	if i == slowestKept {
		return slow
	}
	slow = slices.Insert(slow, i, v)
	return slow[:min(len(slow), slowestKept)]
}

// byWait orders visits, the one that waited longest first.
func (l *clerk) byWait(a, b *ledger.Visit) int {
	return cmp.Or(
		cmp.Compare(l.waitOf(b), l.waitOf(a)),
		cmp.Compare(a.Due, b.Due),
		cmp.Compare(a.N, b.N))
}

func (l *clerk) requests(visits []*ledger.Visit) []Request {
	requests := []Request{}
	for _, v := range visits {
		requests = append(requests, l.request(v))
	}
	return requests
}

// grief ranks what a user met.
func grief(v *ledger.Visit) int {
	switch {
	case v.Leak:
		return 4
	case v.Harmed():
		return 3
	case v.Outcome == ledger.Failed:
		return 2
	case v.Outcome == ledger.Unverified:
		return 1
	}
	return 0
}

// waitOf is how long a user waited for whatever came of it.
func (l *clerk) waitOf(v *ledger.Visit) record.Seconds {
	if v.Ended == ledger.Never {
		return l.Journey(v.Journey).Timeout
	}
	return v.Latency()
}

func (l *clerk) request(v *ledger.Visit) Request {
	r := Request{
		N: int(v.N), Line: int(v.Line), Journey: l.Journeys.Word(v.Journey), Phase: l.PhaseName(v.Phase),
		Nonce: string(l.Nonce(v)), DueS: v.Due.Float(), Outcome: v.Name(), Class: v.Class.String(),
		Status: int(v.Status), TTFTS: spanFrom(v.Due, v.First), LatencyS: spanFrom(v.Due, v.Ended),
		Provider: l.Providers.Word(v.From), Error: l.Notes.Word(v.Note), Attempts: []Try{},
	}
	for _, k := range l.TriesOf(v)[:min(v.Tries.N, triesKept)] {
		a := &l.Attempts[k]
		r.Attempts = append(r.Attempts, Try{
			Provider: l.Providers.Word(a.Provider), ArrivedS: a.Arrived.Float(), EndedS: a.Ended.Float(),
			Status: int(a.Status), Fault: l.Kinds.Word(a.Kind), Left: a.Left != ledger.Never,
		})
	}
	return r
}

// spanFrom is the time between two moments, nil when the second never came.
func spanFrom(from, to record.Seconds) *float64 {
	if to == ledger.Never {
		return nil
	}
	s := (to - from).Float()
	return &s
}
