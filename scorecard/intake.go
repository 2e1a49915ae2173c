package scorecard

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strconv"
)

// A ledger is all that a log says, both sides of it, joined and classified. The
// measures are taken from it.
type ledger struct {
	setup    Setup
	visits   []visit   // by due time
	attempts []attempt // by arrival
	marks    []marked  // by moment
	ended    *End
	last     Seconds // the latest moment that a line was written

	journeys, providers, kinds, notes, keys, models names
	agents                                          map[int32]map[string]bool // provider → user agents
	paths                                           map[string]int            // unknown paths, bounded

	strange  int   // lines that are none of ours
	foreign  []int // the numbers of the first few of them
	cut      bool  // the last line was cut off
	early    int   // lines more than outOfOrder older than one before them
	setups   []int // lines of setups of other drills
	missing  int   // requests of which the log has no line
	unsure   bool  // some request's outcome is unknown
	hasSetup bool

	course
	memo
	join   Join
	facts  []journey        // by the number of its name
	nobody *journey         // whose a lost request is
	turns  map[askedIn]bool // where there are sessions
}

// marked is a mark and its line.
type marked struct {
	Mark
	line int
}

// names numbers words in the order they come.
type names struct {
	index map[string]int32
	list  []string
}

// maxNotes bounds how many different errors and excerpts are kept.
const maxNotes = 10_000

// of gives the word's number, a new one if need be.
func (n *names) of(word string) int32 {
	if i, ok := n.index[word]; ok {
		return i
	}
	if n.index == nil {
		n.index = map[string]int32{}
	}
	i := int32(len(n.list))
	n.index[word] = i
	n.list = append(n.list, word)
	return i
}

// find gives the word's number, or none.
func (n *names) find(word string) int32 {
	if i, ok := n.index[word]; ok {
		return i
	}
	return none
}

// word is the one with number i, "" for none.
func (n *names) word(i int32) string {
	if i < 0 || int(i) >= len(n.list) {
		return ""
	}
	return n.list[i]
}

// keep gives the one copy of a word that is kept, "" when there are too many.
func (n *names) keep(word string) string {
	if word == "" || len(n.list) >= maxNotes {
		return n.word(n.find(word))
	}
	return n.word(n.of(word))
}

// hashOf is FNV-1a of a word that is only ever compared, 0 for no word. It is the
// same in every process, for it also orders what is otherwise alike.
func hashOf(word string) uint64 {
	if word == "" {
		return 0
	}
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return cmp.Or(h, 1)
}

// intake reads a log into a ledger, in whatever order its lines stand.
type intake struct {
	*ledger
	users pile[visit]
	tried pile[attempt]
}

