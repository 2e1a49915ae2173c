package ledger

import (
	"slices"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/stats"
)

// A Journey is one of the setup's, with what the baseline shows of it.
type Journey struct {
	record.Journey
	Home                int32          // its primary; none: the app has none for it
	Share               float64        // of first attempts at the primary in the baseline
	Rewrites            bool           // the app rewrites answers: nothing in them can be verified
	Apart               bool           // what comes before the answer's text is asked of another provider
	lateTTFT, LateTotal record.Seconds // what takes longer is slow; 0: nothing is
}

// primaryNeeds is the share of a journey's first attempts in the baseline that
// makes a provider its primary.
const primaryNeeds = 0.90

// verifyNeeds is the share of a journey's baseline answers that must verify.
const verifyNeeds = 0.95

// learnJourneys reads primaries, slowness and rewriting from the baseline, and
// classifies every visit on the way.
func (l *Ledger) learnJourneys() {
	l.nobody = &Journey{Home: None}
	for _, j := range l.Setup.Journeys {
		l.nobody.Timeout = max(l.nobody.Timeout, j.Timeout)
	}
	l.Facts = make([]Journey, len(l.Journeys.List))
	calm := make([][]*Visit, len(l.Facts))
	for i := range l.Visits {
		if v := &l.Visits[i]; v.Journey != None && l.IsCalm(v) {
			calm[v.Journey] = append(calm[v.Journey], v)
		}
	}
	for i := range l.Facts {
		j := &l.Facts[i]
		j.Name = l.Journeys.List[i]
		for _, known := range l.Setup.Journeys {
			if known.Name == j.Name {
				j.Journey = known
			}
		}
		j.Apart = l.apart(calm[i])
		j.findPrimary(l, calm[i])
		j.Rewrites = rewrites(calm[i])
	}
	for i := range l.Visits {
		l.classify(&l.Visits[i])
	}
	for i := range l.Facts {
		l.Facts[i].findSlow(calm[i])
	}
	for i := range l.Visits {
		v := &l.Visits[i]
		v.Slow = v.tooSlow(l.Journey(v.Journey))
		l.Unsure = l.Unsure || v.Outcome == Unknown
	}
}

// Journey gives what is known of a journey; of none, nothing.
func (l *Ledger) Journey(i int32) *Journey {
	if i < 0 {
		return l.nobody
	}
	return &l.Facts[i]
}

// IsCalm says whether a visit is of the baseline.
func (l *Ledger) IsCalm(v *Visit) bool {
	return l.Calm.Has(v.Due) && v.hitAt == Never
}

// apart says whether most requests of a baseline that have a text made ask another
// provider for something else first: they embed the question here and have it answered
// there. Their route is that of the text.
func (l *Ledger) apart(calm []*Visit) bool {
	n, apart := 0, 0
	for _, v := range calm {
		tries := l.TriesOf(v)
		text := slices.IndexFunc(tries, func(k int32) bool { return l.Attempts[k].Endpoint == EndpointText })
		if text < 0 {
			continue
		}
		n++
		if l.Attempts[tries[0]].Provider != l.Attempts[tries[text]].Provider {
			apart++
		}
	}
	return 2*apart > n
}

// findPrimary takes the scenario's word, or the provider of nearly all first
// attempts in the baseline.
func (j *Journey) findPrimary(l *Ledger, calm []*Visit) {
	n := 0
	first, leads := map[int32]int{}, map[int32]int{}
	for _, v := range calm {
		if k := l.firstTry(v); k != None {
			first[l.Attempts[k].Provider]++
			leads[l.leader(v, k)]++
			n++
		}
	}
	j.Home = None
	if j.Primary != "" {
		j.Home = l.Providers.of(j.Primary)
	}
	for p, k := range leads {
		if j.Primary == "" && float64(k) >= primaryNeeds*float64(n) && l.Joined() {
			j.Home = p
		}
	}
	j.Share = 1 // without a baseline nothing speaks against it
	if n > 0 {
		j.Share = float64(first[j.Home]) / float64(n)
	}
}

// leader is the provider that a visit's answer was asked of first. A first attempt that
// was answered before the one began, elsewhere, whose words the user got, was about
// something else: a class of the question, a check of it.
func (l *Ledger) leader(v *Visit, first int32) int32 {
	a := &l.Attempts[first]
	if v.Whole && v.Answered != None && l.Answers(first) {
		if b := &l.Attempts[v.Answered]; b.Provider != a.Provider && a.Ended <= b.Arrived+Slop {
			return b.Provider
		}
	}
	return a.Provider
}

// firstTry is a visit's first attempt on its route, none when it made none.
func (l *Ledger) firstTry(v *Visit) int32 {
	apart := l.Journey(v.Journey).Apart
	for _, k := range l.TriesOf(v) {
		if !apart || l.Attempts[k].Endpoint == EndpointText {
			return k
		}
	}
	return None
}

// FirstAt is the provider of that attempt, none when there is none.
func (l *Ledger) FirstAt(v *Visit) int32 {
	if k := l.firstTry(v); k != None {
		return l.Attempts[k].Provider
	}
	return None
}

// rewrites says whether too few of the baseline's answers verify. A lone bad
// answer among few is not enough to say so.
func rewrites(calm []*Visit) bool {
	n, whole := 0, 0
	for _, v := range calm {
		if v.success() && !v.marked && (v.Answer || v.First != Never) {
			n++
			if v.Whole {
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
func (j *Journey) findSlow(calm []*Visit) {
	var ttft, total []float64
	answers := 0
	for _, v := range calm {
		switch {
		case v.Outcome == Unknown:
		case v.HasAnswer():
			ttft, total = append(ttft, v.Ttft().Float()), append(total, v.Latency().Float())
			answers++
		default:
			ttft, total = append(ttft, 0), append(total, 0)
		}
	}
	j.lateTTFT, j.LateTotal = j.SlowTTFT, j.SlowTotal
	if answers == 0 {
		return
	}
	if j.LateTotal == 0 {
		j.LateTotal = slowFrom(total)
	}
	// Of an answer that comes in one piece the total says it all.
	if j.lateTTFT == 0 && j.Stream {
		j.lateTTFT = slowFrom(ttft)
	}
}

func slowFrom(values []float64) record.Seconds {
	slices.Sort(values)
	p95 := record.Seconds(stats.Quantile(values, 0.95) * float64(time.Second))
	return max(3*p95, record.Seconds(time.Second))
}
