package report

import (
	"math"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// timeline draws the outcomes over time, a row per band and a character per
// stretch of time: the taller, the more of the requests due then.
func (t *terminal) timeline(v *view) {
	const label = 12
	columns := min(t.width-label, 100)
	line := stack(v.card, columns)
	if line.steps == 0 {
		return
	}
	t.line()
	t.wrapped(t.paint("1", "timeline")+"  ",
		"a character is "+scorecard.Figure(line.step, "s")+", its height the share of requests due then")
	t.line(pad("", label), ruler(v, line))
	for _, b := range bands() {
		counts, ok := line.bands[b.name]
		if !ok {
			continue
		}
		t.line("  ", pad(b.name, label-2), t.paint(b.ansi, spark(counts, line.total)))
	}
	t.events(v)
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
func ruler(v *view, line stacked) string {
	text := []rune(strings.Repeat(" ", line.steps))
	for i, p := range v.card.Phases {
		from := int(math.Round(p.Start.Float() / line.step))
		to := int(math.Round(p.End.Float() / line.step))
		if from < 0 || from >= line.steps || to <= from {
			continue
		}
		name := []rune("│" + v.Phases[i].Name)
		copy(text[from:min(to, line.steps)], name)
	}
	return string(text)
}

func (t *terminal) events(v *view) {
	var rows [][]cell
	for _, e := range v.Events {
		rows = append(rows, []cell{{text: scorecard.Figure(e.AtS, "s"), right: true}, {text: clean(e.Text)}})
	}
	t.table(rows)
}
