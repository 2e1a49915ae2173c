package scorecard

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sort"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// How the two ledgers are joined: each attempt is handed down this ladder until
// a rung holds it.
//
//	nonce        the prompt carries the request's own word
//	traceparent  the app passed our trace on, or an attempt of the same trace was joined
//	fingerprint  the same prompt as an attempt that was joined
//	time         only one request was under way when it arrived
//
// Metrics that need the join want [joinNeeds] of all attempts on the first three.
const joinNeeds = 0.95

// joiner climbs the ladder.
type joiner struct {
	*ledger
	byNonce map[uint64]int32
	again   map[uint64][]int32 // those that asked a question again, by nonce
	byN     map[int32]int32
}

// joinAll joins every attempt that carries a prompt, and gives each visit its
// attempts in the order of their arrival.
func (l *ledger) joinAll() {
	j := joiner{
		ledger: l, byNonce: make(map[uint64]int32, len(l.visits)), again: map[uint64][]int32{}, byN: make(map[int32]int32, len(l.visits)),
	}
	for i := range l.visits {
		v := &l.visits[i]
		switch nonce := hashOf(l.nonce(v)); {
		case v.repeat:
			j.again[nonce] = append(j.again[nonce], int32(i))
		case nonce != 0:
			keepFirst(j.byNonce, nonce, int32(i))
		}
		keepFirst(j.byN, v.n, int32(i))
	}
	for i := range l.attempts {
		if a := &l.attempts[i]; a.endpoint.prompted() {
			j.byWord(a, l.signs[i])
		}
	}
	for i := range l.effects {
		j.byWord(&l.effects[i].attempt, l.effects[i].sign)
	}
	j.byLikeness(byTrace, func(i int) uint64 { return l.signs[i].trace })
	j.byLikeness(byPrint, func(i int) uint64 { return l.attempts[i].print })
	l.signs = nil
	j.byMoment()
	j.hand()
	j.count()
}

func keepFirst[K comparable](m map[K]int32, key K, i int32) {
	if _, ok := m[key]; !ok {
		m[key] = i
	}
}

// byWord joins by the attempt's own nonce, or by a trace id that is ours. Where
// several asked the question, the trace says who, or else the moment.
func (j *joiner) byWord(a *attempt, s sign) {
	asker := j.asker(a, s.nonce)
	switch traced := j.traced(s); {
	case asker == none && traced != none:
		a.visit, a.rung = traced, byTrace
	case asker != none && traced != none && hashOf(j.nonce(&j.visits[traced])) == s.nonce:
		a.visit, a.rung = traced, byNonce
	case asker != none:
		a.visit, a.rung = asker, byNonce
	}
}

// traced is the request whose trace id an attempt carries, none without one.
func (j *joiner) traced(s sign) int32 {
	i, ok := j.byN[s.traced]
	if !ok || s.trace != hashOf(traceOf(&j.visits[i], j.nonce(&j.visits[i]))) {
		return none
	}
	return i
}

// asker is the request whose question an attempt carries: the last to ask it of
// those under way, or of all when none is any more. none: nobody asked that.
func (j *joiner) asker(a *attempt, nonce uint64) int32 {
	found, ok := j.byNonce[nonce]
	if !ok {
		found = none
	}
	open := func(i int32) bool {
		v := &j.visits[i]
		return v.ended == never || v.ended >= a.arrived
	}
	for _, i := range j.again[nonce] {
		if sent := j.visits[i].sent; sent == never || sent > a.arrived {
			continue
		}
		if found == none || open(i) || !open(found) {
			found = i
		}
	}
	return found
}

// traceOf is the trace id that a request's traceparent carries: its number, and
// eight bytes that follow from number and nonce.
func traceOf(v *visit, nonce []byte) string {
	id := binary.BigEndian.AppendUint64(nil, uint64(v.n))
	sum := sha256.Sum256(append(id[:8:8], nonce...))
	return hex.EncodeToString(append(id, sum[:8]...))
}

// byLikeness joins what is like an attempt already joined, where all that are
// alike were made for one request.
func (j *joiner) byLikeness(r rung, key func(i int) uint64) {
	const several = int32(-2)
	open := false
	for i := range j.attempts {
		a := &j.attempts[i]
		open = open || a.visit == none && a.endpoint.prompted() && key(i) != 0
	}
	if !open {
		return
	}
	of := map[uint64]int32{}
	for i := range j.attempts {
		a := &j.attempts[i]
		k := key(i)
		if k == 0 || a.visit == none {
			continue
		}
		if known, ok := of[k]; ok && known != a.visit {
			of[k] = several
		} else {
			of[k] = a.visit
		}
	}
	for i := range j.attempts {
		a := &j.attempts[i]
		if a.visit != none || !a.endpoint.prompted() {
			continue
		}
		if v, ok := of[key(i)]; ok && v != several {
			a.visit, a.rung = v, r
		}
	}
}

