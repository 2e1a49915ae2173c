package scorecard

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// A journey is one of the setup's, with what the baseline shows of it.
type journey struct {
	record.Journey
	primary             int32          // none: the app has none for it
	share               float64        // of first attempts at the primary in the baseline
	rewrites            bool           // the app rewrites answers: nothing in them can be verified
	slowTTFT, slowTotal record.Seconds // 0: nothing is slow
}

// primaryNeeds is the share of a journey's first attempts in the baseline that
// makes a provider its primary.
const primaryNeeds = 0.90

// verifyNeeds is the share of a journey's baseline answers that must verify.
const verifyNeeds = 0.95

// learnJourneys reads primaries, slowness and rewriting from the baseline, and
// classifies every visit on the way.
func (l *ledger) learnJourneys() {
	l.nobody = &journey{primary: none}
	for _, j := range l.setup.Journeys {
		l.nobody.Timeout = max(l.nobody.Timeout, j.Timeout)
	}
	l.facts = make([]journey, len(l.journeys.list))
	calm := make([][]*visit, len(l.facts))
	for i := range l.visits {
		if v := &l.visits[i]; v.journey != none && l.isCalm(v) {
			calm[v.journey] = append(calm[v.journey], v)
		}
	}
	for i := range l.facts {
		j := &l.facts[i]
		j.Name = l.journeys.list[i]
		for _, known := range l.setup.Journeys {
			if known.Name == j.Name {
				j.Journey = known
			}
		}
		j.findPrimary(l, calm[i])
		j.rewrites = rewrites(calm[i])
	}
	for i := range l.visits {
		l.classify(&l.visits[i])
	}
	for i := range l.facts {
		l.facts[i].findSlow(calm[i])
	}
	for i := range l.visits {
		v := &l.visits[i]
		v.slow = v.tooSlow(l.journey(v.journey))
		l.unsure = l.unsure || v.outcome == unknown
	}
}

// journey gives what is known of a journey; of none, nothing.
func (l *ledger) journey(i int32) *journey {
	if i < 0 {
		return l.nobody
	}
	return &l.facts[i]
}

// isCalm says whether a visit is of the baseline.
func (l *ledger) isCalm(v *visit) bool {
	return l.calm.has(v.due) && v.hitAt == never
}

// findPrimary takes the scenario's word, or the provider of nearly all first
// attempts in the baseline.
func (j *journey) findPrimary(l *ledger, calm []*visit) {
	n := 0
	at := map[int32]int{}
	for _, v := range calm {
		if p := l.firstAt(v); p != none {
			at[p]++
			n++
		}
	}
	j.primary = none
	if j.Primary != "" {
		j.primary = l.providers.of(j.Primary)
	}
	for p, k := range at {
		if j.Primary == "" && float64(k) >= primaryNeeds*float64(n) && l.joined() {
			j.primary = p
		}
	}
	if n > 0 {
		j.share = float64(at[j.primary]) / float64(n)
	}
}

// firstAt is the provider of a visit's first attempt, none when it made none.
func (l *ledger) firstAt(v *visit) int32 {
	if v.tries.n == 0 {
		return none
	}
	return l.attempts[l.tries[v.tries.at]].provider
}

// rewrites says whether too few of the baseline's answers verify. A lone bad
// answer among few is not enough to say so.
func rewrites(calm []*visit) bool {
	n, whole := 0, 0
	for _, v := range calm {
		if v.success() && !v.marked && (v.answer || v.first != never) {
			n++
			if v.whole {
				whole++
			}
		}
	}
	_, high := stats.Wilson(whole, n)
	return n > 0 && high < verifyNeeds
}

// findSlow takes the scenario's word for what is slow, or three times the
// baseline's p95, at least 1 s. A baseline request without an answer counts as
// one in no time: a failure must not make the bar laxer.
func (j *journey) findSlow(calm []*visit) {
	var ttft, total []float64
	answers := 0
	for _, v := range calm {
		switch {
		case v.outcome == unknown:
		case v.hasAnswer():
			ttft, total = append(ttft, v.ttft().Float()), append(total, v.latency().Float())
			answers++
		default:
			ttft, total = append(ttft, 0), append(total, 0)
		}
	}
	j.slowTTFT, j.slowTotal = j.SlowTTFT, j.SlowTotal
	if answers == 0 {
		return
	}
	if j.slowTotal == 0 {
		j.slowTotal = slowFrom(total)
	}
	// Of an answer that comes in one piece the total says it all.
	if j.slowTTFT == 0 && j.Stream {
		j.slowTTFT = slowFrom(ttft)
	}
}

func slowFrom(values []float64) record.Seconds {
	slices.Sort(values)
	p95 := record.Seconds(stats.Quantile(values, 0.95) * float64(time.Second))
	return max(3*p95, record.Seconds(time.Second))
}
