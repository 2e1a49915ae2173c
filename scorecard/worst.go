package scorecard

import (
	"cmp"
	"slices"

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
func (l *ledger) worst() (worst, slowest []Request) {
	var bad, slow []*visit
	for i := range l.visits {
		v := &l.visits[i]
		switch {
		case v.warm || v.outcome == unknown:
		case !v.served() || v.leak:
			bad = append(bad, v)
		default:
			slow = l.withSlow(slow, v)
		}
	}
	slices.SortFunc(bad, func(a, b *visit) int {
		return cmp.Or(cmp.Compare(grief(b), grief(a)), l.byWait(a, b))
	})
	kept := min(len(bad), worstKept)
	for _, v := range bad[kept:] {
		slow = l.withSlow(slow, v)
	}
	return l.requests(bad[:kept]), l.requests(slow)
}

// withSlow puts a visit in its place among the slowest, of which there are few.
func (l *ledger) withSlow(slow []*visit, v *visit) []*visit {
	i, _ := slices.BinarySearchFunc(slow, v, l.byWait)
	if i == slowestKept {
		return slow
	}
	slow = slices.Insert(slow, i, v)
	return slow[:min(len(slow), slowestKept)]
}

// byWait orders visits, the one that waited longest first.
func (l *ledger) byWait(a, b *visit) int {
	return cmp.Or(
		cmp.Compare(l.waitOf(b), l.waitOf(a)),
		cmp.Compare(a.due, b.due),
		cmp.Compare(a.n, b.n))
}

func (l *ledger) requests(visits []*visit) []Request {
	requests := []Request{}
	for _, v := range visits {
		requests = append(requests, l.request(v))
	}
	return requests
}

// grief ranks what a user met.
func grief(v *visit) int {
	switch {
	case v.leak:
		return 4
	case v.harmed():
		return 3
	case v.outcome == failed:
		return 2
	case v.outcome == unverified:
		return 1
	}
	return 0
}

// waitOf is how long a user waited for whatever came of it.
func (l *ledger) waitOf(v *visit) record.Seconds {
	if v.ended == never {
		return l.journey(v.journey).Timeout
	}
	return v.latency()
}

func (l *ledger) request(v *visit) Request {
	r := Request{
		N: int(v.n), Line: int(v.line), Journey: l.journeys.word(v.journey), Phase: l.phaseName(v.phase),
		Nonce: string(l.nonce(v)), DueS: v.due.Float(), Outcome: v.name(), Class: v.class.String(),
		Status: int(v.status), TTFTS: spanFrom(v.due, v.first), LatencyS: spanFrom(v.due, v.ended),
		Provider: l.providers.word(v.from), Error: l.notes.word(v.note), Attempts: []Try{},
	}
	for _, k := range l.triesOf(v)[:min(v.tries.n, triesKept)] {
		a := &l.attempts[k]
		r.Attempts = append(r.Attempts, Try{
			Provider: l.providers.word(a.provider), ArrivedS: a.arrived.Float(), EndedS: a.ended.Float(),
			Status: int(a.status), Fault: l.kinds.word(a.kind), Left: a.left != never,
		})
	}
	return r
}

// spanFrom is the time between two moments, nil when the second never came.
func spanFrom(from, to record.Seconds) *float64 {
	if to == never {
		return nil
	}
	s := (to - from).Float()
	return &s
}
