package scorecard

import (
	"cmp"
	"slices"

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
	ended := func(class errorClass) func(turn) bool {
		return func(t turn) bool { return t.visit.outcome == failed && t.visit.class == class }
	}
	return []reactionRow{
		spliceIn:  {name: "went on with another's words", harm: true, is: func(t turn) bool { return t.next != nil && t.shown() && t.visit.outcome == spliced }},
		restarted: {name: "restarted the answer", is: func(t turn) bool { return t.next != nil && t.shown() }},
		switched:  {name: "switched", is: func(t turn) bool { return t.next != nil && t.next.provider != t.provider }},
		early:     {name: "retried before it was told to", is: func(t turn) bool { return t.next != nil && t.at.wait != never && t.at.tooEarly(t.next) }},
		waited:    {name: "waited as told", is: func(t turn) bool { return t.next != nil && t.at.wait != never }},
		atOnce:    {name: "retried at once", is: func(t turn) bool { return t.next != nil && (t.next.arrived-t.at.over()).Float() < immediately }},
		retried:   {name: "retried after a pause", is: func(t turn) bool { return t.next != nil }},
		hungUp:    {name: "let the user hang", harm: true, is: func(t turn) bool { return t.visit.outcome == hang }},
		leakedIt: {name: "leaked it to the user", is: func(t turn) bool {
			return t.visit.leak || ended(raw)(t) || ended(leaked)(t)
		}},
		told:   {name: "told the user", is: ended(clean)},
		gaveUp: {name: "gave up without a word", is: func(t turn) bool { return t.visit.outcome == failed || t.visit.outcome == lost }},
		shed:   {name: "shed load", is: func(t turn) bool { return t.visit.outcome == degraded || t.visit.outcome == deferred }},
		posed:  {name: "answered in its own words, undeclared", is: func(t turn) bool { return t.visit.outcome == unverified }},
		taken:  {name: "took it for good", harm: true, is: func(t turn) bool { return !t.visit.outcome.row().whole }},
		satOut: {name: "sat it out", is: func(t turn) bool { return t.visit.slow }},
		coped:  {name: "served the user all the same", is: func(turn) bool { return true }},
	}
}

// A turn is one signal that the app got, and what it did next.
type turn struct {
	visit    *visit
	provider int32    // that sent it
	at       *attempt // nil: no connection, so no attempt
	next     *attempt // nil: it tried no more
}

// shown says whether the user had seen words of the attempt before the next began.
func (t turn) shown() bool {
	v := t.visit
	return t.at != nil && t.at.begun && v.first != never && v.first >= t.at.arrived && v.first < t.next.arrived
}

// over is when the client was done with an attempt.
func (a *attempt) over() record.Seconds {
	if a.left != never {
		return min(a.left, a.ended)
	}
	return a.ended
}

// reactions makes the reaction table: a row for each signal that was sent.
func (l *ledger) reactions() []Reaction {
	if !l.hasSetup || !l.joined() {
		return nil
	}
	signals := signalRows()
	tallies := make([]tallied, len(signals)+1)
	for i, s := range append(signals, noConnection()) {
		tallies[i] = tallied{signal: s, kinds: reactionRows()}
	}
	for _, v := range l.counted {
		for _, k := range l.triesOf(v) {
			a := &l.attempts[k]
			if s := slices.IndexFunc(signals, func(s signalRow) bool { return l.troubled(a, v) && s.is(l, k) }); s >= 0 {
				tallies[s].add(turn{v, a.provider, a, l.nextTry(v, k)}, a.line)
			}
		}
		if t, ok := l.unconnected(v); ok {
			tallies[len(signals)].add(t, v.line)
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
func (l *ledger) troubled(a *attempt, v *visit) bool {
	return a.hit() || a.status >= 400 || a.outage != none || l.outageOf(a.provider, v.due) != nil
}

// nextTry is the attempt that followed on a signal, nil when none did: of the same
// call at the same provider once the first was over, or at another provider, as a
// hedge even before. A refused call has no next step, so whatever follows at its
// endpoint is a try of it, in other words maybe.
func (l *ledger) nextTry(v *visit, k int32) *attempt {
	a := &l.attempts[k]
	for _, i := range l.triesOf(v)[slices.Index(l.triesOf(v), k)+1:] {
		b := &l.attempts[i]
		after := b.arrived >= a.over()-slop
		same := b.endpoint == a.endpoint && b.print == a.print
		next := after && (same || a.refused() && b.endpoint == a.endpoint) && l.tryAt(v, a.arrived) == l.tryAt(v, b.arrived) // else it is the user who tries again
		if b.provider != a.provider {
			next = same || after && !l.answers(k) || l.alone(v, a.provider)
		}
		if next {
			return b
		}
	}
	return nil
}

// alone says whether a visit's attempts at a provider are all of one call.
func (l *ledger) alone(v *visit, provider int32) bool {
	first := none
	for _, k := range l.triesOf(v) {
		a := &l.attempts[k]
		switch {
		case a.provider != provider:
		case first == none:
			first = k
		case a.print != l.attempts[first].print || a.endpoint != l.attempts[first].endpoint:
			return false
		}
	}
	return true
}

// unconnected says whether a visit found its primary out of reach: it was due while
// connections to it failed, and no attempt got there.
func (l *ledger) unconnected(v *visit) (turn, bool) {
	primary := l.journey(v.journey).primary
	if primary == none {
		return turn{}, false
	}
	o := l.outageOf(primary, v.due)
	if o == nil || !o.cutOff(v.due) || slices.ContainsFunc(l.triesOf(v), func(k int32) bool { return l.attempts[k].provider == primary }) {
		return turn{}, false
	}
	t := turn{visit: v, provider: primary}
	if v.tries.n > 0 {
		t.next = &l.attempts[l.triesOf(v)[0]]
	}
	return t, true
}

// cutOff says whether no connection to the provider works at t.
func (o *outage) cutOff(t record.Seconds) bool {
	return slices.ContainsFunc(o.windows, func(w record.Window) bool {
		return familyOf(w.Family).unseen && !w.Slows && !partial(w) && w.Start <= t && t < w.End
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
	case harm, sums["bad"] >= leastInstances && 10*sums["bad"] >= c.n:
		row.Verdict = "bad"
	case c.n < leastInstances:
		row.Verdict = "not exercised"
	case 10*sums["good"] >= 9*c.n:
		row.Verdict = "good"
	default:
		row.Verdict = "poor"
	}
	return row
}