// byMoment joins what arrived while one request alone was under way.
func (j *joiner) byMoment() {
	const lookBack = 200 // requests; more under way at once tell nothing anyway
	for i := range j.attempts {
		a := &j.attempts[i]
		if a.visit != none || !a.endpoint.prompted() {
			continue
		}
		due := sort.Search(len(j.visits), func(k int) bool { return j.visits[k].due > a.arrived })
		open, n := none, 0
		for k := due - 1; k >= 0 && k >= due-lookBack; k-- {
			v := &j.visits[k]
			if v.sent != never && v.sent <= a.arrived && (v.ended == never || v.ended >= a.arrived) {
				open = int32(k)
				n++
			}
		}
		if n == 1 {
			a.visit, a.rung = open, byTime
		}
	}
}

// hand gives each visit its attempts.
func (j *joiner) hand() {
	counts := make([]int32, len(j.visits)+1)
	for i := range j.attempts {
		if a := &j.attempts[i]; a.visit != none {
			counts[a.visit+1]++
		}
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	j.tries = make([]int32, counts[len(j.visits)])
	for i := range j.visits {
		j.visits[i].tries.at = counts[i]
	}
	for i := range j.attempts {
		if a := &j.attempts[i]; a.visit != none {
			r := &j.visits[a.visit].tries
			j.tries[r.at+r.n] = int32(i)
			r.n++
		}
	}
}

// count sums the join up for the card. Attempts that carry no prompt cannot be
// joined and are no part of it.
func (j *joiner) count() {
	n := &j.join
	for i := range j.attempts {
		a := &j.attempts[i]
		switch {
		case a.endpoint == endpointUnknown:
			n.UnknownPath++
			continue
		case !a.endpoint.prompted():
			continue
		}
		n.Attempts++
		switch a.rung {
		case byNonce:
			n.ByNonce++
		case byTrace:
			n.ByTrace++
		case byPrint:
			n.ByPrint++
		case byTime:
			n.ByTime++
		case byNothing:
			n.None++
		}
	}
	if n.Attempts > 0 {
		n.Share = float64(n.ByNonce+n.ByTrace+n.ByPrint) / float64(n.Attempts)
	}
}

// joined says whether metrics that need the join may be measured.
func (l *ledger) joined() bool { return l.join.Share >= joinNeeds }

// slop is how much later than the client saw it the mock may have written an
// answer's end down.
const slop = record.Seconds(20 * time.Millisecond)

// linkCalls finds the calls: the attempts of one request with one endpoint and
// prompt. Each attempt learns which one of the same call came before it at the
// same provider, and is then a retry.
func (l *ledger) linkCalls() {
	last := map[callAt]int32{}
	for i := range l.visits {
		v := &l.visits[i]
		if v.tries.n < 2 {
			continue
		}
		clear(last)
		for _, k := range l.triesOf(v) {
			a := &l.attempts[k]
			at := callAt{a.provider, a.endpoint, a.print, l.tryAt(v, a.arrived)}
			if prev, ok := last[at]; ok {
				a.prev = prev
			}
			last[at] = k
		}
	}
}

// callAt tells the calls of one request apart.
type callAt struct {
	provider int32
	endpoint endpoint
	print    uint64
	try      int // of the user, who may send the same again: that is no retry of the app's
}

// tryAt is which of the user's tries was under way at a moment, from 0.
func (l *ledger) tryAt(v *visit, t record.Seconds) int {
	again := l.again(v)
	n := 0
	for n < len(again) && again[n] <= t {
		n++
	}
	return n
}

// retried is the attempt that followed on a's answer: of the same call at the
// same provider, not begun while a was still being answered. nil: none did.
func (l *ledger) retried(k int32) *attempt {
	a := &l.attempts[k]
	v := &l.visits[a.visit]
	for _, next := range l.triesOf(v) {
		b := &l.attempts[next]
		if next != k && b.provider == a.provider && b.endpoint == a.endpoint && b.print == a.print &&
			b.arrived >= a.ended-slop && (b.arrived > a.arrived || next > k) && l.tryAt(v, b.arrived) == l.tryAt(v, a.arrived) {
			return b
		}
	}
	return nil
}
