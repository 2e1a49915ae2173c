package scorecard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// sentence says in one sentence, with figures and bars, what happened: why
// there is no verdict, which bar was missed by how much, or what carried the app
// through. It knows the card and nothing else, so every card's sentence is made
// by the same rules.
func sentence(card *Card) string {
	t := teller{card}
	if card.Control && (card.Verdict == Pass || card.Verdict == Fail) {
		return "without any fault, " + t.control()
	}
	switch card.Verdict {
	case Aborted:
		return t.aborted()
	case Inconclusive:
		return t.undecided()
	case Fail:
		return t.failed()
	}
	return t.passed()
}

// teller tells a card.
type teller struct{ card *Card }

// control tells a control run.
func (t teller) control() string {
	if t.card.Verdict == Fail {
		return t.failed()
	}
	worst, _ := t.worstPhase()
	if worst.Value == nil {
		return "every bar was met"
	}
	return t.least(worst, "")
}

func (t teller) aborted() string {
	return "the drill was stopped before its end: " + t.reason()
}

func (t teller) undecided() string {
	s := "no verdict: " + t.reason()
	if more := len(t.card.Reasons) - 1; more > 0 {
		s += fmt.Sprintf("; and %d more reason%s", more, words.Plural(more))
	}
	return s
}

func (t teller) reason() string {
	if len(t.card.Reasons) == 0 {
		return "the card does not say why"
	}
	return t.card.Reasons[0]
}

// failed tells the most telling missed bar and counts the others.
func (t teller) failed() string {
	var missed []BarResult
	decided := 0
	for _, b := range t.card.Bars {
		if b.Severity == "warn" {
			continue
		}
		decided++
		if b.Verdict == Fail {
			missed = append(missed, b)
		}
	}
	if len(missed) == 0 {
		return "the drill failed"
	}
	slices.SortStableFunc(missed, func(a, b BarResult) int {
		return cmp.Or(cmp.Compare(telling(a.Metric), telling(b.Metric)), cmp.Compare(miss(b), miss(a)))
	})
	s := t.missed(missed[0])
	if len(missed) > 1 {
		s += fmt.Sprintf("; %d of %d bars missed", len(missed), decided)
	}
	return s
}

// telling ranks metrics by how much a missed bar on one says about the users,
// the first most.
func telling(metric string) int {
	order := []string{"availability", "usable_share", "users_affected", "failover_time", "harm", "recovery_lag"}
	if i := slices.Index(order, metric); i >= 0 {
		return i
	}
	return len(order)
}

// miss says how bad a missed bar is beside others on the same metric: a share
// that should be high by how low it is, all else by what share of the bar it
// missed it.
func miss(b BarResult) float64 {
	v := b.Threshold
	switch {
	case b.Unit == "share" && b.Op == "min" && b.Value != nil:
		return 1 - *b.Value
	case b.Unit == "s" && b.High != nil:
		v = *b.High
	case b.Value != nil:
		v = *b.Value
	case b.Low != nil:
		v = *b.Low
	}
	distance := v - b.Threshold
	if b.Op == "min" {
		distance = -distance
	}
	if b.Threshold == 0 {
		return distance
	}
	return distance / b.Threshold
}

// missed tells one missed bar.
func (t teller) missed(b BarResult) string {
	bar := " (bar " + words.Figure(b.Threshold, b.Unit) + ")"
	where := "over the whole drill"
	if b.Phase != "" {
		where = "during " + b.Phase
	}
	if b.Value == nil {
		return t.unsettled(b, bar)
	}
	value := words.Figure(*b.Value, b.Unit)
	switch b.Metric {
	case "availability":
		return fmt.Sprintf("%s %s of %s were served well%s%s",
			where, value, users(b.Journey), bar, because(t.how(b.Phase, b.Journey)))
	case "failover_time":
		return t.late(b)
	case "harm":
		return fmt.Sprintf("%s %s came to harm%s%s", where, words.People(*b.Value), t.harms(b.Phase), bar)
	case "recovery_lag":
		return fmt.Sprintf("users were served well again only %s after the outage%s", words.Figure(upper(b), b.Unit), bar)
	case "retry_amplification":
		return fmt.Sprintf("%s the app made %s attempts for each one that it needed%s",
			where, words.Decimals(*b.Value, 1), bar)
	}
	return fmt.Sprintf("%s%s %s was %s (bar: %s %s)", where, ofJourney(b.Journey), words.Of(b.Metric),
		value, atMost(b.Op), words.Figure(b.Threshold, b.Unit))
}

