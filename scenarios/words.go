package scenarios

import (
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard"
)

// list writes names as a sentence has them: a, b and c.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// threshold writes a bar's threshold as the scenario does.
func threshold(bar scorecard.Bar, m scorecard.Metric) string {
	return scorecard.Figure(bar.Threshold, m.Unit)
}

func show(d time.Duration) string { return schema.FormatDuration(d.Round(time.Millisecond)) }
