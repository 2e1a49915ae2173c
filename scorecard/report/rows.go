package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

func (v *view) findings() {
	for _, f := range v.card.Findings {
		var lines []string
		for _, line := range f.Evidence {
			lines = append(lines, strconv.Itoa(line))
		}
		row := findingView{
			Code: clean(f.Code), Severity: clean(f.Severity), Sentence: clean(f.Sentence), Advice: clean(f.Advice),
			Count: scorecard.Figure(float64(f.Count), "count"),
		}
		if len(lines) > 0 {
			row.Evidence = "log.jsonl line " + strings.Join(lines, ", ")
		}
		if len(f.Journeys) > 0 {
			row.Evidence = strings.TrimPrefix(row.Evidence+" · journeys "+strings.Join(cleaned(f.Journeys), ", "), " · ")
		}
		v.Findings = append(v.Findings, row)
	}
}

func (v *view) reactions() {
	for _, r := range v.card.Reactions {
		row := reactionView{
			Signal: clean(r.Signal), Sent: scorecard.Figure(float64(r.Sent), "count"),
			Verdict: clean(r.Verdict), Class: reactionClass(r.Verdict), Mark: reactionMark(r.Verdict),
			Should: clean(r.Should), Risk: clean(r.Risk),
		}
		var parts []string
		for _, d := range r.Did {
			n := scorecard.Figure(float64(d.N), "count")
			row.Did = append(row.Did, deedView{clean(d.Name), n, clean(d.Verdict), reactionMark(d.Verdict)})
			parts = append(parts, n+" × "+clean(d.Name))
		}
		row.Deeds = strings.Join(parts, ", ")
		v.Reactions = append(v.Reactions, row)
	}
}

// reactionClass is the class of a verdict on reactions, as bars have them.
func reactionClass(verdict string) string {
	switch verdict {
	case "good":
		return "pass"
	case "bad":
		return "fail"
	}
	return "inconclusive"
}

// reactionMark is a verdict on reactions as one sign.
func reactionMark(verdict string) string {
	switch verdict {
	case "good":
		return "✓"
	case "poor":
		return "~"
	case "bad":
		return "✗"
	}
	return "?"
}

func (v *view) journeys() {
	for _, j := range v.card.Journeys {
		v.Journeys = append(v.Journeys, journeyView{
			Name: clean(j.Name), Priority: clean(j.Priority), Primary: cmp.Or(clean(j.Primary), "–"),
			Offered: scorecard.Figure(float64(j.Offered), "count"),
			Served:  valueOf(j.Availability, nil, "share"),
			Latency: optional(j.LatencyP50S, "s") + " / " + optional(j.LatencyP95S, "s"),
			TTFT:    optional(j.TTFTP50S, "s") + " / " + optional(j.TTFTP95S, "s"),
			Counts:  v.counts(j.Outcomes),
		})
	}
}

func (v *view) providers() {
	for _, p := range v.card.Providers {
		number := func(n int) string { return scorecard.Figure(float64(n), "count") }
		v.Providers = append(v.Providers, providerView{
			Name: clean(p.Name), Dialect: clean(p.Dialect), Attempts: number(p.Attempts), Faulted: number(p.Faulted),
			Answered: number(p.Answered), Left: number(p.Left),
			Statuses: tally(p.Statuses), Faults: tally(p.Faults), Agents: strings.Join(cleaned(p.Agents), ", "),
		})
	}
}

// tally writes counts by name, in the order of the names.
func tally(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s × %s", clean(name), scorecard.Figure(float64(counts[name]), "count")))
	}
	return cmp.Or(strings.Join(parts, ", "), "–")
}

func (v *view) worst() {
	for _, r := range v.card.Worst {
		row := requestView{
			N: strconv.Itoa(r.N), Line: strconv.Itoa(r.Line), Journey: clean(r.Journey), Phase: clean(r.Phase),
			Due: scorecard.Figure(r.DueS, "s"), Outcome: clean(r.Outcome), Status: status(r.Status),
			TTFT: optional(r.TTFTS, "s"), Latency: optional(r.LatencyS, "s"), Error: clean(r.Error), request: r,
		}
		if r.Class != "" {
			row.Outcome += " (" + clean(r.Class) + ")"
		}
		for _, t := range r.Attempts {
			row.Tries = append(row.Tries, tryView{
				Provider: clean(t.Provider), Status: status(t.Status), Fault: clean(t.Fault), Left: t.Left,
				Arrived: "+" + scorecard.Figure(t.ArrivedS-r.DueS, "s"),
				Took:    scorecard.Figure(t.EndedS-t.ArrivedS, "s"),
			})
		}
		v.Worst = append(v.Worst, row)
	}
}

// status writes an HTTP status, of which 0 is none.
func status(code int) string {
	if code == 0 {
		return "no answer"
	}
	return strconv.Itoa(code)
}

func (v *view) measures() {
	for _, m := range v.card.Metrics {
		row := measureView{
			Name: clean(m.Name), Where: where(m.Phase, m.Journey, m.Provider),
			Value: valueOf(m.Value, m.Low, m.Unit), Interval: intervalOf(m.Low, m.High, m.Unit),
			N: scorecard.Figure(float64(m.N), "count"), Reason: clean(m.Reason),
		}
		if m.By != "" {
			row.Value += " by " + clean(m.By)
		}
		v.Measures = append(v.Measures, row)
	}
}

// where names a window: "surge · chat · primary".
func where(phase, journey, provider string) string {
	parts := []string{cmp.Or(clean(phase), "whole drill")}
	for _, s := range []string{journey, provider} {
		if s != "" {
			parts = append(parts, clean(s))
		}
	}
	return strings.Join(parts, " · ")
}