// late tells an outage that was overcome too late, and by what.
func (t teller) late(b BarResult) string {
	took, bar := words.Figure(upper(b), b.Unit), words.Figure(b.Threshold, b.Unit)
	i := slices.IndexFunc(t.card.Metrics, func(m measure.Measure) bool {
		return m.Name == b.Metric && m.Phase == b.Phase && m.Journey == b.Journey
	})
	by := "fallback"
	if i >= 0 {
		by = t.card.Metrics[i].By
	}
	switch by {
	case "fallback":
		return fmt.Sprintf("failover%s took %s during %s; the bar is %s", t.toOther(), took, b.Phase, bar)
	case "retry":
		return fmt.Sprintf("retries overcame the outage that began in %s only after %s; the bar is %s", b.Phase, took, bar)
	}
	return fmt.Sprintf("the outage that began in %s was overcome only after %s; the bar is %s", b.Phase, took, bar)
}

// unsettled tells a time that did not end while it was watched.
func (t teller) unsettled(b BarResult, bar string) string {
	if b.Low == nil {
		return fmt.Sprintf("%s was missed in %s%s", words.Of(b.Metric), cmp.Or(b.Phase, "the whole drill"), bar)
	}
	low := words.Figure(*b.Low, b.Unit)
	switch b.Metric {
	case "failover_time":
		return fmt.Sprintf("the outage that began in %s was never overcome: users still went without after %s%s%s",
			b.Phase, low, bar, because(t.how(b.Phase, b.Journey)))
	case "recovery_lag":
		return fmt.Sprintf("users were still not served well %s after the outage%s", low, bar)
	}
	return fmt.Sprintf("%s in %s was more than %s%s", words.Of(b.Metric), cmp.Or(b.Phase, "the whole drill"), low, bar)
}

// upper is the end of an interval that decides a bar on a time.
func upper(b BarResult) float64 {
	if b.High != nil {
		return *b.High
	}
	return *b.Value
}

// passed tells by what the app survived, and the worst that its users saw.
func (t teller) passed() string {
	worst, barred := t.worstPhase()
	end := ""
	if worst.Value != nil {
		end = t.least(worst, barred)
	}
	m, bar := t.failover()
	switch {
	case m.By == "fallback":
		took := *cmp.Or(m.High, m.Value)
		s := fmt.Sprintf("failover%s took %s", t.toOther(), words.Figure(took, "s"))
		if took == 0 {
			s = fmt.Sprintf("no user noticed the failover%s", t.toOther())
		}
		if bar != "" {
			s += "; the bar is " + bar
		}
		return and(s, end)
	case m.By == "retry":
		return and("retries carried the app through, nothing failed over"+because(t.how(m.Phase, "")), end)
	case m.By == "app":
		return and("the app itself carried its users through, without another provider", end)
	case end != "":
		return end + because(t.how(worst.Phase, ""))
	}
	return "every bar was met"
}

// least tells the phase that served the fewest users well.
func (t teller) least(worst measure.Measure, bar string) string {
	if *worst.Value == 1 {
		return "100 % of users were served well in every phase"
	}
	s := fmt.Sprintf("%s of users were served well in %s, the worst phase", words.Percent(*worst.Value), worst.Phase)
	if bar != "" {
		s += " (bar " + bar + ")"
	}
	return s
}

