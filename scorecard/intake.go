package scorecard

import (
	"bytes"
	"cmp"
	"errors"
	"iter"
	"math"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// outOfOrder is how much older than a line before it a line may be. Writers put a
// line down when a thing is over, from many goroutines at once; what is older was
// moved, merged or made.
const outOfOrder = record.Seconds(5 * time.Second)

// intake reads a log into a ledger, in whatever order its lines stand.
type intake struct {
	*ledger
	users pile[visit]
	tried pile[attempt]
	signs pile[sign] // of the attempts

	played *record.Course // the last so far; nil: as the setup says
}

// readLedger reads the whole log. Lines that are none of ours are counted; any
// other error ends it.
func readLedger(log iter.Seq2[record.Entry, error]) (*ledger, error) {
	in := intake{ledger: &ledger{
		agents: map[int32]map[string]bool{},
		paths:  map[string]int{},
		turns:  map[askedIn]bool{},
		extras: []extra{{progress: never, putOff: never, before: none}}, contexts: []run{{}},
		memo: newMemo(),
	}}
	for e, err := range log {
		switch bad, ok := errors.AsType[*record.LineError](err); {
		case ok && bad.Cut:
			in.cut = true
		case ok:
			in.strangeLine(bad.No)
		case err != nil:
			return nil, err
		case !in.take(e):
			in.strangeLine(e.No)
		}
	}
	in.follow()
	in.sort()
	return in.ledger, nil
}

// strangeLine counts a line that is none of ours.
func (in *intake) strangeLine(no int) {
	const kept = 5
	in.strange++
	if len(in.foreign) < kept {
		in.foreign = append(in.foreign, no)
	}
}

// take takes one line in and reports whether it makes sense.
func (in *intake) take(e record.Entry) bool {
	l := e.Line
	ok := possible(l.T) && e.No <= math.MaxInt32
	switch {
	case !ok:
	case l.Setup != nil:
		ok = in.takeSetup(e.No, l.Setup)
	case l.Course != nil:
		ok = in.takeCourse(l.T, l.Course)
	case l.User != nil:
		ok = in.takeUser(e.No, l.User)
	case l.Attempt != nil && endpointOf(l.Attempt.Endpoint) == endpointEffect:
		ok = in.takeEffect(e.No, l.Attempt)
	case l.Attempt != nil:
		ok = in.takeAttempt(e.No, l.Attempt)
	case l.Mark != nil:
		if ok = possible(l.Mark.At); ok {
			in.marks = append(in.marks, marked{*l.Mark, int32(e.No), l.T - l.Mark.At})
		}
	case l.End != nil:
		in.takeEnd(l.End)
	}
	if ok {
		if l.T < in.last-outOfOrder {
			in.early++
		}
		in.last = max(in.last, l.T)
	}
	return ok
}

// takeEnd takes the end of the log. Of several, as merged logs have, one that was
// not done speaks for all.
func (in *intake) takeEnd(e *record.End) {
	if in.ended == nil || in.ended.Reason == "done" {
		in.ended = e
	}
}

// possible says whether the moments could be of a drill at all, so that no
// arithmetic on them overflows: within three years of its start.
func possible(moments ...record.Seconds) bool {
	const most = record.Seconds(1e17)
	for _, m := range moments {
		if m != never && (m > most || m < -most) {
			return false
		}
	}
	return true
}

func (in *intake) takeSetup(no int, s *record.Setup) bool {
	ok := timelike(s.Length, s.Phases, s.Windows) && possible(s.Warmup) && s.Warmup >= 0
	if s.Split != nil {
		ok = ok && possible(s.Split.AheadLow, s.Split.AheadHigh)
	}
	for _, j := range s.Journeys {
		ok = ok && possible(j.Timeout, j.SlowTTFT, j.SlowTotal)
	}
	switch {
	case !ok:
		return false
	case in.hasSetup:
		if s.Scenario != in.setup.Scenario || !s.StartedAt.Equal(in.setup.StartedAt) {
			in.setups = append(in.setups, no)
		}
		return false
	}
	in.setup, in.hasSetup = *s, true
	in.setup.Providers, in.services = apart(s.Providers)
	for _, p := range in.services {
		in.providers.of(p.Name) // a service that nobody called has a name, too
	}
	return true
}

// timelike says whether a timeline could be played.
func timelike(length record.Seconds, phases []record.Phase, windows []record.Window) bool {
	ok := possible(length) && length >= 0
	for _, p := range phases {
		ok = ok && possible(p.Start, p.End) && p.Start <= p.End
	}
	for _, w := range windows {
		ok = ok && possible(w.Start, w.End) && w.Start <= w.End
	}
	return ok
}

func (in *intake) takeUser(no int, u *record.User) bool {
	v := visit{
		n: int32(u.N), line: int32(no), due: u.Due, sent: momentOf(u.Sent), first: momentOf(u.First), ended: momentOf(u.Ended),
		maxGap: u.MaxGap, from: none, phase: none, status: int32(u.Status), how: howOf(u.How),
		answered: none, hitAt: never, delivered: u.Delivered,
		told: u.Told || u.Status >= 400, raw: u.Raw, leak: u.Leak, repeat: u.Repeat, unmet: u.Unmet, marked: u.Degraded,
		dropped: u.Dropped != "" || u.Sent == nil || u.How == "stopped",
	}
	x := extra{progress: momentOf(u.Progress), putOff: momentOf(u.Deferred), session: hashOf(u.Session), before: none}
	if !possible(v.due, v.sent, v.first, v.ended, v.maxGap, x.progress, x.putOff) || !possible(u.Again...) ||
		u.N < 0 || u.N > math.MaxInt32 {
		return false
	}
	v.journey = in.journeys.of(u.Journey)
	v.note = in.notes.keep(cmp.Or(u.Error, u.Excerpt, u.Dropped))
	x.again, in.moments = appended(in.moments, u.Again)
	if len(in.words)+len(u.Nonce) <= math.MaxInt32 {
		v.nonce, in.words = appended(in.words, []byte(u.Nonce))
	}
	if a := u.Answer; a != nil {
		v.answer, v.begins, v.whole, v.holes = true, a.Begins, a.Complete, a.Gap
		v.pieces = uint8(min(max(a.Pieces, 0), math.MaxUint8))
		if a.Provider != "" {
			v.from = in.providers.of(a.Provider)
		}
		v.lent = len(a.Nonces) > 0 && a.Nonces[0] != u.Nonce
		x.others = in.hashed(a.Nonces, u.Nonce)
	}
	if x != in.extras[0] {
		v.extra, in.extras = int32(len(in.extras)), append(in.extras, x)
	}
	if x.session != 0 {
		in.turns[askedIn{x.session, hashOf(u.Nonce)}] = true
	}
	if u.Reported {
		in.reported++
	}
	in.users.add(v)
	return true
}

// hashed keeps the hashes of nonces but for one's own.
func (in *intake) hashed(nonces []string, own string) run {
	at := len(in.hashes)
	for _, nonce := range nonces {
		if nonce != own {
			in.hashes = append(in.hashes, hashOf(nonce))
		}
	}
	return runOf(at, len(in.hashes))
}

func (in *intake) takeAttempt(no int, a *record.Attempt) bool {
	t := attempt{
		line: int32(no), arrived: a.Arrived, ended: a.Ended, left: momentOf(a.Left), wait: momentOf(a.RetryAfter),
		print: hashOf(a.Print), tokensIn: int32(a.TokensIn), tokensOut: int32(a.TokensOut),
		kind: none, key: none, model: none, status: int32(a.Status),
		visit: none, prev: none, outage: none, endpoint: endpointOf(a.Endpoint), byDate: a.RetryAfterDate,
		begun: a.First != nil,
	}
	if !possible(t.arrived, t.ended, t.left, t.wait) {
		return false
	}
	t.provider = in.providers.of(a.Provider)
	if a.Arrived < 0 {
		return true // a canary's: before the drill
	}
	if len(a.Context) > 0 {
		t.context, in.contexts = int32(len(in.contexts)), append(in.contexts, in.hashed(a.Context, ""))
	}
	// What lands at the headers and lets an answer out has only delayed it.
	t.whole = t.status >= 200 && t.status < 300 && a.Finish != "" && (a.Fault == "" && a.Kind == "" || a.At == "headers")
	if a.Fault != "" || a.Kind != "" {
		t.kind = in.kinds.of(cmp.Or(a.Kind, a.Fault))
	}
	if a.Key != "" {
		t.key = in.keys.of(a.Key)
	}
	if a.Model != "" {
		t.model = in.models.of(a.Model)
	}
	in.tried.add(t)
	in.signs.add(sign{nonce: hashOf(a.Nonce), trace: hashOf(a.Trace), traced: tracedN(a.Trace)})
	in.noteAgent(t.provider, a.Agent)
	if t.endpoint == endpointUnknown {
		in.notePath(a.Path)
	}
	return true
}

// tracedN is the request that a trace id of brownout's names: its first 16
// digits are the request's number. -1 when it names none.
func tracedN(trace string) int32 {
	if len(trace) != 32 {
		return -1
	}
	n, err := strconv.ParseInt(trace[:16], 16, 32)
	if err != nil {
		return -1
	}
	return int32(n)
}

// noteAgent keeps the first few user agents of a provider's clients.
func (in *intake) noteAgent(provider int32, agent string) {
	const kept = 20
	if in.agents[provider] == nil {
		in.agents[provider] = map[string]bool{}
	}
	if agent != "" && len(in.agents[provider]) < kept {
		in.agents[provider][agent] = true
	}
}

func (in *intake) notePath(path string) {
	const kept = 100
	if _, ok := in.paths[path]; ok || len(in.paths) < kept {
		in.paths[path]++
	}
}

// tidyUp has the garbage collected that a pile of so many rows was. Left alone the
// collector counts it as held, and waits until there is twice as much. Rows have no
// pointers to follow, so it costs next to nothing.
func tidyUp(rows int) {
	const worthIt = 1 << 16
	if rows >= worthIt {
		runtime.GC()
	}
}

// sort brings everything into the order of what happened, which must not depend
// on the order of the lines: whatever is equal here is alike.
func (in *intake) sort() {
	byArrival := in.tried.order(func(a *attempt) record.Seconds { return a.arrived }, func(i, k int32) int {
		a, b, signA, signB := in.tried.at(i), in.tried.at(k), in.signs.at(i), in.signs.at(k)
		return cmp.Or(
			cmp.Compare(a.ended, b.ended), cmp.Compare(in.providers.word(a.provider), in.providers.word(b.provider)),
			cmp.Compare(signA.nonce, signB.nonce), cmp.Compare(signA.trace, signB.trace), cmp.Compare(a.print, b.print),
			cmp.Compare(a.status, b.status), cmp.Compare(a.line, b.line))
	})
	in.attempts = in.tried.take(byArrival)
	in.ledger.signs = in.signs.take(byArrival)
	in.sortEffects()
	tidyUp(len(in.attempts))
	byDue := in.users.order(func(v *visit) record.Seconds { return v.due }, func(i, k int32) int {
		a, b := in.users.at(i), in.users.at(k)
		return cmp.Or(
			cmp.Compare(a.n, b.n), bytes.Compare(in.nonce(a), in.nonce(b)),
			cmp.Compare(a.ended, b.ended), cmp.Compare(a.status, b.status), cmp.Compare(a.line, b.line))
	})
	in.visits = in.users.take(byDue)
	tidyUp(len(in.visits))
	slices.SortFunc(in.marks, byMoment)
}
