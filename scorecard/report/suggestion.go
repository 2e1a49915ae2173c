package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// Suggestion writes a suggestion as the lines of a scenario, each with its
// reason as a comment.
func Suggestion(w io.Writer, s scorecard.Suggestion) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# suggested from %s\ntraffic:\n  journeys:\n", s.From)
	for _, j := range s.Journeys {
		fmt.Fprintf(&b, "    %s:\n", clean(j.Name))
		if j.Rate > 0 {
			fmt.Fprintf(&b, "      rate: %s/s  # %s\n", plain(j.Rate), clean(j.RateWhy))
		} else {
			fmt.Fprintf(&b, "      # rate: %s\n", clean(j.RateWhy))
		}
		if j.SlowTotal > 0 {
			fmt.Fprintf(&b, "      slow_over: {%stotal: %s}  # %s\n", ttftOf(j), span(j.SlowTotal), clean(j.SlowWhy))
		} else if j.SlowWhy != "" {
			fmt.Fprintf(&b, "      # slow_over: %s\n", clean(j.SlowWhy))
		}
	}
	if len(s.Bars) > 0 {
		b.WriteString("bars:\n")
	}
	for _, bar := range s.Bars {
		where := ""
		if bar.Phase != "" {
			where = " phase: " + clean(bar.Phase) + ","
		}
		fmt.Fprintf(&b, "  - {metric: %s,%s %s: %s}  # %s\n", bar.Metric, where, bar.Op, threshold(bar), clean(bar.Why))
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
		return plain(bar.Threshold*100) + "%"
	case "s":
		return span(bar.Threshold)
	}
	return plain(bar.Threshold)
}

// span writes seconds as a scenario does: "850ms", "1.5s".
func span(s float64) string {
	if s < 1 {
		return plain(s*1000) + "ms"
	}
	return plain(s) + "s"
}

// plain writes v with at most four decimals and no zeros at the end.
func plain(v float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 4, 64), "0"), ".")
}
