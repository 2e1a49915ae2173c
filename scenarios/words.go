package scenarios

import (
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scorecard/explain"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// list writes names as a sentence has them: a, b and c.
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// findingCodes are what a scenario may teach.
func findingCodes() []string {
	var codes []string
	_, findings := explain.Notes()
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// threshold writes a bar's threshold as the scenario does.
func threshold(bar record.Bar) string {
	switch metric(bar.Metric).Unit {
	case "s":
		return show(seconds(bar.Threshold))
	case "share":
		return schema.FormatShare(bar.Threshold)
	}
	return strconv.FormatFloat(bar.Threshold, 'g', -1, 64)
}

// show writes a span as a scenario does.
func show(d time.Duration) string { return schema.FormatDuration(d.Round(time.Millisecond)) }

// percent writes a computed share, to three digits.
func percent(share float64) string { return strconv.FormatFloat(share*100, 'g', 3, 64) + "%" }

// seconds is a span; what is beyond thirty years is as good as never.
func seconds(s float64) time.Duration { return time.Duration(min(s, 1e9) * float64(time.Second)) }
