package findings

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/internal/ledger"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Reaction is a row of the reaction table: one signal, and what the app did
// each time that a provider sent it.
type Reaction struct {
	Signal string `json:"signal"` // "429 with Retry-After"
	Sent   int    `json:"sent"`
	Did    []Deed `json:"did"`    // the most frequent first; their N add up to Sent
	Should string `json:"should"` // what a good client does
	Risk   string `json:"risk"`   // what comes of doing otherwise
	// Verdict is good (nine in ten reactions are), bad (harm, or five and more bad
	// ones that are a tenth of all), poor, or "not exercised" (sent fewer than five
	// times, and no harm).
	Verdict  string `json:"verdict"`
	Evidence []int  `json:"evidence"` // line numbers in log.jsonl of those not good, at most 10
}

// Deed is one way to react, how often the app did so, and whether that is good,
// poor or bad after this signal.
type Deed struct {
	Name    string `json:"name"`
	N       int    `json:"n"`
	Verdict string `json:"verdict"`
}

// reaction is what the app did about one signal.
type reaction uint8

const (
	spliceIn reaction = iota
	restarted
	switched
	early
	waited
	atOnce
	retried
	hungUp
	leakedIt
	told
	gaveUp
	shed
	posed
	taken
	satOut
	coped
)

// reactionRow is what a reaction is called, and how it is told. The first row
// that fits is what the app did.
type reactionRow struct {
	name string
	harm bool
	is   func(turn) bool
}

// reactionRows is the table of reactions, in the order in which they are tried:
// first those with another attempt, then how the request ended.
func reactionRows() []reactionRow {
	ended := func(class ledger.ErrorClass) func(turn) bool {
		return func(t turn) bool { return t.visit.Ending() == class }
	}
	return []reactionRow{
		spliceIn:  {name: "went on with another's words", harm: true, is: func(t turn) bool { return t.next != nil && t.glued() }},
		restarted: {name: "restarted the answer", is: func(t turn) bool { return t.next != nil && t.shown() }},
		switched:  {name: "switched", is: func(t turn) bool { return t.next != nil && t.next.Provider != t.provider }},
		early:     {name: "retried before it was told to", is: func(t turn) bool { return t.next != nil && t.at.Wait != ledger.Never && measure.TooEarly(t.at, t.next) }},
		waited:    {name: "waited as told", is: func(t turn) bool { return t.next != nil && t.at.Wait != ledger.Never }},
		atOnce:    {name: "retried at once", is: func(t turn) bool { return t.next != nil && (t.next.Arrived-over(t.at)).Float() < measure.Immediately }},
		retried:   {name: "retried after a pause", is: func(t turn) bool { return t.next != nil }},
		hungUp:    {name: "let the user hang", harm: true, is: func(t turn) bool { return t.visit.Outcome == ledger.Hang }},
		leakedIt: {name: "leaked it to the user", is: func(t turn) bool {
			return t.visit.Leak || ended(ledger.Raw)(t) || ended(ledger.Leaked)(t)
		}},
		told:   {name: "told the user", is: ended(ledger.Clean)},
		gaveUp: {name: "gave up without a word", is: func(t turn) bool { return t.visit.Ending() != ledger.NoError || t.visit.Outcome == ledger.Lost }},
		shed:   {name: "shed load", is: func(t turn) bool { return t.visit.Outcome == ledger.Degraded || t.visit.Outcome == ledger.Deferred }},
		posed:  {name: "answered in its own words, undeclared", is: func(t turn) bool { return t.visit.Outcome == ledger.Unverified }},
		taken:  {name: "took it for good", harm: true, is: func(t turn) bool { return !t.visit.Outcome.Row().Whole }},
		satOut: {name: "sat it out", is: func(t turn) bool { return t.visit.Slow }},
		coped:  {name: "served the user all the same", is: func(turn) bool { return true }},
	}
}

// A turn is one signal that the app got, and what it did next.
type turn struct {
	visit    *ledger.Visit
	provider int32           // that sent it
	at       *ledger.Attempt // nil: no connection, so no attempt
	next     *ledger.Attempt // nil: it tried no more
	begun    int             // attempts of the visit whose answer had words
}

// shown says whether the user had seen words of the attempt before the next began.
func (t turn) shown() bool {
	v := t.visit
	return t.at != nil && t.at.Begun && v.First != ledger.Never && v.First >= t.at.Arrived && v.First < t.next.Arrived
}

// glued says whether the user was left with words of the attempt and of another. When
// they are seen is no sure sign of that: they may reach the user after the app has asked
// again, as on a connection that waits for the last segment's acknowledgement. Where the
// answer has as many pieces as attempts had words, each is in it.
func (t turn) glued() bool {
	return t.visit.Outcome == ledger.Spliced && t.at != nil && t.at.Begun && (t.shown() || t.begun <= int(t.visit.Pieces))
}

// over is when the client was done with an attempt.
func over(a *ledger.Attempt) record.Seconds {
	if a.Left != ledger.Never {
		return min(a.Left, a.Ended)
	}
	return a.Ended
}

