package ledger

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

// OutOfOrder is how much older than a line before it a line may be. Writers put a
// line down when a thing is over, from many goroutines at once; what is older was
// moved, merged or made.
const OutOfOrder = record.Seconds(5 * time.Second)

// intake reads a log into a ledger, in whatever order its lines stand.
type intake struct {
	*Ledger
	users pile[Visit]
	tried pile[Attempt]
	signs pile[sign] // of the attempts

	played *record.Course // the last so far; nil: as the setup says
}

// Read reads the whole log, joins its two sides and classifies what users got.
// Lines that are none of ours are counted; any other error of the log ends it.
func Read(log iter.Seq2[record.Entry, error]) (*Ledger, error) {
	in := intake{Ledger: &Ledger{
		Agents: map[int32]map[string]bool{},
		Paths:  map[string]int{},
		Turns:  map[askedIn]bool{},
		extras: []Extra{{Progress: Never, PutOff: Never, Before: None}}, Contexts: []Run{{}},
	}}
	for e, err := range log {
		switch bad, ok := errors.AsType[*record.LineError](err); {
		case ok && bad.Cut:
			in.Cut = true
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
	in.understand()
	return in.Ledger, nil
}

// strangeLine counts a line that is none of ours.
func (in *intake) strangeLine(no int) {
	const kept = 5
	in.Strange++
	if len(in.Foreign) < kept {
		in.Foreign = append(in.Foreign, no)
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
	case l.Conn != nil:
		ok = in.takeConn(e.No, l.Conn)
	case l.Mark != nil:
		if ok = possible(l.Mark.At); ok {
			in.Marks = append(in.Marks, Marked{*l.Mark, int32(e.No), l.T - l.Mark.At})
		}
	case l.End != nil:
		in.takeEnd(l.End)
	}
	if ok {
		if l.T < in.Last-OutOfOrder {
			in.Early++
		}
		in.Last = max(in.Last, l.T)
	}
	return ok
}

// takeEnd takes the end of the log. Of several, as merged logs have, one that was
// not done speaks for all.
func (in *intake) takeEnd(e *record.End) {
	if in.Ended == nil || in.Ended.Reason == "done" {
		in.Ended = e
	}
}

// possible says whether the moments could be of a drill at all, so that no
// arithmetic on them overflows: within three years of its start.
func possible(moments ...record.Seconds) bool {
	const most = record.Seconds(1e17)
	for _, m := range moments {
		if m != Never && (m > most || m < -most) {
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
	case in.HasSetup:
		if s.Scenario != in.Setup.Scenario || !s.StartedAt.Equal(in.Setup.StartedAt) {
			in.Setups = append(in.Setups, no)
		}
		return false
	}
	in.Setup, in.HasSetup = *s, true
	in.Setup.Providers, in.Services = apart(s.Providers)
	for _, p := range in.Services {
		in.Providers.of(p.Name) // a service that nobody called has a name, too
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
	v := Visit{
		N: int32(u.N), Line: int32(no), Due: u.Due, Sent: momentOf(u.Sent), First: momentOf(u.First), Ended: momentOf(u.Ended),
		MaxGap: u.MaxGap, From: None, Phase: None, Status: int32(u.Status), How: howOf(u.How),
		Answered: None, hitAt: Never, Delivered: u.Delivered,
		told: u.Told || u.Status >= 400, Raw: u.Raw, Leak: u.Leak, Repeat: u.Repeat, unmet: u.Unmet, marked: u.Degraded,
		Dropped: u.Dropped != "" || u.Sent == nil || u.How == "stopped",
	}
	x := Extra{Progress: momentOf(u.Progress), PutOff: momentOf(u.Deferred), Session: HashOf(u.Session), Before: None}
	if !possible(v.Due, v.Sent, v.First, v.Ended, v.MaxGap, x.Progress, x.PutOff) || !possible(u.Again...) ||
		u.N < 0 || u.N > math.MaxInt32 {
		return false
	}
	v.Journey = in.Journeys.of(u.Journey)
	v.Note = in.Notes.keep(cmp.Or(u.Error, u.Excerpt, u.Dropped))
	x.Again, in.moments = appended(in.moments, u.Again)
	if len(in.words)+len(u.Nonce) <= math.MaxInt32 {
		v.nonce, in.words = appended(in.words, []byte(u.Nonce))
	}
	if a := u.Answer; a != nil {
		v.Answer, v.begins, v.Whole, v.holes = true, a.Begins, a.Complete, a.Gap
		v.Pieces = uint8(min(max(a.Pieces, 0), math.MaxUint8))
		if a.Provider != "" {
			v.From = in.Providers.of(a.Provider)
		}
		v.lent = len(a.Nonces) > 0 && a.Nonces[0] != u.Nonce
		x.others = in.hashed(a.Nonces, u.Nonce)
	}
	if x != in.extras[0] {
		v.extra, in.extras = int32(len(in.extras)), append(in.extras, x)
	}
	if x.Session != 0 {
		in.Turns[askedIn{x.Session, HashOf(u.Nonce)}] = true
	}
	if u.Reported {
		in.Reported++
	}
	in.users.add(v)
	return true
}

// hashed keeps the hashes of nonces but for one's own.
func (in *intake) hashed(nonces []string, own string) Run {
	at := len(in.hashes)
	for _, nonce := range nonces {
		if nonce != own {
			in.hashes = append(in.hashes, HashOf(nonce))
		}
	}
	return runOf(at, len(in.hashes))
}

func (in *intake) takeAttempt(no int, a *record.Attempt) bool {
	t := Attempt{
		Line: int32(no), Arrived: a.Arrived, Ended: a.Ended, Left: momentOf(a.Left), Wait: momentOf(a.RetryAfter),
		Print: HashOf(a.Print), TokensIn: int32(a.TokensIn), TokensOut: int32(a.TokensOut),
		Kind: None, Key: None, Model: None, Status: int32(a.Status),
		Visit: None, Prev: None, Outage: None, Endpoint: endpointOf(a.Endpoint), ByDate: a.RetryAfterDate,
		Begun: a.First != nil,
	}
	if !possible(t.Arrived, t.Ended, t.Left, t.Wait) {
		return false
	}
	t.Provider = in.Providers.of(a.Provider)
	if a.Arrived < 0 {
		return true // a canary's: before the drill
	}
	if len(a.Context) > 0 {
		t.Context, in.Contexts = int32(len(in.Contexts)), append(in.Contexts, in.hashed(a.Context, ""))
	}
	// What lands at the headers and lets an answer out has only delayed it.
	t.Whole = t.Status >= 200 && t.Status < 300 && a.Finish != "" && (a.Fault == "" && a.Kind == "" || a.At == "headers")
	if a.Fault != "" || a.Kind != "" {
		t.Kind = in.Kinds.of(cmp.Or(a.Kind, a.Fault))
	}
	if a.Key != "" {
		t.Key = in.keys.of(a.Key)
	}
	if a.Model != "" {
		t.Model = in.Models.of(a.Model)
	}
	in.tried.add(t)
	in.signs.add(sign{nonce: HashOf(a.Nonce), trace: HashOf(a.Trace), traced: tracedN(a.Trace)})
	in.noteAgent(t.Provider, a.Agent)
	if t.Endpoint == EndpointUnknown {
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
	if in.Agents[provider] == nil {
		in.Agents[provider] = map[string]bool{}
	}
	if agent != "" && len(in.Agents[provider]) < kept {
		in.Agents[provider][agent] = true
	}
}

func (in *intake) notePath(path string) {
	const kept = 100
	if _, ok := in.Paths[path]; ok || len(in.Paths) < kept {
		in.Paths[path]++
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
	byArrival := in.tried.order(func(a *Attempt) record.Seconds { return a.Arrived }, func(i, k int32) int {
		a, b, signA, signB := in.tried.at(i), in.tried.at(k), in.signs.at(i), in.signs.at(k)
		return cmp.Or(
			cmp.Compare(a.Ended, b.Ended), cmp.Compare(in.Providers.Word(a.Provider), in.Providers.Word(b.Provider)),
			cmp.Compare(signA.nonce, signB.nonce), cmp.Compare(signA.trace, signB.trace), cmp.Compare(a.Print, b.Print),
			cmp.Compare(a.Status, b.Status), cmp.Compare(a.Line, b.Line))
	})
	in.Attempts = in.tried.take(byArrival)
	in.Ledger.signs = in.signs.take(byArrival)
	in.sortEffects()
	in.sortConns()
	tidyUp(len(in.Attempts))
	byDue := in.users.order(func(v *Visit) record.Seconds { return v.Due }, func(i, k int32) int {
		a, b := in.users.at(i), in.users.at(k)
		return cmp.Or(
			cmp.Compare(a.N, b.N), bytes.Compare(in.Nonce(a), in.Nonce(b)),
			cmp.Compare(a.Ended, b.Ended), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Line, b.Line))
	})
	in.Visits = in.users.take(byDue)
	tidyUp(len(in.Visits))
	slices.SortFunc(in.Marks, byMoment)
}

// understand joins the two sides of a ledger that was read, and gives each visit
// its phase and outcome.
func (l *Ledger) understand() {
	l.Course = courseOf(&l.Setup, l.Services)
	l.fillGaps()
	l.linkTurns()
	l.joinAll()
	l.linkCalls()
	l.placeAll()
	l.creditReal()
	l.findAnswers()
	l.learnJourneys()
}
