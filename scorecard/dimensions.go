package scorecard

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// integrityNeeds is how many requests must be hit by time, stream or content
// faults before the integrity of answers counts as exercised.
const integrityNeeds = 20

// costs is the score: what is scored, where, at which two costs. It scores only
// what one more failure cannot improve.
func costs() []struct {
	dimension string
	weight    float64
	metrics   []cost
} {
	return []struct {
		dimension string
		weight    float64
		metrics   []cost
	}{
		{"continuity", 3, []cost{
			{name: "availability", of: "1 − availability of the worst outage", at90: 0.01, at50: 0.10, find: worstOutage},
		}},
		{"failover", 2, []cost{
			{name: "failover_time", of: "the slowest, where a fallback served", at90: 3, at50: 30, find: failover},
			{name: "detection_time_p95", of: "the slowest outage", at90: 1, at50: 10, find: worst(identity)},
		}},
		{"integrity", 2, []cost{
			{name: "harm", of: "harm per request", at90: 0.0001, at50: 0.01, find: integrity},
		}},
		{"degradation", 1, []cost{
			{name: "undeclared", at90: 0.001, at50: 0.05, find: overall(identity)},
		}},
		{"manners", 1, []cost{
			{name: "retry_amplification", of: "the worst window − 1", at90: 0.1, at50: 1, find: worst(lessOne)},
			{name: "retry_after_compliance", of: "1 − compliance", at90: 0.01, at50: 0.30, find: overall(fromOne)},
			{name: "hopeless_retries", of: "retries per request", at90: 0.001, at50: 0.10, find: overall(perRequest)},
			{name: "dead_attempts", of: "the worst outage", at90: 0.05, at50: 0.50, find: worst(identity)},
		}},
		{"recovery", 1, []cost{
			{name: "recovery_lag", of: "the slowest outage", at90: 2, at50: 30, find: worst(identity)},
			{name: "failback_time", of: "the slowest outage", at90: 15, at50: 90, find: worst(identity)},
			{name: "failback_overshoot", of: "the worst outage − 1", at90: 0.25, at50: 2, find: worst(lessOne)},
		}},
		{"cost", 1, []cost{
			{name: "wasted_tokens", at90: 0.02, at50: 0.30, find: overall(identity)},
			{name: "orphan_work", of: "orphan work per request", at90: 0.1, at50: 5, find: overall(perRequest)},
		}},
	}
}

// Dimensions are the names of the score's sides, as a card orders them.
func Dimensions() []string {
	var names []string
	for _, row := range costs() {
		names = append(names, row.dimension)
	}
	return names
}

// A cost turns one metric into points.
type cost struct {
	name       string
	of         string // what of the metric is the cost, "" for its value
	at90, at50 float64
	find       func(g *grading, c cost) (scored, bool) // false: not measured
}

// scored is a metric's cost and what it was made from.
type scored struct {
	cost float64 // +Inf: never settled
	text string  // "failover time 4.2 s in surge"
	from measure.Measure
}

// points gives 100 × the upper tail, at v, of the log-normal distribution whose
// upper tail is 0.9 at at90 and 0.5 at at50. No cost is 100, an endless one 0.
func (c cost) points(v float64) float64 {
	switch {
	case v <= 0:
		return 100
	case math.IsInf(v, 1):
		return 0
	}
	const deviate90 = 1.2815515655446004 // of the normal's upper 10 %
	sigma := math.Log(c.at50/c.at90) / deviate90
	return 50 * math.Erfc(math.Log(v/c.at50)/(sigma*math.Sqrt2))
}

// grading is what the dimensions are read from.
type grading struct {
	card     *Card
	ev       evidence
	requests int // of the whole drill, the unknown left out
}

// grade sets Dimensions and, where the drill can be graded, Score, Grade and
// GradeCaps. It comes after judgeBars, for the verdict decides whether it can.
func grade(card *Card, setup *record.Setup, ev evidence) {
	g := &grading{card: card, ev: ev}
	for _, outcomes := range card.Outcomes {
		for outcome, n := range outcomes {
			if outcome != "unknown" {
				g.requests += n
			}
		}
	}
	var sum, weights float64
	for _, row := range costs() {
		d := g.dimension(row.dimension, row.metrics)
		d.Weight = row.weight
		if d.Exercised {
			sum += row.weight * *d.Score
			weights += row.weight
		}
		card.Dimensions = append(card.Dimensions, d)
	}
	decided := card.Verdict == Pass || card.Verdict == Fail
	// An outage that no request met shows as little as none.
	met := slices.ContainsFunc(ev.Outages, func(o outageEvidence) bool {
		return o.Availability.Value != nil && o.Availability.N > 0
	})
	if !decided || !met || weights == 0 || card.Control {
		return
	}
	score := sum / weights
	for _, limit := range g.caps(lastPhase(setup)) {
		if score > limit.most {
			score = limit.most
		}
		card.GradeCaps = append(card.GradeCaps, limit.text)
	}
	score = math.Round(score*10) / 10
	card.Score = &score
	card.Grade = letter(score)
}