// failover is the slowest failover time measured, pooled, and its bar.
func (t teller) failover() (slowest measure.Measure, bar string) {
	for _, m := range t.card.Metrics {
		if m.Name != "failover_time" || m.Journey != "" || m.Value == nil {
			continue
		}
		if slowest.Value == nil || *cmp.Or(m.High, m.Value) > *cmp.Or(slowest.High, slowest.Value) {
			slowest = m
		}
	}
	for _, b := range t.card.Bars {
		if b.Metric == "failover_time" && b.Phase == slowest.Phase {
			return slowest, words.Figure(b.Threshold, b.Unit)
		}
	}
	return slowest, ""
}

// worstPhase is the phase, of those with faults, that served the fewest users
// well, and the bar on it.
func (t teller) worstPhase() (worst measure.Measure, bar string) {
	for _, m := range t.card.Metrics {
		if m.Name != "availability" || m.Journey != "" || m.Provider != "" || m.Value == nil || !t.faulty(m.Phase) {
			continue
		}
		if worst.Value == nil || *m.Value < *worst.Value {
			worst = m
		}
	}
	for _, b := range t.card.Bars {
		if b.Metric == "availability" && b.Phase == worst.Phase && b.Journey == "" {
			return worst, words.Figure(b.Threshold, b.Unit)
		}
	}
	return worst, ""
}

func (t teller) faulty(phase string) bool {
	return slices.ContainsFunc(t.card.Phases, func(p record.Phase) bool {
		return p.Name == phase && p.Faulty(t.card.Windows)
	})
}

// how says in a few words how the app met the outage: providers used, answers
// by a fallback, attempts made. Phase "" looks at the whole drill, journey "" at
// all of them.
func (t teller) how(phase, journey string) string {
	var parts []string
	used := 0
	for _, p := range t.card.Providers {
		if p.Attempts > 0 && !p.Effects {
			used++
		}
	}
	fallback, ok := t.measured("fallback_share", phase, journey)
	switch {
	case ok && fallback > 0:
		parts = append(parts, words.Percent(fallback)+" answered by a fallback")
	case used == 1:
		parts = append(parts, "one provider, no fallback")
	case ok:
		parts = append(parts, "no answer by a fallback")
	}
	if share, ok := t.measured("degraded_share", phase, journey); ok && share > 0 {
		parts = append(parts, words.Percent(share)+" by a declared lesser answer")
	}
	if x, ok := t.measured("retry_amplification", phase, journey); ok {
		text := words.Decimals(x, 1) + " attempts per request"
		if text == "1 attempts per request" {
			text = "1 attempt per request"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// measured is the value of a metric on a window, all providers pooled.
func (t teller) measured(name, phase, journey string) (float64, bool) {
	for _, m := range t.card.Metrics {
		if m.Name == name && m.Phase == phase && m.Journey == journey && m.Provider == "" && m.Value != nil {
			return *m.Value, true
		}
	}
	return 0, false
}

// toOther names the provider that took over, " to secondary", or nothing when
// there are several or none.
func (t teller) toOther() string {
	var others []string
	for _, p := range t.card.Providers {
		primary := slices.ContainsFunc(t.card.Journeys, func(j account.JourneyRow) bool { return j.Primary == p.Name })
		if !primary && p.Answered > 0 {
			others = append(others, p.Name)
		}
	}
	if len(others) != 1 {
		return ""
	}
	return " to " + others[0]
}

// harms names the kinds of harm in a phase, ": 3 truncated, 1 hang".
func (t teller) harms(phase string) string {
	total := map[string]int{}
	for name, outcomes := range t.card.Outcomes {
		if phase != "" && name != phase {
			continue
		}
		for o, n := range outcomes {
			total[strings.TrimPrefix(o, "slow_")] += n
		}
	}
	var parts []string
	for _, o := range []string{"foreign", "spliced", "truncated", "stale", "lost", "hang"} {
		if total[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", total[o], o))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, ", ")
}