// Reactions makes the reaction table: a row for each signal that was sent.
func Reactions(m *measure.Meter) []Reaction {
	l := &looker{m}
	if !l.HasSetup || !l.Joined() {
		return nil
	}
	signals := signalRows()
	tallies := make([]tallied, len(signals)+1)
	for i, s := range append(signals, noConnection()) {
		tallies[i] = tallied{signal: s, kinds: reactionRows()}
	}
	for _, v := range l.Counted {
		for _, k := range l.TriesOf(v) {
			a := &l.Attempts[k]
			if s := slices.IndexFunc(signals, func(s signalRow) bool { return l.troubled(a, v) && s.is(l, k) }); s >= 0 {
				tallies[s].add(turn{v, a.Provider, a, l.nextTry(v, k), l.begun(v)}, a.Line)
			}
		}
		if t, ok := l.unconnected(v); ok {
			tallies[len(signals)].add(t, v.Line)
		}
	}
	var rows []Reaction
	for _, c := range tallies {
		if c.n > 0 {
			rows = append(rows, c.row())
		}
	}
	return rows
}

// troubled says whether an attempt can have sent a signal at all, which most have
// not: a look that is quick.
func (l *looker) troubled(a *ledger.Attempt, v *ledger.Visit) bool {
	return a.Hit() || a.Status >= 400 || a.Outage != ledger.None || l.outageOf(a.Provider, v.Due) != nil
}

// nextTry is the attempt that followed on a signal, nil when none did: of the same
// call at the same provider once the first was over, or at another provider, as a
// hedge even before. A refused call has no next step, so whatever follows at its
// endpoint is a try of it, in other words maybe.
func (l *looker) nextTry(v *ledger.Visit, k int32) *ledger.Attempt {
	a := &l.Attempts[k]
	for _, i := range l.TriesOf(v)[slices.Index(l.TriesOf(v), k)+1:] {
		b := &l.Attempts[i]
		after := b.Arrived >= over(a)-ledger.Slop
		same := b.Endpoint == a.Endpoint && b.Print == a.Print
		next := after && (same || a.Refused() && b.Endpoint == a.Endpoint) && l.TryAt(v, a.Arrived) == l.TryAt(v, b.Arrived) // else it is the user who tries again
		if b.Provider != a.Provider {
			next = same || after && !l.Answers(k) || l.alone(v, a.Provider)
		}
		if next {
			return b
		}
	}
	return nil
}

// begun counts a visit's attempts whose answer had words.
func (l *looker) begun(v *ledger.Visit) (n int) {
	for _, k := range l.TriesOf(v) {
		if l.Attempts[k].Begun {
			n++
		}
	}
	return n
}

// alone says whether a visit's attempts at a provider are all of one call.
func (l *looker) alone(v *ledger.Visit, provider int32) bool {
	first := ledger.None
	for _, k := range l.TriesOf(v) {
		a := &l.Attempts[k]
		switch {
		case a.Provider != provider:
		case first == ledger.None:
			first = k
		case a.Print != l.Attempts[first].Print || a.Endpoint != l.Attempts[first].Endpoint:
			return false
		}
	}
	return true
}

// unconnected says whether a visit found its primary out of reach: it was due while
// connections to it failed, and no attempt got there.
func (l *looker) unconnected(v *ledger.Visit) (turn, bool) {
	primary := l.Journey(v.Journey).Home
	if primary == ledger.None {
		return turn{}, false
	}
	o := l.outageOf(primary, v.Due)
	if o == nil || !cutOff(o, v.Due) || slices.ContainsFunc(l.TriesOf(v), func(k int32) bool { return l.Attempts[k].Provider == primary }) {
		return turn{}, false
	}
	t := turn{visit: v, provider: primary}
	if v.Tries.N > 0 {
		t.next = &l.Attempts[l.TriesOf(v)[0]]
	}
	return t, true
}

// cutOff says whether no connection to the provider works at t.
func cutOff(o *ledger.Outage, t record.Seconds) bool {
	return slices.ContainsFunc(o.Windows, func(w record.Window) bool {
		return ledger.FamilyOf(w.Family).Unseen && !w.Slows && !ledger.Partial(w) && w.Start <= t && t < w.End
	})
}

// tallied counts the reactions to one signal.
type tallied struct {
	signal   signalRow
	kinds    []reactionRow
	n        int
	did      [coped + 1]int
	evidence []int
}

// add counts one turn.
func (c *tallied) add(t turn, line int32) {
	r := reaction(slices.IndexFunc(c.kinds, func(row reactionRow) bool { return row.is(t) }))
	c.n++
	c.did[r]++
	if c.signal.verdict(r) != "good" && len(c.evidence) < linesKept {
		c.evidence = append(c.evidence, int(line))
	}
}

// verdict says whether a reaction is good, poor or bad after a signal.
func (s signalRow) verdict(r reaction) string {
	switch {
	case slices.Contains(s.good, r):
		return "good"
	case slices.Contains(s.poor, r):
		return "poor"
	}
	return "bad"
}

// row makes the row of the table.
func (c *tallied) row() Reaction {
	s := c.signal
	row := Reaction{Signal: s.name, Sent: c.n, Should: s.should, Risk: s.risk, Evidence: append([]int{}, c.evidence...)}
	sums, harm := map[string]int{}, false
	for r, kind := range c.kinds {
		if n := c.did[r]; n > 0 {
			verdict := s.verdict(reaction(r))
			sums[verdict] += n
			harm = harm || kind.harm && verdict == "bad"
			row.Did = append(row.Did, Deed{kind.name, n, verdict})
		}
	}
	slices.SortStableFunc(row.Did, func(a, b Deed) int { return cmp.Compare(b.N, a.N) })
	switch {
	case harm, sums["bad"] >= measure.LeastInstances && 10*sums["bad"] >= c.n:
		row.Verdict = "bad"
	case c.n < measure.LeastInstances:
		row.Verdict = "not exercised"
	case 10*sums["good"] >= 9*c.n:
		row.Verdict = "good"
	default:
		row.Verdict = "poor"
	}
	return row
}
