package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// Suggestion writes a suggestion as the lines of a scenario, each with its
// reason as a comment.
func Suggestion(w io.Writer, s scorecard.Suggestion) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# suggested from %s\ntraffic:\n  journeys:\n", s.From)
	for _, j := range s.Journeys {
		fmt.Fprintf(&b, "    %s:\n", plain.Text(j.Name))
		if j.Rate > 0 {
			fmt.Fprintf(&b, "      rate: %s/s  # %s\n", bare(j.Rate), plain.Text(j.RateWhy))
		} else {
			fmt.Fprintf(&b, "      # rate: %s\n", plain.Text(j.RateWhy))
		}
		if j.SlowTotal > 0 {
			fmt.Fprintf(&b, "      slow_over: {%stotal: %s}  # %s\n", ttftOf(j), span(j.SlowTotal), plain.Text(j.SlowWhy))
		} else if j.SlowWhy != "" {
			fmt.Fprintf(&b, "      # slow_over: %s\n", plain.Text(j.SlowWhy))
		}
	}
	if len(s.Bars) > 0 {
		b.WriteString("bars:\n")
	}
	for _, bar := range s.Bars {
		where := ""
		if bar.Phase != "" {
			where = " phase: " + plain.Text(bar.Phase) + ","
		}
		fmt.Fprintf(&b, "  - {metric: %s,%s %s: %s}  # %s\n", bar.Metric, where, bar.Op, threshold(bar), plain.Text(bar.Why))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func ttftOf(j scorecard.SuggestedJourney) string {
	if j.SlowTTFT == 0 {
		return ""
	}
	return "ttft: " + span(j.SlowTTFT) + ", "
}

// threshold writes a bar's threshold as a scenario does.
func threshold(bar scorecard.SuggestedBar) string {
	switch bar.Unit {
	case "share":
		return bare(bar.Threshold*100) + "%"
	case "s":
		return span(bar.Threshold)
	}
	return bare(bar.Threshold)
}

// span writes seconds as a scenario does: "850ms", "1.5s".
func span(s float64) string {
	if s < 1 {
		return bare(s*1000) + "ms"
	}
	return bare(s) + "s"
}

// bare writes v with at most four decimals and no zeros at the end.
func bare(v float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 4, 64), "0"), ".")
}
