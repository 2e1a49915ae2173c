package ledger

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

// JoinNeeds is the share of all attempts that must be held by the first three rungs
// for metrics that need the join.
const JoinNeeds = 0.95

// joiner climbs the ladder.
type joiner struct {
	*Ledger
	byNonce map[uint64]int32
	again   map[uint64][]int32 // those that asked a question again, by nonce
	made    map[callOf]bool    // calls of those whose question several asked
	byN     map[int32]int32
}

// callOf is a call of a request's at a provider.
type callOf struct {
	visit, provider int32
	endpoint        Endpoint
	print           uint64
}

// joinAll joins every attempt that carries a prompt, and gives each visit its
// attempts in the order of their arrival.
func (l *Ledger) joinAll() {
	j := joiner{
		Ledger: l, byNonce: make(map[uint64]int32, len(l.Visits)), again: map[uint64][]int32{},
		made: map[callOf]bool{}, byN: make(map[int32]int32, len(l.Visits)),
	}
	for i := range l.Visits {
		v := &l.Visits[i]
		switch nonce := HashOf(l.Nonce(v)); {
		case v.Repeat:
			j.again[nonce] = append(j.again[nonce], int32(i))
		case nonce != 0:
			keepFirst(j.byNonce, nonce, int32(i))
		}
		keepFirst(j.byN, v.N, int32(i))
	}
	for i := range l.Attempts {
		if a := &l.Attempts[i]; a.Endpoint.Prompted() {
			j.byWord(a, l.signs[i])
		}
	}
	for i := range l.Effects {
		j.byWord(&l.Effects[i].Attempt, l.Effects[i].sign)
	}
	j.byLikeness(byTrace, func(i int) uint64 { return l.signs[i].trace })
	j.byLikeness(byPrint, func(i int) uint64 { return l.Attempts[i].Print })
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
func (j *joiner) byWord(a *Attempt, s sign) {
	asker := j.asker(a, s.nonce)
	switch traced := j.traced(s); {
	case asker == None && traced != None:
		a.Visit, a.rung = traced, byTrace
	case asker != None && traced != None && HashOf(j.Nonce(&j.Visits[traced])) == s.nonce:
		a.Visit, a.rung = traced, byNonce
	case asker != None:
		a.Visit, a.rung = asker, byNonce
	}
	if len(j.again[s.nonce]) > 0 {
		j.made[callOf{a.Visit, a.Provider, a.Endpoint, a.Print}] = true
	}
}

// traced is the request whose trace id an attempt carries, none without one.
func (j *joiner) traced(s sign) int32 {
	i, ok := j.byN[s.traced]
	if !ok || s.trace != HashOf(traceOf(&j.Visits[i], j.Nonce(&j.Visits[i]))) {
		return None
	}
	return i
}

// asker is the request whose question an attempt carries. Of several under way it is the
// first that has not made this call yet, else the last; when none is any more, the last
// of all. none: nobody asked that.
func (j *joiner) asker(a *Attempt, nonce uint64) int32 {
	found, ok := j.byNonce[nonce]
	if !ok {
		found = None
	}
	again := j.again[nonce]
	if len(again) == 0 {
		return found
	}
	open := func(i int32) bool {
		v := &j.Visits[i]
		return v.Ended == Never || v.Ended >= a.Arrived
	}
	due := func(i int32) bool {
		return open(i) && !j.made[callOf{i, a.Provider, a.Endpoint, a.Print}]
	}
	if found != None && due(found) {
		return found
	}
	for _, i := range again {
		if sent := j.Visits[i].Sent; sent == Never || sent > a.Arrived {
			continue
		}
		if due(i) {
			return i
		}
		if found == None || open(i) || !open(found) {
			found = i
		}
	}
	return found
}

// traceOf is the trace id that a request's traceparent carries: its number, and
// eight bytes that follow from number and nonce.
func traceOf(v *Visit, nonce []byte) string {
	id := binary.BigEndian.AppendUint64(nil, uint64(v.N))
	sum := sha256.Sum256(append(id[:8:8], nonce...))
	return hex.EncodeToString(append(id, sum[:8]...))
}

// byLikeness joins what is like an attempt already joined, where all that are
// alike were made for one request.
func (j *joiner) byLikeness(r rung, key func(i int) uint64) {
	const several = int32(-2)
	open := false
	for i := range j.Attempts {
		a := &j.Attempts[i]
		open = open || a.Visit == None && a.Endpoint.Prompted() && key(i) != 0
	}
	if !open {
		return
	}
	of := map[uint64]int32{}
	for i := range j.Attempts {
		a := &j.Attempts[i]
		k := key(i)
		if k == 0 || a.Visit == None {
			continue
		}
		if known, ok := of[k]; ok && known != a.Visit {
			of[k] = several
		} else {
			of[k] = a.Visit
		}
	}
	for i := range j.Attempts {
		a := &j.Attempts[i]
		if a.Visit != None || !a.Endpoint.Prompted() {
			continue
		}
		if v, ok := of[key(i)]; ok && v != several {
			a.Visit, a.rung = v, r
		}
	}
}

// byMoment joins what arrived while one request alone was under way.
func (j *joiner) byMoment() {
	const lookBack = 200 // requests; more under way at once tell nothing anyway
	for i := range j.Attempts {
		a := &j.Attempts[i]
		if a.Visit != None || !a.Endpoint.Prompted() {
			continue
		}
		due := sort.Search(len(j.Visits), func(k int) bool { return j.Visits[k].Due > a.Arrived })
		open, n := None, 0
		for k := due - 1; k >= 0 && k >= due-lookBack; k-- {
			v := &j.Visits[k]
			if v.Sent != Never && v.Sent <= a.Arrived && (v.Ended == Never || v.Ended >= a.Arrived) {
				open = int32(k)
				n++
			}
		}
		if n == 1 {
			a.Visit, a.rung = open, byTime
		}
	}
}

// hand gives each visit its attempts.
func (j *joiner) hand() {
	counts := make([]int32, len(j.Visits)+1)
	for i := range j.Attempts {
		if a := &j.Attempts[i]; a.Visit != None {
			counts[a.Visit+1]++
		}
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	j.tries = make([]int32, counts[len(j.Visits)])
	for i := range j.Visits {
		j.Visits[i].Tries.at = counts[i]
	}
	for i := range j.Attempts {
		if a := &j.Attempts[i]; a.Visit != None {
			r := &j.Visits[a.Visit].Tries
			j.tries[r.at+r.N] = int32(i)
			r.N++
		}
	}
}

// count sums the join up for the card. Attempts that carry no prompt cannot be
// joined and are no part of it.
func (j *joiner) count() {
	n := &j.Join
	for i := range j.Attempts {
		a := &j.Attempts[i]
		switch {
		case a.Endpoint == EndpointUnknown:
			n.UnknownPath++
			continue
		case !a.Endpoint.Prompted():
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

// Joined says whether metrics that need the join may be measured.
func (l *Ledger) Joined() bool { return l.Join.Share >= JoinNeeds }

// Slop is how much later than the client saw it the mock may have written an
// answer's end down.
const Slop = record.Seconds(20 * time.Millisecond)

// linkCalls finds the calls: the attempts of one request with one endpoint and
// prompt. Each attempt learns which one of the same call came before it at the
// same provider, and is then a retry.
func (l *Ledger) linkCalls() {
	last := map[CallAt]int32{}
	for i := range l.Visits {
		v := &l.Visits[i]
		if v.Tries.N < 2 {
			continue
		}
		clear(last)
		for _, k := range l.TriesOf(v) {
			a := &l.Attempts[k]
			at := CallAt{a.Provider, a.Endpoint, a.Print, l.TryAt(v, a.Arrived)}
			if prev, ok := last[at]; ok {
				a.Prev = prev
			}
			last[at] = k
		}
	}
}

// CallAt tells the calls of one request apart.
type CallAt struct {
	Provider int32
	Endpoint Endpoint
	Print    uint64
	Try      int // of the user, who may send the same again: that is no retry of the app's
}

// TryAt is which of the user's tries was under way at a moment, from 0.
func (l *Ledger) TryAt(v *Visit, t record.Seconds) int {
	again := l.Again(v)
	n := 0
	for n < len(again) && again[n] <= t {
		n++
	}
	return n
}

// Retried is the attempt that followed on a's answer: of the same call at the
// same provider, not begun while a was still being answered. nil: none did.
func (l *Ledger) Retried(k int32) *Attempt {
	a := &l.Attempts[k]
	v := &l.Visits[a.Visit]
	for _, next := range l.TriesOf(v) {
		b := &l.Attempts[next]
		if next != k && b.Provider == a.Provider && b.Endpoint == a.Endpoint && b.Print == a.Print &&
			b.Arrived >= a.Ended-Slop && (b.Arrived > a.Arrived || next > k) && l.TryAt(v, b.Arrived) == l.TryAt(v, a.Arrived) {
			return b
		}
	}
	return nil
}

// Join says how many attempts were joined to their user request, and by what.
type Join struct {
	Attempts    int
	ByNonce     int
	ByTrace     int
	ByPrint     int
	ByTime      int
	None        int
	Share       float64 // by the first three
	UnknownPath int
}
