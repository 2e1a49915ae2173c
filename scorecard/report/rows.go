package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

func (v *view) findings() {
	for _, f := range v.card.Findings {
		var lines []string
		for _, line := range f.Evidence {
			lines = append(lines, strconv.Itoa(line))
		}
		row := findingView{
			Code: plain.Text(f.Code), Severity: plain.Text(f.Severity), Sentence: plain.Text(f.Sentence), Advice: plain.Text(f.Advice),
			Count: words.Figure(float64(f.Count), "count"),
		}
		if len(lines) > 0 {
			row.Evidence = "log.jsonl line " + strings.Join(lines, ", ")
		}
		if len(f.Journeys) > 0 {
			row.Evidence = strings.TrimPrefix(row.Evidence+" · journeys "+strings.Join(plain.Texts(f.Journeys), ", "), " · ")
		}
		v.Findings = append(v.Findings, row)
	}
}

func (v *view) reactions() {
	for _, r := range v.card.Reactions {
		row := reactionView{
			Signal: plain.Text(r.Signal), Sent: words.Figure(float64(r.Sent), "count"),
			Verdict: plain.Text(r.Verdict), Class: reactionClass(r.Verdict), Mark: reactionMark(r.Verdict),
			Should: plain.Text(r.Should), Risk: plain.Text(r.Risk),
		}
		var parts []string
		for _, d := range r.Did {
			n := words.Figure(float64(d.N), "count")
			row.Did = append(row.Did, deedView{plain.Text(d.Name), n, plain.Text(d.Verdict), reactionMark(d.Verdict)})
			parts = append(parts, n+" × "+plain.Text(d.Name))
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
			Name: plain.Text(j.Name), Priority: plain.Text(j.Priority), Primary: cmp.Or(plain.Text(j.Primary), "–"),
			Offered: words.Figure(float64(j.Offered), "count"),
			Served:  valueOf(j.Availability, nil, "share"),
			Latency: optional(j.LatencyP50S, "s") + " / " + optional(j.LatencyP95S, "s"),
			TTFT:    optional(j.TTFTP50S, "s") + " / " + optional(j.TTFTP95S, "s"),
			Counts:  v.counts(j.Outcomes),
		})
	}
}

func (v *view) providers() {
	for _, p := range v.card.Providers {
		number := func(n int) string { return words.Figure(float64(n), "count") }
		v.Providers = append(v.Providers, providerView{
			Name: plain.Text(p.Name), Dialect: plain.Text(p.Dialect), Attempts: number(p.Attempts), Faulted: number(p.Faulted),
			Answered: number(p.Answered), Left: number(p.Left),
			Statuses: tally(p.Statuses), Faults: tally(p.Faults), Agents: strings.Join(plain.Texts(p.Agents), ", "),
		})
		for _, s := range p.Struck {
			last := &v.Providers[len(v.Providers)-1]
			last.Struck = append(last.Struck, struckView{
				Phase: cmp.Or(plain.Text(s.Phase), "–"), Kind: plain.Text(s.Kind), Connections: number(s.Connections),
				Lost: number(s.Lost), PerRequest: optional(s.PerRequest, "x"),
			})
		}
	}
}

// Struck says whether a fault had any connection.
func (v *view) Struck() bool {
	return slices.ContainsFunc(v.Providers, func(p providerView) bool { return len(p.Struck) > 0 })
}

// tally writes counts by name, in the order of the names.
func tally(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s × %s", plain.Text(name), words.Figure(float64(counts[name]), "count")))
	}
	return cmp.Or(strings.Join(parts, ", "), "–")
}

func requestsOf(requests []account.Request) []requestView {
	var rows []requestView
	for _, r := range requests {
		row := requestView{
			N: strconv.Itoa(r.N), Line: strconv.Itoa(r.Line), Journey: plain.Text(r.Journey), Phase: plain.Text(r.Phase),
			Due: words.Figure(r.DueS, "s"), Outcome: plain.Text(r.Outcome), Status: "status " + strconv.Itoa(r.Status),
			TTFT: optional(r.TTFTS, "s"), Latency: optional(r.LatencyS, "s"), Error: plain.Text(r.Error),
			Tried: chart.Tried(r), Waterfall: chart.WaterfallOf(r),
		}
		if r.Status == 0 {
			row.Status = "no answer"
		}
		row.Waited = "never ended"
		if r.LatencyS != nil {
			row.Waited = "took " + row.Latency
		}
		if r.Class != "" {
			row.Outcome += " (" + plain.Text(r.Class) + ")"
		}
		rows = append(rows, row)
	}
	return rows
}

func (v *view) measures() {
	for _, m := range v.card.Metrics {
		row := measureView{
			Name: plain.Text(m.Name), Where: where(m.Phase, m.Journey, m.Provider),
			Value: valueOf(m.Value, m.Low, m.Unit), Interval: intervalOf(m.Low, m.High, m.Unit),
			N: words.Figure(float64(m.N), "count"), Reason: plain.Text(m.Reason),
			pooled: m.Journey == "" && m.Provider == "", measured: m.Measured,
		}
		if m.By != "" {
			row.Value += " by " + plain.Text(m.By)
		}
		v.Measures = append(v.Measures, row)
	}
}

// where names a window: "surge · chat · primary".
func where(phase, journey, provider string) string {
	parts := []string{cmp.Or(plain.Text(phase), "whole drill")}
	for _, s := range []string{journey, provider} {
		if s != "" {
			parts = append(parts, plain.Text(s))
		}
	}
	return strings.Join(parts, " · ")
}
