package report

import (
	"math"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// timeline draws the outcomes over time, a row per band and a character per
// stretch of time: the taller, the more of the requests due then.
func (t *terminal) timeline(v *view) {
	label := 12
	if _, ok := chart.StackOf(v.card.Timeline, 1).Bands["unverified"]; ok {
		label++ // the longest of their names, with a space after it
	}
	line := chart.StackOf(v.card.Timeline, min(t.Width-label, 100))
	if line.Steps == 0 {
		return
	}
	t.Line()
	t.Wrapped(t.Paint("1", "timeline")+"  ",
		"a character is "+words.Figure(line.Step, "s")+", its height the share of requests due then")
	t.Line(screen.Pad("", label), ruler(v, line))
	if len(v.card.Windows) > 0 {
		whole := slices.Repeat([]float64{1}, line.Steps)
		t.Line("  ", screen.Pad("faults", label-2), t.Paint("90", spark(chart.DrillOf(v.card).Severity(line.Step, line.Steps), whole)))
	}
	for _, b := range chart.Bands() {
		counts, ok := line.Bands[b.Name]
		if !ok {
			continue
		}
		t.Line("  ", screen.Pad(b.Name, label-2), t.Paint(bandColor(b.Name), spark(counts, line.Total)))
	}
	t.events(v)
}

// bandColor is the SGR code of a band.
func bandColor(name string) string {
	switch name {
	case "good":
		return "32"
	case "fallback":
		return "34"
	case "slow", "degraded", "unverified":
		return "33"
	case "error":
		return "31"
	case "harm":
		return "35"
	}
	return "90"
}

// spark draws shares as blocks of one to eight eighths; a share too small for
// any still shows.
func spark(counts, total []float64) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for i, n := range counts {
		if n == 0 || total[i] == 0 {
			b.WriteByte(' ')
			continue
		}
		height := int(math.Ceil(n/total[i]*float64(len(blocks)))) - 1
		b.WriteRune(blocks[min(max(height, 0), len(blocks)-1)])
	}
	return b.String()
}

// ruler names the phases over their stretch of the timeline.
func ruler(v *view, line chart.Stack) string {
	text := []rune(strings.Repeat(" ", line.Steps))
	for i, p := range v.card.Phases {
		from := int(math.Round(p.Start.Float() / line.Step))
		to := int(math.Round(p.End.Float() / line.Step))
		if from < 0 || from >= line.Steps || to <= from {
			continue
		}
		name := []rune("│" + v.Phases[i].Name)
		copy(text[from:min(to, line.Steps)], name)
	}
	return string(text)
}

func (t *terminal) events(v *view) {
	var rows [][]screen.Cell
	for _, e := range v.card.Events {
		rows = append(rows, []screen.Cell{{Text: words.Figure(e.AtS, "s"), Right: true}, {Text: plain.Text(e.Text)}})
	}
	t.Table(rows)
}
