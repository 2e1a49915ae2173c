package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// writeOpenMetrics writes the card's figures as OpenMetrics text, for a Pushgateway
// or the textfile collector, so that a drill's results stand beside the app's own
// graphs. Times are in seconds and shares ratios. What was not measured is left out:
// it is not zero.
func writeOpenMetrics(w io.Writer, card *scorecard.Card, _ Options) error {
	e := &exposition{scenario: card.Scenario.Name, app: card.App, written: map[string]bool{}}
	e.family("brownout_drill_info", "The drill that the other metrics are of.")
	e.sample("brownout_drill_info", 1, "verdict", card.Verdict.String(), "grade", card.Grade, "version", card.Brownout)
	e.family("brownout_drill_start_timestamp_seconds", "When the drill began.")
	e.sample("brownout_drill_start_timestamp_seconds", float64(card.StartedAt.UnixMilli())/1e3)
	e.family("brownout_drill_duration_seconds", "How long the drill was.")
	e.sample("brownout_drill_duration_seconds", card.LengthS)
	e.scores(card)
	e.bars(card)
	e.measures(card)
	e.family("brownout_findings", "Instances of each finding.")
	for _, f := range card.Findings {
		e.sample("brownout_findings", float64(f.Count), "code", f.Code, "severity", f.Severity)
	}
	e.WriteString("# EOF\n")
	_, err := io.WriteString(w, e.String())
	return err
}

// exposition is the text so far. Every sample carries the scenario and the app.
type exposition struct {
	strings.Builder
	scenario, app string
	written       map[string]bool
}

func (e *exposition) family(name, help string) {
	fmt.Fprintf(e, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help)
}

// sample writes one value; labels are names and values by turns, and an empty value
// is no label. Of two with the same labels the first stands, for a reader refuses all
// of a text that has both.
func (e *exposition) sample(name string, value float64, labels ...string) {
	series := fmt.Sprintf("%s{app=%s,scenario=%s", name, quoted(e.app), quoted(e.scenario))
	for i := 0; i < len(labels); i += 2 {
		if labels[i+1] != "" {
			series += fmt.Sprintf(",%s=%s", labels[i], quoted(labels[i+1]))
		}
	}
	if e.written[series] {
		return
	}
	e.written[series] = true
	fmt.Fprintf(e, "%s} %s\n", series, strconv.FormatFloat(value, 'g', -1, 64))
}

// quoted is a label's value, which escapes backslash and quote; it is one line.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(plain.Text(s)) + `"`
}

func (e *exposition) scores(card *scorecard.Card) {
	if card.Score != nil {
		e.family("brownout_score", "The score of the drill, 0 to 100.")
		e.sample("brownout_score", *card.Score)
	}
	e.family("brownout_dimension_score", "The score of each dimension that was exercised, 0 to 100.")
	for _, d := range card.Dimensions {
		if d.Score != nil {
			e.sample("brownout_dimension_score", *d.Score, "dimension", d.Name)
		}
	}
}

// bars says of each bar that was decided whether it was met.
func (e *exposition) bars(card *scorecard.Card) {
	e.family("brownout_bar_met", "1 where the bar was met, 0 where it was missed.")
	for _, b := range card.Bars {
		met := 0.0
		switch b.Verdict {
		case scorecard.Pass:
			met = 1
		case scorecard.Fail:
		default:
			continue
		}
		e.sample("brownout_bar_met", met, "metric", b.Metric, "op", b.Op, "threshold", strconv.FormatFloat(b.Threshold, 'g', -1, 64),
			"phase", b.Phase, "journey", b.Journey, "provider", b.Provider, "severity", b.Severity)
	}
}

// measures writes a family per metric, with its unit in its name.
func (e *exposition) measures(card *scorecard.Card) {
	measured := slices.Clone(card.Metrics)
	slices.SortStableFunc(measured, func(a, b measure.Measure) int { return strings.Compare(a.Name, b.Name) })
	docs := map[string]string{}
	for _, m := range measure.Metrics() {
		docs[m.Name] = m.Doc
	}
	last := ""
	for _, m := range measured {
		doc, known := docs[m.Name]
		if m.Value == nil || !known { // a name that this version does not know may be none
			continue
		}
		name := "brownout_" + strings.TrimSuffix(m.Name, "_share") + suffix(m.Unit)
		if name != last {
			e.family(name, doc)
			last = name
		}
		e.sample(name, *m.Value, "phase", m.Phase, "journey", m.Journey, "provider", m.Provider)
	}
}

// suffix is a unit as Prometheus names it.
func suffix(unit string) string {
	switch unit {
	case "s":
		return "_seconds"
	case "share", "x":
		return "_ratio"
	case "$":
		return "_dollars"
	case "1/s":
		return "_per_second"
	}
	return ""
}