// letter gives the grade of a score.
func letter(score float64) string {
	switch {
	case score >= 90:
		return "A"
	case score >= 80:
		return "B"
	case score >= 70:
		return "C"
	case score >= 50:
		return "D"
	}
	return "F"
}

// dimension is the mean of its measured metrics.
func (g *grading) dimension(name string, metrics []cost) Dimension {
	d := Dimension{Name: name}
	var texts []string
	var sum float64
	for _, c := range metrics {
		found, ok := c.find(g, c)
		if !ok {
			continue
		}
		sum += c.points(found.cost)
		texts = append(texts, found.text)
		d.Rests = append(d.Rests, found.from)
	}
	if len(texts) == 0 {
		d.Reason = g.unexercised(name, metrics)
		return d
	}
	score := math.Round(sum/float64(len(texts))*10) / 10
	d.Score, d.Exercised, d.Reason = &score, true, strings.Join(texts, ", ")
	return d
}

// unexercised says why a dimension has no score.
func (g *grading) unexercised(name string, metrics []cost) string {
	switch {
	case len(g.ev.Outages) == 0:
		return "there was no outage"
	case name == "continuity" && g.unservable():
		return "nobody could have served anybody: par is 0 %"
	case name == "integrity" && g.ev.StreamHit < integrityNeeds:
		return fmt.Sprintf("%d requests were hit by time, stream or content faults, it takes %d",
			g.ev.StreamHit, integrityNeeds)
	}
	for _, m := range g.card.Metrics {
		if m.Name != metrics[0].name {
			continue
		}
		if m.Value != nil && m.By != "" {
			return "ridden through by " + m.By
		}
		if m.Value == nil && m.Reason != "" {
			return m.Reason
		}
	}
	return "not measured"
}

// unservable says whether in no outage anybody could have been served.
func (g *grading) unservable() bool {
	return !slices.ContainsFunc(g.ev.Outages, func(o outageEvidence) bool { return o.Par >= servable })
}

// A limit is the most that a score may be, and why.
type limit struct {
	most float64
	text string
}

// The best score of a grade that something holds down.
const (
	bestB = 89
	bestC = 79
	bestD = 69
	bestF = 49
)

// caps gives what holds the grade down whatever the mean.
func (g *grading) caps(last string) []limit {
	var limits []limit
	if g.ev.StreamHit < integrityNeeds {
		limits = append(limits, limit{bestB, "at most B: integrity was not exercised"})
	}
	if found, ok := worstOutage(g, cost{}); ok {
		switch share := 1 - found.cost; {
		case share < 0.5:
			limits = append(limits, limit{bestD, "at most D: " + words.Percent(share) + " served well in an outage"})
		case share < 0.9:
			limits = append(limits, limit{bestC, "at most C: " + words.Percent(share) + " served well in an outage"})
		}
	}
	if text := g.harmed(); text != "" {
		limits = append(limits, limit{bestD, "at most D: " + text})
	}
	if g.ev.Metastable {
		limits = append(limits, limit{bestD, "at most D: the app did not recover by itself (metastable)"})
	}
	m := g.ev.Measure(measure.Query{Metric: "availability", Phase: last, Last: tail})
	if m.Value != nil && m.N > 0 && *m.Value < 0.5 {
		limits = append(limits, limit{bestF, "F: " + words.Percent(*m.Value) + " served well in the last 10 s"})
	}
	return limits
}

// harmed says what harm the users took, "" for none. Hangs count beyond 1 % of a
// phase.
func (g *grading) harmed() string {
	hangs := 0
	var phase string
	var most float64
	for _, p := range g.card.Phases {
		n := 0
		for outcome, k := range g.card.Outcomes[p.Name] {
			if outcome != "unknown" {
				n += k
			}
		}
		hung := g.card.Outcomes[p.Name]["hang"]
		hangs += hung
		if n > 0 && float64(hung)/float64(n) > most {
			phase, most = p.Name, float64(hung)/float64(n)
		}
	}
	m := g.ev.Measure(measure.Query{Metric: "harm"})
	if m.Value != nil && int(*m.Value) > hangs {
		text := words.People(*m.Value-float64(hangs)) + " came to harm"
		if hangs > 0 {
			text += fmt.Sprintf(", hangs apart (%d)", hangs)
		}
		return text
	}
	if most > 0.01 {
		return words.Percent(most) + " of requests hung in " + phase
	}
	return ""
}