// readLedger reads the whole log. Lines that are none of ours are counted; any
// other error ends it.
func readLedger(log iter.Seq2[Entry, error]) (*ledger, error) {
	in := intake{ledger: &ledger{
		agents: map[int32]map[string]bool{},
		paths:  map[string]int{},
		turns:  map[askedIn]bool{},
		memo:   newMemo(),
	}}
	for e, err := range log {
		switch bad, ok := errors.AsType[*LineError](err); {
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
func (in *intake) take(e Entry) bool {
	l := e.Line
	ok := possible(l.T)
	switch {
	case !ok:
	case l.Setup != nil:
		ok = in.takeSetup(e.No, l.Setup)
	case l.User != nil:
		ok = in.takeUser(e.No, l.User)
	case l.Attempt != nil:
		ok = in.takeAttempt(e.No, l.Attempt)
	case l.Mark != nil:
		if ok = possible(l.Mark.At); ok {
			in.marks = append(in.marks, marked{*l.Mark, e.No})
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
func (in *intake) takeEnd(e *End) {
	if in.ended == nil || in.ended.Reason == "done" {
		in.ended = e
	}
}

// possible says whether the moments could be of a drill at all, so that no
// arithmetic on them overflows: within three years of its start.
func possible(moments ...Seconds) bool {
	const most = Seconds(1e17)
	for _, m := range moments {
		if m != never && (m > most || m < -most) {
			return false
		}
	}
	return true
}

func (in *intake) takeSetup(no int, s *Setup) bool {
	ok := possible(s.Length, s.Warmup) && s.Length >= 0 && s.Warmup >= 0
	for _, p := range s.Phases {
		ok = ok && possible(p.Start, p.End) && p.Start <= p.End
	}
	for _, w := range s.Windows {
		ok = ok && possible(w.Start, w.End) && w.Start <= w.End
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
	return true
}

func (in *intake) takeUser(no int, u *User) bool {
	v := visit{
		n: u.N, line: no, due: u.Due, sent: momentOf(u.Sent), first: momentOf(u.First), ended: momentOf(u.Ended),
		progress: momentOf(u.Progress), putOff: momentOf(u.Deferred), delivered: u.Delivered, again: u.Again,
		maxGap: u.MaxGap, nonce: u.Nonce, session: hashOf(u.Session), journey: in.journeys.of(u.Journey),
		from: none, phase: none, status: int32(u.Status), how: howOf(u.How), answered: none, hitAt: never,
		told: u.Told || u.Status >= 400, raw: u.Raw, leak: u.Leak, repeat: u.Repeat, unmet: u.Unmet, marked: u.Degraded,
		dropped: u.Dropped != "" || u.Sent == nil || u.How == "stopped",
	}
	if !possible(v.due, v.sent, v.first, v.ended, v.maxGap, v.progress, v.putOff) || !possible(u.Again...) || u.N < 0 {
		return false
	}
	v.note = in.notes.keep(cmp.Or(u.Error, u.Excerpt, u.Dropped))
	if a := u.Answer; a != nil {
		v.answer, v.begins, v.whole, v.holes = true, a.Begins, a.Complete, a.Gap
		v.pieces = int32(a.Pieces)
		if a.Provider != "" {
			v.from = in.providers.of(a.Provider)
		}
		for i, nonce := range a.Nonces {
			if nonce != u.Nonce {
				v.others = append(v.others, hashOf(nonce))
				v.lent = v.lent || i == 0
			}
		}
	}
	if v.session != 0 {
		in.turns[askedIn{v.session, hashOf(u.Nonce)}] = true
	}
	in.users.add(v)
	return true
}

func (in *intake) takeAttempt(no int, a *Attempt) bool {
	t := attempt{
		line: no, arrived: a.Arrived, ended: a.Ended, left: momentOf(a.Left), wait: momentOf(a.RetryAfter),
		nonce: hashOf(a.Nonce), trace: hashOf(a.Trace), print: hashOf(a.Print), traceN: tracedN(a.Trace),
		tokensIn: int32(a.TokensIn), tokensOut: int32(a.TokensOut),
		provider: in.providers.of(a.Provider), kind: none, key: none, model: none, status: int32(a.Status),
		visit: none, prev: none, outage: none, endpoint: endpointOf(a.Endpoint), byDate: a.RetryAfterDate,
		begun: a.First != nil,
	}
	if !possible(t.arrived, t.ended, t.left, t.wait) {
		return false
	}
	if a.Arrived < 0 {
		return true // a canary's: before the drill
	}
	// What lands at the headers and lets an answer out has only delayed it.
	t.whole = t.status >= 200 && t.status < 300 && a.Finish != "" && (a.Fault == "" && a.Kind == "" || a.At == "headers")
	for _, nonce := range a.Context {
		t.context = append(t.context, hashOf(nonce))
	}
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
	in.noteAgent(t.provider, a.Agent)
	if t.endpoint == endpointUnknown {
		in.notePath(a.Path)
	}
	return true
}

// tracedN is the request that a trace id of brownout's names: its first 16
// digits are the request's number. -1 when it names none.
func tracedN(trace string) int64 {
	if len(trace) != 32 {
		return -1
	}
	n, err := strconv.ParseInt(trace[:16], 16, 64)
	if err != nil {
		return -1
	}
	return n
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

// sort brings everything into the order of what happened, which must not depend
// on the order of the lines: whatever is equal here is alike.
func (in *intake) sort() {
	in.attempts = in.tried.sorted(func(a *attempt) Seconds { return a.arrived }, func(a, b *attempt) int {
		return cmp.Or(
			cmp.Compare(a.ended, b.ended), cmp.Compare(in.providers.word(a.provider), in.providers.word(b.provider)),
			cmp.Compare(a.nonce, b.nonce), cmp.Compare(a.trace, b.trace), cmp.Compare(a.print, b.print),
			cmp.Compare(a.status, b.status), cmp.Compare(a.line, b.line))
	})
	in.visits = in.users.sorted(func(v *visit) Seconds { return v.due }, func(a, b *visit) int {
		return cmp.Or(
			cmp.Compare(a.n, b.n), cmp.Compare(a.nonce, b.nonce),
			cmp.Compare(a.ended, b.ended), cmp.Compare(a.status, b.status), cmp.Compare(a.line, b.line))
	})
	slices.SortFunc(in.marks, func(a, b marked) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Note, b.Note))
	})
}
